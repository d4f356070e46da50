"""How far the long texts of each language are, and what is wrong with them as far as a program can tell."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from jiema_app.i18n.grammatical_cases import has_case
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.i18n.long_texts import (
    KINDS,
    TEXTS,
    Kind,
    UnusableLongText,
    taken_apart,
    text_file,
    version_of,
)
from jiema_app.i18n.translation import PLACEHOLDER, placeholders
from jiema_app.site.texts.markdown import heading_places, parser


@dataclass(slots=True)
class LongTextStanding:
    """How far one language is.

    Attributes:
        missing: Texts that it has not.
        stale: Texts whose English has changed since.
        faults: What would break a page, or lead a reader elsewhere than the English does.
    """

    locale: str
    total: int
    missing: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether each text is there, and says what the English says now."""
        return not self.missing and not self.stale


def long_text_standings(folder: Path = TEXTS) -> list[LongTextStanding]:
    """Read every long text of every language.

    Raises:
        UnusableLongText: An English file can't be read.
    """
    names = [
        (kind, path.parent.name)
        for kind in KINDS
        for path in sorted((folder / kind).glob("*/en.md"))
    ]
    return [_standing(locale, names, folder) for locale in LOCALES]


def _standing(locale: str, names: list[tuple[Kind, str]], folder: Path) -> LongTextStanding:
    standing = LongTextStanding(locale, len(names))
    for kind, slug in names:
        name = f"{kind}/{slug}"
        english = text_file(kind, slug, "en", folder).read_text(encoding="utf-8")
        front, body = taken_apart(english, f"{name}/en.md")
        path = text_file(kind, slug, locale, folder)
        if not path.exists():
            standing.missing.append(name)
            continue
        if locale == "en":
            continue
        try:
            own, own_body = taken_apart(path.read_text(encoding="utf-8"), f"{name}/{locale}.md")
        except UnusableLongText as error:
            standing.faults.append(str(error))
            continue
        version = version_of(front, body)
        if str(own.get("source", "")) != version:
            standing.stale.append(f"{name} (its English is {version} now)")
            continue
        said = f"{own['title']}\n{own['description']}\n{own_body}"
        wanted = f"{front['title']}\n{front['description']}\n{body}"
        standing.faults += [
            f"{name}: {fault}" for fault in _faults(said, wanted, own_body, body, locale)
        ]
    return standing


def _faults(said: str, wanted: str, own: str, english: str, locale: str) -> Iterator[str]:
    if placeholders(said) != placeholders(wanted):
        missing = sorted(placeholders(wanted) - placeholders(said))
        extra = sorted(placeholders(said) - placeholders(wanted))
        yield f"placeholders: missing {missing}, unknown {extra}"
    for _name, case in PLACEHOLDER.findall(said):
        if case and not has_case(locale, case):
            yield f"a grammatical case unknown to it: {case}"
    ours, theirs = _skeleton(own), _skeleton(english)
    for what, mine in ours.items():
        if mine != theirs[what]:
            yield f"other {what}: {mine} instead of {theirs[what]}"


def _skeleton(body: str) -> dict[str, object]:
    """What a translation shares with its source."""
    tokens = parser().parse(body)
    inline = [child for token in tokens for child in token.children or ()]
    return {
        "headings": [tokens[at].tag for at in heading_places(tokens)],
        "links": sorted(
            unquote(str(child.attrs["href"])) for child in inline if child.type == "link_open"
        ),
        "code": [token.content for token in tokens if token.type == "fence"],
        "list items": sum(token.type == "list_item_open" for token in tokens),
        "table rows": sum(token.type == "tr_open" for token in tokens),
    }

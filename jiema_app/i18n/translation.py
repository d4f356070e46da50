"""The words of the product in the language of whoever reads them.

Code asks for each text with ``t(locale, "English text")``: pages while they are built,
states and live parts while they run. The answer comes from
``locales/<locale>/LC_MESSAGES/jiema.po``, which is read when a language is first needed.

A language speaks only when its catalogue is complete; until then its pages are English
from end to end, so that nobody meets two languages in one page. ``docs/locales.md``
tells how texts get into the catalogues.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from gettext import c2py
from pathlib import Path
from typing import Final

from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from jiema_app.i18n.digits import has_groups
from jiema_app.i18n.locale_list import PLURAL_RULES, RIGHT_TO_LEFT
from jiema_app.settings import get_settings

CATALOGUES: Final = Path(__file__).with_name("locales")
TEMPLATE: Final = CATALOGUES / "jiema.pot"
"""Every text of the product, written by ``make locales``."""

PLACEHOLDER: Final = re.compile(r"\{([a-z_][a-z0-9_]*)(?::([a-z]+))?\}")
"""A value's name, and the grammatical case in which a translation wants it."""
PLACEHOLDER_AND_REST: Final = re.compile(r"(\{[a-z_][a-z0-9_]*\})")
ACCENTS: Final = str.maketrans("aceinouyACEINOUY", "áçéíñóúýÁÇÉÍÑÓÚÝ")

FIRST_STRONG_ISOLATE: Final = "\u2068"
POP_DIRECTIONAL_ISOLATE: Final = "\u2069"


class Inflected(str):
    """A value that sentences may ask for in a grammatical case; by itself in the nominative."""

    __slots__ = ()

    def in_case(self, case: str) -> str:
        """It in a case. This one has none of its own, and stands as it is."""
        del case
        return str(self)


@dataclass(frozen=True, slots=True)
class Words:
    """What a catalogue says. Without texts it is English."""

    locale: str
    texts: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]
    plural_form: Callable[[int], int]


ENGLISH: Final = Words("en", {}, {}, lambda n: int(n != 1))


def t(locale: str, text: str, /, **values: object) -> str:
    """The text in the language of ``locale``, with ``{name}`` replaced by ``name``'s value.

    Only whole values are put in: a placeholder reaches no attribute and no item.

    Raises:
        ValueError: A placeholder has no value, or a value no placeholder.
    """
    words = _words(locale)
    return _fill(words, words.texts.get(text, text), values)


def tc(locale: str, context: str, text: str, /, **values: object) -> str:
    """Like ``t``, for a text that other languages say in several ways.

    Args:
        locale: Whose words.
        context: Where it stands, for the translator: "Order" the button, or the noun.
        text: What it says in English.
        **values: What its placeholders stand for.
    """
    words = _words(locale)
    return _fill(words, words.texts.get(_key(context, text), text), values)


def tn(locale: str, singular: str, plural: str, n: int, /, **values: object) -> str:
    """The text that fits the number, which stands for ``{n}`` as the language writes it.

    Raises:
        ValueError: Another placeholder has no value, or a value no placeholder.
    """
    words = _words(locale)
    forms = words.plurals.get(singular)
    # A text that is new since `make locales` is in no catalogue: English has its own rule.
    text = forms[words.plural_form(abs(n))] if forms else (singular if abs(n) == 1 else plural)
    if "{n}" in text:
        values["n"] = _figures(words.locale, n)
    return _fill(words, text, values)


def words_locale(locale: str) -> str:
    """The locale whose words pages of ``locale`` hold: itself, or English until it is complete."""
    return _words(locale).locale


def is_translated(locale: str) -> bool:
    """Whether the locale has words of its own; English is its own translation."""
    return words_locale(locale) == locale


def placeholders(text: str) -> frozenset[str]:
    """Names of the values that the text wants."""
    return frozenset(name for name, _case in PLACEHOLDER.findall(text))


def message_key(message: Message) -> str:
    """Under what a message of a catalogue is found: its English, and its context if any."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    return _key(message.context, text)


def message_forms(message: Message) -> tuple[str, ...]:
    """The translations of a message: one, or one a plural form. Missing ones are empty."""
    if isinstance(message.string, str):
        return (message.string,)
    return tuple(form or "" for form in message.string or ("",))


def _key(context: str | None, text: str) -> str:
    return f"{context}\x04{text}" if context else text  # as gettext joins them


def filled(text: str, values: Mapping[str, object], locale: str, *, isolated: bool = True) -> str:
    """A piece of a long text with its placeholders filled in, whatever else there is a value for.

    Args:
        text: Words with ``{name}`` in them.
        values: By name.
        locale: The language of the words.
        isolated: Whether values stand isolated in right-to-left words: not in addresses.

    Raises:
        KeyError: A placeholder has no value.
    """
    pieces, _ = _taken_apart(text)
    return _put_together(pieces, values, isolated=isolated and locale in RIGHT_TO_LEFT)


def _fill(words: Words, text: str, values: Mapping[str, object]) -> str:
    pieces, names = _taken_apart(text)
    if names != values.keys():
        raise ValueError(f"{text!r} wants {sorted(names)}, was given {sorted(values)}")
    if not names:
        return text
    return _put_together(pieces, values, isolated=words.locale in RIGHT_TO_LEFT)


def _put_together(
    pieces: tuple[tuple[str | None, str], ...], values: Mapping[str, object], *, isolated: bool
) -> str:
    # A price or a Latin name would turn around what stands beside it.
    start, end = (FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE) if isolated else ("", "")
    return "".join(
        [
            piece if name is None else f"{start}{_value(values[name], piece)}{end}"
            for name, piece in pieces
        ]
    )


def _value(value: object, case: str) -> str:
    return value.in_case(case) if case and isinstance(value, Inflected) else str(value)


@lru_cache(8_192)
def _taken_apart(text: str) -> tuple[tuple[tuple[str | None, str], ...], frozenset[str]]:
    """Words, and placeholders with the case they want, in turn; and the names.

    A page fills a text a thousand times.
    """
    found = PLACEHOLDER.split(text)
    pieces: list[tuple[str | None, str]] = [(None, found[0])]
    for name, case, words in zip(found[1::3], found[2::3], found[3::3], strict=True):
        pieces += [(name, case or ""), (None, words)]
    return tuple(pieces), placeholders(text)


@lru_cache(16_384)
def _figures(locale: str, n: int) -> str:
    return format_decimal(n, locale=locale, group_separator=has_groups(locale, n))


@cache
def _words(locale: str) -> Words:
    if locale == "en":
        return ENGLISH
    path = CATALOGUES / locale / "LC_MESSAGES" / "jiema.po"
    found = _load(path, locale)
    if get_settings().pseudo_words:
        return _with_pseudo_words(found)
    return found if _wanted().keys() <= found.texts.keys() | found.plurals.keys() else ENGLISH


def _load(path: Path, locale: str) -> Words:
    """What a catalogue says, without what is missing or only guessed."""
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    plural_rule = PLURAL_RULES[locale]
    for message in _read(path):
        forms = message_forms(message)
        if not message.id or message.fuzzy or not all(forms):
            continue
        if isinstance(message.id, str):
            texts[message_key(message)] = forms[0]
        else:
            plurals[message_key(message)] = forms
    return Words(locale, texts, plurals, c2py(plural_rule.partition("plural=")[2].rstrip(";")))


def pseudo(text: str) -> str:
    """The text as it might look in a language with accents that needs a third more room."""
    parts = PLACEHOLDER_AND_REST.split(text)
    accented = "".join(part if part.startswith("{") else part.translate(ACCENTS) for part in parts)
    return f"[{accented}{' ~' * (len(text) // 6)}]"


def _with_pseudo_words(words: Words) -> Words:
    texts, plurals = dict(words.texts), dict(words.plurals)
    forms = int(PLURAL_RULES[words.locale].partition("nplurals=")[2][0])
    for key, english in _wanted().items():
        if isinstance(english, str):
            texts.setdefault(key, pseudo(english))
        else:
            plurals.setdefault(key, (pseudo(english[1]),) * forms)
    return replace(words, texts=texts, plurals=plurals)


@cache
def _wanted() -> dict[str, str | tuple[str, ...]]:
    """The template: the English of every text, under its key."""
    return {
        message_key(message): message.id if isinstance(message.id, str) else tuple(message.id)
        for message in _read(TEMPLATE)
        if message.id
    }


def _read(path: Path) -> Iterable[Message]:
    if not path.exists():
        return ()
    with path.open("rb") as file:
        return read_po(file)

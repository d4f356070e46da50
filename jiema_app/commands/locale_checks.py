"""What can be wrong with a translation, as far as a program can tell."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, c2py
from io import BytesIO
from typing import Final

import yaml
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo

from jiema_app.i18n.grammatical_cases import has_case
from jiema_app.i18n.translation import CATALOGUES, PLACEHOLDER, message_forms, placeholders

MARKUP: Final = re.compile(r"<[a-z/!][^<>]*>|&#?\w+;", re.IGNORECASE)
NUMBERS_TRIED: Final = range(1000)

FINAL_PUNCTUATION: Final = {
    **dict.fromkeys((".", "。", "।", "\u06d4"), "."),
    **dict.fromkeys(("?", "\uff1f", "؟"), "?"),
    **dict.fromkeys(("!", "\uff01"), "!"),
    **dict.fromkeys((":", "\uff1a"), ":"),
    "…": "…",
}
"""The same sign in several scripts."""

SAME: Final = CATALOGUES / "same_as_english.yaml"
"""Texts that are the same as in English, with the reason: for everywhere, and by language."""

WITHOUT_FULL_STOP: Final = frozenset({"th"})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend in one translation."""

    text: str
    fault: str
    is_grave: bool = True
    """Whether it breaks the product; otherwise somebody should look."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a catalogue is."""

    locale: str
    total: int
    fuzzy: int
    missing: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def translated_percent(self) -> int:
        """Rounded down: 100 means all."""
        done = self.total - self.fuzzy - len(self.missing)
        return 100 * done // self.total if self.total else 100

    @property
    def is_complete(self) -> bool:
        """Whether every text is translated, and none is a guess."""
        return not self.fuzzy and not self.missing


def standing_of(locale: str, catalogue: Catalog) -> Standing:
    """Count and examine every text of a catalogue that has just been updated."""
    messages = [message for message in catalogue if message.id]
    unfinished = [m for m in messages if not m.fuzzy and not all(message_forms(m))]
    finished = [m for m in messages if not m.fuzzy and all(message_forms(m))]
    return Standing(
        locale=locale,
        total=len(messages),
        fuzzy=sum(m.fuzzy for m in messages),
        missing=tuple(_english(m)[0] for m in unfinished),
        problems=(
            *(problem for m in messages for problem in _plural_faults(m, catalogue)),
            *(problem for m in finished for problem in _faults(m, locale, catalogue)),
            *_compile_faults(catalogue),
        ),
    )


def has_reason(text: str, locale: str) -> bool:
    """Whether somebody said why a text is the same as in English."""
    reasons = _reasons()
    return text in reasons.get("everywhere", {}) or text in reasons.get(locale, {})


@cache
def _reasons() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(SAME.read_text(encoding="utf-8")) or {}
    return found


def _english(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _plural_faults(message: Message, catalogue: Catalog) -> Iterator[Problem]:
    forms = message_forms(message)
    if isinstance(message.id, str) or not any(forms):
        return
    there = sum(map(bool, forms))
    if there != catalogue.num_plurals or len(forms) != there:
        yield Problem(message.id[0], f"{there} of {catalogue.num_plurals} plural forms")


def _faults(message: Message, locale: str, catalogue: Catalog) -> Iterator[Problem]:
    english = _english(message)
    wanted = frozenset[str]().union(*map(placeholders, english))
    for number, form in enumerate(message_forms(message)):
        spared = {"n"} if len(english) > 1 and _is_of_one_number(number, catalogue) else set()
        if placeholders(form) | spared != wanted | spared:
            fault = f"placeholders {sorted(placeholders(form))} instead of {sorted(wanted)}"
            yield Problem(english[0], fault)
        for _name, case in PLACEHOLDER.findall(form):
            if case and not has_case(locale, case):
                yield Problem(english[0], f"a grammatical case unknown to it: {case}")
        if _margins(form) != _margins(english[-1]):
            yield Problem(english[0], "space at the beginning or end")
        if sorted(MARKUP.findall(form)) != sorted(MARKUP.findall(english[-1])):
            yield Problem(english[0], "HTML")
        if locale != "en" and form in english and not has_reason(form, locale):
            yield Problem(english[0], "the same as in English: translate it, or say why not")
        if _ending(form, locale) != _ending(english[-1], locale):
            yield Problem(english[0], "other punctuation at the end", is_grave=False)


def _is_of_one_number(form: int, catalogue: Catalog) -> bool:
    """Whether a plural form says its number itself, as "one code" and "two codes" do."""
    choose = c2py(catalogue.plural_expr)
    return sum(choose(n) == form for n in NUMBERS_TRIED) == 1


def _margins(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def _ending(text: str, locale: str) -> str:
    end = FINAL_PUNCTUATION.get(text.rstrip()[-1:], "")
    return "" if end == "." and locale in WITHOUT_FULL_STOP else end


def _compile_faults(catalogue: Catalog) -> Iterator[Problem]:
    """Whether gettext itself can read it."""
    compiled = BytesIO()
    try:
        write_mo(compiled, catalogue)
        compiled.seek(0)
        GNUTranslations(compiled)
    except (ValueError, OSError, UnicodeError) as error:
        yield Problem("", f"does not compile: {error}")

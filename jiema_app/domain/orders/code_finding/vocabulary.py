"""The words of ``words.toml``, and where they stand in a text.

Found by looking up the first letters at each place of the text, so that a text costs its length
whatever the number of languages; the longest word at a place wins.
"""

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

from jiema_app.domain.orders.code_finding.folding import fold, is_letter, is_spaced_letter

_TABLE: Final = Path(__file__).parent / "words.toml"
_KEY_LENGTH: Final = 2


class Role(StrEnum):
    """What a word says about a number; explained in ``words.toml``.

    A spelling that means different things in different languages has the first of its roles.
    """

    PROMO = "promo"
    OTP = "otp"
    LABEL = "label"
    CODE = "code"
    BALANCE = "balance"
    CONTACT = "contact"
    OLD = "old"
    VOID = "void"
    NEW = "new"
    WRONG = "wrong"
    CHANGED = "changed"
    SENT = "sent"
    UNIT = "unit"
    AFTER = "after"
    PROOF = "proof"
    PROMPT = "prompt"
    LINK = "link"
    TIME = "time"


_ROLES: Final = list(Role)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the vocabulary in a text."""

    role: Role
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """One spelling. ``free_start``, ``free_end``: more letters may stand there."""

    spelling: str
    role: Role
    free_start: bool
    free_end: bool


_NOTHING: Final = _Entry("", Role.LINK, free_start=False, free_end=False)


def find_words(plain: str) -> list[Word]:
    """The words of the vocabulary in a folded text, in order, none over another."""
    entries = _load()
    found: list[Word] = []
    at, length = 0, len(plain)
    while at < length:
        entry = _longest(entries, plain, at)
        if entry is None:
            at += 1
            continue
        end = at + len(entry.spelling)
        if entry.free_end:
            # To the end of the word, or to another one in it: "Bestätigungs" "code".
            while (
                end < length
                and is_spaced_letter(plain[end])
                and not (_longest(entries, plain, end) or _NOTHING).free_start
            ):
                end += 1
        found.append(Word(entry.role, at, end))
        at = end
    return found


def _longest(entries: dict[str, list[_Entry]], plain: str, at: int) -> _Entry | None:
    inside = at > 0 and is_letter(plain[at]) and is_letter(plain[at - 1])
    # Words of one letter are units; they are listed under it alone.
    for key in (plain[at : at + _KEY_LENGTH], plain[at]):
        for entry in entries.get(key, ()):
            if inside and not entry.free_start:
                continue
            if not plain.startswith(entry.spelling, at):
                continue
            end = at + len(entry.spelling)
            if entry.free_end or end == len(plain) or not is_letter(plain[end]):
                return entry
            if not is_letter(plain[end - 1]):
                return entry
    return None


@lru_cache(maxsize=1)
def _load() -> dict[str, list[_Entry]]:
    """The entries by their first letters, the longest first."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    unique: dict[tuple[str, bool, bool], Role] = {}
    for language in table.values():
        for name, listed in language.items():
            role = Role(name)
            for written in listed.split(","):
                pattern = written.strip()
                shape = (fold(pattern.strip("*")).plain, pattern[0] == "*", pattern[-1] == "*")
                known = unique.get(shape, role)
                unique[shape] = min(role, known, key=_ROLES.index)
    entries: dict[str, list[_Entry]] = defaultdict(list)
    for (spelling, free_start, free_end), role in unique.items():
        entries[spelling[:_KEY_LENGTH]].append(_Entry(spelling, role, free_start, free_end))
    for group in entries.values():
        group.sort(key=lambda one: (-len(one.spelling), _ROLES.index(one.role)))
    return dict(entries)

"""What in a text may be a code by its looks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jiema_app.domain.orders.code_finding.folding import Folded
from jiema_app.domain.orders.code_finding.spans import Span
from jiema_app.domain.orders.code_finding.vocabulary import Role, Word

LENGTHS: Final = range(3, 11)
LETTERS_LENGTHS: Final = range(5, 9)


class Look(StrEnum):
    """How a candidate is written."""

    DIGITS = "digits"
    GROUPS = "digits in groups"
    PAIR = "two pairs, or single digits"
    MIXED = "letters and digits"
    LETTERS = "letters"


LETTERED: Final = frozenset({Look.MIXED, Look.LETTERS})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible code.

    Attributes:
        code: Without what separates its groups, and without the mark of a service ("G-").
        start: In the folded text, with that mark.
    """

    code: str
    look: Look
    start: int
    end: int


_RUN: Final = re.compile(r"\d+")
_MARK: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,3}-$")
_MARK_LENGTH_MAX: Final = 5
_TOKEN: Final = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_LETTER_CODE: Final = re.compile(r"(?<![A-Za-z0-9])[A-Z]{5,8}(?=[ .\n]{0,2}(?:\n|$)|[.,;!])")
_VOWELS: Final = frozenset("AEIOUY")


def find_candidates(folded: Folded, spans: list[Span], words: list[Word]) -> list[Candidate]:
    """Everything that may be a code by its looks, in the order of the text."""
    taken = _covered(len(folded.cased), spans)
    found = [*_digits(folded.cased, taken, words), *_mixed(folded, taken, words)]
    if any(character.islower() for character in folded.cased):
        found += _letters(folded.cased, taken, words)
    return sorted(found, key=lambda candidate: candidate.start)


def _covered(length: int, spans: list[Span]) -> bytearray:
    taken = bytearray(length)
    reached = 0
    for span in spans:
        for at in range(max(span.start, reached), span.end):
            taken[at] = 1
        reached = max(reached, span.end)
    return taken


def _digits(text: str, taken: bytearray, words: list[Word]) -> Iterator[Candidate]:
    codes_end = {word.end for word in words if word.role in {Role.CODE, Role.OTP}}
    chain: list[re.Match[str]] = []
    for run in _RUN.finditer(text):
        if taken[run.start()] or not _stands_alone(text, run, codes_end):
            yield from _read_chain(text, chain)
            chain = []
            continue
        if chain and text[chain[-1].end() : run.start()] not in {" ", "-"}:
            yield from _read_chain(text, chain)
            chain = []
        chain.append(run)
    yield from _read_chain(text, chain)


def _stands_alone(text: str, run: re.Match[str], codes_end: set[int]) -> bool:
    start, end = run.span()
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before[-1:].isascii() and before[-1:].isalpha() and start not in codes_end:
        return False
    if after[:1].isascii() and after[:1].isalpha():
        return False
    joined_before = before[-1:] in {"/", ":", "+"} and before[:1].isdecimal()
    joined_after = after[:1] in {"/", ":"} and after[1:].isdecimal()
    return not joined_before and not joined_after and before[-1:] != "+"


def _read_chain(text: str, chain: list[re.Match[str]]) -> Iterator[Candidate]:
    """Runs with single spaces or hyphens between them: groups of one code, or several numbers."""
    if not chain:
        return
    lengths = {len(run[0]) for run in chain}
    separators = {text[run.start() - 1] for run in chain[1:]}
    code = "".join(run[0] for run in chain)
    if len(chain) > 1 and len(lengths) == 1 and len(separators) == 1 and len(code) in LENGTHS:
        size = len(chain[0][0])
        small = size == 1 or (size == 2 and len(chain) == 2)  # noqa: PLR2004 - "12-34"
        look = Look.PAIR if small else Look.GROUPS
        if len(code) > 3:  # noqa: PLR2004 - "1 2 3" are three numbers
            yield Candidate(code, look, _with_mark(text, chain[0].start()), chain[-1].end())
        return
    if len(chain) > 1 and "-" in separators:
        return
    for run in chain:
        if len(run[0]) in LENGTHS:
            yield Candidate(run[0], Look.DIGITS, _with_mark(text, run.start()), run.end())


def _with_mark(text: str, start: int) -> int:
    mark = _MARK.search(text, max(0, start - _MARK_LENGTH_MAX), start)
    return start if mark is None else mark.start()


def _mixed(folded: Folded, taken: bytearray, words: list[Word]) -> Iterator[Candidate]:
    known = {word.start for word in words}
    for match in _TOKEN.finditer(folded.cased):
        if taken[match.start()] or taken[match.end() - 1]:
            continue
        parts = match[0].split("-")
        code = "".join(parts)
        if len(code) not in LENGTHS or len(code) < 4 or code.isdecimal() or code.isalpha():  # noqa: PLR2004
            continue
        first = parts[0]
        if len(parts) > 1 and (
            code != code.upper() or (first.isalpha() and "".join(parts[1:]).isdecimal())
        ):
            continue  # "Wi-Fi6", "pin-4821", "G-584013": the last two are digits with a mark
        if first.isalpha() and len(parts) > 1 and match.start() in known:
            continue
        yield Candidate(code, Look.MIXED, match.start(), match.end())


def _letters(text: str, taken: bytearray, words: list[Word]) -> Iterator[Candidate]:
    known = {word.start for word in words}
    for match in _LETTER_CODE.finditer(text):
        if taken[match.start()] or match.start() in known:
            continue
        if sum(letter in _VOWELS for letter in match[0]) <= 1:
            yield Candidate(match[0], Look.LETTERS, match.start(), match.end())

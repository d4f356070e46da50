# ruff: noqa: RUF001 - letters of many languages are the point
"""Stretches of a text whose figures are no code: links, sums, dates, phone numbers.

Every pattern is bounded and starts where nothing of its kind stands before it, so that each takes
time in proportion to the text.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jiema_app.domain.orders.code_finding.folding import Folded
from jiema_app.domain.orders.code_finding.vocabulary import Role, Word


class Kind(StrEnum):
    """What a stretch is."""

    LINK = "link"
    APP_HASH = "hash of an app"
    SUM = "sum"
    SHARE = "percentage"
    DATE = "date"
    TIME = "time"
    PHONE = "phone number"
    CARD = "end of a card's number"
    DIALLED = "dialled code"
    DURATION = "span of time"
    DECIMAL = "number with decimals or thousands"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the folded text."""

    kind: Kind
    start: int
    end: int


_SCHEME: Final = re.compile(r"(?:https?://|www\.)[!-~]{1,600}")
_DOMAIN: Final = re.compile(
    r"(?<![a-z0-9@._-])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.([a-z]{2,24})(?![a-z0-9-])"
    r"(/[!-~]{0,600})?"
)
_MAIL: Final = re.compile(r"(?<![a-z0-9._%+-])[a-z0-9._%+-]{0,64}@[a-z0-9.-]{2,250}")
_APP_HASH: Final = re.compile(r"[A-Za-z0-9+/]{11}")
_ORIGIN_BOUND: Final = re.compile(r"@[a-z0-9.-]{1,250} ?#([A-Za-z0-9-]{3,12})(?![A-Za-z0-9])")
_SHARE: Final = re.compile(r"(?<!\d)\d{1,9}(?:[.,]\d{1,3})? ?%")
_DATE: Final = re.compile(
    r"(?<![\d/.-])(?:(?:19|20)\d\d[./-](?:0?[1-9]|1[0-2])[./-](?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|[12]\d|3[01])[./-](?:(?:19|20)?\d\d)"
    r"|(?:19|20|13|14)\d\d ?[年년]|\d{1,2}/(?:\d{1,2}|20\d\d))(?![\d/-])"
)
_TIME: Final = re.compile(r"(?<![\d:])\d{1,2}[:h]\d{2}(?::\d{2})?(?![\d:])")
_PHONE: Final = re.compile(r"(?<![\w+])\+\d[\d ().-]{5,22}\d|(?<![\d+])00\d[\d ().-]{7,22}\d")
_PHONE_GROUPS: Final = re.compile(
    r"(?<![\w.-])(?:\(\d{1,5}\)|\d{1,5})(?:[ .-]{1,2}\d{1,5}){2,6}(?![\w])|\(0\d{1,4}\) ?\d{5,8}"
)
_PHONE_DIGITS_MIN: Final = 9
_CARD: Final = re.compile(
    r"[*•·×]{2,16} ?\d{3,6}(?![\d*])|(?<![\d*])[*×]\d{3,4}(?![\d*])|(?<![a-z.])\.{2,8}\d{4}(?!\d)"
    r"|…\d{4}(?!\d)"
)
_DIALLED: Final = re.compile(r"(?<![\w*#])[*#]{1,2}\d{1,8}(?:\*\d{1,20}){0,4}#")
_NUMBER: Final = re.compile(
    r"(?<![\d.,])(?:\d{1,3}(?: \d{3}){1,4}(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,']\d+){0,8})"
)
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:[.,']\d{2,3})*[.,']\d{3}(?:[.,]\d{1,2})?")
_DECIMALS: Final = re.compile(r"\d+[.,]\d{1,2}|\d[.,]\d+|\d+(?:\.\d+){2,8}")
_BARE: Final = re.compile(r"\d+")
_GAPS: Final = frozenset({" ", "-"})
_LEFT_GAP: Final = re.compile(r"[ .:]{0,2}")
_TIME_DIGITS_MAX: Final = 4


def origin_bound_code(folded: Folded) -> re.Match[str] | None:
    """The code of a last line ``@shop.example #123456``, which browsers read by themselves."""
    start = folded.cased.rstrip("\n ").rfind("\n") + 1
    return _ORIGIN_BOUND.search(folded.cased, start)


def find_spans(folded: Folded, words: list[Word]) -> list[Span]:
    """The stretches that hold no code, in the order of their start; some lie in others."""
    spans = [*_links(folded), *_app_hash(folded)]
    spans += _all(Kind.SHARE, _SHARE, folded.plain)
    spans += _all(Kind.DATE, _DATE, folded.plain)
    spans += _all(Kind.TIME, _TIME, folded.plain)
    spans += _all(Kind.PHONE, _PHONE, folded.plain)
    spans += [
        Span(Kind.PHONE, match.start(), match.end())
        for match in _PHONE_GROUPS.finditer(folded.plain)
        if sum(map(str.isdecimal, match[0])) >= _PHONE_DIGITS_MIN
    ]
    spans += _all(Kind.CARD, _CARD, folded.plain)
    spans += _all(Kind.DIALLED, _DIALLED, folded.plain)
    spans += _numbers(folded.plain, words)
    return sorted(spans, key=lambda span: (span.start, span.end))


def _all(kind: Kind, pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    return (Span(kind, match.start(), match.end()) for match in pattern.finditer(text))


def _links(folded: Folded) -> Iterator[Span]:
    yield from _all(Kind.LINK, _SCHEME, folded.plain)
    yield from _all(Kind.LINK, _MAIL, folded.plain)
    for match in _DOMAIN.finditer(folded.plain):
        name = folded.plain[match.start() : match.start(1) - 1]
        ending = folded.cased[match.start(1) : match.end(1)]
        # "482193.Do not share" and "login.Your code" lack a space, and are no links.
        if match[2] is not None or (any(c.isalpha() for c in name) and not ending.istitle()):
            yield Span(Kind.LINK, match.start(), match.end())


def _app_hash(folded: Folded) -> Iterator[Span]:
    """The eleven characters at the very end by which a phone finds the app that may read it."""
    text = folded.cased.rstrip()
    start = max(text.rfind("\n"), text.rfind(" ")) + 1
    last = text[start:]
    if start and _APP_HASH.fullmatch(last) and not last.isdecimal():
        yield Span(Kind.APP_HASH, start, len(text))


def _numbers(plain: str, words: list[Word]) -> Iterator[Span]:
    """Sums by what stands beside them, spans of time by what follows, others by their writing."""
    starts = {word.start: word for word in words if word.role in {Role.UNIT, Role.TIME}}
    ends = {word.end: word for word in words if word.role is Role.UNIT}
    counted_to = -1
    for match in _NUMBER.finditer(plain):
        start, end = match.span()
        after = end + (plain[end : end + 1] in _GAPS)
        following = starts.get(after) or starts.get(end)
        if following is not None and following.role is Role.UNIT:
            counted_to = following.end
            yield Span(Kind.SUM, start, end)
        elif _is_currency(plain[after : after + 1]) or _is_currency(plain[end : end + 1]):
            counted_to = after + 1
            yield Span(Kind.SUM, start, end)
        elif _is_sum_by_left(plain, start, ends, counted_to):
            yield Span(Kind.SUM, start, end)
        elif following is not None:
            # Of "8842,5 minutes" the last figure only.
            last = _last_figures(match)
            if end - last <= _TIME_DIGITS_MAX:
                yield Span(Kind.DURATION, last, end)
        elif " " not in match[0] and (
            _THOUSANDS.fullmatch(match[0]) or _DECIMALS.fullmatch(match[0])
        ):
            yield Span(Kind.DECIMAL, start, end)


def _last_figures(match: re.Match[str]) -> int:
    *_, last = _BARE.finditer(match[0])
    return match.start() + last.start()


def _is_sum_by_left(plain: str, start: int, ends: dict[int, Word], counted_to: int) -> bool:
    for gap in range(3):
        at = start - gap
        if at <= 0 or not _LEFT_GAP.fullmatch(plain, at, start):
            return False
        if at > counted_to and (at in ends or _is_currency(plain[at - 1])):
            return True
    return False


def _is_currency(character: str) -> bool:
    return bool(character) and unicodedata.category(character) == "Sc"

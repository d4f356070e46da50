"""Reading what others wrote: bounded first, then read, and None for what makes no sense.

Every number, amount, moment and piece of JSON in an answer, a header or a call of somebody
else comes through here. Whoever wrote it may have been wrong, broken or hostile, and often
something has happened already that must not be lost over it: a number was bought. So
nothing here raises but ``NotJson``, and nothing takes longer than what it was given is long:

* the length is looked at before anything is parsed. ``int`` refuses more than 4,300 digits
  with an exception, and ``Decimal`` takes all of them;
* digits are the ten of ASCII. ``int``, ``Decimal`` and ``str.isdigit`` take those of every
  script, and each of them others;
* what is out of all proportion is none, as is what no column could store.
"""

import json
import re
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, Final

import orjson

INTEGER_MAX: Final = 2**31 - 1
BIGINT_MAX: Final = 2**63 - 1
_EXACT_MAX: Final = 2**53
"""Above this a float is a rounded number, and no longer the one that was written."""

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
"""Moments beyond these are mistakes. A database stores some of them in a form that cannot be
read back: the year 9999 is the year 10000 in another zone."""

DELAY_MAX: Final = timedelta(days=7)
"""Nobody who means it asks to be left alone for longer."""

DEPTH_MAX: Final = 100
"""What lies deeper is nothing that anybody reads."""

LENIENT_MAX_BYTES: Final = 8 * 1024 * 1024
"""A larger piece of JSON is read strictly or not at all: the patient way takes some 40 ms for
a megabyte, and everybody else in the process waits."""

_MILLISECONDS_ABOVE: Final = 10**11
"""A Unix time above this is in milliseconds: as seconds it would be the year 5138."""

_BOM: Final = b"\xef\xbb\xbf"
_NUMBER_LENGTH: Final = 40
_MOMENT_LENGTH: Final = 40
_HEADER_LENGTH: Final = 64
_NAME_LENGTH: Final = 64

_DIGITS: Final = re.compile(r"[0-9]{1,19}")
_AMOUNT: Final = re.compile(
    r"(?:[0-9]{1,20}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?"
)
_UNIX: Final = re.compile(r"[0-9]{9,13}")
_DELAY: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_NAME: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")

_STRING_OR_BRACKET: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
"""Possessive, and content with a string that does not end: it never goes back."""


class NotJson(ValueError):
    """It is no JSON, or more of it than can be read."""


def whole(value: Any, most: int = BIGINT_MAX) -> int | None:
    """A whole number from 0 to ``most``, given as a number or in ASCII digits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        if len(value) > _NUMBER_LENGTH or not _DIGITS.fullmatch(value := value.strip()):
            return None
        value = int(value)
    elif isinstance(value, float):
        # Infinity and NaN are no integers.
        if not 0 <= value <= _EXACT_MAX or not value.is_integer():
            return None
        value = int(value)
    return value if isinstance(value, int) and 0 <= value <= most else None


def amount(value: Any, most: int) -> Decimal | None:
    """A decimal number from 0 to ``most``, exactly as it was written."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Decimal(value) if 0 <= value <= most else None
    if isinstance(value, float):
        # A float's shortest text is what the other side wrote; no arithmetic is done on it.
        value = repr(value)
    if not isinstance(value, str) or len(value) > _NUMBER_LENGTH:
        return None
    value = value.strip()
    if not _AMOUNT.fullmatch(value):
        return None
    found = Decimal(value)
    return found if found <= most else None


def name(value: Any) -> str | None:
    """An id, given as a number or as text of ASCII letters, digits, ``-`` and ``_``."""
    if type(value) is int:
        return str(value) if 0 <= value <= 2 * BIGINT_MAX + 1 else None
    if (
        isinstance(value, str)
        and len(value) <= 2 * _NAME_LENGTH
        and _NAME.fullmatch(found := value.strip())
    ):
        return found
    return None


def text(value: Any, most: int) -> str | None:
    """A text that is not blank, of at most so many characters, all of which can be stored."""
    if type(value) is int:
        return str(value) if abs(value) <= 2 * BIGINT_MAX + 1 else None
    if not isinstance(value, str):
        return None
    # Whoever writes an SMS chooses its characters, and no database stores every one.
    found: str = _UNSTORABLE.sub("\ufffd", value[:most])
    return found if found.strip() else None


def moment(value: Any, zone: tzinfo) -> datetime | None:
    """A point in time, aware: RFC 3339, ``YYYY-MM-DD HH:MM:SS`` in ``zone``, or Unix time."""
    if isinstance(value, str):
        if len(value) > _MOMENT_LENGTH or not value.isascii():
            return None
        if _UNIX.fullmatch(value):
            value = int(value)
    try:
        if isinstance(value, str):
            read = datetime.fromisoformat(value.strip())
            found = (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
        elif isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            seconds = value / 1000 if value > _MILLISECONDS_ABOVE else value
            found = datetime.fromtimestamp(seconds, UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    return found if EARLIEST <= found <= LATEST else None


def delay_s(header: str | None, now: datetime | None = None) -> float | None:
    """The seconds that a ``Retry-After`` asks for: a number, or one of HTTP's forms of a date.

    A date without a zone is in UTC, as HTTP has it. One that is over says nothing, for one
    of the two clocks is wrong, and neither does what is further away than anybody means.

    Args:
        header: As it came; None when there was none.
        now: The moment it is, if not this one.
    """
    if header is None or len(header) > _HEADER_LENGTH or not header.isascii():
        return None
    header = header.strip()
    if _DELAY.fullmatch(header):
        seconds = float(header)
        return seconds if seconds <= DELAY_MAX.total_seconds() else None
    try:
        until = parsedate_to_datetime(header)
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        seconds = (until - (now or datetime.now(UTC))).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        # The standard library's reader of dates has raised each of these.
        return None
    return seconds if 0 < seconds <= DELAY_MAX.total_seconds() else None


def label(value: Any) -> str:
    """What a log may call a row of somebody else: its id, or that it has none to show."""
    return name(value) or "?"


def read_json(body: bytes) -> Any:
    """What is written in JSON. Of equal names in one object the last one counts.

    Raises:
        NotJson: It is none: that includes NaN, numbers that no float can hold, half a
            character, and nesting beyond reason.
    """
    try:
        return orjson.loads(body.removeprefix(_BOM))
    except (ValueError, RecursionError):
        pass
    raise NotJson("not JSON")


def read_json_leniently(body: bytes) -> Any:
    """What is written in JSON, with null in place of what only its own row should suffer from.

    A long SMS comes in parts, and one may end within a character; somebody's program may
    write NaN, or a number of 5,000 digits. Nobody shall keep a whole list from being read by
    what stands in one row of it.

    Raises:
        NotJson: It is none all the same.
    """
    try:
        return orjson.loads(body)
    except (ValueError, RecursionError):
        pass
    if len(body) > LENIENT_MAX_BYTES:
        raise NotJson("too long to be read patiently")
    try:
        return _read_patiently(body)
    except RecursionError:
        pass
    except ValueError:
        raise NotJson("not JSON") from None
    try:
        return _read_patiently(_without_depths(body))
    except (ValueError, RecursionError):
        raise NotJson("nested too deep") from None


def _read_patiently(body: bytes) -> Any:
    found = json.loads(
        body.removeprefix(_BOM).decode(errors="replace"),
        strict=False,
        parse_int=_patient_int,
        parse_float=_patient_float,
        parse_constant=lambda _: None,
    )
    # Once more, for halves of characters: only bytes that are replaced have none.
    return orjson.loads(json.dumps(found, ensure_ascii=False).encode(errors="replace"))


def _patient_int(digits: str) -> int | None:
    return int(digits) if len(digits) < _NUMBER_LENGTH else None


def _patient_float(digits: str) -> float | None:
    number = float(digits) if len(digits) < 2 * _NUMBER_LENGTH else float("inf")
    return number if abs(number) < float("inf") else None


def _without_depths(body: bytes) -> bytes:
    """JSON with null in place of what lies too deep: readers refuse the whole for it."""
    kept: list[bytes] = []
    depth, done = 0, 0
    for found in _STRING_OR_BRACKET.finditer(body):
        first = found[0][:1]
        if first in {b"[", b"{"}:
            depth += 1
            if depth == DEPTH_MAX + 1:
                kept += (body[done : found.start()], b"null")
        elif first in {b"]", b"}"}:
            depth -= 1
            if depth == DEPTH_MAX:
                done = found.end()
    if not kept or depth > DEPTH_MAX:
        return body
    return b"".join((*kept, body[done:]))

"""Ids that sort by age: ``c``, the milliseconds of birth, then randomness, in base 36.

Sortable ids keep the primary-key index append-only and make one id enough of a cursor.
83 random bits per millisecond leave nothing to guess.
"""

import re
import secrets
import string
import time
from datetime import datetime
from typing import Final

ALPHABET: Final = string.digits + string.ascii_lowercase
ID_LENGTH: Final = 25
ID_PATTERN: Final = r"^c[0-9a-z]{24}$"

_ID: Final = re.compile(ID_PATTERN.strip("^$"))
_TIME_DIGITS: Final = 8
_RANDOM_DIGITS: Final = 16
_RANDOM_SPACE: Final = 36**_RANDOM_DIGITS


def _base36(value: int, width: int) -> str:
    digits = []
    for _ in range(width):
        value, digit = divmod(value, 36)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def new_id() -> str:
    """A fresh id: ``c`` and 24 characters of lower-case base 36."""
    return _id_of(time.time_ns() // 1_000_000)


def new_id_at(moment: datetime) -> str:
    """An id as it would have been made at a moment."""
    return _id_of(int(moment.timestamp() * 1000))


def _id_of(milliseconds: int) -> str:
    born = _base36(milliseconds, _TIME_DIGITS)
    return f"c{born}{_base36(secrets.randbelow(_RANDOM_SPACE), _RANDOM_DIGITS)}"


def is_id(text: str) -> bool:
    """Whether a text has the form of an id. Only such are worth a look in the database."""
    return _ID.fullmatch(text) is not None


def first_id_at(moment: datetime) -> str:
    """An id that sorts before every id made at or after ``moment``."""
    return f"c{_base36(int(moment.timestamp() * 1000), _TIME_DIGITS)}"


def new_referral_code() -> str:
    """Eight characters of base 36 for a personal link."""
    return _base36(secrets.randbelow(36**8), 8)

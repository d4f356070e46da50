"""Single values as they come over the wire, where types and shapes flip.

Each reader returns None for what it cannot read; none of them raises.
"""

import re
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final

from jiema_app.domain.units import MICRO_PER_USDT, MicroUsdt

USD_MAX: Final = 1_000_000
MILLISECONDS_ABOVE: Final = 10**11
"""A Unix time above this is in milliseconds: as seconds it would be the year 5138."""

_IDENTIFIER: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_PHONE: Final = re.compile(r"[1-9][0-9]{6,14}")
_PHONE_TYPOGRAPHY: Final = str.maketrans("", "", " ()-.\u00a0")
_UNIX: Final = re.compile(r"[0-9]{9,13}")


def identifier(value: Any) -> str | None:
    """An id, given as a number or as text."""
    if type(value) is int:
        return str(value) if value >= 0 else None
    if isinstance(value, str):
        name: str = value.strip()
        if _IDENTIFIER.fullmatch(name):
            return name
    return None


def whole(value: Any) -> int | None:
    """A whole number that is not negative, given as a number or as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value >= 0 else None
    if isinstance(value, float):
        return int(value) if value >= 0 and value.is_integer() else None
    if isinstance(value, str) and value.isascii() and value.strip().isdigit():
        return int(value)
    return None


def text(value: Any) -> str | None:
    """A text that is not empty; codes come as numbers, too."""
    if isinstance(value, str):
        # Whoever writes an SMS chooses its characters, and no database stores this one.
        return value.replace("\0", "\ufffd") if value.strip() else None
    if type(value) is int:
        return str(value)
    return None


def micro(value: Any) -> MicroUsdt | None:
    """An amount in USD, as whole micro-USDT, rounded up."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    return _micro(value)


@lru_cache(maxsize=65_536)
def _micro(value: float | str) -> MicroUsdt | None:
    # A float's shortest text is what the supplier wrote; no arithmetic is done on it.
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount <= USD_MAX:
        return None
    micros = amount * MICRO_PER_USDT
    whole_micros = int(micros)
    return MicroUsdt(whole_micros + (micros != whole_micros))


def usd(amount: MicroUsdt) -> str:
    """An amount in USD as a decimal text, exact, with at least four decimals."""
    units, micros = divmod(amount, MICRO_PER_USDT)
    decimals = f"{micros:06d}"
    return f"{units}.{decimals[:4]}{decimals[4:].rstrip('0')}"


def phone(value: Any) -> str | None:
    """A phone number in E.164 with its plus, given with or without."""
    digits = str(value) if type(value) is int else value
    if not isinstance(digits, str):
        return None
    if not _PHONE.fullmatch(digits):
        digits = digits.translate(_PHONE_TYPOGRAPHY).removeprefix("+").removeprefix("00")
        if not _PHONE.fullmatch(digits):
            return None
    return f"+{digits}"


def moment(value: Any, zone: tzinfo) -> datetime | None:
    """A point in time, aware: RFC 3339, ``YYYY-MM-DD HH:MM:SS`` in ``zone``, or Unix time."""
    if isinstance(value, str) and _UNIX.fullmatch(value):
        value = int(value)
    try:
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            seconds = value / 1000 if value > MILLISECONDS_ABOVE else value
            return datetime.fromtimestamp(seconds, UTC)
        if not isinstance(value, str):
            return None
        read = datetime.fromisoformat(value.strip())
        return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None

"""Single values as they come over the wire, where types and shapes flip.

Each reader returns None for what it cannot read; none of them raises. What reads the text
itself, within its bounds, is `integrations/outside.py`.
"""

import re
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any, Final

from jiema_app.domain.units import MICRO_PER_USDT, CountryId, MicroUsdt, ServiceCode, usdt_text
from jiema_app.integrations import outside

USD_MAX: Final = 1_000_000

BODY_MAX: Final = 10_000
"""Characters of one text. The longest SMS that a network joins has 39,000, and nobody has seen
one; of a text that long its beginning will do."""

CODE_MAX: Final = 64
"""A code that is longer is a text."""

_SERVICE: Final = re.compile(r"[0-9A-Za-z]{1,16}")
_PHONE: Final = re.compile(r"[1-9][0-9]{6,14}")
_PHONE_TYPOGRAPHY: Final = str.maketrans("", "", " ()-.\u00a0")
_PHONE_LENGTH: Final = 40


def identifier(value: Any) -> str | None:
    """An id, given as a number or as text."""
    return outside.name(value)


def whole(value: Any) -> int | None:
    """A whole number that is not negative, given as a number or as text."""
    return outside.whole(value)


def count(value: Any) -> int | None:
    """How many there are: a whole number that a column holds."""
    return outside.whole(value, outside.INTEGER_MAX)


def country(value: Any) -> CountryId | None:
    """The number of a country."""
    found = outside.whole(value, outside.INTEGER_MAX)
    return None if found is None else CountryId(found)


def service(value: Any) -> ServiceCode | None:
    """The code of a service, without a suffix."""
    if isinstance(value, str) and _SERVICE.fullmatch(value):
        return ServiceCode(value)
    return None


def text(value: Any) -> str | None:
    """A text that is not empty; codes come as numbers, too."""
    return outside.text(value, BODY_MAX)


def code(value: Any) -> str | None:
    """A one-time code."""
    found = text(value)
    return found if found is not None and len(found) <= CODE_MAX else None


def micro(value: Any) -> MicroUsdt | None:
    """An amount in USD, as whole micro-USDT, rounded up."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    # Before it is remembered: a long text would be remembered, too.
    if isinstance(value, str) and len(value) > CODE_MAX:
        return None
    return _micro(value)


@lru_cache(maxsize=65_536)
def _micro(value: float | str) -> MicroUsdt | None:
    amount = outside.amount(value, USD_MAX)
    if amount is None:
        return None
    micros = amount * MICRO_PER_USDT
    whole_micros = int(micros)
    return MicroUsdt(whole_micros + (micros != whole_micros))


def usd(amount: MicroUsdt) -> str:
    """An amount in USD as a decimal text, exact, with at least four decimals."""
    return usdt_text(amount, decimals_min=4)


def phone(value: Any) -> str | None:
    """A phone number in E.164 with its plus, given with or without."""
    digits = outside.name(value) if type(value) is int else value
    if not isinstance(digits, str) or len(digits) > _PHONE_LENGTH:
        return None
    if not _PHONE.fullmatch(digits):
        digits = digits.translate(_PHONE_TYPOGRAPHY).removeprefix("+").removeprefix("00")
        if not _PHONE.fullmatch(digits):
            return None
    return f"+{digits}"


def moment(value: Any, zone: tzinfo) -> datetime | None:
    """A point in time, aware: RFC 3339, ``YYYY-MM-DD HH:MM:SS`` in ``zone``, or Unix time."""
    return outside.moment(value, zone)

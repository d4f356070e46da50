"""Amounts as people write them.

Digits of any script, a comma or a point before the decimals, groups of thousands. What can be
meant in two ways is refused: ``1.000`` is a thousand to some readers, and one to others.
Whoever asks is shown the amount before they pay it.
"""

import re
import unicodedata
from typing import Final

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.units import MICRO_PER_USDT, MicroUsdt, usdt_text

LENGTH_MAX: Final = 32
CENTS: Final = 2
MICRO: Final = 6
"""Decimals: of a price, and of the token itself."""
RULE: Final = "amount: a number of USDT with up to two decimal places, such as 12.50."

SEPARATORS: Final = str.maketrans(
    {
        "٫": ".",  # noqa: RUF001 - the Arabic decimal separator
        "٬": ",",
        "’": "'",  # noqa: RUF001 - groups of thousands in Switzerland
        "\N{FULLWIDTH FULL STOP}": ".",
        "\N{FULLWIDTH COMMA}": ",",
    }
)
UNIT: Final = re.compile(r"^\$|usdt?$", re.IGNORECASE)
PLAIN: Final = re.compile(r"(\d{1,9})(?:[.,](\d{1,6}))?")
GROUPED: Final = re.compile(r"(\d{1,3}(?:([,'])\d{3})(?:\2\d{3})*)(?:\.(\d{1,6}))?")
GROUPED_BY_POINTS: Final = re.compile(r"(\d{1,3}(?:\.\d{3})+),(\d{1,6})")
GROUP: Final = 3
"""Digits of a group. As many behind one separator may be one, unless no group can stand there."""


def read_amount(text: str, *, decimals_max: int = CENTS) -> MicroUsdt:
    """An amount of USDT.

    Args:
        text: ``10``, ``10.5``, ``10,50``, ``1,000``, ``1.000,00``; in any digits.
        decimals_max: How fine it may be: ``CENTS`` or ``MICRO``.

    Raises:
        BadRequest: It is no amount, is not above zero, or is finer than that.
    """
    plain = _plain(text)
    found = PLAIN.fullmatch(plain)
    if found is not None and _may_be_group(found[1], found[2]):
        found = None
    found = found or GROUPED_BY_POINTS.fullmatch(plain)
    if found is not None:
        whole, part = found[1], found[2] or ""
    else:
        grouped = GROUPED.fullmatch(plain)
        if grouped is None:
            raise BadRequest(RULE)
        whole, part = grouped[1], grouped[3] or ""
    if len(part) > decimals_max:
        raise BadRequest(RULE)
    amount = int(re.sub(r"\D", "", whole)) * MICRO_PER_USDT + int(part.ljust(MICRO, "0"))
    if amount == 0:
        raise BadRequest(RULE)
    return MicroUsdt(amount)


def typed_text(amount: MicroUsdt) -> str:
    """An amount as ``read_amount`` reads it, to the last digit: three decimals are written as four."""
    text = usdt_text(amount, decimals_min=CENTS)
    return f"{text}0" if len(text.partition(".")[2]) == GROUP else text


def _may_be_group(whole: str, part: str | None) -> bool:
    """Whether what stands behind the separator may be thousands: ``1.234``, not ``0.123``."""
    return part is not None and len(part) == GROUP >= len(whole) and not whole.startswith("0")


def _plain(text: str) -> str:
    """Without spaces and unit, its digits 0 to 9."""
    if len(text) > LENGTH_MAX:
        raise BadRequest(RULE)
    without_spaces = "".join(char for char in text if not char.isspace())
    digits = "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char
        for char in without_spaces.translate(SEPARATORS)
    )
    return UNIT.sub("", digits)

"""Amounts as people write them.

Digits of any script, a comma or a point before the cents, groups of thousands. What can be
meant in two ways is refused: ``1.000`` is a thousand to some readers, and one to others.
Whoever asks is shown the amount before they pay it.
"""

import re
import unicodedata
from typing import Final

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.units import Cents, MicroUsdt, micro

LENGTH_MAX: Final = 32
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
CENTS: Final = re.compile(r"(\d{1,9})(?:[.,](\d{1,2}))?")
GROUPED: Final = re.compile(r"(\d{1,3}(?:([,'])\d{3})(?:\2\d{3})*)(?:\.(\d{1,2}))?")
GROUPED_BY_POINTS: Final = re.compile(r"(\d{1,3}(?:\.\d{3})+),(\d{1,2})")


def read_amount(text: str) -> MicroUsdt:
    """An amount of USDT.

    Args:
        text: ``10``, ``10.5``, ``10,50``, ``1,000``, ``1.000,00``; in any digits.

    Raises:
        BadRequest: It is no amount, is not above zero, or has a part of a cent.
    """
    plain = _plain(text)
    found = CENTS.fullmatch(plain) or GROUPED_BY_POINTS.fullmatch(plain)
    if found is not None:
        whole, part = found[1], found[2]
    else:
        grouped = GROUPED.fullmatch(plain)
        if grouped is None:
            raise BadRequest(RULE)
        whole, part = grouped[1], grouped[3]
    amount = int(re.sub(r"\D", "", whole)) * 100 + int((part or "").ljust(2, "0"))
    if amount == 0:
        raise BadRequest(RULE)
    return micro(Cents(amount))


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

"""Amounts as people write them: decimal texts of TRX and tokens, all in millionths."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator

_PLACES: Final = 6
_AMOUNT: Final = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,6}))?")


def to_units(amount: str) -> int:
    """Read a decimal text as millionths."""
    whole, _, part = amount.partition(".")
    return int(whole + part.ljust(_PLACES, "0"))


def from_units(units: int) -> str:
    """Write millionths as a decimal text, without zeros at its end."""
    whole, part = divmod(units, 10**_PLACES)
    return f"{whole}.{part:0{_PLACES}d}".rstrip("0").removesuffix(".")


def _decimal(text: str) -> str:
    if not _AMOUNT.fullmatch(text):
        raise ValueError('an amount is a decimal text such as "12.5", six places at most')
    return text


Amount = Annotated[str, AfterValidator(_decimal)]

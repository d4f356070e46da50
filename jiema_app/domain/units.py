"""Units of money and identity. A bare ``int`` of money never crosses a public boundary."""

from decimal import Decimal
from typing import Final, NewType

MicroUsdt = NewType("MicroUsdt", int)
"""One millionth of a USDT, the token's own smallest unit on TRON."""

Cents = NewType("Cents", int)
"""One hundredth of a USD; 1 USDT counts as 1 USD. Used only at the edges."""

UserId = NewType("UserId", str)
OrderId = NewType("OrderId", str)
AccountId = NewType("AccountId", int)
"""Number of a ledger account."""

CountryId = NewType("CountryId", int)
"""The numeric country id of the handler_api family. 0 is Russia, and falsy."""

ServiceCode = NewType("ServiceCode", str)
"""The short service code of the handler_api family, for example ``tg``."""

MICRO_PER_USDT: Final = 1_000_000
MICRO_PER_CENT: Final = 10_000


def cents(amount: MicroUsdt) -> Cents:
    """Whole cents of an amount, rounded down: what a user can count on having."""
    return Cents(amount // MICRO_PER_CENT)


def cents_up(amount: MicroUsdt) -> Cents:
    """Whole cents of an amount, rounded up: how a price is quoted."""
    return Cents(-(-amount // MICRO_PER_CENT))


def micro(amount: Cents) -> MicroUsdt:
    """Micro-USDT of an amount in cents."""
    return MicroUsdt(amount * MICRO_PER_CENT)


def micro_of(usdt: Decimal) -> MicroUsdt:
    """Micro-USDT of an amount in USDT, such as a setting's."""
    return MicroUsdt(int(usdt * MICRO_PER_USDT))


def usdt_text(amount: int, decimals_min: int = 0) -> str:
    """An amount of micro-USDT in USDT, exact: ``9.5``.

    Args:
        amount: In micro-USDT.
        decimals_min: So many decimals at least, as in ``9.50``; more where the amount has them.
    """
    whole, part = divmod(abs(amount), MICRO_PER_USDT)
    decimals = f"{part:06}".rstrip("0").ljust(decimals_min, "0")
    return f"{'-' if amount < 0 else ''}{whole}{'.' if decimals else ''}{decimals}"

"""Addresses and transactions as people compare them: in pieces, or by their ends."""

from typing import Final

FIRST_GROUP: Final = 6
GROUP: Final = 4
"""An address is read, and compared, in pieces of so many characters; wallets show its ends."""

ADDRESS_ENDS: Final = FIRST_GROUP + GROUP
TXID_ENDS: Final = 6
"""Characters of each end that stand for the whole."""


def address_groups(address: str) -> list[str]:
    """An address in pieces, with nothing between: a selection of all of them is the address."""
    first, rest = address[:FIRST_GROUP], address[FIRST_GROUP:]
    return [first, *(rest[i : i + GROUP] for i in range(0, len(rest), GROUP))]


def ends(text: str, shown: int) -> str:
    """A long text by its ends: ``TXYZab…wxyz``."""
    return f"{text[:shown]}…{text[-shown:]}"

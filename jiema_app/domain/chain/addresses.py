"""Addresses of the chain as people write them: whether a text is one, and what is wrong with it.

Strict, because what passes here is paid to. Libraries take addresses of other networks and drop
the byte that says so, and the money goes to whoever has the same 20 bytes here.
"""

import re
from enum import StrEnum
from typing import Final

import base58

ADDRESS_LENGTH: Final = 34
ZERO_ADDRESS: Final = "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"
"""Twenty zero bytes: nobody's. What is sent there is burnt."""

_FORM: Final = re.compile("T[1-9A-HJ-NP-Za-km-z]{33}")
_PREFIX: Final = 0x41
_BYTES: Final = 21


class AddressFault(StrEnum):
    """What is wrong with a text that is no address."""

    NOT_TRON = "NOT_TRON"
    """Another length, letters that no address has, or an address of another network."""
    CHECKSUM = "CHECKSUM"
    """It looks like one, and a character is wrong."""


def fault_of_address(text: object) -> AddressFault | None:
    """What keeps a text from being an address in its one spelling; None for an address.

    Nothing is parsed of a text that has not the right length and letters.
    """
    if not isinstance(text, str) or len(text) != ADDRESS_LENGTH or not _FORM.fullmatch(text):
        return AddressFault.NOT_TRON
    try:
        raw = base58.b58decode_check(text)
    except ValueError:
        return AddressFault.CHECKSUM
    is_ours = len(raw) == _BYTES and raw[0] == _PREFIX
    if not is_ours or base58.b58encode_check(raw).decode() != text:
        return AddressFault.NOT_TRON
    return None


def is_address(text: object) -> bool:
    """Whether a text is an address of this network, in its one spelling."""
    return fault_of_address(text) is None

"""Addresses in their three spellings, and the hashes they are made with."""

import base64
import hashlib
import re

import base58
from Crypto.Hash import keccak

from sandbox.tron.errors import quoted

PREFIX = "41"
"""First byte of every address of the network, in hex."""
ZERO = PREFIX + "00" * 20
_HEX_ADDRESS = re.compile(r"41[0-9a-f]{40}")


_LONGEST_ADDRESS = 44
"""Hex with "0x" before it. Decoding base58 takes the square of the length."""


class AddressError(ValueError):
    """A text that is no address of this network."""


class HexError(ValueError):
    """A text that is not bytes in hex."""

    def __init__(self) -> None:
        super().__init__("INVALID hex String")


def unhex(text: object) -> bytes:
    """Read bytes in hex; nothing between the digits, as in a node.

    Raises:
        HexError: It is something else.
    """
    if not isinstance(text, str) or not text.isascii() or not text.isalnum():
        if text == "":
            return b""
        raise HexError
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise HexError from None


def sha256(data: bytes) -> bytes:
    """Hash as ids of blocks and transactions are made."""
    return hashlib.sha256(data).digest()


def keccak256(data: bytes) -> bytes:
    """Hash as addresses, selectors and topics are made."""
    return keccak.new(digest_bits=256, data=data).digest()


def parse_address(text: object) -> str:
    """Return an address as 42 lower-case hex digits, "41" first.

    Takes base58check ("T…"), hex with the network's prefix, and "0x" with or without it.

    Raises:
        AddressError: Bad checksum, length, alphabet or prefix.
    """
    if not isinstance(text, str) or len(text) > _LONGEST_ADDRESS:
        raise AddressError(f"Invalid address {quoted(text)}")
    if text.startswith("T"):
        try:
            found = base58.b58decode_check(text).hex()
        except ValueError:
            raise AddressError(f"Invalid address {quoted(text)}") from None
    else:
        found = text.lower().removeprefix("0x")
        if len(found) == len(ZERO) - len(PREFIX):
            found = PREFIX + found
    if not _HEX_ADDRESS.fullmatch(found):
        raise AddressError(f"Invalid address {quoted(text)}")
    return found


def base58_address(address: str) -> str:
    """Spell 42 hex digits as "T…"."""
    return base58.b58encode_check(bytes.fromhex(address)).decode()


def base64_address(text: str) -> str:
    """Return the hex of an address in base64.

    Raises:
        AddressError: It is none.
    """
    try:
        return base64.b64decode(text, validate=True).hex()
    except ValueError:
        raise AddressError(f"Invalid address {quoted(text)}") from None


def address_of_point(uncompressed: bytes) -> str:
    """Return the address of a public key given as its 65 bytes."""
    return PREFIX + keccak256(uncompressed[1:])[-20:].hex()


def contract_address(name: str) -> str:
    """Return a fixed address for a contract of the sandbox."""
    return PREFIX + keccak256(f"sandbox contract {name}".encode())[-20:].hex()

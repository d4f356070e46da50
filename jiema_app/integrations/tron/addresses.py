"""Addresses in their spellings: base58check for people, hexadecimal on the wire.

An address is 20 bytes. Transactions write 0x41 before them, logs and words of a
contract's call do not, and base58check adds a checksum to the 21.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Final

PREFIX: Final = 0x41
PREFIX_HEX: Final = "41"
BASE58_LENGTH: Final = 34
"""With 0x41 in front it is always this, and the first character is a T."""

WORD_HEX: Final = 64
"""Digits of one word of a contract."""

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS: Final = {character: at for at, character in enumerate(_ALPHABET)}
_PAIRS: Final = [one + other for one in _ALPHABET for other in _ALPHABET]
_PAIR_BASE: Final = 58**2
_TEN: Final = 58**10
_CHECKSUM_BYTES: Final = 4
_BODY_BYTES: Final = 20
_PAYLOAD_BYTES: Final = 1 + _BODY_BYTES
_BODY_HEX: Final = 2 * _BODY_BYTES
_CACHED: Final = 4096
"""A few hundred senders and receivers make half of all transfers."""


class BadAddress(ValueError):
    """A text that is no address of this network."""


def parse_address(text: object) -> bytes:
    """The 21 bytes of a base58check address.

    Raises:
        BadAddress: Anything but exactly the one spelling of an address of this network.
    """
    if not isinstance(text, str) or len(text) != BASE58_LENGTH:
        raise BadAddress("an address has 34 characters")
    number = 0
    for character in text:
        digit = _DIGITS.get(character)
        if digit is None:
            raise BadAddress("a character that no address has")
        number = number * 58 + digit
    try:
        raw = number.to_bytes(_PAYLOAD_BYTES + _CHECKSUM_BYTES, "big")
    except OverflowError:
        raise BadAddress("too large for an address") from None
    payload = raw[:_PAYLOAD_BYTES]
    if raw[_PAYLOAD_BYTES:] != _checksum(payload):
        raise BadAddress("the checksum is wrong")
    if payload[0] != PREFIX:
        raise BadAddress("an address of another network")
    if _spell(payload) != text:
        raise BadAddress("not the one spelling of this address")
    return payload


def is_address(text: object) -> bool:
    """Whether a text is an address of this network, in its one spelling."""
    try:
        parse_address(text)
    except BadAddress:
        return False
    return True


def hex_of_address(text: str) -> str:
    """42 hexadecimal digits, ``41`` first, as transactions write it.

    Raises:
        BadAddress: It is none.
    """
    return parse_address(text).hex()


def word_of_address(text: str) -> str:
    """64 hexadecimal digits, as an argument of a call.

    Raises:
        BadAddress: It is none.
    """
    return parse_address(text)[1:].hex().rjust(WORD_HEX, "0")


def _address_of_hex(digits: str) -> str:
    """Base58check of 40 hexadecimal digits as in logs, or of 42 as in transactions.

    Raises:
        BadAddress: Another length, other characters, or another network.
    """
    body = digits
    if len(digits) == _BODY_HEX + len(PREFIX_HEX) and digits.startswith(PREFIX_HEX):
        body = digits[len(PREFIX_HEX) :]
    if len(body) != _BODY_HEX:
        raise BadAddress("neither 20 nor 21 bytes")
    return _spell(bytes((PREFIX,)) + _bytes_of(body, _BODY_BYTES))


def _address_of_word(word: str) -> str:
    """Base58check of the last 20 bytes of a word: contracts ignore the first 12.

    Raises:
        BadAddress: Not 32 bytes.
    """
    if len(word) != WORD_HEX:
        raise BadAddress("a word has 32 bytes")
    return _spell(bytes((PREFIX,)) + _bytes_of(word, WORD_HEX // 2)[-_BODY_BYTES:])


address_of_hex: Final[Callable[[str], str]] = lru_cache(_CACHED)(_address_of_hex)
address_of_word: Final[Callable[[str], str]] = lru_cache(_CACHED)(_address_of_word)


def _bytes_of(digits: str, size: int) -> bytes:
    try:
        found = bytes.fromhex(digits)
    except ValueError:
        raise BadAddress("not hexadecimal") from None
    if len(found) != size:
        # fromhex passes over blanks.
        raise BadAddress("not hexadecimal")
    return found


def _checksum(payload: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:_CHECKSUM_BYTES]


def _spell(payload: bytes) -> str:
    """Base58check of 21 bytes.

    Written out because every log of every block has two addresses: with small numbers and
    pairs of characters it takes a quarter of what the usual loop does.
    """
    number = int.from_bytes(payload + _checksum(payload), "big")
    parts: list[str] = []
    while number >= _TEN:
        number, ten = divmod(number, _TEN)
        for _ in range(5):
            ten, pair = divmod(ten, _PAIR_BASE)
            parts.append(_PAIRS[pair])
    while number:
        number, pair = divmod(number, _PAIR_BASE)
        parts.append(_PAIRS[pair])
    parts.reverse()
    return "".join(parts)

"""Keys and transfers of tests. Nothing of it is worth anything."""

from typing import Any, Final

from signer.encoder import RefBlock, UsdtTransfer, Validity
from signer.kek import Kek
from signer.plain_secret import PlainSecret
from signer.pool_keys import account_of_words
from signer.signing_key import SigningKey
from tests.signer.signatures import HOT, OTHER, USDT

HOT_BYTES: Final = b"\x88" * 32
WORDS: Final = " ".join(["abandon"] * 11 + ["about"])
XPRV: Final = account_of_words(WORDS).reveal()
OTHER_XPRV: Final = b"xprv9yqDmpYuHC5BfkQmjeP6RMnMmMpqFM8ATdFgENbPJBqxDyfHWyrQ3P4TSZAEo2yXZSGxfQzwEswxKG2ZXRk6WszkNdgAzYKL3H2FyVJwwqB"
FIRST: Final = "TUEZSdKsoDHQMeZwihtdoBiN46zxhGWYdH"
"""Wallet 0 of the words."""
KEK: Final = Kek(PlainSecret(bytes(range(32))))
OTHER_KEK: Final = Kek(PlainSecret(bytes(range(100, 132))))


def hot_key() -> SigningKey:
    return SigningKey(PlainSecret(HOT_BYTES))


def block(number: int = 70_000_123) -> RefBlock:
    return RefBlock(number, f"{number:016x}" + "5a" * 24)


def validity(**changes: Any) -> Validity:
    fields: dict[str, Any] = {
        "reference": block(),
        "timestamp_ms": 1_788_859_176_552,
        "expiration_ms": 1_788_859_776_552,
    }
    return Validity(**(fields | changes))


def usdt(**changes: Any) -> UsdtTransfer:
    fields: dict[str, Any] = {
        "owner": HOT,
        "token": USDT,
        "receiver": OTHER,
        "amount": 25_000_000,
        "fee_limit_sun": 30_000_000,
    }
    return UsdtTransfer(**(fields | changes))

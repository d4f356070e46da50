"""Keyed hashes of what tells visitors apart: they can be compared, and not read back.

The key of addresses and browsers changes every 30 days, so that what is kept longer by mistake
fits nothing any more. What is compared across such a change is hashed by the key before as well.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, TypeAlias

from jiema_app.domain.clock import Clock

PERIOD_S: Final = 30 * 24 * 3600

HASH_BYTES: Final = 16
"""Of a hash that is kept. 128 bits tell everybody apart."""

AGENT_MAX: Final = 512
ADDRESS_MAX: Final = 64
"""Characters that are looked at, whatever was sent."""

Both: TypeAlias = tuple[bytes, bytes]
"""By the key of now, and by the one before."""

LINE: Final[Mapping[int, int]] = {4: 32, 6: 64}
"""Bits of an address that one line has."""
NETWORK: Final[Mapping[int, int]] = {4: 24, 6: 48}
"""Bits that a network has, of many lines."""


@dataclass(frozen=True, slots=True)
class KeyedHashes:
    """Hashes with keys that are derived from the shop's secret."""

    secret: bytes = field(repr=False)
    clock: Clock

    def both(self, what: str, value: str) -> Both:
        """A value that is kept for 30 days at most, by the key of now and the one before.

        Args:
            what: What it is. The same value as something else has another hash.
            value: Of bounded length.
        """
        period = int(self.clock.now().timestamp()) // PERIOD_S
        now, before = (self._hash(f"{what} {number}", value) for number in (period, period - 1))
        return now, before

    def lasting(self, what: str, value: str) -> bytes:
        """A value that is random by itself, by a key that stays."""
        return self._hash(f"{what} for good", value)

    def _hash(self, purpose: str, value: str) -> bytes:
        key = _key(self.secret, purpose)
        return hmac.digest(key, value.encode(errors="replace"), hashlib.sha256)[:HASH_BYTES]


@lru_cache(maxsize=64)
def _key(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, f"jiema referral marks v1 {purpose}".encode(), hashlib.sha256)


def part_of(address: str, bits: Mapping[int, int]) -> str:
    """The part of an address that counts as one place; the text itself where it is none."""
    parsed = parse(address)
    if parsed is None:
        return address[:ADDRESS_MAX]
    return str(ip_network((parsed.packed, bits[parsed.version]), strict=False))


def parse(address: str) -> IPv4Address | IPv6Address | None:
    """An address out of text of any length."""
    try:
        return ip_address(address[:ADDRESS_MAX])
    except ValueError:
        return None

"""Phone numbers: hashed to be recognised, masked to be shown."""

import hashlib
import hmac

VISIBLE_HEAD = 4
VISIBLE_TAIL = 2


def hash_phone(phone: str, secret: bytes) -> bytes:
    """A keyed hash that outlives the number. Keyed, for all numbers can be tried."""
    return hmac.digest(secret, phone.encode(), hashlib.sha256)


def mask_phone(phone: str) -> str:
    """A number with its middle hidden: ``+601******89``."""
    hidden = max(0, len(phone) - VISIBLE_HEAD - VISIBLE_TAIL)
    return phone[:VISIBLE_HEAD] + "*" * hidden + phone[len(phone) - VISIBLE_TAIL :]

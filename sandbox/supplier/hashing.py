"""Reproducible choices: the same seed and key always give the same number."""

from zlib import crc32

_MASK = (1 << 64) - 1


def mix(seed: int, key: int) -> int:
    """Scramble a seed and a key into 64 well-spread bits (the splitmix64 finish)."""
    z = (seed * 0x9E3779B97F4A7C15 + key * 0xD1342543DE82EF95 + 0x632BE59BD9B4E019) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def fraction(bits: int) -> float:
    """Turn 64 bits into a float in [0, 1)."""
    return (bits >> 11) / (1 << 53)


def text_key(text: str) -> int:
    """Return a stable number for a code such as "tg" (Python's hash is salted)."""
    return crc32(text.encode())

"""Price ladders: what a (service, country) pair costs, and how many at each price.

The trap of the real market is kept: the listed price need not be buyable. About one
pair in five has nothing at its default price while dearer tiers are full, and one in
eight is listed with no stock at all.
"""

from typing import NamedTuple

from sandbox.supplier.hashing import mix
from sandbox.supplier.money import STEP_MICRO
from sandbox.supplier.pricing import FLOOR_MICRO


class Ladder(NamedTuple):
    """One pair's untouched offer: tiers by ascending price."""

    default_micro: int
    """The listed price, which is what a purchase without maxPrice pays at most."""
    prices: tuple[int, ...]
    """Tier prices in micro-USD, ascending; always contains the default."""
    counts: tuple[int, ...]
    """Numbers on sale at exactly that tier's price."""
    physical_permille: int
    """Share of the stock that is a real SIM, in thousandths."""


class Shape(NamedTuple):
    """What decides a ladder besides the pair itself."""

    average_micro: int
    factor: float
    depth: int
    """Typical size of one tier, in numbers."""
    always_stocked: bool


_EMPTY_OF_8 = 1
_EMPTY_DEFAULT_OF_16 = 3
_CHEAPER_TIER_OF_16 = 3


def build_ladder(seed: int, key: int, shape: Shape) -> Ladder:
    """Compute one ladder; the same arguments always give the same ladder."""
    bits = mix(seed, key)
    spread = 0.88 + (bits & 255) / 1062  # 0.88-1.12 of the average
    default = _on_step(int(shape.average_micro * shape.factor * spread))
    prices = [default]
    if (bits >> 8) & 15 < _CHEAPER_TIER_OF_16:
        cheaper = _on_step(default * 93 // 100)
        if cheaper < default:
            prices.insert(0, cheaper)
    price = default
    for tier in range((bits >> 12) & 3):
        price += max(STEP_MICRO, price * (2 + ((bits >> (14 + tier * 3)) & 7)) // 100)
        price -= price % STEP_MICRO
        prices.append(price)
    counts = _counts(bits >> 28, len(prices), shape)
    has_dearer_only = len(prices) > 1 and prices[0] == default
    unlucky = (bits >> 24) & 15 < _EMPTY_DEFAULT_OF_16
    if has_dearer_only and unlucky and not shape.always_stocked:
        counts[0] = 0
    return Ladder(default, tuple(prices), tuple(counts), (bits >> 50) % 1000)


def _counts(bits: int, tiers: int, shape: Shape) -> list[int]:
    if not shape.always_stocked and bits & 7 < _EMPTY_OF_8:
        return [0] * tiers
    floor = 2000 if shape.always_stocked else 1
    depth = shape.depth
    return [floor + depth * ((bits >> (3 + 4 * tier)) & 15) // 8 for tier in range(tiers)]


def _on_step(micro: int) -> int:
    return max(FLOOR_MICRO, micro - micro % STEP_MICRO)

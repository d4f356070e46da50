"""How a pair's numbers are spread over a country's mobile operators."""

from collections.abc import Sequence

from sandbox.supplier.hashing import mix, text_key

_WEIGHT_BITS = 3
"""Weights from 0 to 3: one operator in four has no number of a pair."""


def stock_by_operator(
    seed: int, service: str, country: int, total: int, operators: Sequence[str]
) -> dict[str, int]:
    """Return each operator's part of the stock. Together they have no more than there is."""
    pair = text_key(f"{service}-{country}")
    weights = {name: mix(seed + pair, text_key(name)) & _WEIGHT_BITS for name in operators}
    whole = sum(weights.values())
    return {name: total * weight // whole if whole else 0 for name, weight in weights.items()}

"""Money inside the sandbox: whole micro-USD; at most four decimals on the wire."""

MICRO = 1_000_000
STEP_MICRO = 100
"""The supplier quotes at most four decimals: 0.0001 USD."""


def to_wire(micro: int) -> int | float:
    """Return a JSON number of USD, whole when it is whole."""
    return micro // MICRO if micro % MICRO == 0 else micro / MICRO


def to_text(micro: int) -> str:
    """Return USD as the shortest decimal text, as used for keys of a price map."""
    whole, rest = divmod(micro, MICRO)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


def balance_text(micro: int) -> str:
    """Return USD with exactly four decimals, as getBalance prints it."""
    return f"{micro / MICRO:.4f}"


def parse_usd(text: str | float) -> int | None:
    """Return micro-USD, or None when the text is no finite, non-negative number."""
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    if not 0 <= value < 10**9:
        return None
    return round(value * MICRO)

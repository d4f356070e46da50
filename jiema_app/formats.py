"""Numbers, money and times as each language writes them."""


def money(locale: str, *, micro: int) -> str:
    """An amount in US dollars."""
    return f"${micro / 1_000_000:.2f}"

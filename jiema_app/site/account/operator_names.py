"""Mobile operators as people read them."""

from typing import Final

INITIALS_MAX: Final = 3
"""Of letters that are read one by one: ``mts``, ``dtac`` is a word."""


def operator_name(name: str) -> str:
    """What a supplier calls ``globe_telecom``, in words."""
    parts = name.split("_")
    return " ".join(
        part.upper() if len(part) <= INITIALS_MAX else part.capitalize() for part in parts if part
    )

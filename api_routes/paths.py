"""Addresses that more than one module knows."""

from typing import Final

API_PREFIX: Final = "/api/v1"
OPEN_PATHS: Final = frozenset({f"{API_PREFIX}/openapi.json"})
"""Below the prefix, and open to everybody."""

"""Secrets that are not sealed at the moment."""

import hmac
from typing import Any, NoReturn


class PlainSecret:
    """Bytes that make their reader the owner of money.

    No text is made of them: neither a log line, nor a message, nor a debugger's list of
    variables shows them. They leave only through ``reveal``, which is easy to search for.
    Python copies bytes as it likes, so they cannot be wiped from memory; the process that
    holds them should be one that nobody else can look into.
    """

    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        self._data = data

    def reveal(self) -> bytes:
        """The bytes, for the expression that needs them. Give them no name of their own."""
        return self._data

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PlainSecret):
            return NotImplemented
        return hmac.compare_digest(self._data, other._data)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "PlainSecret(…)"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("a secret is neither copied nor stored")

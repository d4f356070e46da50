"""What a request asks of the node, whichever way it was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from sandbox.tron.addresses import AddressError, HexError, parse_address, unhex
from sandbox.tron.blocks import made_visible
from sandbox.tron.errors import ILLEGAL, NO_NUMBER, NOT_PARSED, NodeError
from sandbox.tron.transactions import IntegerError, integer
from sandbox.tron.view import View


@dataclass(frozen=True, slots=True)
class Query:
    """Parameters of one call, and which state of the chain it looks at."""

    view: View
    values: Mapping[str, Any]
    solid: bool = False
    """Asked of walletsolidity: nothing younger than the last solid block exists."""

    @property
    def visible(self) -> bool:
        """Whether addresses are to be spelled in base58."""
        return self.flag("visible")

    @property
    def top(self) -> int:
        """Number of the newest block that this query may see."""
        return self.view.top(solid=self.solid)

    def flag(self, name: str) -> bool:
        """Read a switch; in a URL it is text."""
        return self.values.get(name) in {True, "true", "1"}

    def text(self, name: str) -> str:
        """Read a text, "" when it is missing.

        Raises:
            NodeError: A list or an object.
        """
        value = self.values.get(name)
        if isinstance(value, list | dict):
            raise NodeError(NOT_PARSED, f"{name} is no text")
        return "" if value is None else str(value)

    def number(self, name: str) -> int:
        """Read a whole number, 0 when it is missing.

        Raises:
            NodeError: It is none.
        """
        try:
            return integer(self.values.get(name))
        except IntegerError as error:
            raise NodeError(NO_NUMBER, str(error)) from None

    def address(self, name: str) -> str:
        """Read an address in any spelling.

        Raises:
            NodeError: It is none.
        """
        try:
            return parse_address(self.values.get(name))
        except AddressError as error:
            raise NodeError(ILLEGAL, str(error)) from None

    def find_address(self, name: str) -> str | None:
        """Read an address that may be missing.

        Raises:
            NodeError: There is something else.
        """
        return self.address(name) if self.values.get(name) else None

    def hex(self, name: str) -> bytes:
        """Read bytes in hex, none when they are missing.

        Raises:
            NodeError: It is no hex.
        """
        try:
            return unhex(self.text(name).removeprefix("0x"))
        except HexError as error:
            raise NodeError(NOT_PARSED, f"1:{len(name) + 3}: {error}") from None

    def spell(self, answer: dict[str, Any] | list[Any]) -> dict[str, Any] | list[Any]:
        """Spell an answer's addresses as asked."""
        spelled: dict[str, Any] | list[Any] = made_visible(answer) if self.visible else answer
        return spelled

    def spell_bytes(self, answer: bytes) -> bytes:
        """Spell an answer that is JSON already; untouched unless base58 is asked for."""
        return orjson.dumps(made_visible(orjson.loads(answer))) if self.visible else answer

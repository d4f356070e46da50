"""What the chain knows at one moment: one flat table of numbers."""

from collections.abc import MutableMapping
from typing import Protocol


class Numbers(Protocol):
    """Something that execution reads from and writes to."""

    def read(self, key: str) -> int:
        """Return a number, 0 when it was never written."""

    def write(self, key: str, value: int) -> None:
        """Set a number."""


def trx(address: str) -> str:
    """Key of an account's sun."""
    return f"trx/{address}"


def born(address: str) -> str:
    """Key of when an account was activated, in milliseconds; 0 is never."""
    return f"born/{address}"


def tokens(token: str, address: str) -> str:
    """Key of what an address holds of a token."""
    return f"token/{token}/{address}"


def allowance(token: str, holder: str, spender: str) -> str:
    """Key of what a spender may still take from a holder."""
    return f"allow/{token}/{holder}/{spender}"


def blacklisted(token: str, address: str) -> str:
    """Key of whether a token refuses to be sent by an address."""
    return f"black/{token}/{address}"


def setting(token: str, name: str) -> str:
    """Key of a number of a contract: paused, basisPointsRate, maximumFee, deprecated."""
    return f"set/{token}/{name}"


def resource(name: str, address: str) -> str:
    """Key of bandwidth or energy: a limit, what was used, and when (seconds)."""
    return f"{name}/{address}"


class Ledger:
    """The numbers themselves."""

    __slots__ = ("values",)

    def __init__(self, values: MutableMapping[str, int] | None = None) -> None:
        self.values: MutableMapping[str, int] = {} if values is None else values

    def read(self, key: str) -> int:
        """Return a number, 0 when it was never written."""
        return self.values.get(key, 0)

    def write(self, key: str, value: int) -> None:
        """Set a number; zeros are not kept."""
        if value:
            self.values[key] = value
        else:
            self.values.pop(key, None)


class Draft:
    """Changes on top of a ledger, to be kept or thrown away."""

    __slots__ = ("_below", "changes")

    def __init__(self, below: Numbers) -> None:
        self._below = below
        self.changes: dict[str, int] = {}

    def read(self, key: str) -> int:
        """Return a number, as changed."""
        changed = self.changes.get(key)
        return self._below.read(key) if changed is None else changed

    def write(self, key: str, value: int) -> None:
        """Change a number."""
        self.changes[key] = value

    def add(self, key: str, amount: int) -> None:
        """Change a number by an amount."""
        self.changes[key] = self.read(key) + amount

    def keep(self) -> None:
        """Write the changes down below."""
        for key, value in self.changes.items():
            self._below.write(key, value)

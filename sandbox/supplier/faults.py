"""Faults on demand: which request goes wrong, and how."""

import random
from dataclasses import dataclass
from typing import Any

KINDS = (
    "timeout_after_commit",
    "http500",
    "http429",
    "garbage",
    "truncated",
    "no_numbers",
    "edge_403",
    "edge_1020",
    "drop_before",
    "banned",
    "channels_limit",
    "no_balance",
    "wrong_max_price",
    "hang",
)
AFTER_COMMIT = frozenset({"timeout_after_commit", "garbage", "truncated"})
"""Kinds where the action is carried out although its answer is lost or spoilt."""
LONGEST_S = 3600
EVERY_ACTION = "*"
_DEFAULT_SECONDS = {"hang": 60.0, "timeout_after_commit": 0.0, "drop_before": 0.0}


class FaultError(ValueError):
    """A fault order that cannot be understood."""


@dataclass(slots=True)
class Fault:
    """One standing order to fail."""

    action: str
    kind: str
    rate: float | None
    """Probability per request, 0..1; None when counted."""
    count: int | None
    """How many more requests fail; None when by rate."""
    seconds: float
    """Silence before the connection is dropped (hang, drops), or Retry-After."""

    def to_json(self) -> dict[str, Any]:
        """Return the order as it was given."""
        return {
            "action": self.action,
            "kind": self.kind,
            **({"rate": self.rate} if self.count is None else {"count": self.count}),
            "seconds": self.seconds,
        }


def parse_fault(body: dict[str, Any]) -> Fault:
    """Read a fault order.

    Raises:
        FaultError: Says what is missing or wrong.
    """
    unknown = set(body) - {"action", "kind", "rate", "count", "seconds"}
    if unknown:
        message = f"unknown keys {sorted(unknown)}; allowed: action, kind, rate, count, seconds"
        raise FaultError(message)
    action, kind = body.get("action", EVERY_ACTION), body.get("kind")
    if not isinstance(action, str) or not action:
        message = 'action must be an action name such as "getNumberV2", or "*"'
        raise FaultError(message)
    if kind not in KINDS:
        message = "kind must be one of " + ", ".join(KINDS)
        raise FaultError(message)
    rate, count = body.get("rate"), body.get("count")
    if (rate is None) == (count is None):
        message = "give exactly one of rate (0..1) and count"
        raise FaultError(message)
    if rate is not None and (not _is_number(rate) or not 0 <= rate <= 1):
        message = "rate must be a number from 0 to 1"
        raise FaultError(message)
    if count is not None and (not isinstance(count, int) or count < 0 or count is True):
        message = "count must be a whole number, 0 removes the fault"
        raise FaultError(message)
    seconds = body.get("seconds", _DEFAULT_SECONDS.get(kind, 1.0))
    if not _is_number(seconds) or not 0 <= seconds <= LONGEST_S:
        message = "seconds must be a number from 0 to 3600"
        raise FaultError(message)
    return Fault(action, kind, rate, count, float(seconds))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class FaultRegistry:
    """The standing orders, at most one per (action, kind)."""

    def __init__(self, seed: int) -> None:
        """Start without faults; the seed makes rates reproducible."""
        self._faults: dict[tuple[str, str], Fault] = {}
        self._random = random.Random(seed)

    def set(self, fault: Fault) -> None:
        """Add, replace, or (rate or count 0) remove an order."""
        key = (fault.action, fault.kind)
        if not fault.rate and not fault.count:
            self._faults.pop(key, None)
        else:
            self._faults[key] = fault

    def take(self, action: str) -> Fault | None:
        """Return the fault this request suffers; a counted one is used up by one."""
        for fault in list(self._faults.values()):
            if fault.action not in {action, EVERY_ACTION}:
                continue
            if fault.rate is not None:
                if self._random.random() < fault.rate:
                    return fault
                continue
            if fault.count is not None:
                fault.count -= 1
                if fault.count <= 0:
                    del self._faults[fault.action, fault.kind]
                return fault
        return None

    def clear(self) -> None:
        """Remove every order."""
        self._faults.clear()

    def __bool__(self) -> bool:
        """Whether any order stands."""
        return bool(self._faults)

    def to_json(self) -> list[dict[str, Any]]:
        """Return the standing orders."""
        return [fault.to_json() for fault in self._faults.values()]

"""What can be made to go wrong between the bot and Telegram."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

KINDS: Final = (
    "http500",
    "http502_after",
    "timeout_after_doing",
    "drop",
    "drop_after",
    "http429",
    "blocked",
    "slow",
    "down",
)
AFTER: Final = frozenset({"http502_after", "timeout_after_doing", "drop_after", "slow"})
"""Kinds where the call is carried out."""
EVERY_METHOD: Final = "*"


@dataclass(slots=True)
class Fault:
    """One standing order to fail.

    Attributes:
        method: The method it concerns, in small letters, or `*`.
        chat: The only chat that it concerns, as the call names it; empty for all.
        rate: Probability per call; None when counted.
        count: How many more calls fail; None when by rate.
        seconds: How long the call is kept waiting.
        retry_after: What 429 asks for, in seconds.
    """

    method: str
    kind: str
    chat: str
    rate: float | None
    count: int | None
    seconds: float
    retry_after: int

    def to_json(self) -> dict[str, Any]:
        """The order as it was given."""
        often = {"rate": self.rate} if self.count is None else {"count": self.count}
        return {
            "method": self.method,
            "kind": self.kind,
            **({"chat": self.chat} if self.chat else {}),
            **often,
            "seconds": self.seconds,
            "retryAfter": self.retry_after,
        }


class Faults:
    """The orders, and how often one struck."""

    def __init__(self, seed: int, now: Callable[[], float] = time.monotonic) -> None:
        self._seed, self._now = seed, now
        self._orders: list[Fault] = []
        self._dice = random.Random(seed)
        self._up_at = 0.0
        self.hits = 0

    def order(self, fault: Fault) -> None:
        """Replace the order for the same method, kind and chat; 0 removes it."""
        same = (fault.method, fault.kind, fault.chat)
        self._orders = [one for one in self._orders if (one.method, one.kind, one.chat) != same]
        if fault.count or fault.rate:
            self._orders.append(fault)

    def take_down(self, seconds: float) -> None:
        """Have everything fail for so long; 0 ends it."""
        self._up_at = self._now() + seconds

    def is_down(self) -> bool:
        """Whether nothing answers just now."""
        return self._now() < self._up_at

    def strike(self, method: str, chat: str) -> Fault | None:
        """The fault that this call meets, used up once; None for none."""
        for fault in self._orders:
            if fault.method not in {EVERY_METHOD, method} or fault.chat not in {"", chat}:
                continue
            if fault.kind == "blocked" and not chat:
                continue
            if fault.rate is not None and self._dice.random() >= fault.rate:
                continue
            if fault.count is not None:
                fault.count -= 1
                if fault.count <= 0:
                    self._orders.remove(fault)
            self.hits += 1
            return fault
        return None

    def clear(self) -> None:
        """Remove them all."""
        self._orders.clear()
        self._dice = random.Random(self._seed)
        self._up_at = 0.0
        self.hits = 0

    def to_json(self) -> list[dict[str, Any]]:
        """Those that are ordered."""
        down = [{"kind": "down", "seconds": round(self._up_at - self._now(), 1)}]
        return [*(down if self.is_down() else []), *(fault.to_json() for fault in self._orders)]

"""Faults on demand: which request to the node goes wrong, and how."""

import random
from typing import Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

Kind = Literal[
    "hang",
    "drop_before",
    "http429",
    "http403",
    "http500",
    "http503",
    "error_200",
    "bare_text",
    "applied_then_504",
    "timeout_after_commit",
    "truncated",
    "server_busy",
    "dropped_broadcast",
    "not_enough_connection",
    "empty_receipts",
    "partial_receipts",
    "empty_object",
    "v1_duplicate_rows",
    "v1_missing_rows",
    "v1_no_fingerprint",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
EVERY_ACTION: Final = "*"
BROADCASTS: Final = frozenset({"broadcasttransaction", "broadcasthex"})
RECEIPTS: Final = "gettransactioninfobyblocknum"
LISTINGS: Final = frozenset({"events", "transactions", "trc20"})
_ONLY_FOR: Final[dict[str, frozenset[str]]] = {
    "server_busy": BROADCASTS,
    "dropped_broadcast": BROADCASTS,
    "not_enough_connection": BROADCASTS,
    "empty_receipts": frozenset({RECEIPTS}),
    "partial_receipts": frozenset({RECEIPTS}),
    "v1_duplicate_rows": LISTINGS,
    "v1_missing_rows": LISTINGS,
    "v1_no_fingerprint": LISTINGS,
}


class Fault(BaseModel):
    """One standing order to fail."""

    model_config = ConfigDict(extra="forbid")

    action: str = EVERY_ACTION
    """"getnowblock" in both services, "walletsolidity/getnowblock" in one, or "*"."""
    kind: Kind
    rate: float | None = Field(default=None, ge=0, le=1)
    count: int | None = Field(default=None, ge=0)
    seconds: float = Field(default=30.0, ge=0, le=3600)
    """How long a silence lasts."""

    @model_validator(mode="after")
    def _one_measure(self) -> "Fault":
        if (self.rate is None) == (self.count is None):
            raise ValueError("give exactly one of rate (0..1) and count")
        return self

    def concerns(self, path: str) -> bool:
        """Whether a request is one that this fault can strike."""
        name = path.rsplit("/", 1)[-1]
        only = _ONLY_FOR.get(self.kind)
        if only is not None and name not in only:
            return False
        return self.action in {EVERY_ACTION, name, path}


class Faults:
    """The standing orders, at most one per action and kind."""

    def __init__(self, seed: int) -> None:
        self._orders: dict[tuple[str, str], Fault] = {}
        self._random = random.Random(seed)
        self.hits = 0

    def order(self, fault: Fault) -> None:
        """Add or replace an order; a rate or count of 0 removes it."""
        key = (fault.action, fault.kind)
        if fault.rate or fault.count:
            self._orders[key] = fault
        else:
            self._orders.pop(key, None)

    def take(self, path: str) -> Fault | None:
        """Return what strikes this request; a counted order is used up by one."""
        for key, fault in list(self._orders.items()):
            if not fault.concerns(path):
                continue
            if fault.count is not None:
                fault.count -= 1
                if not fault.count:
                    del self._orders[key]
            elif self._random.random() >= (fault.rate or 0):
                continue
            self.hits += 1
            return fault
        return None

    def clear(self) -> None:
        """Remove every order."""
        self._orders.clear()

    def to_json(self) -> list[dict[str, Any]]:
        """Return the standing orders."""
        return [fault.model_dump(exclude_none=True) for fault in self._orders.values()]

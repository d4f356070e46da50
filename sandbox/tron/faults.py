"""Faults on demand: which request to a node goes wrong, and how."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, get_args

import orjson
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
    "accepted_then_504",
    "timeout_after_commit",
    "truncated",
    "server_busy",
    "no_connection",
    "block_unsolidified",
    "tapos",
    "expired",
    "dropped_broadcast",
    "never_mined",
    "not_enough_connection",
    "dup",
    "dup_unknown",
    "revert",
    "out_of_energy",
    "out_of_time",
    "empty_receipts",
    "partial_receipts",
    "empty_object",
    "other_answer",
    "v1_duplicate_rows",
    "v1_missing_rows",
    "v1_no_fingerprint",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
EVERY_ACTION: Final = "*"
BROADCASTS: Final = frozenset({"broadcasttransaction", "broadcasthex"})
RECEIPTS: Final = "gettransactioninfobyblocknum"
LISTINGS: Final = frozenset({"events", "transactions", "trc20"})
OF_BROADCASTS: Final = frozenset(
    {
        "server_busy",
        "no_connection",
        "block_unsolidified",
        "tapos",
        "expired",
        "dropped_broadcast",
        "never_mined",
        "not_enough_connection",
        "dup",
        "dup_unknown",
        "revert",
        "out_of_energy",
        "out_of_time",
    }
)
"""They strike a transaction that was read, and not the request that carried it."""
_ONLY_FOR: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(OF_BROADCASTS, BROADCASTS),
    "accepted_then_504": BROADCASTS,
    "empty_receipts": frozenset({RECEIPTS}),
    "partial_receipts": frozenset({RECEIPTS}),
    "v1_duplicate_rows": LISTINGS,
    "v1_missing_rows": LISTINGS,
    "v1_no_fingerprint": LISTINGS,
}
_LONGEST_ANSWER: Final = 65_536


class Fault(BaseModel):
    """One standing order to fail."""

    model_config = ConfigDict(extra="forbid")

    action: str = Field(default=EVERY_ACTION, max_length=64)
    """"getnowblock" in both services, "walletsolidity/getnowblock" in one, or "*"."""
    kind: Kind
    rate: float | None = Field(default=None, ge=0, le=1)
    count: int | None = Field(default=None, ge=0, le=10**9)
    seconds: float = Field(default=30.0, ge=0, le=3600)
    """How long a silence lasts."""
    answer: dict[str, Any] | list[Any] | None = None
    """What `other_answer` answers; {} when nothing is said."""

    @model_validator(mode="after")
    def _one_measure(self) -> "Fault":
        if (self.rate is None) == (self.count is None):
            raise ValueError("give exactly one of rate (0..1) and count")
        return self

    @model_validator(mode="after")
    def _answer_fits(self) -> "Fault":
        if self.answer is None:
            return self
        if self.kind != "other_answer":
            raise ValueError("only other_answer has an answer")
        try:
            length = len(orjson.dumps(self.answer))
        except orjson.JSONEncodeError:
            raise ValueError("no answer can be written so") from None
        if length > _LONGEST_ANSWER:
            raise ValueError(f"an answer has {_LONGEST_ANSWER} bytes at most")
        return self

    def concerns(self, path: str) -> bool:
        """Whether a request is one that this fault can strike."""
        name = path.rsplit("/", 1)[-1]
        only = _ONLY_FOR.get(self.kind)
        if only is not None and name not in only:
            return False
        return self.action in {EVERY_ACTION, name, path}


class Faults:
    """The standing orders at one node, at most one per action and kind."""

    def __init__(self, seed: int, keep: Callable[[], None] = lambda: None) -> None:
        """Start without any; `keep` is called whenever they have changed."""
        self._orders: dict[tuple[str, str], Fault] = {}
        self._random = random.Random(seed)
        self._keep = keep
        self.hits = 0

    def order(self, fault: Fault) -> None:
        """Add or replace an order; a rate or count of 0 removes it."""
        key = (fault.action, fault.kind)
        if fault.rate or fault.count:
            self._orders[key] = fault
        else:
            self._orders.pop(key, None)
        self._keep()

    def take(self, path: str) -> Fault | None:
        """Return what strikes a request; a counted order is used up by one."""
        return self._take(path, lambda kind: kind not in OF_BROADCASTS)

    def take_for_transaction(self, path: str, spared: frozenset[str]) -> Fault | None:
        """Return what strikes a transaction that a request carried, but for some kinds."""
        return self._take(path, lambda kind: kind in OF_BROADCASTS - spared)

    def _take(self, path: str, strikes: Callable[[str], bool]) -> Fault | None:
        for key, fault in list(self._orders.items()):
            if not strikes(fault.kind) or not fault.concerns(path):
                continue
            if fault.count is not None:
                fault.count -= 1
                if not fault.count:
                    del self._orders[key]
                self._keep()
            elif self._random.random() >= (fault.rate or 0):
                continue
            self.hits += 1
            return fault
        return None

    def clear(self) -> None:
        """Remove every order."""
        self._orders.clear()
        self._keep()

    def to_json(self) -> list[dict[str, Any]]:
        """Return the standing orders."""
        return [fault.model_dump(exclude_none=True) for fault in self._orders.values()]

    def restore(self, orders: Sequence[Mapping[str, Any]]) -> None:
        """Have the orders stand again that `to_json` returned once."""
        faults = [Fault.model_validate(order) for order in orders]
        self._orders = {(fault.action, fault.kind): fault for fault in faults}

"""How far the running proof has come: what is new since, and the next slice of the past."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from jiema_app.domain.ledger import proof_queries
from jiema_app.domain.transaction import Connection

MARGIN: Final = timedelta(minutes=10)
"""Ids and ends of orders are a clock's word: so much before the last run is looked at again."""

PATIENCE_S: Final = 120.0
"""For one question. A shop that was not proved for days has much that is new."""

HORIZON_AGE_MAX: Final = 2**30
"""Transaction numbers are compared by half of their digits: older ones say nothing."""

BOTTOM: Final = {"transfers": -(2**63), "entries": -(2**63), "accounts": -(2**31)}
TOP: Final = {"transfers": "top_transfer", "entries": "top_entry", "accounts": "top_account"}


@dataclass(frozen=True, slots=True)
class Moment:
    """What a run begins with: how far the last one came, and what it sees itself."""

    state: Mapping[str, Any]
    now: Mapping[str, Any]
    rounds: Mapping[str, str]

    @property
    def is_settled(self) -> bool:
        """Whether every entry up to the newest of the last run is visible now, or never will be."""
        return bool(self.state["next_transaction"] <= self.now["horizon"])

    @property
    def is_foreign(self) -> bool:
        """Whether the last run was on another server: this one is a copy, counting anew."""
        return bool(self.state["next_transaction"] > self.now["next_transaction"])

    @property
    def horizon(self) -> int | None:
        """Transactions that the last run could not see have this number or a higher one."""
        age = self.now["next_transaction"] - self.state["horizon"]
        return self.state["horizon"] if 0 <= age < HORIZON_AGE_MAX else None

    @property
    def proved_at(self) -> datetime:
        """Before this everything was looked at, as far as clocks can be believed."""
        then: datetime = self.state["proved_at"] or self.now["moment"]
        return then - MARGIN


@dataclass(slots=True)
class Slices:
    """Where the slices of this run end; empty where a round is complete."""

    ends: dict[str, str] = field(default_factory=dict)

    async def span(
        self, connection: Connection, part: str, moment: Moment, size: int
    ) -> tuple[int, int]:
        """The next ids of a table whose keys are numbers: above the first, up to the second."""
        low = int(moment.rounds.get(part) or BOTTOM[part])
        end = await connection.fetchval(
            proof_queries.SLICE_ENDS[part], low, size, timeout=PATIENCE_S
        )
        if size:
            self.ends[part] = "" if end is None or end >= moment.now[TOP[part]] else str(end)
        return low, low if end is None else end

    async def keys(self, connection: Connection, part: str, moment: Moment, size: int) -> set[str]:
        """The next keys of a table whose keys are texts."""
        if not size:
            return set()
        rows = await connection.fetch(
            proof_queries.SLICES[part], moment.rounds.get(part, ""), size, timeout=PATIENCE_S
        )
        self.ends[part] = rows[-1]["id"] if len(rows) == size else ""
        return {row["id"] for row in rows}

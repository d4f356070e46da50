"""Where a process that has to do with a payout is killed: each step it keeps, before, in and after."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from tests.support.persisted_steps import BROADCAST, JOURNAL
from tests.support.watched_database import Phase


class Role(StrEnum):
    """Who is killed."""

    SIGNER = "signer"
    READER = "reader"
    """A worker: reads the chain, books what it meets, and compares."""
    DESK = "desk"
    """A web process or a command: an owner asks, people decide."""


_BY_ROLE: Final[Mapping[Role, Sequence[str]]] = {
    Role.SIGNER: (
        "signer.recovery.NOTE_POSITION",
        "payouts.queries.ADOPT",
        "payouts.halts.HALT",
        JOURNAL,
        "payouts.queries.SIGN",
        "payouts.queries.PUT_ASIDE",
        "payouts.queries.NOTE_SENDING",
        BROADCAST,
        "payouts.queries.NOTE_ANSWER",
        "payouts.queries.NOTE_BLOCK",
        "payouts.queries.SETTLE",
        "payouts.queries.END_ATTEMPT",
        "payouts.queries.NOTE_COST",
    ),
    Role.READER: (
        "chain.queries.BEGIN",
        "chain.queries.STORE",
        "chain.queries.ADVANCE",
        "payouts.outgoing_queries.BOOK",
        "payouts.outgoing_queries.IGNORE",
        "payouts.outgoing_queries.FORGET_EXPLAINED",
        "payouts.queries.SETTLE",
        "payouts.house_reconciliation.OPEN",
        "payouts.halts.NOTE_HOUSE",
        "payouts.halts.NOTE_POOL",
    ),
    Role.DESK: (
        "withdrawals.queries.INSERT",
        "withdrawals.queries.CANCEL",
        "withdrawals.queries.DECIDE",
        "withdrawals.queries.APPROVE",
        "payouts.queries.ENQUEUE",
        "withdrawals.queries.REJECT",
        "payouts.queries.CHANGE",
        "payouts.queries.AUDIT",
        "payouts.outgoing_queries.EXPLAIN",
    ),
}

_BY_THEMSELVES: Final = frozenset(
    {
        "signer.recovery.NOTE_POSITION",
        "payouts.halts.HALT",
        "payouts.queries.NOTE_ANSWER",
        "payouts.queries.NOTE_BLOCK",
        "payouts.queries.NOTE_COST",
        "payouts.outgoing_queries.FORGET_EXPLAINED",
        "payouts.halts.NOTE_HOUSE",
        "payouts.halts.NOTE_POOL",
        "chain.queries.BEGIN",
        BROADCAST,
    }
)
"""Stored as soon as they are done: there is no moment between."""

ONCE: Final = frozenset({"chain.queries.BEGIN", "payouts.house_reconciliation.OPEN"})
"""Taken once in the life of a database."""

NOT_PROVOKED: Final[Mapping[str, str]] = {
    "signer.following.CONTRADICT": "a final receipt of something else than was signed: no node of "
    "one chain tells one. See tests/services/test_signer_nodes.py",
}
"""Steps that the storm does not come to, and why."""


def point_of(role: Role, step: str, phase: Phase) -> str:
    """How a point is called."""
    return f"{role} {step} {phase}"


def points_of(role: Role) -> Sequence[str]:
    """Every point at which somebody is killed."""
    return [
        point_of(role, step, phase)
        for step in _BY_ROLE[role]
        for phase in Phase
        if phase is not Phase.DONE or step not in _BY_THEMSELVES
    ]


def steps() -> set[str]:
    """Every step at which somebody is killed."""
    return {step for known in _BY_ROLE.values() for step in known}


def is_rare(point: str) -> bool:
    """Whether a point is met once or twice only, however long a storm lasts."""
    return point.split()[1] in ONCE and point.endswith(Phase.STORED)

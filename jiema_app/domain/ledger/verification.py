"""Proving the whole of the books: the command and the tests run this, the job a part of it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

from jiema_app.domain.ledger import earning_queries, queries, recharge_queries
from jiema_app.domain.transaction import Database


@dataclass(frozen=True, slots=True)
class Verification:
    """What a look at the ledger found."""

    transfers: int
    entries: int
    sum_micro: int
    """All entries together; anything but 0 means money was made or lost."""
    negative: int
    """Balances below zero."""
    drift: int
    """Balances that differ from the sum of their entries, or are missing, and entries that do
    not continue the one before them."""
    unbalanced: int
    """Transfers whose entries do not sum to zero, and entries of no transfer."""
    strange: int
    """Transfers that are no posting of the shop's: of another kind, or not from and to the
    accounts of their kind; and rows whose ids were never given out."""
    open_suspense_mismatch: int
    """Orders whose suspense is not their price while open, or not empty after."""
    settlement_mismatch: int
    """Orders charged without a code, refunded with one, or neither when ended; and money that
    moved for no order, or other than its price, or from or to another account than it should."""
    recharge_mismatch: int
    """Payments of the chain whose money is not where it should be, recharges that do not add
    up, and a pool that holds other than what came in and has not left."""
    commission_mismatch: int
    """Commission whose money is not where its status says, that its order does not allow, or
    that was earned by nobody's order; and purses and figures that are not its sum."""
    withdrawal_mismatch: int
    """Withdrawals and payouts whose money is not where their status says, or that a transaction
    on the chain contradicts."""

    @property
    def ok(self) -> bool:
        """Whether the books are right."""
        return not (
            self.sum_micro
            or self.negative
            or self.drift
            or self.unbalanced
            or self.strange
            or self.open_suspense_mismatch
            or self.settlement_mismatch
            or self.recharge_mismatch
            or self.commission_mismatch
            or self.withdrawal_mismatch
        )

    def as_json(self) -> dict[str, int | bool]:
        """The form of ``ledger verify --json``."""
        camel = {
            first + "".join(word.title() for word in rest): value
            for name, value in asdict(self).items()
            for first, *rest in [name.split("_")]
        }
        return {"ok": self.ok, **camel}


QUESTIONS: Final[tuple[tuple[str, str], ...]] = (
    ("unbalanced", queries.UNBALANCED),
    ("strange", queries.STRANGE_TRANSFERS),
    ("strange", queries.STRANGE_IDS),
    ("drift", queries.DRIFT),
    ("drift", queries.BROKEN_CHAIN),
    ("open_suspense_mismatch", queries.SUSPENSE_MISMATCH),
    ("settlement_mismatch", queries.SETTLEMENT_MISMATCH),
    ("settlement_mismatch", queries.STRANGE_LEGS),
    *(("recharge_mismatch", question) for question in recharge_queries.ALL),
    *(("commission_mismatch", question) for question in earning_queries.COMMISSIONS),
    *(("withdrawal_mismatch", question) for question in earning_queries.WITHDRAWALS),
)
"""What is counted, and under which name. Those of one name are added up."""

PATIENCE_S: Final = 24 * 3600.0
"""For one question: whoever asks about everything waits until it is answered."""

ROOM: Final = (
    "set local statement_timeout = 0",
    # Whole tables are sorted and joined: in memory, where they fit.
    "set local work_mem = '256MB'",
)

Tell = Callable[[int, int], None]
"""Hears how many questions are answered, and of how many."""


async def verify(database: Database, tell: Tell | None = None) -> Verification:
    """Prove the whole ledger against itself, the orders and the payments, in one snapshot.

    It takes longer the longer the shop has been open; no time limit cuts it off. What runs
    again and again is the running proof: see ``proof.py``.
    """
    found: defaultdict[str, int] = defaultdict(int)
    async with database.connection() as connection:
        transaction = connection.transaction(isolation="repeatable_read", readonly=True)
        async with transaction:
            for setting in ROOM:
                await connection.execute(setting)
            totals = await connection.fetchrow(queries.TOTALS, timeout=PATIENCE_S)
            assert totals is not None
            for answered, (name, question) in enumerate(QUESTIONS, start=1):
                if tell is not None:
                    tell(answered, 1 + len(QUESTIONS))
                found[name] += await connection.fetchval(question, timeout=PATIENCE_S)
    return Verification(**dict(totals), **found)

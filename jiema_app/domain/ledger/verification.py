"""Proving the books: the command, the job and the tests all run this."""

from dataclasses import asdict, dataclass

from jiema_app.domain.ledger import queries, recharge_queries
from jiema_app.domain.transaction import Connection, Database


@dataclass(frozen=True, slots=True)
class Verification:
    """What a look at the whole ledger found."""

    transfers: int
    entries: int
    sum_micro: int
    """All entries together; anything but 0 means money was made or lost."""
    negative: int
    """Balances below zero."""
    drift: int
    """Balances that differ from the sum of their entries, or are missing."""
    unbalanced: int
    """Transfers whose entries do not sum to zero, and entries of no transfer."""
    open_suspense_mismatch: int
    """Orders whose suspense is not their price while open, or not empty after."""
    settlement_mismatch: int
    """Orders charged without a code, refunded with one, or neither when ended; and money
    that moved for no order."""
    recharge_mismatch: int
    """Payments of the chain whose money is not where it should be, recharges that do not add
    up, and a pool that holds other than what came in and has not left."""

    @property
    def ok(self) -> bool:
        """Whether the books are right."""
        return not (
            self.sum_micro
            or self.negative
            or self.drift
            or self.unbalanced
            or self.open_suspense_mismatch
            or self.settlement_mismatch
            or self.recharge_mismatch
        )

    def as_json(self) -> dict[str, int | bool]:
        """The form of ``ledger verify --json``."""
        camel = {
            first + "".join(word.title() for word in rest): value
            for name, value in asdict(self).items()
            for first, *rest in [name.split("_")]
        }
        return {"ok": self.ok, **camel}


async def verify(database: Database) -> Verification:
    """Prove the whole ledger against itself, the orders and the payments, in one snapshot."""
    async with database.connection() as connection:
        transaction = connection.transaction(isolation="repeatable_read", readonly=True)
        async with transaction:
            totals = await connection.fetchrow(queries.TOTALS)
            assert totals is not None
            return Verification(
                **dict(totals),
                unbalanced=await connection.fetchval(queries.UNBALANCED),
                drift=await connection.fetchval(queries.DRIFT),
                open_suspense_mismatch=await connection.fetchval(queries.SUSPENSE_MISMATCH),
                settlement_mismatch=await connection.fetchval(queries.SETTLEMENT_MISMATCH),
                recharge_mismatch=await _count_recharges(connection),
            )


async def _count_recharges(connection: Connection) -> int:
    return sum([await connection.fetchval(question) for question in recharge_queries.ALL])

"""The running proof of the books: what is new, what is open, and a slice of the past.

The whole proof reads everything, and so takes longer the longer the shop is open. This one
costs the same however much came before:

* Transfers and entries since the last run that found the books right, and always the newest
  ones, are proved in full: each transfer balances, each entry of a user continues the one
  before it, and the balance is what the last entry says.
* Orders and payments that they are about, that are new, undecided or have just ended, or were
  undecided at the last run, are compared with their money, by the questions of the whole proof.
* Every balance that was written since, by whomever, is compared with its entries.
* Commission and withdrawals likewise, and the purses of what is pending and held.
* A slice of each table's past is proved as if it were new. When the last slice is done the next
  round begins, so that all of it is proved again and again.

A run that finds anything wrong keeps nothing, so the next one finds it too.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jiema_app.domain import ids
from jiema_app.domain.ledger import earning_queries, proof_queries, queries, recharge_queries
from jiema_app.domain.ledger.accounts import ORDER_KINDS, PAYMENT_KINDS, WITHDRAWAL_KINDS
from jiema_app.domain.ledger.proof_rounds import PATIENCE_S, Moment, Slices
from jiema_app.domain.ledger.verification import Verification
from jiema_app.domain.transaction import Connection, Database

KINDS: Final = (list(ORDER_KINDS), list(PAYMENT_KINDS))
ALL_KINDS: Final = (*KINDS, list(WITHDRAWAL_KINDS))

Spans = tuple[list[int], list[int]]
"""Ranges of ids: above the first ones, up to the second ones."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much one run looks at, beyond what is new.

    Attributes:
        tail: The newest transfers, proved by every run.
        new_max: More new transfers than this are left to the slices, which come to them.
        slice: Transfers of the past a run. Of the other tables accordingly.
    """

    tail: int = 10_000
    new_max: int = 500_000
    slice: int = 20_000


@dataclass(frozen=True, slots=True)
class RunningProof:
    """Proves the books again and again, at a cost that does not grow with them."""

    database: Database
    effort: Effort = Effort()

    @property
    def few(self) -> int:
        """Rows of a slice of a table that has fewer than there are transfers."""
        return self.effort.slice // 10

    async def run(self) -> Verification:
        """Prove what is new, what is open, and the next slice; in one snapshot.

        Returns:
            What was found. Its counts of transfers and entries are of those looked at.
        """
        async with self.database.connection() as connection:
            await connection.execute(proof_queries.BEGIN)
            transaction = connection.transaction(isolation="repeatable_read")
            await transaction.start()
            try:
                found = await self._prove(connection)
            except BaseException:
                await transaction.rollback()
                raise
            # What is wrong stays to be found by the next run.
            await (transaction.commit() if found.ok else transaction.rollback())
        return found

    async def _prove(self, connection: Connection) -> Verification:
        await connection.execute(f"set local statement_timeout = '{PATIENCE_S:.0f}s'")
        state = await connection.fetchrow(proof_queries.STATE)
        now = await connection.fetchrow(proof_queries.NOW)
        assert state is not None
        assert now is not None
        rounds = {row["part"]: row["place"] for row in await connection.fetch(proof_queries.ROUNDS)}
        moment = Moment(dict(state), dict(now), rounds)
        slices = Slices()

        balances = await _row(connection, proof_queries.BALANCES, moment.horizon)
        for setting in proof_queries.BY_INDEX:
            await connection.execute(setting)
        transfers = await self._transfers(connection, moment, slices)
        entries = await self._entries(connection, moment, slices)
        moved = await _row(connection, proof_queries.TRANSFERS, *transfers, *entries, *ALL_KINDS)
        links = await _row(connection, proof_queries.ENTRIES, *entries, *KINDS)
        accounts = await slices.span(connection, "accounts", moment, self.few)
        drift = await _count(
            connection,
            queries.ACCOUNTS_OF,
            [*links["accounts"], *balances["accounts"]],
            *([bound] for bound in accounts),
        )

        since, most = ids.first_id_at(moment.proved_at), self.effort.new_max // 2
        orders = {*moved["orders"], *state["open_references"]}
        orders |= await _ids(
            connection, proof_queries.CHANGED_ORDERS, since, moment.proved_at, most
        )
        orders |= await slices.keys(connection, "orders", moment, self.effort.slice // 2)
        payments = {*moved["payments"], *state["open_references"]}
        payments |= await _ids(connection, proof_queries.CHANGED_PAYMENTS, since, self.effort.tail)
        payments |= await slices.keys(connection, "payments", moment, self.few)
        payments |= await _ids(connection, proof_queries.PARTNERS, list(payments))
        recharges = await _ids(
            connection, proof_queries.CHANGED_RECHARGES, since, list(payments), most
        ) | await slices.keys(connection, "recharges", moment, self.few)

        found = Verification(
            transfers=moved["transfers"],
            entries=moved["entries"],
            sum_micro=moved["sum_micro"],
            negative=balances["negative"],
            drift=drift + links["broken"],
            unbalanced=moved["unbalanced"],
            strange=moved["strange"] + await _count(connection, queries.STRANGE_IDS),
            open_suspense_mismatch=links["strange_suspense"]
            + await _ask(connection, (queries.SUSPENSE_MISMATCH_OF,), orders, ORDER_KINDS),
            settlement_mismatch=await _ask(
                connection,
                (queries.SETTLEMENT_MISMATCH_OF, queries.STRANGE_LEGS_OF),
                orders,
                ORDER_KINDS,
            ),
            recharge_mismatch=links["strange_payments"]
            + await _ask(connection, recharge_queries.ALL_OF_PAYMENTS, payments, PAYMENT_KINDS)
            + await _count(connection, recharge_queries.SUMS_OF, list(recharges)),
            commission_mismatch=await _ask(
                connection, earning_queries.COMMISSIONS_OF, orders, ORDER_KINDS
            )
            + await self._moves(connection, moment, slices, moved["orders"])
            + await _count(connection, earning_queries.PENDING),
            withdrawal_mismatch=await self._withdrawals(
                connection, moment, slices, moved["withdrawals"]
            )
            + await self._payouts(connection, moment, slices)
            + await _count(connection, earning_queries.HELD),
        )
        if found.ok:
            await _keep(connection, moment, slices, payments)
        return found

    async def _moves(
        self, connection: Connection, moment: Moment, slices: Slices, moved: Collection[str]
    ) -> int:
        since = ids.first_id_at(moment.proved_at)
        moves = {*moved, *await slices.keys(connection, "commission_moves", moment, self.few)}
        moves |= await _ids(connection, proof_queries.CHANGED_MOVES, since, self.effort.tail)
        return await _count(connection, earning_queries.MOVES_OF, list(moves))

    async def _withdrawals(
        self, connection: Connection, moment: Moment, slices: Slices, moved: Collection[str]
    ) -> int:
        since, most = ids.first_id_at(moment.proved_at), self.effort.new_max // 2
        changed = (since, moment.proved_at, most)
        withdrawals = {*moved, *await slices.keys(connection, "withdrawals", moment, self.few)}
        withdrawals |= await _ids(connection, proof_queries.CHANGED_WITHDRAWALS, *changed)
        return await _ask(connection, earning_queries.WITHDRAWALS_OF, withdrawals, WITHDRAWAL_KINDS)

    async def _payouts(self, connection: Connection, moment: Moment, slices: Slices) -> int:
        since = ids.first_id_at(moment.proved_at)
        payouts = await _ids(connection, proof_queries.CHANGED_PAYOUTS, since, self.effort.tail)
        payouts |= await slices.keys(connection, "payouts", moment, self.few)
        return await _count(connection, earning_queries.PAYOUTS_OF, list(payouts))

    async def _transfers(self, connection: Connection, moment: Moment, slices: Slices) -> Spans:
        top, proved = moment.now["top_transfer"], moment.state["transfer_id"]
        low = min(max(proved, top - self.effort.new_max), top - self.effort.tail)
        past = await slices.span(connection, "transfers", moment, self.effort.slice)
        return [max(low, 0), past[0]], [top, past[1]]

    async def _entries(self, connection: Connection, moment: Moment, slices: Slices) -> Spans:
        top, proved = moment.now["top_entry"], moment.state["entry_id"]
        low = min(max(proved, top - 2 * self.effort.new_max), top - 2 * self.effort.tail)
        past = await slices.span(connection, "entries", moment, 2 * self.effort.slice)
        return [max(low, 0), past[0]], [top, past[1]]


async def _keep(
    connection: Connection, moment: Moment, slices: Slices, payments: Collection[str]
) -> None:
    """Write down how far the proof has come."""
    state, now = moment.state, moment.now
    proved = (state["transfer_id"], state["entry_id"])
    coming = (state["next_transfer_id"], state["next_entry_id"], state["next_transaction"])
    if moment.is_settled and not moment.is_foreign:
        proved = coming[:2]
    if moment.is_settled or moment.is_foreign:
        coming = (now["top_transfer"], now["top_entry"], now["next_transaction"])
    open_now = await _ids(connection, proof_queries.OPEN, list(payments))
    await connection.execute(
        proof_queries.KEEP, *proved, *coming, now["horizon"], now["moment"], sorted(open_now)
    )
    await connection.executemany(
        proof_queries.KEEP_ROUND,
        [(part, end, now["moment"]) for part, end in slices.ends.items()],
    )


async def _ask(
    connection: Connection,
    questions: Sequence[str],
    references: Collection[str],
    kinds: Sequence[str],
) -> int:
    named = list(references)
    return sum([await _count(connection, one, named, list(kinds)) for one in questions])


async def _row(connection: Connection, question: str, *arguments: Any) -> Mapping[str, Any]:
    row = await connection.fetchrow(question, *arguments, timeout=PATIENCE_S)
    assert row is not None
    return dict(row)


async def _count(connection: Connection, question: str, *arguments: Any) -> int:
    return int(await connection.fetchval(question, *arguments, timeout=PATIENCE_S))


async def _ids(connection: Connection, question: str, *arguments: Any) -> set[str]:
    rows = await connection.fetch(question, *arguments, timeout=PATIENCE_S)
    return {row[0] for row in rows}

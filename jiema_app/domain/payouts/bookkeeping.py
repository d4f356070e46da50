"""Booking what reached and left the hot wallet and the treasury, as the chain tells it.

A withdrawal's money is posted when its transaction is known to be final, by whoever knows it
first: the signer, by its receipt, or this, by its transfer. What nobody's payout explains is
booked as the owner's and marked: nothing is signed until somebody says what it was.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from jiema_app.domain.chain.judge import Judge, PaymentsNotJudged
from jiema_app.domain.ledger.accounts import HouseAccount, TransferKind
from jiema_app.domain.payouts import outgoing_queries, queries, settlement
from jiema_app.domain.refunds.queries import LOCK_TRANSACTION
from jiema_app.domain.seldom import Seldom
from jiema_app.domain.transaction import DATABASE_TROUBLES, Connection, Database

log = structlog.get_logger()

BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class HouseBookkeeping:
    """Judges transfers that touch a house wallet; any number of processes may, at once."""

    database: Database
    _not_booked: Seldom = field(default_factory=Seldom, init=False, repr=False)

    async def run(self) -> int:
        """Book everything new, in the order of the chain.

        Returns:
            How many transfers there were.

        Raises:
            PaymentsNotJudged: One could not be booked; it and those after it wait.
        """
        done = 0
        while True:
            async with self.database.connection() as connection:
                rows = await connection.fetch(outgoing_queries.NEW, BATCH)
            for row in rows:
                await self._book(row["id"])
            done += len(rows)
            if len(rows) < BATCH:
                break
        async with self.database.connection() as connection:
            await connection.execute(outgoing_queries.FORGET_EXPLAINED)
        return done

    async def _book(self, payment: str) -> None:
        try:
            async with self.database.transaction() as connection:
                row = await connection.fetchrow(outgoing_queries.ONE, payment)
                if row is not None:
                    await _book_one(connection, row)
        except DATABASE_TROUBLES:
            raise
        except Exception as error:  # a fault of ours must not stop the reading of the chain
            # It is tried again every second, and its trace has many lines.
            if (unsaid := self._not_booked.count()) is not None:
                log.exception("transfer not booked", payment=payment, unsaid=unsaid)
            raise PaymentsNotJudged(payment) from error


@dataclass(frozen=True, slots=True)
class Judges:
    """Several that judge, one after the other; a fault of one does not keep the next from it."""

    judges: tuple[Judge, ...]

    async def run(self) -> int:
        """Have each judge what is new.

        Raises:
            PaymentsNotJudged: One of them could not judge everything.
        """
        done, trouble = 0, None
        for one in self.judges:
            try:
                done += await one.run()
            except PaymentsNotJudged as error:
                trouble = error
        if trouble is not None:
            raise trouble
        return done


async def _book_one(connection: Connection, row: Any) -> None:
    if not row["is_genuine"] or not row["amount"]:
        await connection.execute(outgoing_queries.IGNORE, row["id"])
        return
    sender, receiver = row["sender"], row["receiver"]
    if sender is None:
        await _post(connection, row, TransferKind.HOUSE_FUNDED, receiver, HouseAccount.OWNER_FUNDS)
        return
    # A signature that the database had lost may be stored again at this moment.
    await connection.execute(LOCK_TRANSACTION, row["txid"])
    attempt = await connection.fetchrow(queries.BY_TXID, row["txid"])
    # From the treasury to another wallet of ours its owner moves what they like.
    is_own_doing = receiver is not None and sender == HouseAccount.CHAIN_TREASURY
    is_unexplained = attempt is None and not is_own_doing
    if is_unexplained:
        log.warning("a transfer that no payout explains", payment=row["id"], txid=row["txid"])
    if receiver is not None:
        await _post(
            connection,
            row,
            TransferKind.HOUSE_MOVED,
            receiver,
            sender,
            is_unexplained=is_unexplained,
        )
    elif attempt is not None and await settlement.is_withdrawal(connection, attempt["payout_id"]):
        # Its money is posted where it is settled.
        unposted = (None, None, None)
        await connection.fetchrow(outgoing_queries.BOOK, row["id"], *unposted, is_unexplained)
        await settlement.settle_by_transfer(connection, attempt, row)
    else:
        await _post(
            connection,
            row,
            TransferKind.HOUSE_OUTGOING,
            HouseAccount.OWNER_FUNDS,
            sender,
            is_unexplained=is_unexplained,
        )


async def _post(
    connection: Connection,
    row: Any,
    kind: TransferKind,
    source: int,
    target: int,
    *,
    is_unexplained: bool = False,
) -> None:
    booked = await connection.fetchrow(
        outgoing_queries.BOOK, row["id"], kind, source, target, is_unexplained
    )
    assert booked is not None, "a transfer that was new was booked before"
    assert booked["posted"], "a transfer that was new had been posted before"

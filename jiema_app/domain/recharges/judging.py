"""Acting on verdicts: a payment is credited, held for a person, or put aside, once."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import structlog

from jiema_app.domain.chain.judge import PaymentsNotJudged
from jiema_app.domain.recharges import judging_queries as queries
from jiema_app.domain.recharges.matching import Arrival, Holder, Verdict, judge
from jiema_app.domain.recharges.statuses import Oddity
from jiema_app.domain.seldom import Seldom
from jiema_app.domain.transaction import DATABASE_TROUBLES, Connection, Database
from jiema_app.domain.units import MicroUsdt, usdt_text

log = structlog.get_logger()

BATCH: Final = 500
CONCURRENCY: Final = 8


class Overtaken(PaymentsNotJudged):
    """The recharge changed while its payment was judged. It is judged again."""


LATER: Final[tuple[type[Exception], ...]] = (Overtaken, *DATABASE_TROUBLES)
"""Failures after which a payment is simply judged again."""

TRIES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPayment:
    """A payment that is to be judged, with the recharge that holds its wallet.

    Attributes:
        amount: Of a strange token it may be of any size.
        wallet_id: The wallet it was paid to; None: it only left one.
        is_own: Whether a wallet of ours sent it.
        siblings: Genuine payments to the wallet in its transaction, itself counted.
        recharge_id: Whose wallet it is now; None when nobody holds it.
        user_id: The owner of that recharge.
        version: Of the recharge, when it was read.
        holder: What the recharge asks for.
    """

    id: str
    is_genuine: bool
    amount: Decimal
    block_number: int
    block_time: datetime
    to_address: str
    wallet_id: int | None
    is_own: bool
    siblings: int
    recharge_id: str | None
    user_id: str | None
    version: int | None
    holder: Holder | None


@dataclass(frozen=True, slots=True)
class Judging:
    """Judges what the chain brought. Any number of processes may, at once.

    Attributes:
        dust: A payment below this does not take the place of the one that is waited for.
        quarantine_s: A wallet that somebody paid to late, or while it was nobody's, is given to
            nobody else for so long.
    """

    database: Database
    dust: MicroUsdt
    quarantine_s: int
    _not_judged: Seldom = field(default_factory=Seldom, init=False, repr=False)

    async def run(self) -> int:
        """Judge everything new: of one wallet in the order of the chain, wallets side by side.

        Returns:
            How many payments there were.

        Raises:
            PaymentsNotJudged: Some failed. The others are judged all the same.
        """
        done, failed = 0, dict[str, Exception]()
        while rows := await self._fetch_new(failed):
            groups: defaultdict[str, list[str]] = defaultdict(list)
            for row in rows:
                groups[row["to_address"]].append(row["id"])
            semaphore = asyncio.Semaphore(CONCURRENCY)
            troubles = await asyncio.gather(
                *(self._judge_in_turn(ids, semaphore) for ids in groups.values())
            )
            done += len(rows)
            failed |= {
                wallet: trouble
                for wallet, trouble in zip(groups, troubles, strict=True)
                if trouble is not None
            }
            if len(rows) < BATCH:
                break
        for trouble in failed.values():
            raise trouble
        return done

    async def _fetch_new(self, without: Collection[str]) -> Sequence[Any]:
        async with self.database.connection() as connection:
            return await connection.fetch(queries.NEW, BATCH, list(without))

    async def _judge_in_turn(
        self, payments: Sequence[str], semaphore: asyncio.Semaphore
    ) -> Exception | None:
        """Judge the payments to one wallet; a fault stops that wallet, and no other one."""
        async with semaphore:
            for payment in payments:
                try:
                    await self._judge(payment)
                except LATER as error:
                    return error
                except Exception:
                    # It is tried again every second, and its trace has many lines.
                    if (unsaid := self._not_judged.count()) is not None:
                        log.exception("payment not judged", payment=payment, unsaid=unsaid)
                    return PaymentsNotJudged(payment)
        return None

    async def _judge(self, payment: str) -> None:
        for _ in range(TRIES):
            try:
                async with self.database.transaction() as connection:
                    row = await connection.fetchrow(queries.NEW_PAYMENT, payment, self.dust)
                    if row is not None:
                        await self._act(connection, _new_payment(row))
            except Overtaken:
                continue
            return
        raise Overtaken

    async def _act(self, connection: Connection, payment: NewPayment) -> None:
        if payment.wallet_id is None:
            await _let_go(connection, payment)
            return
        verdict = judge(_arrival(payment))
        if verdict.is_noise:
            await connection.execute(queries.IGNORE, payment.id)
        elif verdict.is_credit:
            await _credit(connection, payment)
        else:
            await self._hold(connection, payment, verdict)

    async def _hold(self, connection: Connection, payment: NewPayment, verdict: Verdict) -> None:
        assert verdict.oddity is not None
        # Between two wallets of ours nothing came in, so the books do not move.
        is_money = payment.is_genuine and not payment.is_own
        row = await connection.fetchrow(
            queries.HOLD,
            payment.id,
            verdict.oddity,
            payment.recharge_id if verdict.is_holders else None,
            payment.version,
            await _evidence(connection, payment, verdict.oddity),
            is_money,
            self.quarantine_s,
        )
        if row is None or not row["is_current"]:
            raise Overtaken
        log.info("payment held", payment=payment.id, oddity=verdict.oddity)


async def _let_go(connection: Connection, payment: NewPayment) -> None:
    """It only left a wallet of ours, or pretends to have."""
    if not payment.is_genuine or not payment.amount:
        await connection.execute(queries.IGNORE, payment.id)
        return
    await connection.execute(queries.LOCK_REFUNDS, payment.to_address, payment.amount)
    posted = await connection.fetchval(queries.LEAVE, payment.id)
    assert posted, "what was new had left before, or its refund had been paid"


async def _credit(connection: Connection, payment: NewPayment) -> None:
    row = await connection.fetchrow(
        queries.CREDIT, payment.id, payment.recharge_id, payment.version, payment.user_id
    )
    if row is None:
        raise Overtaken
    assert row["posted"], "a payment that was new had been credited before"
    log.info("recharge credited", recharge=payment.recharge_id, payment=payment.id)


def _new_payment(row: Any) -> NewPayment:
    holder = None
    if row["recharge_id"] is not None:
        holder = Holder(
            amount_micro=row["amount_micro"],
            created_at=row["created_at"],
            created_block=row["created_block"] or 0,
            closes_at=row["closes_at"],
            has_earlier=row["has_earlier"],
        )
    return NewPayment(
        id=row["id"],
        is_genuine=row["is_genuine"],
        amount=row["amount"],
        block_number=row["block_number"],
        block_time=row["block_time"],
        to_address=row["to_address"],
        wallet_id=row["wallet_id"],
        is_own=row["is_own"],
        siblings=row["siblings"],
        recharge_id=row["recharge_id"],
        user_id=row["user_id"],
        version=row["version"],
        holder=holder,
    )


def _arrival(payment: NewPayment) -> Arrival:
    return Arrival(
        is_genuine=payment.is_genuine,
        amount=int(payment.amount),
        block_number=payment.block_number,
        block_time=payment.block_time,
        is_own=payment.is_own,
        siblings=payment.siblings,
        holder=payment.holder,
    )


async def _evidence(connection: Connection, payment: NewPayment, oddity: Oddity) -> str:
    """What whoever decides should know, in a few sentences."""
    arrived = f"{payment.block_time:%Y-%m-%d %H:%M:%S} UTC, block {payment.block_number}"
    if oddity is Oddity.UNASSIGNED_WALLET:
        rows = await connection.fetch(queries.LAST_HOLDERS, payment.wallet_id)
        before = "; ".join(
            f"{row['id']} ({row['status']}, {usdt_text(row['amount_micro'], decimals_min=6)} USDT, "
            f"closed {row['closes_at']:%Y-%m-%d %H:%M:%S} UTC)"
            for row in rows
        )
        return (
            f"Arrived {arrived}, when nobody held the wallet. Held before by: {before or 'nobody'}."
        )
    asked = payment.holder
    if asked is None:
        return f"Arrived {arrived}, when nobody held the wallet."
    return (
        f"Arrived {arrived}. Expected {usdt_text(asked.amount_micro, decimals_min=6)} USDT from "
        f"{asked.created_at:%Y-%m-%d %H:%M:%S} to {asked.closes_at:%Y-%m-%d %H:%M:%S} UTC. "
        f"Transfers to this wallet in its transaction: {payment.siblings}."
    )

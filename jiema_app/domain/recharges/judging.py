"""Acting on verdicts: a payment is credited, held for a person, or put aside, once."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from jiema_app.domain.chain.judge import PaymentsNotJudged
from jiema_app.domain.recharges import judging_queries as queries
from jiema_app.domain.recharges.matching import Arrival, Holder, Verdict, judge
from jiema_app.domain.recharges.statuses import Oddity
from jiema_app.domain.seldom import Seldom
from jiema_app.domain.transaction import DATABASE_TROUBLES, Connection, Database
from jiema_app.domain.units import MicroUsdt

log = structlog.get_logger()

BATCH: Final = 500
CONCURRENCY: Final = 8


class Overtaken(PaymentsNotJudged):
    """The recharge changed while its payment was judged. It is judged again."""


LATER: Final[tuple[type[Exception], ...]] = (Overtaken, *DATABASE_TROUBLES)
"""Failures after which a payment is simply judged again."""

TRIES: Final = 5


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
                    facts = await connection.fetchrow(queries.FACTS, payment, self.dust)
                    if facts is not None:
                        await self._act(connection, facts)
            except Overtaken:
                continue
            return
        raise Overtaken

    async def _act(self, connection: Connection, facts: Any) -> None:
        if facts["wallet_id"] is None:
            await _let_go(connection, facts)
            return
        verdict = judge(_arrival(facts))
        if verdict.is_noise:
            await connection.execute(queries.IGNORE, facts["id"])
        elif verdict.is_credit:
            await _credit(connection, facts)
        else:
            await self._hold(connection, facts, verdict)

    async def _hold(self, connection: Connection, facts: Any, verdict: Verdict) -> None:
        assert verdict.oddity is not None
        # Between two wallets of ours nothing came in, so the books do not move.
        is_money = facts["is_genuine"] and not facts["is_own"]
        row = await connection.fetchrow(
            queries.HOLD,
            facts["id"],
            verdict.oddity,
            facts["recharge_id"] if verdict.is_holders else None,
            facts["version"],
            await _evidence(connection, facts, verdict.oddity),
            is_money,
            self.quarantine_s,
        )
        if row is None or not row["is_current"]:
            raise Overtaken
        log.info("payment held", payment=facts["id"], oddity=verdict.oddity)


async def _let_go(connection: Connection, facts: Any) -> None:
    """It only left a wallet of ours, or pretends to have."""
    if not facts["is_genuine"] or not facts["amount"]:
        await connection.execute(queries.IGNORE, facts["id"])
        return
    await connection.execute(queries.LOCK_REFUNDS, facts["to_address"], facts["amount"])
    posted = await connection.fetchval(queries.LEAVE, facts["id"])
    assert posted, "what was new had left before, or its refund had been paid"


async def _credit(connection: Connection, facts: Any) -> None:
    row = await connection.fetchrow(
        queries.CREDIT, facts["id"], facts["recharge_id"], facts["version"], facts["user_id"]
    )
    if row is None:
        raise Overtaken
    assert row["posted"], "a payment that was new had been credited before"
    log.info("recharge credited", recharge=facts["recharge_id"], payment=facts["id"])


def _arrival(facts: Any) -> Arrival:
    holder = facts["recharge_id"] and Holder(
        amount_micro=facts["amount_micro"],
        created_at=facts["created_at"],
        created_block=facts["created_block"] or 0,
        closes_at=facts["closes_at"],
        has_earlier=facts["has_earlier"],
    )
    return Arrival(
        is_genuine=facts["is_genuine"],
        amount=int(facts["amount"]),
        block_number=facts["block_number"],
        block_time=facts["block_time"],
        is_own=facts["is_own"],
        siblings=facts["siblings"],
        holder=holder,
    )


async def _evidence(connection: Connection, facts: Any, oddity: Oddity) -> str:
    """What whoever decides should know, in a few sentences."""
    arrived = f"{facts['block_time']:%Y-%m-%d %H:%M:%S} UTC, block {facts['block_number']}"
    if oddity is Oddity.UNASSIGNED_WALLET:
        rows = await connection.fetch(queries.LAST_HOLDERS, facts["wallet_id"])
        before = "; ".join(
            f"{row['id']} ({row['status']}, {_usdt(row['amount_micro'])} USDT, "
            f"closed {row['closes_at']:%Y-%m-%d %H:%M:%S} UTC)"
            for row in rows
        )
        return (
            f"Arrived {arrived}, when nobody held the wallet. Held before by: {before or 'nobody'}."
        )
    if facts["recharge_id"] is None:
        return f"Arrived {arrived}, when nobody held the wallet."
    return (
        f"Arrived {arrived}. Expected {_usdt(facts['amount_micro'])} USDT from "
        f"{facts['created_at']:%Y-%m-%d %H:%M:%S} to {facts['closes_at']:%Y-%m-%d %H:%M:%S} UTC. "
        f"Transfers to this wallet in its transaction: {facts['siblings']}."
    )


def _usdt(amount: int) -> str:
    return f"{amount // 1_000_000}.{amount % 1_000_000:06}"

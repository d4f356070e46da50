"""The reader of the chain and people, or two people, close refunds at the same moment."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

import pytest

from jiema_app.domain.chain.port import FinalBlock, FinalTransaction
from jiema_app.domain.errors import BadRequest, DomainError, Forbidden, NotOpen
from jiema_app.domain.recharges.judging import Judging
from jiema_app.domain.refunds.service import Reported
from jiema_app.domain.units import micro_of
from tests.services.review_desk import admin
from tests.support.polling import until_told
from tests.support.refunding import DUE, OUTGOING, POOL, Refunding, micro, open_refunding
from tests.support.shop import Shop

ROUNDS = 6

NINE = micro(9)


@pytest.fixture
async def desk(shop: Shop) -> AsyncIterator[Refunding]:
    async with open_refunding(shop) as opened:
        yield opened


@dataclass
class Meanwhile:
    """The chain itself; while it is asked about a transaction, something else happens."""

    desk: Refunding
    token: str
    happen: Callable[[], Awaitable[object]]

    async def read_final_transaction(self, txid: str) -> FinalTransaction | None:
        found = await self.desk.till.chain.source.read_final_transaction(txid)
        await self.happen()
        return found

    async def read_again(self, _number: int) -> Sequence[FinalBlock]:
        return ()


async def state_while(
    desk: Refunding, payment: str, txid: str, happen: Callable[[], Awaitable[object]]
) -> Reported:
    source = Meanwhile(desk, desk.till.chain.source.token, happen)
    return await desk.state(payment, txid, source)  # type: ignore[arg-type]


async def test_a_transfer_that_is_read_while_it_is_stated_counts_once(desk: Refunding) -> None:
    payment = await desk.owe()
    txid = await desk.send("9", await desk.wallet(payment), desk.alice)
    stated = await state_while(desk, payment, txid, desk.till.read)
    assert stated.is_final
    assert stated.refund.sent is not None
    assert stated.refund.sent.actor is None
    assert await desk.books() == {}


async def test_a_refund_that_the_pool_pays_meanwhile_is_not_paid_by_another(
    desk: Refunding,
) -> None:
    payment = await desk.owe()
    ours = await desk.send("9", await desk.wallet(payment), desk.alice)
    theirs = await desk.send("9", desk.bob, desk.alice)
    with pytest.raises(NotOpen, match=ours):
        await state_while(desk, payment, theirs, desk.till.read)
    assert await desk.books() == {}


async def test_a_transfer_that_is_used_meanwhile_pays_nothing_else(desk: Refunding) -> None:
    first, second = await desk.owe(), await desk.owe()
    txid = await desk.send("9", desk.bob, desk.alice)
    with pytest.raises(BadRequest, match="another refund already"):
        await state_while(desk, first, txid, lambda: desk.state(second, txid))
    assert [one.payment_id for one in await desk.owed()] == [first]
    assert await desk.books() == {POOL: -2 * NINE, DUE: NINE, OUTGOING: NINE}


async def store_unjudged(desk: Refunding) -> None:
    """Store what is final, as the reader does, and leave the judging to others."""
    scanner = desk.till.chain.scanner
    cursor = await scanner._load()
    blocks = await desk.till.chain.source.read_final_blocks(cursor.number + 1, 100)
    assert await scanner._store(cursor, blocks) is not None


async def judge(desk: Refunding) -> None:
    rules = desk.shop.settings.recharge
    database = desk.shop.services.database
    await Judging(database, micro_of(rules.dust_usdt), rules.quarantine_s).run()


async def test_whoever_closes_a_refund_at_once_closes_it_once(desk: Refunding) -> None:
    """The pool's transfer is judged while people state it, and another one, twice each."""
    closed: Counter[str] = Counter()
    for _ in range(ROUNDS):
        payment = await desk.owe()
        ours = await desk.send("9", await desk.wallet(payment), desk.alice)
        theirs = await desk.send("9", desk.bob, desk.alice)
        await store_unjudged(desk)
        before = await desk.books()
        results = await asyncio.gather(
            judge(desk),
            judge(desk),
            *(desk.state(payment, one) for one in (theirs, ours, theirs, ours)),
            return_exceptions=True,
        )
        assert results[:2] == [None, None]
        refused = [one for one in results if isinstance(one, Exception)]
        assert all(isinstance(one, NotOpen) for one in refused)
        assert len([one for one in results if isinstance(one, Reported)]) + len(refused) == 4
        assert await desk.owed() == []
        [arrived] = (await desk.shop.services.reviews.find(payment)).payments
        assert arrived.refund_txid in {ours, theirs}
        closed["ours" if arrived.refund_txid == ours else "theirs"] += 1
        # The pool sent it in any case; what was put in besides is not in the books.
        after = await desk.books()
        assert {one: after.get(one, 0) - before.get(one, 0) for one in (POOL, DUE, OUTGOING)} == {
            POOL: NINE,
            DUE: -NINE,
            OUTGOING: 0,
        }
        assert (await desk.shop.verify()).ok
    assert closed.total() == ROUNDS


async def test_one_transfer_that_is_claimed_for_two_refunds_at_once_pays_one(
    desk: Refunding,
) -> None:
    for _ in range(ROUNDS):
        first, second = await desk.owe(), await desk.owe()
        txid = await desk.send("9", await desk.wallet(first), desk.alice)
        await store_unjudged(desk)
        results = await asyncio.gather(
            desk.state(first, txid), judge(desk), desk.state(second, txid), return_exceptions=True
        )
        assert results[1] is None
        assert all(isinstance(one, Reported | DomainError) for one in (results[0], results[2])), (
            results
        )
        [left] = await desk.owed()
        assert left.payment_id in {first, second}
        assert await desk.books() == {POOL: -NINE, DUE: NINE}
        assert (await desk.shop.verify()).ok
        await desk.state(left.payment_id, await desk.send("9", desk.bob, desk.alice))
        await desk.send("9", await desk.wallet(second), desk.bob)
        await desk.till.read()
        assert await desk.books() == {}


async def test_a_transfer_of_the_pool_pays_the_refund_that_nothing_else_pays_at_once(
    desk: Refunding,
) -> None:
    for _ in range(ROUNDS):
        first, _second = await desk.owe(), await desk.owe()
        theirs = await desk.send("9", desk.bob, desk.alice)
        await desk.send("9", await desk.wallet(first), desk.alice)
        await store_unjudged(desk)
        # Longest owed, so the reader would take it as well.
        stated, judged = await asyncio.gather(
            desk.state(first, theirs), judge(desk), return_exceptions=True
        )
        assert judged is None
        if isinstance(stated, NotOpen):
            [left] = await desk.owed()
            await desk.state(left.payment_id, theirs)
        assert await desk.owed() == []


async def test_who_is_banned_while_they_wait_for_their_turn_states_nothing(desk: Refunding) -> None:
    boss = await admin(desk.shop)
    payment = await desk.owe()
    txid = await desk.send("9", await desk.wallet(payment), desk.alice)
    database = desk.shop.services.database
    async with database.transaction() as connection:
        await connection.execute("select id from payments where id = $1 for update", payment)
        stating = asyncio.create_task(desk.state(payment, txid, actor=boss))
        await until_told(lambda: _somebody_waits(desk.shop))
        await desk.shop.execute("update users set banned_at = now() where id = $1", boss)
    with pytest.raises(Forbidden):
        await stating
    assert [one.payment_id for one in await desk.owed()] == [payment]


async def _somebody_waits(shop: Shop) -> bool:
    return bool(await shop.fetchval("select exists (select from pg_locks where not granted)"))

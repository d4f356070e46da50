"""Refunds that are owed, how the books move when they are paid, and what is no proof of that.

The chain is the sandbox's; alice is the sender, bob the shop's treasury. Every test ends with a
proof of the books, and with a comparison of chain and books.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from jiema_app.domain.errors import BadRequest, Forbidden, NotFound, NotOpen
from jiema_app.domain.models.user import Role
from tests.support.refunding import (
    DUE,
    OUTGOING,
    POOL,
    REFUND,
    UNCLAIMED,
    Refunding,
    micro,
    open_refunding,
)
from tests.support.shop import Shop, now

NINE = micro(9)


@pytest.fixture
async def desk(shop: Shop) -> AsyncIterator[Refunding]:
    async with open_refunding(shop) as opened:
        yield opened


async def admin(desk: Refunding) -> str:
    made = await desk.shop.customer(cents=0)
    await desk.shop.services.identity.grant(made.id, Role.ADMIN, actor="command-line")
    return made.id


async def test_nothing_is_owed_until_somebody_decides(desk: Refunding) -> None:
    payment = await desk.receive()
    assert await desk.owed() == []
    await desk.decide(payment)
    assert len(await desk.owed()) == 1
    assert b"\njiema_refunds_owed 1\n" in await desk.shop.services.figures.render()


async def test_what_is_owed_is_listed_with_everything_one_needs_to_send_it(
    desk: Refunding,
) -> None:
    ann = await desk.shop.customer(cents=0)
    by = await admin(desk)
    payment = await desk.receive(customer=ann)
    await desk.shop.services.reviews.settle(payment, REFUND, note="wrong exchange", actor=by)
    later = await desk.owe("11")
    first, second = await desk.owed()
    assert (first.payment_id, second.payment_id) == (payment, later)
    assert (first.user_id, first.amount, first.sender) == (ann.id, NINE, desk.alice)
    assert (first.decided_by, first.note) == (by, "wrong exchange")
    assert now() - first.decided_at < timedelta(minutes=5)
    [arrived] = (await desk.shop.services.reviews.find(payment)).payments
    assert (first.wallet, first.txid) == (arrived.to_address, arrived.txid)
    assert (first.recharge_id, arrived.is_refund_owed) == (arrived.recharge_id, True)
    assert (first.sent, first.proposal) == (None, None)


async def test_a_payment_to_nobody_s_wallet_is_owed_too(desk: Refunding) -> None:
    await desk.shop.services.pool.grow(1)
    [wallet] = await desk.shop.services.custody.list_wallets()
    await desk.till.pay(wallet.address)
    [case] = await desk.shop.services.reviews.list_waiting()
    await desk.decide(case.payments[0].id)
    [refund] = await desk.owed()
    assert (refund.recharge_id, refund.user_id, refund.amount) == (None, None, micro(10))


async def test_a_transfer_of_the_pool_closes_a_refund_by_itself_and_is_written_down(
    desk: Refunding,
) -> None:
    payment = await desk.owe()
    txid = await desk.send("9", await desk.wallet(payment), desk.alice)
    await desk.till.read()
    assert (await desk.owed(), await desk.books()) == ([], {})
    [found] = (await desk.shop.services.reviews.find(payment)).payments
    assert (found.refund_txid, found.is_refund_owed) == (txid, False)
    assert await desk.unexplained() == []
    stated = await desk.state(payment, txid)
    assert stated.refund.sent is not None
    assert (stated.refund.sent.actor, stated.refund.sent.note) == (None, None)
    assert await desk.books() == {}


async def test_the_treasury_pays_and_the_coins_in_the_pool_are_ours(desk: Refunding) -> None:
    payment = await desk.owe()
    txid = await desk.send("9", desk.bob, desk.alice)
    stated = await desk.state(payment, txid)
    assert stated.is_final
    assert await desk.owed() == []
    assert await desk.books() == {POOL: -NINE, OUTGOING: NINE}
    sent = stated.refund.sent
    assert sent is not None
    assert (sent.txid, sent.sender, sent.receiver, sent.amount) == (
        txid,
        desk.bob,
        desk.alice,
        NINE,
    )
    # What was put in is taken out again, some day.
    await desk.send("9", await desk.wallet(payment), desk.bob)
    await desk.till.read()
    assert await desk.books() == {}


async def test_what_was_moved_to_the_treasury_first_is_sent_from_there(desk: Refunding) -> None:
    payment = await desk.owe()
    swept = await desk.send("9", await desk.wallet(payment), desk.bob)
    await desk.till.read()
    assert await desk.books() == {DUE: NINE, OUTGOING: -NINE}
    await desk.state(payment, await desk.send("9", desk.bob, desk.alice))
    assert await desk.books() == {}
    assert await desk.unexplained() == [swept]


async def test_a_transfer_of_the_pool_to_another_address_is_stated_afterwards(
    desk: Refunding,
) -> None:
    payment = await desk.owe()
    txid = await desk.send("9", await desk.wallet(payment), desk.bob)
    await desk.till.read()
    assert await desk.unexplained() == [txid]
    with pytest.raises(BadRequest, match=f"pays {desk.bob}, and nothing to {desk.alice}"):
        await desk.state(payment, txid)
    stated = await desk.state(payment, txid, receiver=desk.bob, note="proved by a signature")
    assert stated.is_final
    assert await desk.books() == {}
    assert await desk.unexplained() == []


async def test_what_was_sent_before_it_was_decided_is_stated_afterwards(desk: Refunding) -> None:
    payment = await desk.receive()
    txid = await desk.send("9", await desk.wallet(payment), desk.alice)
    await desk.till.read()
    await desk.decide(payment)
    assert [one.payment_id for one in await desk.owed()] == [payment]
    await desk.state(payment, txid)
    assert (await desk.owed(), await desk.books()) == ([], {})


async def test_what_is_stated_before_it_was_read_is_booked_once(desk: Refunding) -> None:
    payment = await desk.owe()
    txid = await desk.send("9", await desk.wallet(payment), desk.alice)
    await desk.state(payment, txid)
    assert await desk.books() == {POOL: -NINE, OUTGOING: NINE}
    await desk.till.read()
    assert await desk.books() == {}
    assert await desk.unexplained() == []


async def test_the_transfer_of_one_refund_does_not_close_another_that_is_like_it(
    desk: Refunding,
) -> None:
    first, second = await desk.owe(), await desk.owe()
    txid = await desk.send("9", await desk.wallet(first), desk.alice)
    await desk.state(second, txid)
    await desk.till.read()
    assert [one.payment_id for one in await desk.owed()] == [first]
    assert await desk.books() == {POOL: -NINE, DUE: NINE}
    with pytest.raises(BadRequest, match=f"another refund already: of {second}"):
        await desk.state(first, txid)


async def test_one_transaction_may_pay_several_refunds_each_once(desk: Refunding) -> None:
    first, second, third = await desk.owe(), await desk.owe(), await desk.owe()
    txid = await desk.send("9", desk.bob, desk.alice, also=[{"to": desk.alice, "amount": "9"}])
    await desk.state(first, txid)
    await desk.state(second, txid)
    assert [one.payment_id for one in await desk.owed()] == [third]
    with pytest.raises(BadRequest, match="another refund already"):
        await desk.state(third, txid)


async def test_a_statement_is_written_down_and_can_be_repeated(desk: Refunding) -> None:
    payment = await desk.owe()
    txid = await desk.send("9", desk.bob, desk.alice)
    by = await admin(desk)
    first = await desk.state(payment, txid.upper(), actor=by)
    assert await desk.state(payment, txid, note="once more", receiver=desk.alice) == first
    assert await desk.shop.fetchval("select count(*) from payment_refunds") == 1
    record = await desk.shop.fetchval(
        "select concat_ws('|', actor, action, subject_id, details ->> 'txid', details ->> 'to', "
        "details ->> 'note') from audit_records where action like 'payment.refunded%'"
    )
    assert record == f"{by}|payment.refunded|{payment}|{txid}|{desk.alice}|from the treasury"
    told = await desk.shop.fetchval(
        "select array_agg(subject_id || ' ' || payload::text) from outbox_events "
        "where topic = 'payment.refunded'"
    )
    assert told == [f'{payment} {{"amountMicro": 9000000}}']
    for report in (
        "update payment_refunds set note = 'other'",
        "delete from payment_refunds",
        "truncate payment_refunds",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await desk.shop.execute(report)


async def test_less_than_is_owed_leaves_nothing_owed_when_that_is_said(desk: Refunding) -> None:
    payment = await desk.owe()
    txid = await desk.send("8", desk.bob, desk.alice)
    with pytest.raises(BadRequest, match="brings 8 USDT, and 9 are owed"):
        await desk.state(payment, txid)
    await desk.state(payment, txid, is_other_amount=True, note="less the fee, and agreed")
    assert await desk.owed() == []
    assert await desk.books() == {POOL: -NINE, OUTGOING: micro(8), UNCLAIMED: micro(1)}


async def test_of_more_than_is_owed_only_that_much_was_owed(desk: Refunding) -> None:
    payment = await desk.owe()
    txid = await desk.send("9.5", desk.bob, desk.alice)
    await desk.state(payment, txid, is_other_amount=True, note="a slip, and a gift")
    assert await desk.owed() == []
    assert await desk.books() == {POOL: -NINE, OUTGOING: NINE}


async def test_only_what_is_owed_can_be_stated(desk: Refunding) -> None:
    txid = "ab" * 32
    with pytest.raises(NotFound):
        await desk.state("nothing", txid)
    waiting = await desk.receive()
    with pytest.raises(NotOpen, match="Nothing is owed"):
        await desk.state(waiting, txid)
    await desk.shop.services.pool.grow(1)
    recharge = await desk.till.open(await desk.shop.customer(cents=0))
    await desk.till.pay(recharge.address, token="fake")
    [fake] = (await desk.shop.services.reviews.find(recharge.id)).waiting
    await desk.decide(fake.id)
    with pytest.raises(NotOpen, match="Nothing is owed"):
        await desk.state(fake.id, txid)
    assert await desk.owed() == []


async def test_what_was_sent_back_is_not_sent_back_again(desk: Refunding) -> None:
    payment = await desk.owe()
    txid = await desk.send("9", desk.bob, desk.alice)
    await desk.state(payment, txid)
    again = await desk.send("9", desk.bob, desk.alice)
    with pytest.raises(NotOpen, match=f"already, by transaction {txid}"):
        await desk.state(payment, again)
    with pytest.raises(NotOpen, match="already"):
        await desk.state(payment, txid, receiver=desk.bob)
    # Had the pool sent it as well, that would be nothing that was owed.
    twice = await desk.send("9", await desk.wallet(payment), desk.alice)
    await desk.till.read()
    assert await desk.books() == {}
    assert await desk.unexplained() == [twice]


async def test_what_the_chain_shows_one_person_states_whatever_the_amount(
    desk: Refunding,
) -> None:
    payment = await desk.owe("250", 300)
    stated = await desk.state(payment, await desk.send("250", desk.bob, desk.alice))
    assert stated.is_final


async def test_what_only_a_person_can_know_takes_two_where_it_is_much(desk: Refunding) -> None:
    payment = await desk.owe("250", 300)
    by = await admin(desk)
    txid = await desk.send("250", desk.alice, desk.bob)
    other = await desk.send("249", desk.bob, desk.alice)
    proposed = await desk.state(payment, txid, receiver=desk.bob)
    assert not proposed.is_final
    assert proposed.refund.proposal is not None
    assert (proposed.refund.proposal.actor, proposed.refund.sent) == ("command-line", None)
    with pytest.raises(Forbidden, match="Another person"):
        await desk.state(payment, txid, receiver=desk.bob)
    assert await desk.books() == {POOL: -micro(250), DUE: micro(250)}
    assert not (await desk.state(payment, other, is_other_amount=True, actor=by)).is_final
    assert not (await desk.state(payment, txid, receiver=desk.bob, actor=by)).is_final
    confirmed = await desk.state(payment, txid, receiver=desk.bob)
    assert confirmed.is_final
    assert confirmed.refund.proposal is None
    assert await desk.books() == {POOL: -micro(250), OUTGOING: micro(250)}
    topics = await desk.shop.fetchval(
        "select array_agg(topic order by id) from outbox_events where topic <> 'payment.held'"
    )
    assert topics == ["payment.refund_due", *["payment.proposed"] * 3, "payment.refunded"]


async def test_who_is_no_administrator_any_more_has_proposed_nothing(desk: Refunding) -> None:
    payment = await desk.owe("250", 300)
    by = await admin(desk)
    txid = await desk.send("250", desk.alice, desk.bob)
    assert not (await desk.state(payment, txid, receiver=desk.bob, actor=by)).is_final
    await desk.shop.execute("update users set role = 'user' where id = $1", by)
    assert not (await desk.state(payment, txid, receiver=desk.bob)).is_final
    assert (await desk.state(payment, txid, receiver=desk.bob, actor=await admin(desk))).is_final


async def test_a_proposal_does_not_keep_the_pool_from_paying(desk: Refunding) -> None:
    payment = await desk.owe("250", 300)
    txid = await desk.send("250", desk.alice, desk.bob)
    await desk.state(payment, txid, receiver=desk.bob)
    await desk.send("250", await desk.wallet(payment), desk.alice)
    await desk.till.read()
    assert (await desk.owed(), await desk.books()) == ([], {})
    with pytest.raises(NotOpen):
        await desk.state(payment, txid, receiver=desk.bob, actor=await admin(desk))


async def test_nobody_states_alone_that_a_refund_to_themselves_went_elsewhere(
    desk: Refunding,
) -> None:
    ann = await desk.shop.customer(cents=0)
    await desk.shop.services.identity.grant(ann.id, Role.ADMIN, actor="command-line")
    payment = await desk.owe(customer=ann)
    txid = await desk.send("9", desk.alice, desk.bob)
    with pytest.raises(Forbidden, match="themselves"):
        await desk.state(payment, txid, receiver=desk.bob, actor=ann.id)

"""Refunds that the signer sends: from the wallet that got the payment, to whoever made it.

Every test ends with a proof of the books, and with chain and books compared to the last unit.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from jiema_app.domain import ids
from jiema_app.domain.errors import BadRequest, DomainError, Forbidden, NotFound, NotOpen
from jiema_app.domain.payouts.eight_checks import ChecksNotPassed
from jiema_app.domain.payouts.kinds import PayoutKind
from jiema_app.domain.payouts.refund_sending import Ordered
from jiema_app.domain.refunds.service import Reported
from jiema_app.domain.units import MicroUsdt
from tests.support.house import HOT, USDT
from tests.support.pool_house import NOTE, PoolHouse, open_pool_house
from tests.support.refunding import DUE, OUTGOING, POOL, REFUND
from tests.support.shop import Shop

NINE = MicroUsdt(9 * USDT)


@pytest.fixture
async def house(shop: Shop, tmp_path: Path) -> AsyncIterator[PoolHouse]:
    async with open_pool_house(shop, tmp_path) as opened:
        yield opened


async def send(house: PoolHouse, payment: str, actor: str = "command-line") -> Ordered:
    await house.compare()
    return await house.house.payouts.refund_sending.send(payment, actor=actor, note=NOTE)


async def state(house: PoolHouse, payment: str, txid: str, **how: Any) -> Reported:
    return await house.refunding.state(payment, txid, house.house.chain.source, **how)


async def refund_of(house: PoolHouse, txid: str) -> str | None:
    found = await house.shop.fetchval(
        "select payment_id from payment_refunds where txid = $1 and is_final", txid
    )
    return None if found is None else str(found)


async def txids(house: PoolHouse, payment: str) -> Sequence[str]:
    return [
        attempt.txid
        for one in await house.payouts(PayoutKind.REFUND)
        if one.payout.subject == payment
        for attempt in one.attempts
    ]


async def test_a_refund_is_sent_to_the_last_unit_and_closed_by_its_transfer(
    house: PoolHouse,
) -> None:
    payment = await house.owe("9")
    [owed] = await house.refunding.owed()
    before = await house.house.balance(house.refunding.alice)

    ordered = await send(house, payment)
    assert ordered.is_final
    assert (ordered.refund.payout_status, ordered.refund.sent) == ("QUEUED", None)
    assert [one.name for one in ordered.checks if one.outcome != "PASS"] == ["fee_capacity"]
    [refund] = await house.payouts()
    assert (refund.payout.kind, refund.payout.subject) == (PayoutKind.REFUND, payment)
    assert (refund.payout.source, refund.payout.destination) == (owed.wallet, owed.sender)
    assert (refund.payout.amount, refund.payout.created_by) == (NINE, "command-line")
    # Nothing moved yet, and it is owed until the chain shows that it went.
    assert await house.refunding.books() == {POOL: -NINE, DUE: NINE}

    await house.run()
    assert await house.house.balance(house.refunding.alice) == before + 9 * USDT
    assert (await house.refunding.owed(), await house.refunding.books()) == ([], {})
    [sent] = await txids(house, payment)
    assert await refund_of(house, sent) == payment
    assert await house.statuses() == ["SETTLED", "SETTLED"]
    [arrived] = (await house.shop.services.reviews.find(payment)).payments
    assert arrived.refund_txid == sent
    assert (await house.house.payouts.halts.state()).halted_at is None
    assert await house.shop.fetchval(
        "select array_agg(topic order by id) from outbox_events where topic ~ '^payment[.](s|refunded)'"
    ) == ["payment.sending", "payment.refunded"]
    assert (
        await house.shop.fetchval(
            "select details ->> 'note' from audit_records where action = 'payment.send'"
        )
        == NOTE
    )


async def test_the_transfer_closes_the_refund_that_it_was_signed_for(house: PoolHouse) -> None:
    """Alice is owed 9 USDT three times; the one that is owed for shortest is sent first."""
    first, second, third = [await house.owe("9") for _ in range(3)]
    await send(house, third)
    await house.run()
    assert [one.payment_id for one in await house.refunding.owed()] == [first, second]
    [sent] = await txids(house, third)
    assert await refund_of(house, sent) == third

    await send(house, second)
    await send(house, first)
    await house.run(12)
    assert await house.refunding.owed() == []
    for payment in (first, second):
        [sent] = await txids(house, payment)
        assert await refund_of(house, sent) == payment


async def test_a_transfer_that_closed_another_refund_than_its_own_is_found(
    house: PoolHouse,
) -> None:
    told, other = await house.owe("9"), await house.owe("9")
    await send(house, told)
    await house.run()
    await house.shop.damage("update payment_refunds set payment_id = $1", other)
    await house.shop.damage(
        "update ledger_transfers set reference = $1 where kind = 'payment_refunded'", other
    )
    for found in (await house.shop.verify(), await house.shop.prove()):
        assert found.recharge_mismatch == 1, found
    await house.shop.damage("update payment_refunds set payment_id = $1", told)
    await house.shop.damage(
        "update ledger_transfers set reference = $1 where kind = 'payment_refunded'", told
    )


async def test_signing_and_reading_what_was_sent_by_hand_at_once_close_it_once(
    house: PoolHouse,
) -> None:
    halts = house.house.payouts.halts
    for _ in range(3):
        payment = await house.owe("9")
        wallet = await house.refunding.wallet(payment)
        await house.house.peer.control("faucet", address=wallet, usdt="9")
        await house.house.mine()
        await send(house, payment)
        by_hand = await house.refunding.send("9", wallet, house.refunding.alice)
        await asyncio.gather(house.house.signer.turn(), house.house.read())
        await house.house.mine()
        await house.house.signer.turn()
        [refund] = [
            one for one in await house.payouts(PayoutKind.REFUND) if one.payout.subject == payment
        ]
        closing = await house.shop.fetchval(
            "select array_agg(txid) from payment_refunds where payment_id = $1", payment
        )
        if refund.attempts:
            # Signed first: what was sent by hand is nobody's refund, and somebody must say so.
            assert closing == [refund.attempts[0].txid]
            assert [one.txid for one in await halts.list_unexplained()] == [by_hand]
            await halts.explain(by_hand, actor="command-line", note=NOTE)
            await halts.resume(actor="command-line", note=NOTE)
        else:
            assert closing == [by_hand]
            await house.house.payouts.desk.cancel(refund.payout.id, actor="command-line", note=NOTE)
        await house.compare()


async def test_what_is_sent_by_hand_closes_what_nobody_told_the_signer_to_send(
    house: PoolHouse,
) -> None:
    told, other = await house.owe("9"), await house.owe("9")
    await send(house, told)
    txid = await house.refunding.send(
        "9", await house.refunding.wallet(other), house.refunding.alice
    )
    await house.house.read()
    assert await refund_of(house, txid) == other
    await house.run()
    assert await house.refunding.owed() == []
    assert await refund_of(house, (await txids(house, told))[0]) == told


async def test_what_is_sent_by_hand_although_the_signer_was_told_is_sent_once(
    house: PoolHouse,
) -> None:
    payment = await house.owe("9")
    await send(house, payment)
    txid = await house.refunding.send(
        "9", await house.refunding.wallet(payment), house.refunding.alice
    )
    await house.house.read()
    assert await refund_of(house, txid) == payment
    await house.turn()
    [refund] = await house.payouts()
    assert refund.payout.status in {"QUEUED", "NEEDS_REVIEW"}
    assert refund.attempts == []
    await house.house.payouts.desk.cancel(refund.payout.id, actor="command-line", note=NOTE)
    assert await house.refunding.owed() == []


async def test_the_signer_signs_no_refund_that_is_not_owed_any_more(house: PoolHouse) -> None:
    payment = await house.owe("9")
    wallet = await house.refunding.wallet(payment)
    await send(house, payment)
    # It holds more than what is owed, so nothing but the books speaks against it.
    await house.house.peer.pay("9", wallet)
    txid = await house.refunding.send("9", wallet, house.refunding.alice)
    await house.house.read()
    assert await refund_of(house, txid) == payment
    await house.turn()
    [refund] = await house.payouts()
    assert refund.payout.status == "NEEDS_REVIEW"
    assert "not the address that was confirmed" in (refund.payout.reason or "")
    desk = house.house.payouts.desk
    await desk.retry(refund.payout.id, actor="command-line", note=NOTE)
    await house.turn()
    assert await house.statuses() == ["NEEDS_REVIEW"]
    await desk.cancel(refund.payout.id, actor="command-line", note=NOTE)


async def test_what_is_sent_by_hand_beside_a_signed_one_is_unexplained_and_halts(
    house: PoolHouse,
) -> None:
    payment = await house.owe("9")
    wallet = await house.refunding.wallet(payment)
    await house.house.peer.pay("9", wallet)
    await house.house.mine()
    await send(house, payment)
    await house.house.signer.turn()
    assert await house.statuses() == ["BROADCAST"]
    # In the same block, before it.
    by_hand = await house.house.peer.pay("9", house.refunding.alice, **{"from": wallet})
    await house.house.mine()
    assert await refund_of(house, by_hand) is None
    [sent] = await txids(house, payment)
    assert await refund_of(house, sent) == payment
    # What waits for a person is in no wallet any more: the owner took it out.
    assert await house.refunding.books() == {OUTGOING: -NINE}

    halts = house.house.payouts.halts
    [left] = await halts.list_unexplained()
    assert (left.txid, left.amount) == (by_hand, NINE)
    await house.house.signer.turn()
    assert (await halts.state()).halted_at is not None
    assert await house.statuses() == ["SETTLED"]

    other = await house.owe("8")
    await house.compare_pool()
    with pytest.raises(ChecksNotPassed, match="nobody has explained"):
        await house.house.payouts.refund_sending.send(other, actor="command-line", note=NOTE)
    await halts.explain(by_hand, actor="command-line", note="sent twice by mistake")
    await halts.resume(actor="command-line", note=NOTE)
    await send(house, other)
    await house.run()
    assert await house.refunding.owed() == []


async def test_what_cannot_be_sent_is_refused(house: PoolHouse) -> None:
    payment = await house.receive_and_keep("9")
    sending = house.house.payouts.refund_sending
    nobody = await house.shop.customer(cents=0)
    for wrong, error in (
        ({"payment_id": "nothing"}, NotFound),
        ({"payment_id": ids.new_id()}, NotFound),
        # Nobody decided that it goes back.
        ({}, NotOpen),
        ({"actor": nobody.id}, Forbidden),
        ({"note": " "}, BadRequest),
        ({"note": "x" * 501}, BadRequest),
    ):
        known = {"payment_id": payment, "actor": "command-line", "note": NOTE} | wrong
        with pytest.raises(error):
            await sending.send(known.pop("payment_id"), **known)
    assert await house.payouts() == []


async def test_the_owner_of_a_recharge_has_nothing_sent_to_themselves(house: PoolHouse) -> None:
    ann = await house.shop.customer(cents=0)
    await house.shop.execute("update users set role = 'admin' where id = $1", ann.id)
    payment = await house.owe("9", customer=ann)
    with pytest.raises(Forbidden, match="themselves"):
        await send(house, payment, ann.id)
    await send(house, payment, await house.house.admin())
    await house.run()


async def test_nothing_is_sent_twice(house: PoolHouse) -> None:
    payment = await house.owe("9")
    await send(house, payment)
    with pytest.raises(NotOpen, match="sends this: it is QUEUED"):
        await send(house, payment)
    await house.run()
    with pytest.raises(NotOpen, match="was sent back already"):
        await send(house, payment)


async def test_many_who_have_it_sent_at_once_have_it_sent_once(house: PoolHouse) -> None:
    payment = await house.owe("9")
    await house.compare()
    sending = house.house.payouts.refund_sending
    done = await asyncio.gather(
        *(sending.send(payment, actor="command-line", note=NOTE) for _ in range(6)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Ordered) for one in done) == 1
    assert all(isinstance(one, Ordered | NotOpen) for one in done), done
    await house.run()
    assert len(await house.payouts(PayoutKind.REFUND)) == 1


async def test_a_check_that_does_not_pass_keeps_it_from_being_sent(house: PoolHouse) -> None:
    payment = await house.owe("9")
    alice = house.refunding.alice
    await house.house.peer.control("blacklist", address=alice)
    with pytest.raises(ChecksNotPassed, match="blacklisted"):
        await send(house, payment)
    await house.house.peer.control("blacklist", address=alice, listed=False)
    await house.house.peer.control("token", paused=True)
    with pytest.raises(ChecksNotPassed, match="paused"):
        await send(house, payment)
    await house.house.peer.control("token", paused=False)
    assert await house.payouts() == []
    await send(house, payment)
    await house.run()


async def test_what_the_wallet_does_not_hold_any_more_is_not_sent(house: PoolHouse) -> None:
    payment = await house.owe("9")
    wallet = await house.refunding.wallet(payment)
    txid = await house.refunding.send("9", wallet, house.refunding.bob)
    await house.house.read()
    await house.house.payouts.halts.explain(txid, actor="command-line", note="to the treasury")
    with pytest.raises(ChecksNotPassed, match="holds 0 USDT"):
        await send(house, payment)


async def test_a_large_refund_takes_two_different_persons(house: PoolHouse) -> None:
    payment = await house.owe("250")
    first, second, third = [await house.house.admin() for _ in range(3)]
    proposed = await send(house, payment, first)
    assert (proposed.is_final, proposed.refund.payout_id) == (False, None)
    assert await house.payouts() == []
    with pytest.raises(Forbidden, match="Another person"):
        await send(house, payment, first)
    # Who may not decide any more has not decided half of it either.
    await house.shop.execute("update users set role = 'user' where id = $1", first)
    again = await send(house, payment, second)
    assert not again.is_final
    final = await send(house, payment, third)
    assert (final.is_final, final.refund.payout_status) == (True, "QUEUED")
    await house.run()
    assert await house.refunding.owed() == []
    assert await house.shop.fetchval(
        "select array_agg(is_final order by id) from refund_orders"
    ) == [False, False, True]


async def test_a_cancelled_one_takes_two_persons_again(house: PoolHouse) -> None:
    payment = await house.owe("250")
    first, second = [await house.house.admin() for _ in range(2)]
    await send(house, payment, first)
    ordered = await send(house, payment, second)
    assert ordered.refund.payout_id is not None
    desk = house.house.payouts.desk
    await desk.cancel(ordered.refund.payout_id, actor=first, note=NOTE)
    assert not (await send(house, payment, first)).is_final
    assert (await send(house, payment, second)).is_final
    await house.run()
    assert await house.statuses(PayoutKind.REFUND) == ["CANCELLED", "SETTLED"]


async def test_two_persons_at_once_queue_it_once(house: PoolHouse) -> None:
    payment = await house.owe("250")
    await house.compare()
    actors = [await house.house.admin() for _ in range(4)]
    sending = house.house.payouts.refund_sending
    done = await asyncio.gather(
        *(sending.send(payment, actor=one, note=NOTE) for one in actors), return_exceptions=True
    )
    assert sum(isinstance(one, Ordered) and one.is_final for one in done) == 1
    assert sum(isinstance(one, Ordered) and not one.is_final for one in done) == 1
    await house.run()


async def test_what_the_signer_sends_was_sent_by_nothing_else(house: PoolHouse) -> None:
    payment = await house.owe("9")
    txid = await house.refunding.send("9", house.refunding.bob, house.refunding.alice)
    ordered = await send(house, payment)
    assert ordered.refund.payout_id is not None
    with pytest.raises(NotOpen, match="sends this: it is QUEUED"):
        await state(house, payment, txid)
    desk = house.house.payouts.desk
    await desk.cancel(ordered.refund.payout_id, actor="command-line", note=NOTE)
    stated = await state(house, payment, txid)
    assert stated.is_final
    with pytest.raises(NotOpen, match="was sent back already"):
        await send(house, payment)
    assert await house.refunding.books() == {POOL: -NINE, OUTGOING: NINE}


async def test_what_somebody_says_was_sent_is_not_sent_on_a_guess(house: PoolHouse) -> None:
    payment = await house.owe("250")
    first, second = [await house.house.admin() for _ in range(2)]
    txid = await house.refunding.send("250", house.refunding.bob, house.house_stranger)
    proposed = await state(house, payment, txid, receiver=house.house_stranger, actor=first)
    assert not proposed.is_final
    with pytest.raises(NotOpen, match="on a guess"):
        await send(house, payment, second)
    assert (await state(house, payment, txid, receiver=house.house_stranger, actor=second)).is_final


async def test_sending_and_stating_at_once_end_in_one_of_them(house: PoolHouse) -> None:
    for _ in range(3):
        payment = await house.owe("9")
        txid = await house.refunding.send("9", house.refunding.bob, house.refunding.alice)
        await house.house.read()
        await house.compare()
        done = await asyncio.gather(
            house.house.payouts.refund_sending.send(payment, actor="command-line", note=NOTE),
            state(house, payment, txid),
            return_exceptions=True,
        )
        assert sum(isinstance(one, DomainError) for one in done) == 1, done
        await house.run()
    assert await house.refunding.owed() == []


async def test_a_transaction_of_the_signer_s_pays_no_second_refund(house: PoolHouse) -> None:
    first, second = await house.owe("9"), await house.owe("9")
    await send(house, first)
    await house.run()
    [sent] = await txids(house, first)
    with pytest.raises(BadRequest, match="was signed for payout"):
        await state(house, second, sent)


async def test_one_that_failed_on_the_chain_is_tried_again_or_sent_otherwise(
    house: PoolHouse,
) -> None:
    payment = await house.owe("9")
    await house.refunding.wallet(payment)
    await house.house.peer.fault("broadcasttransaction", "revert", count=1)
    await send(house, payment)
    await house.run(2)
    [refund] = await house.payouts()
    assert refund.payout.status == "FAILED_ON_CHAIN"
    assert refund.attempts[0].evidence is not None
    assert [one.payment_id for one in await house.refunding.owed()] == [payment]
    txid = await house.refunding.send("9", house.refunding.bob, house.refunding.alice)
    with pytest.raises(NotOpen, match="it is FAILED_ON_CHAIN"):
        await state(house, payment, txid)
    await house.house.payouts.desk.retry(refund.payout.id, actor="command-line", note=NOTE)
    await house.run()
    assert await house.statuses() == ["SETTLED"]
    assert await house.refunding.owed() == []


@pytest.mark.parametrize("reads_first", [False, True])
async def test_a_signature_that_the_database_lost_closes_its_refund_all_the_same(
    house: PoolHouse, *, reads_first: bool
) -> None:
    payment = await house.owe("9")
    await house.refunding.wallet(payment)
    await send(house, payment)
    await house.house.signer.turn()
    [sent] = await txids(house, payment)
    # It was put back to the moment before it was signed.
    for statement in (
        "delete from payout_attempts",
        "update payouts set status = 'QUEUED', attempt_count = 0",
        "update signer_state set journal_sequence = 0, journal_hash = null",
    ):
        await house.shop.damage(statement)
    if reads_first:
        await house.house.mine()
    await house.house.restart()
    await house.house.signer.turn()
    assert await txids(house, payment) == [sent]
    await house.house.mine()
    await house.house.signer.turn()
    assert await house.statuses() == ["SETTLED"]
    assert await refund_of(house, sent) == payment
    assert await house.refunding.owed() == []
    assert await house.house.payouts.halts.list_unexplained() == []


async def test_nothing_is_cancelled_that_may_be_paid(house: PoolHouse) -> None:
    payment = await house.owe("9")
    await house.refunding.wallet(payment)
    ordered = await send(house, payment)
    await house.house.signer.turn()
    assert await house.statuses() == ["BROADCAST"]
    desk, payout = house.house.payouts.desk, ordered.refund.payout_id
    assert payout is not None
    for change in (desk.cancel, desk.retry):
        with pytest.raises(NotOpen):
            await change(payout, actor="command-line", note=NOTE)
    await house.house.mine()
    await house.run()
    with pytest.raises(NotOpen, match="has ended"):
        await desk.cancel(payout, actor="command-line", note=NOTE)


async def test_a_row_that_nobody_ordered_is_not_signed(house: PoolHouse) -> None:
    payment = await house.owe("9")
    wallet = await house.refunding.wallet(payment)
    await queue_by_hand(house, payment, wallet, house.refunding.alice, NINE)
    await house.turn()
    [refund] = await house.payouts()
    assert (refund.payout.status, refund.attempts) == ("NEEDS_REVIEW", [])
    assert "nobody's order to send it" in (refund.payout.reason or "")
    await house.house.payouts.desk.cancel(refund.payout.id, actor="command-line", note=NOTE)


@pytest.mark.parametrize(
    ("source", "receiver", "amount"),
    [("wallet", "stranger", 9), ("wallet", "alice", 8), ("hot", "alice", 9)],
)
async def test_a_row_that_says_something_else_than_is_owed_is_not_signed(
    house: PoolHouse, source: str, receiver: str, amount: int
) -> None:
    payment = await house.owe("9")
    wallet = await house.refunding.wallet(payment)
    await house.shop.execute(
        "insert into refund_orders (payment_id, amount_micro, note, actor, is_final) "
        "values ($1, 9000000, 'x', 'command-line', true)",
        payment,
    )
    await queue_by_hand(
        house,
        payment,
        {"wallet": wallet, "hot": HOT}[source],
        {"alice": house.refunding.alice, "stranger": house.house_stranger}[receiver],
        amount * USDT,
    )
    await house.turn()
    [refund] = await house.payouts()
    assert (refund.payout.status, refund.attempts) == ("NEEDS_REVIEW", [])
    await house.house.payouts.desk.cancel(refund.payout.id, actor="command-line", note=NOTE)


async def test_what_was_ordered_stays_as_it_was(house: PoolHouse) -> None:
    payment = await house.owe("250")
    await send(house, payment)
    for change in ("update refund_orders set is_final = true", "delete from refund_orders"):
        with pytest.raises(asyncpg.PostgresError):
            await house.shop.execute(change)


async def test_a_payment_to_nobody_s_wallet_goes_back_too(house: PoolHouse) -> None:
    await house.shop.services.pool.grow(1)
    [wallet] = await house.shop.services.custody.list_wallets()
    await house.till.pay(wallet.address)
    [case] = await house.shop.services.reviews.list_waiting()
    payment = case.payments[0].id
    await house.shop.services.reviews.settle(payment, REFUND, note=NOTE, actor="command-line")
    await send(house, payment)
    await house.run()
    assert await house.refunding.owed() == []


async def queue_by_hand(
    house: PoolHouse, payment: str, source: str, receiver: str, amount: int
) -> None:
    """What somebody could write who has the database's password."""
    await house.shop.execute(
        "insert into payouts (id, kind, subject_id, asset, from_address, to_address, amount, "
        "created_by) values ($1, 'REFUND', $2, 'USDT', $3, $4, $5, 'x')",
        ids.new_id(),
        payment,
        source,
        receiver,
        amount,
    )

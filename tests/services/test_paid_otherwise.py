"""Stating which other transaction paid a withdrawal, and what is no proof of that.

Every test ends with a proof of the books, and with chain and books compared to the last unit.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from jiema_app.domain import ids
from jiema_app.domain.errors import BadRequest, DomainError, Forbidden, NotFound, NotOpen
from jiema_app.domain.withdrawals.paid_otherwise import PaidStatement, StatedPaid
from jiema_app.domain.withdrawals.views import WithdrawalView
from tests.support.house import ANOTHER, HOT, STRANGER, TREASURY, USDT
from tests.support.pool_house import NOTE, PoolHouse, open_pool_house
from tests.support.shop import Customer, Shop

HOT_ACCOUNT, OWNER, FEES = 7, 13, 5


@pytest.fixture
async def house(shop: Shop, tmp_path: Path) -> AsyncIterator[PoolHouse]:
    async with open_pool_house(shop, tmp_path) as opened:
        yield opened


async def failed(house: PoolHouse, usdt: int = 20) -> tuple[WithdrawalView, Customer]:
    """A withdrawal whose transaction failed on the chain."""
    ann = await house.house.earner(usdt + 30)
    await house.house.approved(ann, usdt)
    await house.house.peer.fault("broadcasttransaction", "revert", count=1)
    await house.house.signer.turn()
    await house.house.mine()
    await house.house.signer.turn()
    found = await house.house.payouts.withdrawals.find_open(ann.id)
    assert found is not None
    assert found.status == "FAILED_ON_CHAIN"
    return found, ann


async def pay(house: PoolHouse, usdt: str = "18", to: str = STRANGER, **how: Any) -> str:
    """A transfer in a final block, read."""
    txid = await house.house.peer.pay(usdt, to, **{"from": house.refunding.bob, **how})
    await house.house.mine()
    return txid


async def state(
    house: PoolHouse, withdrawal: str, txid: str, actor: str = "command-line", note: str = NOTE
) -> StatedPaid:
    statement = PaidStatement(withdrawal_id=withdrawal, txid=txid, note=note, actor=actor)
    return await house.house.payouts.paid_otherwise.state(house.house.chain.source, statement)


async def held(house: PoolHouse, account: int) -> int:
    return int(
        await house.shop.fetchval(
            "select coalesce(sum(amount_micro), 0)::bigint from ledger_entries "
            "where account_id = $1",
            account,
        )
    )


async def test_one_that_was_paid_from_elsewhere_is_settled(house: PoolHouse) -> None:
    asked, ann = await failed(house)
    hot, owner, fees = [await held(house, one) for one in (HOT_ACCOUNT, OWNER, FEES)]
    assert await house.house.purse(ann) == (30 * USDT, 20 * USDT)
    txid = await pay(house)

    stated = await state(house, asked.id, f"  {txid.upper()} ")
    assert stated.is_final
    assert (stated.withdrawal.status, stated.withdrawal.txid) == ("SETTLED", txid)
    assert await house.house.purse(ann) == (30 * USDT, 0)
    # The hot wallet paid nothing: its owner did.
    assert await held(house, HOT_ACCOUNT) == hot
    assert await held(house, OWNER) == owner + 18 * USDT
    assert await held(house, FEES) == fees + 2 * USDT
    assert await house.statuses() == ["CANCELLED"]
    decisions = (await house.house.payouts.reviews.show(asked.id, runs_checks=False)).decisions
    assert [(one.action, one.is_final, one.txid) for one in decisions][-1] == ("paid", True, txid)
    assert await house.shop.fetchval(
        "select array_agg(action || ' ' || (details ->> 'txid')) from audit_records "
        "where subject_id = $1 and action like 'withdrawal.p%'",
        asked.id,
    ) == [f"withdrawal.paid {txid}"]
    await house.house.signer.turn()
    assert await house.statuses() == ["CANCELLED"]


async def test_one_that_was_paid_by_hand_from_the_hot_wallet_explains_that(
    house: PoolHouse,
) -> None:
    asked, _ = await failed(house)
    txid = await pay(house, **{"from": HOT})
    halts = house.house.payouts.halts
    [left] = await halts.list_unexplained()
    assert left.txid == txid
    await house.house.signer.turn()
    assert (await halts.state()).halted_at is not None

    hot = await held(house, HOT_ACCOUNT)
    await state(house, asked.id, txid)
    # It left the hot wallet when it was read, and the owner has it no more.
    assert await held(house, HOT_ACCOUNT) == hot
    assert await halts.list_unexplained() == []
    await halts.resume(actor="command-line", note=NOTE)
    ben = await house.house.earner(50)
    await house.house.approved(ben, 20)
    await house.run()


async def test_repeated_it_says_the_same_again(house: PoolHouse) -> None:
    asked, _ = await failed(house)
    txid = await pay(house)
    first = await state(house, asked.id, txid)
    assert await state(house, asked.id, txid) == first
    other = await pay(house)
    with pytest.raises(NotOpen, match=f"by transaction {txid}"):
        await state(house, asked.id, other)


async def test_what_did_not_pay_it_is_refused(house: PoolHouse) -> None:
    before = await pay(house)
    asked, _ = await failed(house)
    for usdt, how, words in (
        ("17.999999", {}, "It brings 17.999999 USDT, and 18 are to be paid"),
        ("20", {}, "It brings 20 USDT, and 18 are to be paid"),
        ("18", {"to": ANOTHER}, f"moves no USDT to {STRANGER}"),
        ("18", {"token": "fake"}, f"moves no USDT to {STRANGER}"),
        ("18", {"fail": "revert"}, "failed on the chain"),
    ):
        with pytest.raises(BadRequest, match=words):
            await state(house, asked.id, await pay(house, usdt, **how))
    with pytest.raises(BadRequest, match="older than the withdrawal"):
        await state(house, asked.id, before)
    for unknown in ("ab" * 32, await house.house.peer.pay("18", STRANGER)):
        with pytest.raises(BadRequest, match="No final block"):
            await state(house, asked.id, unknown)
    for words in ("", "x" * 64, "ab" * 31, " " * 10_000):
        with pytest.raises(BadRequest, match="64 hexadecimal digits"):
            await state(house, asked.id, words)
    assert (await house.house.show(asked.id)).status == "FAILED_ON_CHAIN"


async def test_one_transfer_of_several_pays_it(house: PoolHouse) -> None:
    asked, _ = await failed(house)
    txid = await pay(
        house, "7", also=[{"to": STRANGER, "amount": "18"}, {"to": ANOTHER, "amount": "18"}]
    )
    assert (await state(house, asked.id, txid)).is_final


async def test_what_paid_one_pays_no_other(house: PoolHouse) -> None:
    first, _ = await failed(house)
    second, _ = await failed(house)
    txid = await pay(house)
    await state(house, first.id, txid)
    with pytest.raises(BadRequest, match="has paid something else"):
        await state(house, second.id, txid)
    # Two transfers of one transaction pay two.
    third, _ = await failed(house)
    twice = await pay(house, also=[{"to": STRANGER, "amount": "18"}])
    for asked in (second, third):
        assert (await state(house, asked.id, twice)).is_final


async def test_what_the_signer_sent_pays_what_it_was_signed_for(house: PoolHouse) -> None:
    asked, _ = await failed(house)
    ben = await house.house.earner(50)
    paid = await house.house.approved(ben, 20)
    await house.run()
    sent = (await house.house.show(paid.id)).txid
    assert sent is not None
    with pytest.raises(BadRequest, match="has paid something else"):
        await state(house, asked.id, sent)
    mine = (await house.house.show(asked.id)).txid
    assert mine is not None
    with pytest.raises(BadRequest, match="failed on the chain"):
        await state(house, asked.id, mine)


async def test_what_paid_a_refund_pays_no_withdrawal_and_the_reverse(house: PoolHouse) -> None:
    alice = house.refunding.alice
    asked, ann = await failed(house)
    await house.house.payouts.reviews.reject(asked.id, actor="command-line", note=NOTE)
    payment = await house.owe("18")
    to_alice = await house.house.ask(ann, 20, alice)
    await house.shop.execute("update withdrawals set usable_from = null where id = $1", to_alice.id)
    await house.house.approve(to_alice)
    await house.house.peer.fault("broadcasttransaction", "revert", count=1)
    await house.run()
    txid = await pay(house, to=alice)
    await house.refunding.state(payment, txid, house.house.chain.source)
    with pytest.raises(BadRequest, match="has paid something else"):
        await state(house, to_alice.id, txid)
    second = await house.owe("18")
    another = await pay(house, to=alice)
    await state(house, to_alice.id, another)
    with pytest.raises(BadRequest, match="of withdrawal"):
        await house.refunding.state(second, another, house.house.chain.source)


async def test_only_one_that_waits_for_a_person_was_paid_otherwise(house: PoolHouse) -> None:
    ann = await house.house.earner(100)
    asked = await house.house.ask(ann, 20)
    txid = await pay(house)
    with pytest.raises(NotOpen, match="REQUESTED"):
        await state(house, asked.id, txid)
    await house.house.approve(asked)
    with pytest.raises(NotOpen, match="APPROVED"):
        await state(house, asked.id, txid)
    await house.house.signer.turn()
    with pytest.raises(NotOpen, match="BROADCAST"):
        await state(house, asked.id, txid)
    await house.house.mine()
    await house.house.signer.turn()
    with pytest.raises(NotOpen, match="was paid already"):
        await state(house, asked.id, txid)
    again = await house.house.ask(ann, 20)
    await house.house.payouts.withdrawals.cancel(ann.id, again.id)
    with pytest.raises(NotOpen, match="CANCELLED"):
        await state(house, again.id, txid)


async def test_what_may_still_be_paid_is_not_stated_away(house: PoolHouse) -> None:
    ann = await house.house.earner(100)
    asked = await house.house.approved(ann, 20)
    await house.house.peer.fault("broadcasttransaction", "never_mined", count=1)
    await house.house.signer.turn()
    txid = await pay(house)
    # Its receipt contradicts what was signed: a person looks, and it is not dead.
    await house.shop.damage("update payouts set status = 'NEEDS_REVIEW'")
    with pytest.raises(NotOpen, match="may still be paid"):
        await state(house, asked.id, txid)
    await house.shop.damage("update payouts set status = 'BROADCAST'")
    await house.house.expire()
    await house.run()
    assert len((await house.payouts())[0].attempts) == 2


async def test_who_may_not_decide_states_nothing(house: PoolHouse) -> None:
    asked, ann = await failed(house)
    txid = await pay(house)
    nobody = await house.shop.customer(cents=0)
    with pytest.raises(Forbidden):
        await state(house, asked.id, txid, nobody.id)
    await house.shop.execute("update users set role = 'admin' where id = $1", ann.id)
    with pytest.raises(Forbidden, match="of their own"):
        await state(house, asked.id, txid, ann.id)
    for unknown in ("nothing", ids.new_id()):
        with pytest.raises(NotFound):
            await state(house, unknown, txid)
    for note in ("", "x" * 501):
        with pytest.raises(BadRequest):
            await state(house, asked.id, txid, note=note)


async def test_a_large_one_takes_two_persons_who_state_the_same(house: PoolHouse) -> None:
    ann = await house.house.earner(1_000)
    asked = await house.house.ask(ann, 600)
    first, second, third = [await house.house.admin() for _ in range(3)]
    await house.compare()
    for one in (first, second):
        await house.house.payouts.reviews.approve(asked.id, actor=one)
    await house.house.peer.fault("broadcasttransaction", "revert", count=1)
    await house.run()
    txid, other = await pay(house, "570"), await pay(house, "570")

    proposed = await state(house, asked.id, txid, first)
    assert (proposed.is_final, proposed.withdrawal.status) == (False, "FAILED_ON_CHAIN")
    with pytest.raises(Forbidden, match="another person"):
        await state(house, asked.id, txid, first)
    # Another transaction is another statement.
    assert not (await state(house, asked.id, other, second)).is_final
    assert not (await state(house, asked.id, txid, first)).is_final
    # Who may not decide any more has not decided half of it either.
    await house.shop.execute("update users set banned_at = now() where id = $1", first)
    assert not (await state(house, asked.id, txid, third)).is_final
    done = await state(house, asked.id, txid, second)
    assert (done.is_final, done.withdrawal.status) == (True, "SETTLED")
    assert await house.house.purse(ann) == (400 * USDT, 0)


async def test_many_who_state_it_at_once_settle_it_once(house: PoolHouse) -> None:
    asked, ann = await failed(house)
    txid = await pay(house)
    done = await asyncio.gather(*(state(house, asked.id, txid) for _ in range(6)))
    assert all(one.is_final for one in done)
    assert await house.house.purse(ann) == (30 * USDT, 0)


async def test_one_transaction_stated_for_two_at_once_pays_one(house: PoolHouse) -> None:
    first, _ = await failed(house)
    second, _ = await failed(house)
    txid = await pay(house)
    done = await asyncio.gather(
        *(state(house, one.id, txid) for one in (first, second)), return_exceptions=True
    )
    assert sum(isinstance(one, StatedPaid) for one in done) == 1
    assert sum(isinstance(one, BadRequest) for one in done) == 1, done


@pytest.mark.parametrize("other", ["retry", "reject"])
async def test_stating_it_while_somebody_decides_otherwise_ends_in_one_of_both(
    house: PoolHouse, other: str
) -> None:
    asked, ann = await failed(house)
    txid = await pay(house)
    reviews = house.house.payouts.reviews
    done = await asyncio.gather(
        state(house, asked.id, txid),
        getattr(reviews, other)(asked.id, actor="command-line", note=NOTE),
        return_exceptions=True,
    )
    assert sum(isinstance(one, DomainError) for one in done) == 1, done
    found = await house.house.show(asked.id)
    expected = {"retry": "APPROVED", "reject": "REJECTED"}
    assert found.status in {"SETTLED", expected[other]}
    await house.run()
    assert (await house.house.purse(ann))[1] == 0


async def test_the_treasury_s_own_transfer_pays_it_too(house: PoolHouse) -> None:
    asked, _ = await failed(house)
    treasury, owner = await house.house.balance(TREASURY), await held(house, OWNER)
    txid = await pay(house, **{"from": TREASURY})
    await state(house, asked.id, txid)
    assert await house.house.balance(TREASURY) == treasury - 18 * USDT
    # What the owner took out of it the owner paid.
    assert await held(house, OWNER) == owner

"""TRX for wallets of the pool that lack it: as much as is needed, once, and bounded.

Every test ends with a proof of the books, and with chain and books compared to the last unit.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from jiema_app.domain.payouts.eight_checks import Judged
from jiema_app.domain.payouts.kinds import PayoutKind
from jiema_app.domain.payouts.views import PayoutView
from jiema_app.domain.payouts.watch import AlarmName
from jiema_app.domain.units import MicroUsdt
from tests.support.house import HOT, USDT
from tests.support.pool_house import NOTE, PoolHouse, open_pool_house
from tests.support.shop import Shop

TEN = MicroUsdt(10 * USDT)
TRX = 1_000_000

SWEEP_MOST = 8_357_050 + 345_000
"""What a transfer to a holder can cost: 130 % of 6.4285 TRX, and its bytes."""
SWEEP_GAS = 9_572_255
"""110 % of that."""


@pytest.fixture
async def house(shop: Shop, tmp_path: Path) -> AsyncIterator[PoolHouse]:
    async with open_pool_house(shop, tmp_path) as opened:
        yield opened


async def swept(house: PoolHouse, usdt: int = 50) -> str:
    """A wallet whose sweep is queued."""
    wallet = await house.resting_wallet(usdt)
    sweeping = house.house.payouts.sweeping
    plan = await sweeping.plan(house.house.chain.source, above=TEN)
    done = await sweeping.sweep(plan, actor="command-line")
    assert [address for _, address in done.payouts] == [wallet]
    return wallet


async def gas(house: PoolHouse) -> list[PayoutView]:
    return [one.payout for one in await house.payouts(PayoutKind.GAS)]


async def sweep(house: PoolHouse) -> PayoutView:
    [found] = await house.payouts(PayoutKind.SWEEP)
    return found.payout


async def test_a_wallet_gets_what_its_sweep_lacks_and_the_sweep_waits_for_it(
    house: PoolHouse,
) -> None:
    wallet = await swept(house)
    before = await house.trx(HOT)
    await house.turn()
    [fed], needing = await gas(house), await sweep(house)
    assert (fed.asset, fed.amount, fed.created_by) == ("TRX", SWEEP_GAS, "signer")
    assert (fed.source, fed.destination, fed.subject) == (HOT, wallet, needing.id)
    assert needing.status == "QUEUED"
    assert needing.reason == f"Payout {fed.id} sends the wallet 9.572255 TRX."
    await house.turn()
    assert f"Payout {fed.id} sends the wallet TRX, and is" in ((await sweep(house)).reason or "")
    await house.run()
    assert len(await gas(house)) == 1
    assert await house.trx(wallet) == SWEEP_GAS - 6_428_500
    # An account was opened for it.
    assert await house.trx(HOT) == before - SWEEP_GAS - 1_100_000


async def test_a_wallet_that_has_some_gets_the_rest(house: PoolHouse) -> None:
    wallet = await swept(house)
    await house.house.peer.control("faucet", address=wallet, trx="8")
    await house.turn()
    [fed] = await gas(house)
    assert fed.amount == SWEEP_GAS - 8 * TRX
    await house.run()


async def test_a_wallet_that_lacks_next_to_nothing_gets_a_whole_one(house: PoolHouse) -> None:
    wallet = await swept(house)
    have = SWEEP_MOST - 1
    await house.house.peer.control("faucet", address=wallet, trx=f"{have / TRX:.6f}")
    await house.turn()
    [fed] = await gas(house)
    assert fed.amount == max(TRX, SWEEP_GAS - have)
    await house.run()


async def test_a_wallet_that_has_enough_gets_nothing(house: PoolHouse) -> None:
    wallet = await swept(house)
    await house.house.peer.control("faucet", address=wallet, trx=f"{SWEEP_MOST / TRX:.6f}")
    await house.run(2)
    assert await gas(house) == []
    assert (await sweep(house)).status == "SETTLED"


async def test_energy_that_is_staked_lowers_the_cost_and_not_what_must_be_there(
    house: PoolHouse,
) -> None:
    wallet = await swept(house)
    await house.house.peer.control("faucet", address=wallet, trx="1", energy=100_000)
    await house.turn()
    [fed] = await gas(house)
    assert fed.amount == SWEEP_GAS - TRX
    await house.run()
    moved = await sweep(house)
    assert (moved.estimated_fee_sun, moved.fee_sun) == (0, 0)


async def test_a_refund_from_a_wallet_without_trx_is_fed_too(house: PoolHouse) -> None:
    payment = await house.owe("9")
    await house.compare()
    ordered = await house.house.payouts.refund_sending.send(
        payment, actor="command-line", note=NOTE
    )
    await house.turn()
    [fed] = await gas(house)
    assert fed.subject == ordered.refund.payout_id
    # Alice holds the token: it is as dear as a sweep.
    assert fed.amount == SWEEP_GAS
    await house.run()
    assert await house.refunding.owed() == []


async def test_nothing_is_sent_while_something_else_is_wrong(house: PoolHouse) -> None:
    wallet = await swept(house)
    await house.house.peer.control("blacklist", address=wallet)
    await house.turn()
    assert (await gas(house), (await sweep(house)).status) == ([], "NEEDS_REVIEW")
    await house.house.peer.control("blacklist", address=wallet, listed=False)
    desk = house.house.payouts.desk
    await desk.retry((await sweep(house)).id, actor="command-line", note=NOTE)
    # The node does not answer: what it would say is not known.
    await house.compare()
    await house.house.peer.fault("getaccount", "http500")
    await house.shop.execute("update payouts set not_before = null")
    await house.house.signer.turn()
    assert (await gas(house), (await sweep(house)).status) == ([], "QUEUED")
    await house.house.peer.mend("getaccount", "http500")
    await house.run()


@pytest.fixture
async def bounded(shop: Shop, tmp_path: Path) -> AsyncIterator[PoolHouse]:
    caps = {"gas_trx": "9", "gas_day_trx": "15"}
    async with open_pool_house(shop, tmp_path, caps=caps) as opened:
        yield opened


async def test_more_than_the_bound_is_not_sent_and_that_is_said(bounded: PoolHouse) -> None:
    wallet = await swept(bounded)
    await bounded.turn()
    assert await gas(bounded) == []
    found = await sweep(bounded)
    assert found.status == "QUEUED"
    assert found.reason == (
        "The wallet lacks 9.572255 TRX, and is sent 9 at most: see SIGNER_CAP_GAS_TRX."
    )
    await bounded.house.peer.control("faucet", address=wallet, trx="2")
    await bounded.run()


async def test_a_day_has_a_bound_too(bounded: PoolHouse) -> None:
    for _ in range(2):
        wallet = await bounded.paid_wallet(50)
        await bounded.house.peer.control("faucet", address=wallet, trx="1")
    await bounded.let_wallets_rest()
    sweeping = bounded.house.payouts.sweeping
    plan = await sweeping.plan(bounded.house.chain.source, above=TEN)
    assert len((await sweeping.sweep(plan, actor="command-line")).payouts) == 2
    for _ in range(4):
        await bounded.turn()
    assert sorted(one.status for one in await gas(bounded)) == ["NEEDS_REVIEW", "SETTLED"]
    refused = next(one for one in await gas(bounded) if one.is_for_person)
    assert "SIGNER_CAP_GAS_DAY_TRX is 15" in (refused.reason or "")
    waiting = next(
        one.payout
        for one in await bounded.payouts(PayoutKind.SWEEP)
        if one.payout.id == refused.subject
    )
    assert waiting.reason is not None
    assert f"Payout {refused.id} sends the wallet TRX, and is NEEDS_REVIEW" in waiting.reason
    desk = bounded.house.payouts.desk
    for one in (refused.subject, refused.id):
        await desk.cancel(one, actor="command-line", note=NOTE)


async def test_a_payout_is_fed_three_times_at_most(house: PoolHouse) -> None:
    wallet = await swept(house)
    for round_ in range(1, 4):
        await house.turn()
        await house.turn()
        fed = await gas(house)
        assert len(fed) == round_
        # Somebody takes what it was given, before it is used.
        have = await house.trx(wallet)
        await house.house.peer.pay(
            f"{(have - 300_000) / TRX:.6f}", HOT, token="trx", **{"from": wallet}
        )
        await house.house.mine()
    await house.turn()
    assert len(await gas(house)) == 3
    found = await sweep(house)
    assert found.status == "QUEUED"
    assert found.reason == "The wallet was sent TRX 3 times, and still has too little."
    await house.house.payouts.desk.cancel(found.id, actor="command-line", note=NOTE)


async def test_gas_for_what_was_cancelled_meanwhile_is_not_sent(house: PoolHouse) -> None:
    await swept(house)
    await house.compare()
    await house.house.signer.turn()
    [fed] = await gas(house)
    assert fed.status == "QUEUED"
    desk = house.house.payouts.desk
    await desk.cancel((await sweep(house)).id, actor="command-line", note=NOTE)
    await house.turn()
    [fed] = await gas(house)
    assert (fed.status, fed.fee_sun) == ("NEEDS_REVIEW", None)
    assert fed.reason == "the payout that needed it is CANCELLED"
    await desk.cancel(fed.id, actor="command-line", note=NOTE)


@pytest.mark.parametrize("receiver", ["stranger", "another"])
async def test_a_row_of_gas_that_no_payout_needs_is_not_signed(
    house: PoolHouse, receiver: str
) -> None:
    await swept(house)
    await house.shop.services.pool.grow(1)
    another = await house.shop.fetchval("select address from wallets order by id desc limit 1")
    await house.shop.execute(
        "insert into payouts (id, kind, subject_id, asset, from_address, to_address, amount, "
        "created_by) select 'c' || repeat('a', 24), 'GAS', id, 'TRX', $1, $2, 5000000, 'x' "
        "from payouts",
        HOT,
        {"stranger": house.house_stranger, "another": another}[receiver],
    )
    await house.turn()
    [fed] = await gas(house)
    assert fed.status == "NEEDS_REVIEW"
    desk = house.house.payouts.desk
    await desk.cancel(fed.id, actor="command-line", note=NOTE)
    await house.run()


async def test_the_hot_wallet_must_have_it(house: PoolHouse) -> None:
    await swept(house)
    have = await house.trx(HOT)
    await house.house.peer.pay(f"{(have - 5 * TRX) / TRX:.6f}", "bob", token="trx", **{"from": HOT})
    await house.house.mine()
    await house.turn()
    await house.turn()
    [fed] = await gas(house)
    assert fed.status == "QUEUED"
    assert "are to be sent, and the fee is" in (fed.reason or "")
    watch = house.house.payouts.watch
    [alarm] = watch.alarms(await watch.look())
    assert alarm.name is AlarmName.HOT_TRX
    assert HOT in alarm.remedy
    await house.house.peer.control("faucet", address=HOT, trx="1000")
    await house.run()
    assert watch.alarms(await watch.look()) == []


@dataclass
class Delegated:
    """Another way to energy: somebody stakes for the wallet."""

    house: PoolHouse
    asked: list[str] = field(default_factory=list)

    async def provide(self, payout: Any, judged: Judged) -> str | None:
        self.asked.append(payout["id"])
        assert judged.facts.payout.id == payout["id"]
        await self.house.house.peer.control(
            "faucet", address=payout["from_address"], trx="9", energy=100_000
        )
        return "Energy is lent to the wallet."


async def test_energy_may_come_in_another_way(house: PoolHouse) -> None:
    await swept(house)
    other = Delegated(house)
    house.house.signer.signing = replace(house.house.signer.signing, energy=other)
    await house.turn()
    moved = await sweep(house)
    assert (other.asked, moved.reason) == ([moved.id], "Energy is lent to the wallet.")
    await house.run()
    assert (await gas(house), (await sweep(house)).fee_sun) == ([], 0)

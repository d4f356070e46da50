"""Moving what the pool holds to the hot wallet or the treasury, over the sandbox's chain.

Every test ends with a proof of the books, and with chain and books compared to the last unit.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from jiema_app.domain.errors import BadRequest, Forbidden, RechargesPaused
from jiema_app.domain.payouts.kinds import PayoutKind, Purpose
from jiema_app.domain.payouts.sweeping import SweepPlan, SweepRules, Swept
from jiema_app.domain.units import MicroUsdt
from tests.services.review_desk import DISMISS, credit
from tests.support.house import HOT, TREASURY, USDT
from tests.support.pool_house import NOTE, PoolHouse, open_pool_house
from tests.support.shop import Customer, Shop

TEN = MicroUsdt(10 * USDT)
TRX = 1_000_000


@pytest.fixture
async def house(shop: Shop, tmp_path: Path) -> AsyncIterator[PoolHouse]:
    async with open_pool_house(shop, tmp_path) as opened:
        yield opened


async def plan(house: PoolHouse, **how: object) -> SweepPlan:
    known: dict[str, object] = {"above": TEN}
    sweeping = house.house.payouts.sweeping
    return await sweeping.plan(house.house.chain.source, **known | how)  # type: ignore[arg-type]


async def sweep(house: PoolHouse, **how: object) -> Swept:
    return await house.house.payouts.sweeping.sweep(await plan(house, **how), actor="command-line")


async def planned(house: PoolHouse, **how: object) -> list[str]:
    return [one.address for one in (await plan(house, **how)).sweeps]


async def test_a_wallet_that_rests_is_emptied_but_for_one_unit(house: PoolHouse) -> None:
    wallet = await house.resting_wallet(50)
    before = await house.house.balance(HOT)

    found = await plan(house)
    [one] = found.sweeps
    assert (one.address, one.held, one.kept) == (wallet, 50 * USDT, 0)
    assert (one.amount, one.energy) == (50 * USDT - 1, 64_285)
    assert (one.fee_sun, one.missing_sun) == (6_428_500, 6_428_500)
    assert (found.target, found.prices.energy_sun, found.further) == (HOT, 100, 0)
    assert await house.payouts() == []

    swept = await sweep(house)
    assert [address for _, address in swept.payouts] == [wallet]
    await house.run()
    gas, moved = sorted(await house.payouts(), key=lambda found: found.payout.kind)
    assert (gas.payout.kind, moved.payout.kind) == (PayoutKind.GAS, PayoutKind.SWEEP)
    assert await house.house.balance(wallet) == 1
    assert await house.house.balance(HOT) == before + 50 * USDT - 1
    # What it was expected to cost, and what it cost; opening the wallet's account took 1.1 TRX.
    assert (moved.payout.estimated_fee_sun, moved.payout.fee_sun) == (6_428_500, 6_428_500)
    assert (gas.payout.estimated_fee_sun, gas.payout.fee_sun) == (1_100_000, 1_100_000)
    [attempt] = moved.attempts
    assert (attempt.outcome, attempt.energy) == ("SETTLED", 64_285)
    assert await house.shop.fetchval(
        "select array_agg(action || ' ' || actor) from audit_records where action = 'pool.sweep'"
    ) == ["pool.sweep command-line"]


async def test_the_second_time_a_wallet_needs_less(house: PoolHouse) -> None:
    wallet = await house.resting_wallet(50)
    await sweep(house)
    await house.run()
    left = await house.trx(wallet)
    assert left > 0
    await house.shop.execute("update wallets set free_from = null")
    await house.house.peer.pay("30", wallet)
    await house.house.mine()
    [case] = await house.shop.services.reviews.list_waiting()
    customer = await house.shop.customer(cents=0)
    await house.shop.services.reviews.settle(
        case.payments[0].id,
        credit(30),
        note=NOTE,
        actor="command-line",
        user=customer.id,
    )
    await house.shop.execute("update wallets set free_from = null")
    [one] = (await plan(house)).sweeps
    assert (one.held, one.amount) == (30 * USDT + 1, 30 * USDT)
    assert one.missing_sun == one.fee_sun - left
    await sweep(house)
    await house.run()
    assert await house.house.balance(wallet) == 1
    assert await house.statuses() == ["SETTLED"] * 4


async def test_the_treasury_gets_it_when_that_is_asked_for(house: PoolHouse) -> None:
    await house.resting_wallet(50)
    before = await house.house.balance(TREASURY)
    found = await sweep(house, to=Purpose.TREASURY)
    assert found.plan.target == TREASURY
    await house.run()
    assert await house.house.balance(TREASURY) == before + 50 * USDT - 1


async def test_only_wallets_that_rest_are_emptied(house: PoolHouse) -> None:
    held = await house.paid_wallet(40)
    assert await house.till.status_of(held) == "LOCKED"
    assert await planned(house) == []
    await house.till.let_windows_end()
    assert await house.till.status_of(held) == "COOLDOWN"
    assert await planned(house) == []
    await house.let_wallets_rest()
    assert await planned(house) == [held]

    custody = house.shop.services.custody
    await custody.quarantine(held, actor="command-line", note=NOTE)
    assert await planned(house) == []
    await custody.release(held, actor="command-line", note=NOTE)
    await house.shop.execute("update wallets set status = 'FREE', recharge_id = null")
    # Somebody kept its address, and has paid to it late.
    await house.shop.execute("update wallets set free_from = now() + interval '1 h'")
    assert await planned(house) == []
    await house.shop.execute("update wallets set free_from = null")
    assert await planned(house) == [held]
    assert await planned(house, above=MicroUsdt(40 * USDT)) == [held]
    assert await planned(house, above=MicroUsdt(40 * USDT + 1)) == []


async def test_what_was_not_judged_yet_keeps_a_wallet_from_being_emptied(
    house: PoolHouse,
) -> None:
    wallet = await house.resting_wallet(40)
    await house.shop.damage("update payments set status = 'NEW' where to_address = $1", wallet)
    assert await planned(house) == []
    await house.shop.damage("update payments set status = 'CREDITED' where to_address = $1", wallet)
    assert await planned(house) == [wallet]


async def test_what_may_be_sent_back_stays(house: PoolHouse) -> None:
    owed = await house.owe("19")
    await house.refunding.receive("29", 30)
    await house.let_wallets_rest()
    # Neither what is owed nor what a person must decide on is moved.
    assert await planned(house) == []

    # The wallet that the refund is owed from is the next one's.
    wallet = await house.resting_wallet(50)
    await house.house.peer.pay("7", wallet)
    await house.house.mine()
    await house.shop.execute("update wallets set free_from = null")
    [one] = (await plan(house)).sweeps
    assert (one.address, one.held, one.kept) == (wallet, 76 * USDT, 26 * USDT)
    assert one.amount == 50 * USDT - 1
    await sweep(house)
    await house.run()
    assert await house.house.balance(wallet) == 26 * USDT + 1

    await house.compare()
    await house.house.payouts.refund_sending.send(owed, actor="command-line", note=NOTE)
    await house.run()
    assert await house.refunding.owed() == []
    assert await house.house.balance(wallet) == 7 * USDT + 1


async def test_a_wallet_that_something_else_leaves_waits(house: PoolHouse) -> None:
    owed = await house.owe("19")
    wallet = await house.shop.fetchval("select to_address from payments where id = $1", owed)
    await house.let_wallets_rest()
    await house.house.peer.pay("40", wallet)
    await house.house.mine()
    [case] = await house.shop.services.reviews.list_waiting()
    await house.shop.services.reviews.settle(
        case.payments[0].id, DISMISS, note=NOTE, actor="command-line"
    )
    await house.shop.execute("update wallets set free_from = null")
    await house.compare()
    assert await planned(house) == [wallet]
    await house.house.payouts.refund_sending.send(owed, actor="command-line", note=NOTE)
    assert await planned(house) == []
    await house.run()
    assert await planned(house) == [wallet]


async def test_no_more_than_the_bound_is_moved_at_once(house: PoolHouse) -> None:
    wallet = await house.resting_wallet(50)
    rules = SweepRules(above=TEN, most=MicroUsdt(20 * USDT))
    sweeping = replace(house.house.payouts.sweeping, rules=rules)
    source = house.house.chain.source
    assert await sweeping.run(source) == 1
    assert await sweeping.run(source) == 0
    await house.run()
    assert await house.house.balance(wallet) == 30 * USDT
    assert {one.payout.created_by for one in await house.payouts()} == {"job", "signer"}


async def test_nothing_is_swept_by_itself_unless_that_is_wanted(house: PoolHouse) -> None:
    await house.resting_wallet(50)
    sweeping, source = house.house.payouts.sweeping, house.house.chain.source
    assert sweeping.rules.above == 0
    assert await sweeping.run(source) == 0
    with pytest.raises(BadRequest, match="PAYOUT_SWEEP_ABOVE_USDT"):
        await sweeping.plan(source)


async def test_there_must_be_a_wallet_that_gets_it(house: PoolHouse) -> None:
    nobody = replace(house.house.payouts.house, hot=None, treasury=None)
    sweeping = replace(house.house.payouts.sweeping, house=nobody)
    source = house.house.chain.source
    for purpose in (Purpose.HOT, Purpose.TREASURY):
        with pytest.raises(BadRequest, match=f"PAYOUT_{purpose}_ADDRESS"):
            await sweeping.plan(source, to=purpose, above=TEN)
    with pytest.raises(BadRequest, match="PAYOUT_POOL_ADDRESS"):
        await sweeping.plan(source, to=Purpose.POOL, above=TEN)
    blind = replace(house.house.payouts.sweeping, chain=None)
    with pytest.raises(BadRequest, match="No node"):
        await blind.plan(source, above=TEN)


async def test_only_administrators_sweep(house: PoolHouse) -> None:
    await house.resting_wallet(50)
    found = await plan(house)
    nobody = await house.shop.customer(cents=0)
    with pytest.raises(Forbidden):
        await house.house.payouts.sweeping.sweep(found, actor=nobody.id)
    assert await house.payouts() == []


async def test_a_wallet_that_holds_something_else_than_was_read_is_left(house: PoolHouse) -> None:
    wallet = await house.resting_wallet(50)
    await house.house.peer.pay("5", wallet)
    await house.house.peer.mine(3)
    # It is final, and nobody has read it.
    found = await plan(house)
    assert found.sweeps == []
    [(address, why)] = found.passed_over
    assert address == wallet
    assert "55 USDT by final blocks, and 50 by what was read" in why
    await house.house.read()


async def test_a_wallet_that_cannot_send_is_left(house: PoolHouse) -> None:
    wallet = await house.resting_wallet(50)
    await house.house.peer.control("blacklist", address=wallet)
    found = await plan(house)
    assert found.sweeps == []
    [(address, why)] = found.passed_over
    assert (address, "would fail" in why) == (wallet, True)


async def test_nobody_is_given_a_wallet_that_is_being_emptied(house: PoolHouse) -> None:
    wallet = await house.resting_wallet(50)
    [(payout, _)] = (await sweep(house)).payouts
    customer = await house.shop.customer(cents=0)
    # It is the only one.
    with pytest.raises(RechargesPaused):
        await replace(
            house.shop.services.recharges,
            pool=replace(house.shop.services.pool, total_max=1),
        ).open(customer.id, TEN)
    assert await house.till.status_of(wallet) == "FREE"
    opened = await house.till.open(customer)
    assert opened.address != wallet
    assert await planned(house) == []
    await house.run()
    assert (await house.house.payouts.desk.show(payout)).payout.status == "SETTLED"


async def test_who_was_given_a_wallet_first_has_it(house: PoolHouse) -> None:
    wallet = await house.resting_wallet(50)
    found = await plan(house)
    customer = await house.shop.customer(cents=0)
    opened = await house.till.open(customer)
    assert opened.address == wallet
    swept = await house.house.payouts.sweeping.sweep(found, actor="command-line")
    assert (swept.payouts, swept.overtaken) == ([], [wallet])
    await house.till.pay(wallet)
    assert await house.shop.balance(customer) == TEN


async def test_a_wallet_is_swept_or_given_to_somebody_and_never_both(house: PoolHouse) -> None:
    pool = house.shop.services.pool
    for _ in range(4):
        await house.paid_wallet(20)
    await house.let_wallets_rest()
    found = await plan(house)
    assert len(found.sweeps) == 4
    customers = [await house.shop.customer(cents=0) for _ in range(4)]
    fixed = replace(house.shop.services.recharges, pool=replace(pool, total_max=4))

    async def open_one(customer: Customer) -> str | None:
        try:
            return (await fixed.open(customer.id, TEN)).address
        except RechargesPaused:
            return None

    sweeping = house.house.payouts.sweeping
    swept, given = await asyncio.gather(
        sweeping.sweep(found, actor="command-line"),
        asyncio.gather(*map(open_one, customers)),
    )
    taken = {address for address in given if address is not None}
    moved = {address for _, address in swept.payouts}
    assert taken | moved == {one.address for one in found.sweeps}
    assert not taken & moved
    assert set(swept.overtaken) == taken
    await house.run(20)
    for address in moved:
        assert await house.house.balance(address) == 1
    for address in taken:
        assert await house.house.balance(address) == 20 * USDT


async def test_two_who_sweep_at_once_empty_each_wallet_once(house: PoolHouse) -> None:
    wallet = await house.resting_wallet(50)
    found = await plan(house)
    sweeping = house.house.payouts.sweeping
    done = await asyncio.gather(*(sweeping.sweep(found, actor="command-line") for _ in range(4)))
    assert sum(len(one.payouts) for one in done) == 1
    await house.run()
    assert await house.house.balance(wallet) == 1


async def test_a_sweep_waits_for_whoever_was_given_its_wallet_after_all(house: PoolHouse) -> None:
    wallet = await house.resting_wallet(50)
    await house.house.peer.control("faucet", address=wallet, trx="100")
    [(payout, _)] = (await sweep(house)).payouts
    # The signer was away for longer than the wallet was held.
    await house.shop.execute("update wallets set free_from = null")
    customer = await house.shop.customer(cents=0)
    opened = await house.till.open(customer)
    assert opened.address == wallet
    await house.turn()
    waiting = (await house.house.payouts.desk.show(payout)).payout
    assert (waiting.status, waiting.reason) == (
        "QUEUED",
        "its wallet is LOCKED: somebody may be paying to it",
    )
    assert waiting.not_before is not None
    await house.till.pay(wallet)
    await house.let_wallets_rest()
    await house.run()
    assert await house.house.balance(wallet) == 10 * USDT + 1
    assert await house.shop.balance(customer) == TEN


async def test_a_signed_sweep_keeps_its_wallet_from_being_given_out(house: PoolHouse) -> None:
    wallet = await house.resting_wallet(50)
    await house.house.peer.control("faucet", address=wallet, trx="100")
    await sweep(house)
    await house.shop.execute("update wallets set free_from = null")
    await house.compare()
    await house.house.signer.turn()
    assert await house.statuses() == ["BROADCAST"]
    assert await house.shop.fetchval(
        "select free_from > now() + interval '15 min' from wallets where address = $1", wallet
    )
    await house.house.mine()
    await house.run()


async def test_a_sweep_of_a_quarantined_wallet_is_laid_before_a_person(house: PoolHouse) -> None:
    wallet = await house.resting_wallet(50)
    await house.house.peer.control("faucet", address=wallet, trx="100")
    [(payout, _)] = (await sweep(house)).payouts
    await house.shop.services.custody.quarantine(wallet, actor="command-line", note=NOTE)
    await house.turn()
    desk = house.house.payouts.desk
    assert (await desk.show(payout)).payout.status == "NEEDS_REVIEW"
    await desk.cancel(payout, actor="command-line", note=NOTE)
    assert await house.statuses() == ["CANCELLED"]
    assert await house.house.balance(wallet) == 50 * USDT


async def test_a_payment_that_comes_meanwhile_is_neither_lost_nor_moved(house: PoolHouse) -> None:
    wallet = await house.resting_wallet(50)
    await sweep(house)
    await house.house.peer.pay("7", wallet)
    await house.run()
    assert await house.house.balance(wallet) == 7 * USDT + 1
    [case] = await house.shop.services.reviews.list_waiting()
    assert case.payments[0].oddity == "UNASSIGNED_WALLET"


async def test_a_sweep_that_failed_waits_for_a_person_and_is_planned_no_second_time(
    house: PoolHouse,
) -> None:
    wallet = await house.resting_wallet(50)
    await house.house.peer.control("faucet", address=wallet, trx="100")
    [(payout, _)] = (await sweep(house)).payouts
    await house.house.peer.fault("broadcasttransaction", "out_of_time", count=1)
    await house.run(2)
    desk = house.house.payouts.desk
    failed = (await desk.show(payout)).payout
    assert failed.status == "FAILED_ON_CHAIN"
    assert failed.fee_sun
    await house.shop.execute("update wallets set free_from = null")
    assert await planned(house) == []
    retried = await desk.retry(payout, actor="command-line", note=NOTE)
    assert retried.payout.status == "QUEUED"
    await house.run()
    settled = await desk.show(payout)
    assert settled.payout.status == "SETTLED"
    assert [one.outcome for one in settled.attempts] == ["FAILED", "SETTLED"]
    # All of its transactions together.
    assert (settled.payout.fee_sun or 0) > failed.fee_sun
    assert await house.house.balance(wallet) == 1


@pytest.fixture
async def bounded(shop: Shop, tmp_path: Path) -> AsyncIterator[PoolHouse]:
    async with open_pool_house(shop, tmp_path, caps={"sweep_usdt": "20"}) as opened:
        yield opened


async def test_the_signer_has_a_bound_of_its_own(bounded: PoolHouse) -> None:
    wallet = await bounded.resting_wallet(50)
    await bounded.house.peer.control("faucet", address=wallet, trx="100")
    [(payout, _)] = (await sweep(bounded)).payouts
    await bounded.turn()
    found = (await bounded.house.payouts.desk.show(payout)).payout
    assert found.status == "NEEDS_REVIEW"
    assert "SIGNER_CAP_SWEEP_USDT is 20" in (found.reason or "")
    await bounded.house.payouts.desk.cancel(payout, actor="command-line", note=NOTE)

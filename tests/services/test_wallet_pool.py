"""Wallets: never two people's at once, nobody's until the chain was read, never too many."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from jiema_app.domain.chain.pool import GROW_BY
from jiema_app.domain.errors import (
    AlreadyChanged,
    BadRequest,
    Forbidden,
    HasOpenOrder,
    NotFound,
    NotOpen,
    RateLimited,
    RechargesPaused,
)
from jiema_app.domain.recharges.statuses import RechargeStatus
from jiema_app.domain.units import MicroUsdt
from tests.support.arrivals import TEN, Arrivals
from tests.support.shop import Customer, Shop, now

STATUSES = "select status, count(*) from wallets group by status order by status"


async def statuses(shop: Shop) -> dict[str, int]:
    async with shop.services.database.connection() as connection:
        return {row[0]: row[1] for row in await connection.fetch(STATUSES)}


async def chain_reaches(shop: Shop, seconds: float) -> None:
    """The last final block that was read is so much younger than now."""
    await shop.execute(
        "update chain_cursors set block_time = now() + make_interval(secs => $1), "
        "block_number = block_number + 1",
        seconds,
    )


async def test_a_hundred_who_open_at_once_get_a_wallet_each(shop: Shop, arrivals: Arrivals) -> None:
    users = [await shop.customer(cents=0) for _ in range(100)]
    opened = await asyncio.gather(*(arrivals.recharge(user) for user in users))
    assert len({view.address for view in opened}) == 100
    assert await shop.fetchval("select count(distinct recharge_id) from wallets") == 100
    # Growth waits its turn: nobody made more than one batch too many.
    assert sum((await statuses(shop)).values()) <= 3 + 100 + GROW_BY


async def test_one_who_opens_ten_at_once_gets_one(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    tries = await asyncio.gather(
        *(arrivals.recharge(ann) for _ in range(10)), return_exceptions=True
    )
    refused = [one for one in tries if isinstance(one, HasOpenOrder)]
    assert len(refused) == 9
    assert (await statuses(shop))["LOCKED"] == 1


async def test_growers_who_meet_make_each_address_once(shop: Shop, arrivals: Arrivals) -> None:
    pool = shop.services.pool
    made = await asyncio.gather(*(pool.grow(20) for _ in range(8)))
    assert sum(made) == 160
    assert await shop.fetchval("select count(distinct derivation_index) from wallets") == 163
    assert await shop.fetchval("select max(derivation_index) from wallets") == 162


async def test_a_pool_that_may_not_grow_refuses_politely(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    services = shop.services
    small = replace(services.recharges, pool=replace(services.pool, total_max=3))
    others = [await shop.customer(cents=0) for _ in range(3)]
    for other in others:
        await small.open(other.id, TEN)
    with pytest.raises(RechargesPaused):
        await small.open(ann.id, TEN)
    assert sum((await statuses(shop)).values()) == 3


async def test_without_a_key_nothing_is_made(shop: Shop, arrivals: Arrivals) -> None:
    assert await replace(shop.services.pool, deriver=None).grow(5) == 0


async def test_the_stock_is_kept_and_not_exceeded(shop: Shop, arrivals: Arrivals) -> None:
    pool = replace(shop.services.pool, stock=10)
    assert await pool.keep_stock() == 7
    assert await pool.keep_stock() == 0


async def test_the_longest_unused_wallet_is_next(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    oldest = await arrivals.free_address()
    await shop.execute(
        "update wallets set last_used_at = last_used_at - interval '1 day' where address = $1",
        oldest,
    )
    assert (await arrivals.recharge(ann)).address == oldest


async def test_a_wallet_waits_for_the_chain_and_not_for_the_clock(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    pool, opened = shop.services.pool, await arrivals.recharge(ann)
    window = shop.settings.recharge.window_s
    # The window is over by every clock, and nobody has read so far.
    await shop.execute("update recharges set closes_at = now() - interval '1 s'")
    await chain_reaches(shop, -60)
    assert await pool.take_back() == 0
    assert (await statuses(shop))["LOCKED"] == 1
    await chain_reaches(shop, 0)
    assert await pool.take_back() == 1
    found = await shop.services.recharges.get(ann.id, opened.id)
    assert found.status is RechargeStatus.EXPIRED
    assert (await statuses(shop))["COOLDOWN"] == 1
    await chain_reaches(shop, pool.quarantine_s - window)
    await pool.take_back()
    assert (await statuses(shop))["COOLDOWN"] == 1
    await chain_reaches(shop, pool.quarantine_s)
    await pool.take_back()
    assert await statuses(shop) == {"FREE": 3}


async def test_a_paid_wallet_rests_for_less_long(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    pool, opened = shop.services.pool, await arrivals.recharge(ann)
    await arrivals.pay(opened.address, TEN)
    await chain_reaches(shop, shop.settings.recharge.window_s + 1)
    await pool.take_back()
    await chain_reaches(shop, shop.settings.recharge.window_s + pool.grace_s + 1)
    await pool.take_back()
    assert await statuses(shop) == {"FREE": 3}


async def test_nothing_closes_while_a_payment_is_not_judged(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    opened = await arrivals.recharge(ann)
    await arrivals.bring(opened.address, TEN)
    await chain_reaches(shop, 10**6)
    assert await shop.services.pool.take_back() == 0
    await arrivals.judge()
    assert await shop.services.pool.take_back() == 1
    found = await shop.services.recharges.get(ann.id, opened.id)
    assert found.status is RechargeStatus.CREDITED


async def test_a_late_payment_makes_a_wallet_rest_longer(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    pool, opened = shop.services.pool, await arrivals.recharge(ann)
    await shop.services.recharges.cancel(ann.id, opened.id)
    await chain_reaches(shop, 1)
    await pool.take_back()
    late = now() + timedelta(hours=5)
    await arrivals.pay(opened.address, TEN, at=late)
    free_from = await shop.fetchval("select free_from from wallets where address = $1",
                                    opened.address)  # fmt: skip
    assert free_from == late + timedelta(seconds=pool.quarantine_s)


async def test_a_late_payment_that_is_judged_before_the_window_is_closed_counts_as_well(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    pool, opened = shop.services.pool, await arrivals.recharge(ann)
    await arrivals.pay(opened.address, TEN)
    late = opened.closes_at + timedelta(seconds=3)
    # The block of the payment is read, and nobody has taken the wallet back yet.
    await arrivals.pay(opened.address, TEN, at=late)
    await chain_reaches(shop, shop.settings.recharge.window_s + 60)
    assert await pool.take_back() == 1
    free_from = await shop.fetchval("select free_from from wallets where address = $1",
                                    opened.address)  # fmt: skip
    assert free_from == late + timedelta(seconds=pool.quarantine_s)


async def test_a_second_late_payment_never_reaches_the_next_holder(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    pool, opened = shop.services.pool, await arrivals.recharge(ann)
    await shop.execute("update wallets set status = 'QUARANTINED' where recharge_id is null")
    await arrivals.pay(opened.address, TEN)
    late = opened.closes_at + timedelta(seconds=3)
    await arrivals.pay(opened.address, TEN, at=late)
    await chain_reaches(shop, shop.settings.recharge.window_s + pool.grace_s + 60)
    await pool.take_back()
    bob = await shop.customer(cents=0)
    assert (await arrivals.recharge(bob)).address != opened.address


async def test_a_free_wallet_that_somebody_pays_to_is_given_to_nobody_for_a_day(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    address = await arrivals.free_address()
    await shop.execute("update wallets set status = 'QUARANTINED' where address <> $1", address)
    await arrivals.pay(address, TEN)
    # Who has kept the address may pay to it again.
    assert (await arrivals.recharge(ann)).address != address
    await shop.execute(
        "update wallets set free_from = free_from - make_interval(secs => $1), "
        "last_used_at = last_used_at - interval '30 days' where address = $2",
        float(shop.services.pool.quarantine_s + 1),
        address,
    )
    bob = await shop.customer(cents=0)
    assert (await arrivals.recharge(bob)).address == address


async def test_wallets_that_rest_are_no_stock(shop: Shop, arrivals: Arrivals) -> None:
    pool = replace(shop.services.pool, stock=3)
    assert await pool.keep_stock() == 0
    await arrivals.pay(await arrivals.free_address(), TEN)
    assert await pool.keep_stock() == 1


async def test_what_comes_for_an_earlier_holder_makes_a_wallet_rest_after_the_present_one(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    pool, opened = shop.services.pool, await arrivals.recharge(ann)
    stray = opened.created_at - timedelta(minutes=3)
    await arrivals.pay(opened.address, TEN, at=stray)
    await arrivals.pay(opened.address, TEN)
    await chain_reaches(shop, shop.settings.recharge.window_s + 1)
    await pool.take_back()
    free_from = await shop.fetchval("select free_from from wallets where address = $1",
                                    opened.address)  # fmt: skip
    assert free_from == stray + timedelta(seconds=pool.quarantine_s)


async def test_a_wallet_in_quarantine_is_given_to_nobody(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    await shop.execute("update wallets set status = 'QUARANTINED'")
    opened = await arrivals.recharge(ann)
    assert (await statuses(shop)) == {"FREE": GROW_BY - 1, "LOCKED": 1, "QUARANTINED": 3}
    assert opened.is_open


@pytest.mark.parametrize("amount", [0, -TEN, 999_999, 10_000_001, 5_000_010_000])
async def test_amounts_outside_of_the_limits_are_refused(
    shop: Shop, arrivals: Arrivals, ann: Customer, amount: int
) -> None:
    with pytest.raises(BadRequest):
        await arrivals.recharge(ann, MicroUsdt(amount))


async def test_whoever_is_banned_opens_none(shop: Shop, arrivals: Arrivals, ann: Customer) -> None:
    await shop.execute("update users set banned_at = now() where id = $1", ann.id)
    with pytest.raises(Forbidden):
        await arrivals.recharge(ann)


@pytest.mark.parametrize(
    "trouble",
    [
        "update chain_cursors set halted_because = 'another parent'",
        "update chain_cursors set block_time = now() - interval '11 minutes'",
        "delete from chain_cursors",
    ],
)
async def test_nobody_is_asked_to_pay_while_nobody_watches(
    shop: Shop, arrivals: Arrivals, ann: Customer, trouble: str
) -> None:
    await shop.execute(trouble)
    with pytest.raises(RechargesPaused):
        await arrivals.recharge(ann)


async def test_those_who_open_and_never_pay_must_wait(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    services = shop.services
    strict = replace(
        services.recharges, limits=replace(services.recharges.limits, unpaid_per_day=2)
    )
    for _ in range(2):
        opened = await strict.open(ann.id, TEN)
        await strict.cancel(ann.id, opened.id)
    with pytest.raises(RateLimited) as refused:
        await strict.open(ann.id, TEN)
    assert 86_000 < (refused.value.retry_after_s or 0) <= 86_400


@pytest.mark.parametrize(("amount", "how"), [(TEN, {"genuine": False}), (1, {}), (9_999, {})])
async def test_what_is_worth_nothing_pays_for_no_wallet(
    shop: Shop, arrivals: Arrivals, ann: Customer, amount: int, how: dict[str, bool]
) -> None:
    services = shop.services
    strict = replace(
        services.recharges, limits=replace(services.recharges.limits, unpaid_per_day=2)
    )
    for _ in range(2):
        opened = await strict.open(ann.id, TEN)
        await arrivals.pay(opened.address, amount, **how)
    with pytest.raises(RateLimited):
        await strict.open(ann.id, TEN)


async def test_what_is_somebody_else_s_is_not_there(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    opened, bob = await arrivals.recharge(ann), await shop.customer(cents=0)
    for ask in (shop.services.recharges.get, shop.services.recharges.cancel,
                shop.services.recharges.look):  # fmt: skip
        with pytest.raises(NotFound):
            await ask(bob.id, opened.id)


async def test_a_cancel_and_a_payment_at_the_same_moment_lose_nothing(
    shop: Shop, arrivals: Arrivals
) -> None:
    credited = 0
    for _ in range(20):
        ann = await shop.customer(cents=0)
        opened = await arrivals.recharge(ann)
        paid_at = now()
        await arrivals.bring(opened.address, TEN, at=paid_at)
        done = await asyncio.gather(
            arrivals.judge(),
            shop.services.recharges.cancel(ann.id, opened.id),
            return_exceptions=True,
        )
        assert all(one is None or isinstance(one, (NotOpen, AlreadyChanged)) or not
                   isinstance(one, BaseException) for one in done), done  # fmt: skip
        await arrivals.judge()
        # The block was made before anybody cancelled, so the money is credited either way.
        assert await shop.balance(ann) == TEN
        credited += 1
    assert credited == 20


async def test_a_payment_after_the_cancel_is_late(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    opened = await arrivals.recharge(ann)
    await shop.services.recharges.cancel(ann.id, opened.id)
    await arrivals.pay(opened.address, TEN)
    found = await shop.services.recharges.get(ann.id, opened.id)
    assert (found.status, found.oddity) == (RechargeStatus.IN_REVIEW, "LATE")
    assert await shop.balance(ann) == 0


async def test_a_payment_that_was_seen_cannot_be_cancelled(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    opened = await arrivals.recharge(ann)
    await shop.execute("update recharges set seen_micro = 1, seen_block = 2000")
    with pytest.raises(NotOpen):
        await shop.services.recharges.cancel(ann.id, opened.id)

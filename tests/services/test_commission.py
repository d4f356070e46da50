"""Commission: accrued with the order, released with its end, reversed with its refund."""

import asyncio

import asyncpg
import pytest

from jiema_app.domain.errors import BadRequest, Forbidden, IdempotencyConflict, NotFound, NotOpen
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.referrals.commissions import CommissionTooSmall
from jiema_app.domain.units import MicroUsdt, OrderId
from tests.support.shop import Customer, Shop


@pytest.fixture
async def ann(shop: Shop) -> Customer:
    """Who invites."""
    return await shop.customer(cents=1_000)


@pytest.fixture
async def bob(shop: Shop, ann: Customer) -> Customer:
    """Whom she invited."""
    return await shop.customer(cents=1_000, referrer=ann)


async def purse(shop: Shop, customer: Customer) -> tuple[int, int]:
    """What is pending, and what is available."""
    found = await shop.services.commissions.purse(customer.id)
    return found.pending, found.available


async def complete(shop: Shop, customer: Customer) -> OrderView:
    """An order that had its code and was finished."""
    order = await shop.place(customer)
    await shop.deliver(order)
    return await shop.services.orders.finish(customer.id, order.id)


async def statuses(shop: Shop) -> list[str]:
    found = await shop.fetchval("select array_agg(status order by order_id) from commissions")
    return list(found or ())


async def claw_back(shop: Shop, order: str) -> str:
    return await shop.services.commissions.claw_back(
        OrderId(order), actor="command-line", note="invited himself"
    )


async def test_an_order_of_an_invited_user_earns_a_tenth_at_once(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    placed = await shop.place(bob)
    assert await purse(shop, ann) == (placed.price_micro // 10, 0)
    assert await purse(shop, bob) == (0, 0)


async def test_an_order_of_somebody_whom_nobody_invited_earns_nothing(
    shop: Shop, ann: Customer
) -> None:
    await shop.place(ann)
    assert await statuses(shop) == []


async def test_it_is_released_when_the_order_is_completed_and_reversed_when_it_is_refunded(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    first, second = await shop.place(bob), await shop.place(bob)
    share = first.price_micro // 10
    await shop.deliver(first)
    assert await purse(shop, ann) == (2 * share, 0)
    await shop.services.orders.finish(bob.id, first.id)
    await shop.services.orders.cancel(bob.id, second.id)
    assert await purse(shop, ann) == (0, share)
    assert await statuses(shop) == ["RELEASED", "REVERSED"]


async def test_what_an_expired_order_earned_is_reversed(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    order = await shop.place(bob)
    await shop.age(order, 3_600)
    await shop.services.expiry.run()
    assert await purse(shop, ann) == (0, 0)
    assert await statuses(shop) == ["REVERSED"]


async def test_what_nobody_has_judged_is_held_until_somebody_does(
    shop: Shop, ann: Customer
) -> None:
    guest = await shop.customer(referrer=ann, is_judged=False)
    order = await complete(shop, guest)
    share = order.price_micro // 10
    assert await purse(shop, ann) == (share, 0)
    assert await statuses(shop) == ["HELD"]
    assert await shop.fetchval("select judge_at is not null from referrals")


async def test_a_denied_invitation_earns_nothing(shop: Shop, ann: Customer, bob: Customer) -> None:
    open_order = await shop.place(bob)
    await shop.execute("update referrals set status = 'DENIED'")
    await shop.place(bob)
    assert len(await statuses(shop)) == 1
    await shop.deliver(open_order)
    await shop.services.orders.finish(bob.id, open_order.id)
    assert await purse(shop, ann) == (0, 0)
    assert await statuses(shop) == ["REVERSED"]


async def test_the_rate_of_the_moment_of_the_order_holds(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    before = await shop.place(bob)
    await shop.services.referral_terms.set(1_250, actor="command-line", note="campaign")
    after = await shop.place(bob)
    rates = await shop.fetchval("select array_agg(rate_bp order by order_id) from commissions")
    assert rates == [1_000, 1_250]
    expected = before.price_micro // 10 + after.price_micro * 125 // 1_000
    assert await purse(shop, ann) == (expected, 0)
    await shop.services.referral_terms.set(0, actor="command-line", note="over")
    await shop.place(bob)
    assert len(await statuses(shop)) == 2
    assert [one.commission_bp for one in await shop.services.referral_terms.history()] == [
        0,
        1_250,
        1_000,
    ]


async def test_no_program_changes_who_invited_somebody(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    with pytest.raises(asyncpg.RestrictViolationError):
        await shop.execute("update users set referrer_id = null where id = $1", bob.id)
    for change in ("referrer_id = user_id", "source = 'BOT'"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await shop.execute(f"update referrals set {change}")
    with pytest.raises(asyncpg.RestrictViolationError):
        await shop.execute("delete from referrals")


async def test_any_amount_is_moved_to_the_balance_once(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    share = (await complete(shop, bob)).price_micro // 10
    before, moves = await shop.balance(ann), shop.services.commissions
    first = await moves.move(ann.id, MicroUsdt(1), "form-1")
    assert await moves.move(ann.id, MicroUsdt(1), "form-1") == first
    with pytest.raises(IdempotencyConflict):
        await moves.move(ann.id, MicroUsdt(2), "form-1")
    assert await purse(shop, ann) == (0, share - 1)
    assert await shop.balance(ann) == before + 1
    with pytest.raises(CommissionTooSmall) as refusal:
        await moves.move(ann.id, MicroUsdt(share), "form-2")
    assert refusal.value.available == share - 1
    with pytest.raises(BadRequest):
        await moves.move(ann.id, MicroUsdt(0), "form-3")


async def test_two_moves_of_all_at_one_moment_move_it_once(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    share = MicroUsdt((await complete(shop, bob)).price_micro // 10)
    moves = (shop.services.commissions.move(ann.id, share, f"form-{n}") for n in range(8))
    done = await asyncio.gather(*moves, return_exceptions=True)
    assert sum(isinstance(one, str) for one in done) == 1
    assert all(isinstance(one, str | CommissionTooSmall) for one in done)
    assert await purse(shop, ann) == (0, 0)


async def test_somebody_who_is_banned_moves_nothing(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    await complete(shop, bob)
    await shop.services.identity.ban(ann.id, actor="test", reason="test")
    with pytest.raises(Forbidden):
        await shop.services.commissions.move(ann.id, MicroUsdt(1), "form")


async def test_a_claw_back_of_what_was_spent_leaves_a_debt_that_later_earnings_pay(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    order = await complete(shop, bob)
    share = MicroUsdt(order.price_micro // 10)
    await shop.services.commissions.move(ann.id, share, "form")
    balance = await shop.balance(ann)
    assert await claw_back(shop, order.id) == "CLAWED_BACK"
    assert await purse(shop, ann) == (0, -share)
    # What they had for orders is theirs: a debt of commission is not taken from there.
    assert await shop.balance(ann) == balance
    await complete(shop, bob)
    assert await purse(shop, ann) == (0, 0)
    audited = await shop.fetchval(
        "select details ->> 'note' from audit_records where action = 'commission.claw_back'"
    )
    assert audited == "invited himself"


async def test_a_claw_back_of_what_is_pending_ends_it(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    order = await shop.place(bob)
    assert await claw_back(shop, order.id) == "REVERSED"
    await shop.deliver(order)
    await shop.services.orders.finish(bob.id, order.id)
    assert await purse(shop, ann) == (0, 0)
    with pytest.raises(NotOpen):
        await claw_back(shop, order.id)


async def test_a_claw_back_is_an_administrator_s_and_none_of_those_it_is_about(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    order = await shop.place(bob)
    take = shop.services.commissions.claw_back
    with pytest.raises(Forbidden):
        await take(order.id, actor=(await shop.customer()).id, note="no")
    await shop.execute("update users set role = 'admin'")
    for who in (ann, bob):
        with pytest.raises(Forbidden):
            await take(order.id, actor=who.id, note="no")
    with pytest.raises(NotFound):
        await take(OrderId("c" * 25), actor="command-line", note="no")


async def test_only_a_claw_back_takes_commission_below_zero(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    await complete(shop, bob)
    numbers = await shop.fetchval(
        "select array_agg(id order by id) from ledger_accounts where user_id = $1", ann.id
    )
    spending, _, commission, _ = numbers
    with pytest.raises(asyncpg.CheckViolationError):
        await shop.execute(
            "select ledger_post('commission_moved', 'x', $1, $2, 90000000)", commission, spending
        )


async def test_figures_of_the_day_follow(shop: Shop, ann: Customer, bob: Customer) -> None:
    order = await complete(shop, bob)
    await complete(shop, bob)
    share = order.price_micro // 10
    figures = "select sign_ups, first_orders, orders, earned_micro from referral_days"
    assert tuple(await shop.fetchrow(figures)) == (1, 1, 2, 2 * share)
    await claw_back(shop, order.id)
    assert tuple(await shop.fetchrow(figures)) == (1, 1, 1, share)


async def test_an_end_and_a_verdict_of_one_moment_agree(shop: Shop, ann: Customer) -> None:
    """Whoever comes second sees what the first one wrote, so nothing is released for the denied."""
    for _ in range(10):
        guest = await shop.customer(referrer=ann)
        order = await shop.place(guest)
        await shop.deliver(order)
        deny = shop.execute(
            "with denied as (update referrals set status = 'DENIED' where user_id = $1 "
            "returning user_id) select commission_settle(c.order_id, 'REVERSED', 'denied', null), "
            "commission_settle(c.order_id, 'CLAWED_BACK', 'denied', null) "
            "from commissions c join denied on denied.user_id = c.buyer_id",
            guest.id,
        )
        await asyncio.gather(shop.services.orders.finish(guest.id, order.id), deny)
        left = await shop.fetchval("select status from commissions where buyer_id = $1", guest.id)
        assert left in {"REVERSED", "CLAWED_BACK"}
    assert await purse(shop, ann) == (0, 0)

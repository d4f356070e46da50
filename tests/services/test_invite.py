"""The reading behind the invite page: a link, what it did, whom it brought, what that earned."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from jiema_app.domain.errors import BadRequest, Forbidden, IdempotencyConflict, NotFound
from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.referrals.commissions import CommissionTooSmall
from jiema_app.domain.referrals.invite import AMOUNT_MAX, REQUEST_KEY_MAX
from jiema_app.domain.referrals.invite_views import Invite
from jiema_app.domain.referrals.statuses import HoldReason, ReferralStatus
from jiema_app.domain.units import MicroUsdt, OrderId, UserId
from tests.support.polling import until
from tests.support.shop import Customer, Shop

NOBODY = UserId("c" + "0" * 24)


@pytest.fixture
async def ann(shop: Shop) -> Customer:
    """Who invites."""
    return await shop.customer(cents=1_000)


@pytest.fixture
async def bob(shop: Shop, ann: Customer) -> Customer:
    """Whom she invited."""
    return await shop.customer(cents=1_000, referrer=ann)


async def read(shop: Shop, customer: Customer, days: int = 30) -> Invite:
    return await shop.services.invites.read(customer.id, days=days)


async def complete(shop: Shop, customer: Customer) -> OrderView:
    """An order that had its code and was finished."""
    order = await shop.place(customer)
    await shop.deliver(order)
    return await shop.services.orders.finish(customer.id, order.id)


async def reasons(shop: Shop, customer: Customer) -> list[HoldReason]:
    page = await shop.services.invites.list_pending(customer.id, limit=50, cursor=None)
    return [one.reason for one in page.pending]


async def kinds(shop: Shop, customer: Customer) -> list[tuple[TransferKind, int]]:
    page = await shop.services.invites.list_movements(customer.id, limit=50, cursor=None)
    return [(one.kind, one.amount_micro) for one in page.movements]


async def test_who_has_invited_nobody_has_a_link_and_nothing_else(
    shop: Shop, ann: Customer
) -> None:
    invite = await read(shop, ann)
    account = await shop.services.identity.get_account(ann.id)
    assert invite.code == account.referral_code
    assert (invite.purse.pending, invite.purse.available, invite.purse.held) == (0, 0, 0)
    funnel = invite.funnel
    assert (funnel.clicks, funnel.sign_ups, funnel.first_orders, funnel.earned_micro) == (0,) * 4
    assert [day.earned_micro for day in invite.days] == [0] * 30
    invites = shop.services.invites
    assert (await invites.list_people(ann.id, limit=10, cursor=None)).people == []
    assert (await invites.list_pending(ann.id, limit=10, cursor=None)).pending == []
    assert (await invites.list_movements(ann.id, limit=10, cursor=None)).movements == []


async def test_of_somebody_who_is_no_user_there_is_nothing(shop: Shop) -> None:
    with pytest.raises(NotFound):
        await shop.services.invites.read(NOBODY, days=30)


async def test_the_funnel_and_the_day_follow_what_happens(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    first = await complete(shop, bob)
    await complete(shop, bob)
    open_one = await shop.place(bob)
    await shop.execute("update referral_days set clicks = 7")
    share = first.price_micro // 10
    invite = await read(shop, ann, days=7)
    funnel = invite.funnel
    assert (funnel.clicks, funnel.sign_ups, funnel.first_orders, funnel.orders) == (7, 1, 1, 2)
    assert funnel.earned_micro == 2 * share
    assert (invite.purse.available, invite.purse.pending) == (
        2 * share,
        open_one.price_micro // 10,
    )
    assert [day.earned_micro for day in invite.days] == [*(0,) * 6, 2 * share]
    assert invite.days[-1].day == datetime.now(UTC).date()


async def test_days_are_of_the_time_that_was_asked_for(shop: Shop, ann: Customer) -> None:
    today = datetime.now(UTC).date()
    # Together nothing, as there is no commission.
    for ago, earned in ((0, 1), (29, 2), (30, 4), (89, 8), (90, 16), (400, -31)):
        await shop.execute(
            "insert into referral_days (referrer_id, day, earned_micro) values ($1, $2, $3) on "
            "conflict (referrer_id, day) do update set earned_micro = excluded.earned_micro",
            ann.id, today - timedelta(days=ago), earned,
        )  # fmt: skip
    month, quarter = await read(shop, ann, 30), await read(shop, ann, 90)
    assert sum(day.earned_micro for day in month.days) == 3
    assert sum(day.earned_micro for day in quarter.days) == 15
    assert (len(month.days), len(quarter.days)) == (30, 90)
    assert month.funnel.earned_micro == quarter.funnel.earned_micro == 0


async def test_people_are_told_by_a_pseudonym_and_nothing_that_is_theirs(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    order = await complete(shop, bob)
    page = await shop.services.invites.list_people(ann.id, limit=10, cursor=None)
    (person,) = page.people
    assert (person.orders, person.earned_micro) == (1, order.price_micro // 10)
    assert person.status is ReferralStatus.ACTIVE
    names = await shop.fetchrow(
        "select r.pseudonym, u.display_name from referrals r join users u on u.id = r.user_id"
    )
    assert person.pseudonym == names["pseudonym"]
    told = repr(page)
    assert bob.id not in told
    assert order.id not in told
    assert names["display_name"] == names["pseudonym"] or names["display_name"] not in told


async def test_the_pages_of_each_list_join_without_gap_or_repetition(
    shop: Shop, ann: Customer
) -> None:
    for number in range(5):
        guest = await shop.customer(cents=1_000, referrer=ann)
        await complete(shop, guest)
        await shop.place(guest)
        await shop.execute(
            "update referrals set pseudonym = $2 where user_id = $1", guest.id, str(number)
        )
    invites = shop.services.invites
    lists: tuple[tuple[Any, str], ...] = (
        (invites.list_people, "people"),
        (invites.list_pending, "pending"),
        (invites.list_movements, "movements"),
    )
    for read_page, rows in lists:
        names: list[str] = []
        cursor: str | None = None
        while True:
            page = await read_page(ann.id, limit=2, cursor=cursor)
            names += [one.pseudonym for one in getattr(page, rows)]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert names == ["4", "3", "2", "1", "0"], rows


async def test_a_place_in_a_list_tells_nothing_and_opens_only_there(
    shop: Shop, ann: Customer
) -> None:
    eve = await shop.customer()
    guests = [await shop.customer(cents=1_000, referrer=ann) for _ in range(3)]
    for guest in guests:
        await shop.place(guest)
    invites = shop.services.invites
    people = await invites.list_people(ann.id, limit=1, cursor=None)
    pending = await invites.list_pending(ann.id, limit=1, cursor=None)
    assert people.next_cursor
    assert pending.next_cursor
    assert not any(guest.id in people.next_cursor for guest in guests)
    for user, cursor in (
        (eve.id, people.next_cursor),
        (ann.id, pending.next_cursor),
        (ann.id, guests[0].id),
        (ann.id, people.next_cursor[:-2]),
        *((ann.id, odd) for odd in ("", "%00", "\0", "é", "x" * 5_000)),
    ):
        with pytest.raises(BadRequest):
            await invites.list_people(user, limit=1, cursor=cursor)
        if cursor != pending.next_cursor:
            with pytest.raises(BadRequest):
                await invites.list_pending(user, limit=1, cursor=cursor)
        with pytest.raises(BadRequest):
            await invites.list_movements(user, limit=1, cursor=cursor)


async def test_nothing_of_one_link_is_seen_by_another_s_owner(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    eve = await shop.customer(cents=1_000)
    mallory = await shop.customer(cents=1_000, referrer=eve)
    await complete(shop, bob)
    await shop.place(bob)
    # Of who invited them, who was invited sees nothing either.
    for other in (eve, bob, mallory):
        invite = await read(shop, other)
        assert (invite.purse.available, invite.purse.pending) == (0, 0)
        assert invite.funnel.earned_micro == 0
        assert sum(day.earned_micro for day in invite.days) == 0
        assert await kinds(shop, other) == []
        assert await reasons(shop, other) == []
    people = await shop.services.invites.list_people(eve.id, limit=10, cursor=None)
    assert [one.orders for one in people.people] == [0]


async def test_what_is_pending_says_why(shop: Shop, ann: Customer, bob: Customer) -> None:
    await shop.place(bob)
    assert await reasons(shop, ann) == [HoldReason.ORDER_OPEN]
    guest = await shop.customer(cents=1_000, referrer=ann, is_judged=False)
    await complete(shop, guest)
    assert await reasons(shop, ann) == [HoldReason.JUDGING, HoldReason.ORDER_OPEN]
    await shop.execute("update referrals set status = 'HELD' where user_id = $1", guest.id)
    assert await reasons(shop, ann) == [HoldReason.UNDER_REVIEW, HoldReason.ORDER_OPEN]
    for reason in (HoldReason.SAME_NETWORK, HoldReason.MANY_SIGN_UPS):
        await shop.execute(
            "update referrals set hold_reason = $2 where user_id = $1", guest.id, reason
        )
        assert await reasons(shop, ann) == [reason, HoldReason.ORDER_OPEN]


async def test_a_link_that_is_suspended_says_so(shop: Shop, ann: Customer) -> None:
    eve = await shop.customer()
    add = (
        "insert into referral_findings (rule, referrer_id, user_id, period, weight, action, "
        "evidence, expires_at) values ($2, $1, '', $3, 0, $4, '{}', now() + $5)"
    )
    hour = timedelta(hours=1)
    await shop.execute(add, ann.id, "R4", "a", "HOLD", hour)
    await shop.execute(add, ann.id, "R4-suspend", "a", "SUSPEND", -hour)
    assert not (await read(shop, ann)).is_suspended
    await shop.execute(add, ann.id, "R4-suspend", "b", "SUSPEND", hour)
    assert (await read(shop, ann)).is_suspended
    assert not (await read(shop, eve)).is_suspended
    # As the database says it, which newcomers are told apart by.
    assert await shop.fetchval("select referral_is_suspended($1)", ann.id)
    await shop.execute("update referral_findings set cleared_at = now(), cleared_by = 'test'")
    assert not (await read(shop, ann)).is_suspended


async def test_what_is_released_moved_and_clawed_back_is_told_in_its_order(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    order = await complete(shop, bob)
    share = MicroUsdt(order.price_micro // 10)
    await shop.services.invites.move(ann.id, share, "one")
    await shop.services.commissions.claw_back(
        OrderId(order.id), actor="command-line", note="a test"
    )
    page = await shop.services.invites.list_movements(ann.id, limit=10, cursor=None)
    assert [(one.kind, one.amount_micro, one.balance_after_micro) for one in page.movements] == [
        (TransferKind.COMMISSION_CLAWED_BACK, -share, -share),
        (TransferKind.COMMISSION_MOVED, -share, 0),
        (TransferKind.COMMISSION_RELEASED, share, share),
    ]
    pseudonym = await shop.fetchval("select pseudonym from referrals")
    assert [one.pseudonym for one in page.movements] == [pseudonym, "", pseudonym]
    assert (await read(shop, ann)).purse.available == -share


async def test_all_of_it_is_moved_to_the_last_part_of_a_cent_and_once(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    share = (await complete(shop, bob)).price_micro // 10
    await shop.services.invites.move(ann.id, MicroUsdt(1), "a part")
    before, move = await shop.balance(ann), shop.services.invites.move
    assert await move(ann.id, None, "all") == share - 1
    await complete(shop, bob)
    # The same request once more: it moved what it moved, and what came since stays.
    assert await move(ann.id, None, "all") == share - 1
    assert await shop.balance(ann) == before + share - 1
    assert (await read(shop, ann)).purse.available == share
    with pytest.raises(IdempotencyConflict):
        await move(ann.id, MicroUsdt(5), "all")


async def test_two_presses_of_one_moment_move_all_of_it_once(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    share = (await complete(shop, bob)).price_micro // 10
    before, move = await shop.balance(ann), shop.services.invites.move
    done = await asyncio.gather(*(move(ann.id, None, "all") for _ in range(8)))
    assert done == [share] * 8
    assert await shop.balance(ann) == before + share


@pytest.mark.parametrize("amount", [None, 1, AMOUNT_MAX, AMOUNT_MAX + 1, 10**30])
async def test_more_than_there_is_is_not_moved(
    shop: Shop, ann: Customer, bob: Customer, amount: int | None
) -> None:
    await shop.place(bob)  # what is pending is not there yet
    with pytest.raises(CommissionTooSmall) as refusal:
        await shop.services.invites.move(
            ann.id, None if amount is None else MicroUsdt(amount), "key"
        )
    assert refusal.value.available == 0
    assert await shop.fetchval("select count(*) from commission_moves") == 0


@pytest.mark.parametrize("amount", [0, -1, -(10**30)])
async def test_no_amount_is_none(shop: Shop, ann: Customer, bob: Customer, amount: int) -> None:
    await complete(shop, bob)
    with pytest.raises(BadRequest):
        await shop.services.invites.move(ann.id, MicroUsdt(amount), "key")


@pytest.mark.parametrize("key", ["", "\0", "a\nb", "x" * (REQUEST_KEY_MAX + 1)])
async def test_a_key_that_is_none_moves_nothing(
    shop: Shop, ann: Customer, bob: Customer, key: str
) -> None:
    share = (await complete(shop, bob)).price_micro // 10
    for amount in (None, MicroUsdt(1)):
        with pytest.raises(BadRequest):
            await shop.services.invites.move(ann.id, amount, key)
    assert (await read(shop, ann)).purse.available == share


async def test_somebody_who_is_banned_moves_nothing(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    await complete(shop, bob)
    await shop.services.identity.ban(ann.id, actor="test", reason="test")
    with pytest.raises(Forbidden):
        await shop.services.invites.move(ann.id, None, "key")


async def test_the_account_tells_what_is_earned_and_what_is_pending(
    shop: Shop, ann: Customer, bob: Customer
) -> None:
    order = await complete(shop, bob)
    share = order.price_micro // 10
    await shop.place(bob)
    account = await shop.services.identity.get_account(ann.id)
    assert (account.commission_micro, account.pending_commission_micro) == (share, share)
    assert account.balance_micro == await shop.balance(ann)
    glance = await shop.services.glances.read(ann.id)
    assert glance is not None
    assert glance.account == account
    of_bob = await shop.services.identity.get_account(bob.id)
    assert (of_bob.commission_micro, of_bob.pending_commission_micro) == (0, 0)


async def test_whose_page_it_is_about_is_told_and_whether_their_balance_changed(
    shop: Shop, ann: Customer, bob: Customer, database_address: str
) -> None:
    heard: list[str] = []
    connection = await asyncpg.connect(database_address)
    await connection.add_listener("commission_changed", lambda *told: heard.append(str(told[-1])))
    try:
        await complete(shop, bob)
        await shop.services.invites.move(ann.id, None, "key")
        await until(lambda: f"{ann.id} balance" in heard)
    finally:
        await connection.close()
    assert set(heard) == {ann.id, f"{ann.id} balance"}


async def test_what_inviting_pays_is_read_with_the_catalogue(shop: Shop) -> None:
    catalog = shop.services.live_catalog
    await catalog.reload()
    assert catalog.current.earning.commission_bp == 1_000
    await shop.services.referral_terms.set(1_250, actor="command-line", note="campaign")
    await catalog.reload()
    assert catalog.current.earning.commission_bp == 1_250
    assert catalog.current.earning.amount_min_micro > catalog.current.earning.fee_min_micro

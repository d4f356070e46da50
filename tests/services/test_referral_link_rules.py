"""Rules about links as a whole, each by its story: bursts, new owners, cancelled orders, clicks."""

from datetime import timedelta

import pytest

from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from tests.support.invitations import Invitations, Place
from tests.support.shop import Customer, Shop


@pytest.fixture
def people(shop: Shop) -> Invitations:
    return Invitations(shop)


@pytest.fixture
async def ann(people: Invitations) -> Customer:
    """Who invites."""
    return await people.join()


async def test_a_burst_of_sign_ups_waits_for_a_person_whole(
    people: Invitations, ann: Customer
) -> None:
    await people.age(ann.id, timedelta(days=365))
    early = await people.join(ann)
    await people.buy(early)
    guests = [await people.join(ann) for _ in range(4)]
    for guest in guests:
        await people.buy(guest)
    assert {await people.status(guest) for guest in (early, *guests)} == {"ACTIVE"}
    sixth = await people.join(ann)
    await people.judge()
    assert await people.link_rules(ann) == ["V1-hour"]
    await people.judge()
    assert {await people.status(guest) for guest in (early, *guests)} == {"HELD"}
    assert await people.status(sixth) == "NEW"
    await people.buy(sixth)
    assert (await people.status(sixth), await people.why(sixth)) == ("HELD", "MANY_SIGN_UPS")
    # Of another day the same link's invitations are none of that.
    later = await people.join(ann)
    await people.age(later.id, timedelta(days=2))
    await people.buy(later)
    assert await people.status(later) == "ACTIVE"


async def test_what_came_by_a_link_over_a_day_adds_up(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    bob = await people.join(ann)
    await shop.execute("update referral_days set sign_ups = 21")
    await people.buy(bob)
    assert await people.link_rules(ann) == ["V1-day"]
    assert await people.why(bob) == "MANY_SIGN_UPS"


async def test_several_out_of_one_address_wait_whoever_invited_them(
    people: Invitations, ann: Customer
) -> None:
    second = await people.join()
    third = [await people.join(ann, Place(address="9.9.9.9")) for _ in range(3)]
    for guest in third:
        await people.buy(guest)
    assert {await people.status(guest) for guest in third} == {"ACTIVE"}
    fourth = await people.join(second, Place(address="9.9.9.9"))
    await people.buy(fourth)
    assert await people.rules(fourth) == ["V1-address"]
    assert (await people.status(fourth), await people.why(fourth)) == ("HELD", "SAME_NETWORK")


async def test_a_new_owner_whose_link_earns_at_once_waits(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    await shop.execute(
        "insert into referral_days (referrer_id, day, first_orders) "
        "values ($1, current_date - 1, 10)",
        ann.id,
    )
    first, second = await people.join(ann), await people.join(ann)
    await people.buy(first)
    assert await people.status(first) == "ACTIVE"
    await people.buy(second)
    await people.judge()
    assert await people.link_rules(ann) == ["V2"]
    assert {await people.status(one) for one in (first, second)} == {"HELD"}


async def cancel(shop: Shop, customer: Customer, number: int) -> None:
    for _ in range(number):
        order = await shop.place(customer)
        await shop.services.orders.cancel(customer.id, order.id)


async def test_many_orders_that_buyers_cancel_wait_for_45_days(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    bob = await people.join(ann)
    for _ in range(7):
        await people.buy(bob)
    await cancel(shop, bob, 2)
    await shop.services.referrals.look_at_links(shop.services.clock.now())
    assert await people.link_rules(ann) == []
    await cancel(shop, bob, 1)
    await shop.services.referrals.look_at_links(shop.services.clock.now())
    await people.judge()
    assert await people.link_rules(ann) == ["R4"]
    assert (await people.status(bob), await people.why(bob)) == ("HELD", "MANY_REFUNDS")
    await people.buy(bob)
    assert (await people.commission(bob))[-1] == "HELD"
    await shop.execute(
        "update referral_findings set expires_at = now(), created_at = now() - interval '45 days'"
    )
    await shop.execute("update referrals set judge_at = now()")
    # The same orders are 45 days old by then, too.
    await shop.damage("update commissions set created_at = created_at - interval '46 days'")
    await people.judge()
    assert await people.status(bob) == "ACTIVE"
    assert (await people.commission(bob))[-1] == "RELEASED"


async def test_the_end_of_a_hold_is_when_it_is_judged_again(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    bob = await people.join(ann)
    for _ in range(7):
        await people.buy(bob)
    await cancel(shop, bob, 3)
    await people.age(bob.id, timedelta(days=2))
    await shop.services.referrals.links.look(ann.id)
    await people.judge()
    assert await shop.fetchval(
        "select r.judge_at = f.expires_at from referrals r, referral_findings f where f.rule = 'R4'"
    )


async def test_a_link_whose_orders_are_mostly_cancelled_brings_nobody(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    bob = await people.join(ann)
    for _ in range(5):
        await people.buy(bob)
    await cancel(shop, bob, 5)
    await shop.services.referrals.links.look(ann.id)
    await people.judge()
    assert await people.link_rules(ann) == ["R4", "R4-suspend"]
    assert await people.status(bob) == "HELD"
    nobody = await people.join(ann)
    assert await shop.fetchval("select referrer_id from users where id = $1", nobody.id) is None
    code = (await shop.services.identity.get_account(ann.id)).referral_code
    click = await shop.services.referrals.clicks.count(code, "8.8.8.8", "a browser")
    assert click == "NOBODY"


async def test_orders_that_receive_nothing_are_nobody_s_fault(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    bob = await people.join(ann)
    for _ in range(3):
        await people.buy(bob)
    for _ in range(9):
        order = await shop.place(bob)
        await shop.services.settlement.refund(
            order.id, OrderStatus.CANCELLED, EndReason.EXPIRED, allowed=[OrderStatus.WAITING]
        )
    await shop.services.referrals.links.look(ann.id)
    assert await people.link_rules(ann) == []


async def test_cancelling_as_much_as_everybody_is_nothing_unusual(
    shop: Shop, people: Invitations, ann: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = await people.join(ann)
    for _ in range(7):
        await people.buy(bob)
    await cancel(shop, bob, 3)
    monkeypatch.setattr("jiema_app.domain.referrals.rules.USUAL_AT_LEAST", 4)
    stranger = await shop.customer()
    await cancel(shop, stranger, 1)
    for _ in range(3):
        await people.order(stranger)
    await shop.services.referrals.links.look(ann.id)
    assert await people.link_rules(ann) == []


async def test_clicks_that_lead_nowhere_are_told_to_a_person_and_hold_nothing(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    bob = await people.join(ann)
    await shop.execute("update referral_days set clicks = 5000")
    await people.buy(bob)
    await people.judge()
    assert await people.link_rules(ann) == ["C3-few"]
    assert await people.status(bob) == "ACTIVE"
    listed = await shop.services.referrals.decisions.list_links()
    assert [one.rule for one in listed] == ["C3-few"]


async def test_links_are_looked_at_once_a_day_when_they_did_anything(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    now = shop.services.clock.now()
    assert await shop.services.referrals.links.run(now) == 0
    bob = await people.join(ann)
    assert await shop.services.referrals.links.run(now) == 1
    await shop.execute("update referral_days set day = day - 3")
    assert await shop.services.referrals.links.run(now) == 0
    await cancel(shop, bob, 1)
    assert await shop.services.referrals.links.run(now) == 1

"""Whoever invites themself earns nothing, by whichever way; and others, who look a little alike, do."""

from datetime import timedelta

import asyncpg
import pytest

from jiema_app.domain.referrals.findings import explain
from tests.support.arrivals import Arrivals
from tests.support.invitations import (
    AGENT,
    OTHER_AGENT,
    OTHER_WALLET,
    WALLET,
    Invitations,
    Place,
    no_withdrawals,
    seconds_ago,
    withdraw_to,
)
from tests.support.shop import Customer, Shop


@pytest.fixture
def people(shop: Shop) -> Invitations:
    return Invitations(shop)


@pytest.fixture
async def ann(people: Invitations) -> Customer:
    """Who invites."""
    return await people.join(place=Place(device="a" * 22))


async def because(shop: Shop, customer: Customer) -> list[str]:
    """What whoever decides reads."""
    view = await shop.services.referrals.decisions.get(customer.id)
    return [explain(one) for one in view.findings]


async def ensure_denied(
    people: Invitations, ann: Customer, bob: Customer, rule: str, reason: str
) -> None:
    """Nothing was earned, nothing will be, and the reason is there to read."""
    assert await people.status(bob) == "DENIED"
    assert rule in await people.rules(bob)
    assert await people.why(bob) == reason
    assert await people.purse(ann) == (0, 0)
    await people.buy(bob)
    assert await people.purse(ann) == (0, 0)
    assert any(one.startswith("denied because") for one in await because(people.shop, bob))


async def test_a_friend_s_orders_are_paid_for(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    bob = await people.join(ann)
    await people.judge()
    assert await people.status(bob) == "NEW"
    order = await people.buy(bob)
    assert await people.status(bob) == "ACTIVE"
    assert await people.rules(bob) == []
    assert await people.purse(ann) == (0, order.price_micro // 10)


async def test_nobody_is_written_down_as_invited_by_themself(shop: Shop, ann: Customer) -> None:
    """S1 is kept by the schema: of an account there is one, and of an identity too."""
    with pytest.raises(asyncpg.CheckViolationError):
        await shop.execute(
            "insert into referrals (user_id, referrer_id, source, pseudonym, pending_account_id, "
            "commission_account_id) values ($1, $1, 'COOKIE', 'x', 1, 1)",
            ann.id,
        )
    with pytest.raises(asyncpg.UniqueViolationError):
        await shop.execute(
            "insert into identities select provider, subject, issuer, $1, now() from identities "
            "where user_id <> $1",
            (await shop.customer()).id,
        )


async def test_one_account_that_was_made_its_own_referrer_by_force_earns_nothing(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    bob = await people.join(ann)
    subject = "select subject from identities where user_id = $1"
    own = await shop.fetchval(subject, bob.id)
    await shop.execute("alter table identities drop constraint identities_pkey")
    await shop.execute("update identities set subject = $1 where user_id = $2", own, ann.id)
    await people.judge()
    await ensure_denied(people, ann, bob, "S1", "SAME_PERSON")


async def test_one_browser_is_one_person(people: Invitations, ann: Customer) -> None:
    bob = await people.join(ann, Place(device="a" * 22))
    await people.judge()
    await ensure_denied(people, ann, bob, "S3", "SAME_DEVICE")


async def test_a_browser_that_is_still_signed_in_as_who_invited_is_known_without_its_number(
    people: Invitations, ann: Customer
) -> None:
    """Whoever signed in before there were such numbers."""
    bob = await people.join(ann, before=ann)
    await people.judge()
    await ensure_denied(people, ann, bob, "S3", "SAME_DEVICE")


async def test_a_browser_that_both_use_later_takes_back_what_was_released(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    bob = await people.join(ann)
    order = await people.buy(bob)
    assert await people.purse(ann) == (0, order.price_micro // 10)
    await people.sign_in(bob, Place(device="a" * 22))
    await people.judge()
    await ensure_denied(people, ann, bob, "S3", "SAME_DEVICE")
    assert await people.commission(bob) == ["CLAWED_BACK"]
    # What the buyer has, and what they bought, is theirs.
    assert not (await shop.services.identity.get_account(bob.id)).is_banned


async def test_one_paying_wallet_is_one_person(
    people: Invitations, ann: Customer, arrivals: Arrivals
) -> None:
    bob = await people.join(ann)
    order = await people.buy(bob)
    await people.pay(arrivals, ann, WALLET)
    await people.judge()
    assert await people.purse(ann) == (0, order.price_micro // 10)
    await people.pay(arrivals, bob, WALLET)
    await people.judge()
    await ensure_denied(people, ann, bob, "S2", "SAME_PERSON")


async def test_another_wallet_is_somebody_else(
    people: Invitations, ann: Customer, arrivals: Arrivals
) -> None:
    bob = await people.join(ann)
    await people.pay(arrivals, ann, WALLET)
    await people.pay(arrivals, bob, OTHER_WALLET)
    await people.buy(bob)
    assert await people.status(bob) == "ACTIVE"


async def test_who_pays_from_where_the_referrer_is_paid_out_to_is_the_referrer(
    shop: Shop, people: Invitations, ann: Customer, arrivals: Arrivals
) -> None:
    bob = await people.join(ann)
    await people.pay(arrivals, bob, WALLET)
    await people.buy(bob)
    assert await people.status(bob) == "ACTIVE"
    await withdraw_to(shop, ann, WALLET)
    async with shop.services.database.transaction() as connection:
        await shop.services.referrals.note_change(connection, ann.id)
    await people.judge()
    await ensure_denied(people, ann, bob, "S2", "SAME_PERSON")
    await no_withdrawals(shop)


async def test_one_address_to_be_paid_out_to_is_one_person(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    bob = await people.join(ann)
    for one in (ann, bob):
        await withdraw_to(shop, one, WALLET)
    await people.judge()
    await ensure_denied(people, ann, bob, "S2", "SAME_PERSON")
    await no_withdrawals(shop)


async def test_an_exchange_s_wallet_alone_says_little(
    people: Invitations, ann: Customer, arrivals: Arrivals
) -> None:
    bob = await people.join(ann)
    for _ in range(5):
        await people.pay(arrivals, await people.join(), WALLET)
    for one in (ann, bob):
        await people.pay(arrivals, one, WALLET)
    await people.buy(bob)
    assert (await people.status(bob), await people.rules(bob)) == ("ACTIVE", ["S2-exchange"])


async def test_friends_of_one_s_own_making_do_not_make_a_wallet_an_exchange_s(
    people: Invitations, ann: Customer, arrivals: Arrivals
) -> None:
    for _ in range(5):
        await people.pay(arrivals, await people.join(ann), WALLET)
    await people.pay(arrivals, ann, WALLET)
    bob = await people.join(ann)
    await people.pay(arrivals, bob, WALLET)
    await people.judge()
    await ensure_denied(people, ann, bob, "S2", "SAME_PERSON")


async def test_one_address_and_one_kind_of_browser_wait_for_a_person(
    people: Invitations, ann: Customer
) -> None:
    at_home = Place(address="8.8.4.4")
    await people.sign_in(ann, at_home)
    bob = await people.join(ann, Place(address="8.8.4.4"))
    order = await people.buy(bob)
    assert (await people.status(bob), await people.why(bob)) == ("HELD", "SAME_NETWORK")
    assert await people.rules(bob) == ["S4", "S4-agent"]
    assert await people.purse(ann) == (order.price_micro // 10, 0)


async def test_a_household_with_browsers_of_several_kinds_is_none_of_our_business(
    people: Invitations, ann: Customer
) -> None:
    await people.sign_in(ann, Place(address="8.8.4.4", agent=OTHER_AGENT))
    bob = await people.join(ann, Place(address="8.8.4.4", agent=AGENT))
    await people.buy(bob)
    assert (await people.status(bob), await people.rules(bob)) == ("ACTIVE", ["S4"])


async def test_a_line_of_ipv6_is_one_address_and_the_one_beside_it_is_not(
    people: Invitations, ann: Customer
) -> None:
    await people.sign_in(ann, Place(address="2606:4700:1:2::1", agent=OTHER_AGENT))
    same = await people.join(ann, Place(address="2606:4700:1:2:ffff::9"))
    other = await people.join(ann, Place(address="2606:4700:1:3::1"))
    await people.judge()
    assert (await people.rules(same), await people.rules(other)) == (["S4"], [])


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "unreadable", "0.0.0.0"])
async def test_an_address_that_is_nobody_s_tells_nobody_apart(
    people: Invitations, ann: Customer, address: str
) -> None:
    await people.sign_in(ann, Place(address=address))
    bob = await people.join(ann, Place(address=address))
    await people.buy(bob)
    assert (await people.status(bob), await people.rules(bob)) == ("ACTIVE", [])


async def test_a_day_apart_an_address_may_be_anybody_s(people: Invitations, ann: Customer) -> None:
    await people.sign_in(ann, Place(address="8.8.4.4"))
    await people.age(ann.id, timedelta(hours=24, minutes=1))
    bob = await people.join(ann, Place(address="8.8.4.4"))
    await people.buy(bob)
    assert (await people.status(bob), await people.rules(bob)) == ("ACTIVE", [])


async def test_who_invited_may_come_to_the_same_address_after_the_first_order(
    people: Invitations, ann: Customer
) -> None:
    """The rules look again when the day around the sign-up is over."""
    bob = await people.join(ann, Place(address="8.8.4.4"))
    first = await people.buy(bob)
    await people.sign_in(ann, Place(address="8.8.4.4"))
    await people.age(bob.id, timedelta(hours=2))
    await people.judge()
    assert await people.status(bob) == "ACTIVE"
    await people.age(bob.id, timedelta(hours=21, minutes=59))
    await people.age(ann.id, timedelta(hours=21, minutes=59))
    assert await people.status(bob) == "ACTIVE"
    await people.age(bob.id, timedelta(minutes=2))
    await people.judge()
    assert await people.status(bob) == "HELD"
    # A suspicion takes back nothing.
    assert await people.purse(ann) == (0, first.price_micro // 10)
    second = await people.buy(bob)
    assert await people.purse(ann) == (second.price_micro // 10, first.price_micro // 10)


async def test_whoever_is_invited_back_by_whom_they_invited_goes_in_a_ring(
    people: Invitations, ann: Customer
) -> None:
    bob = await people.join(ann)
    second_ann = await people.join(bob, Place(device="a" * 22))
    await people.judge()
    await ensure_denied(people, bob, second_ann, "S6", "SAME_PERSON")
    assert await people.rules(bob) == []
    await people.buy(bob)
    assert await people.status(bob) == "ACTIVE"


@pytest.mark.parametrize(("length", "is_ring"), [(2, True), (3, True), (4, False)])
async def test_a_ring_is_followed_for_three_steps(
    people: Invitations, ann: Customer, *, length: int, is_ring: bool
) -> None:
    last = ann
    for _ in range(length):
        last = await people.join(last)
    again = await people.join(last, Place(device="a" * 22))
    await people.judge()
    assert (await people.status(again) == "DENIED") is is_ring


async def test_two_pairs_that_invite_each_other_crosswise_go_in_a_ring(
    people: Invitations, ann: Customer
) -> None:
    """Ann invites Bob, and another account of Bob's invites another one of Ann's."""
    await people.join(ann, Place(device="b" * 22))
    second_bob = await people.join(place=Place(device="b" * 22))
    second_ann = await people.join(second_bob, Place(device="a" * 22))
    await people.judge()
    await ensure_denied(people, second_bob, second_ann, "S6", "SAME_PERSON")


async def test_a_program_that_clicks_and_signs_up_adds_to_what_is_suspected(
    people: Invitations, ann: Customer
) -> None:
    quick = await people.join(ann, clicked_at=seconds_ago(0.5))
    slow = await people.join(ann, clicked_at=seconds_ago(30))
    await people.sign_in(ann, Place(address="8.8.4.4"))
    certain = await people.join(ann, Place(address="8.8.4.4"), clicked_at=seconds_ago(0.5))
    for one in (quick, slow, certain):
        await people.buy(one)
    assert [await people.status(one) for one in (quick, slow, certain)] == [
        "ACTIVE",
        "ACTIVE",
        "DENIED",
    ]
    assert await people.rules(quick) == ["C4"]
    assert await people.why(certain) == "SAME_NETWORK"
    assert await people.commission(certain) == ["REVERSED"]


async def test_a_link_that_was_followed_too_long_ago_brings_nobody(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    fresh = await people.join(ann, clicked_at=seconds_ago(29.9 * 86_400))
    stale = await people.join(ann, clicked_at=seconds_ago(30.1 * 86_400))
    of_tomorrow = await people.join(ann, clicked_at=seconds_ago(-86_400))
    brought = "select referrer_id from users where id = $1"
    assert [await shop.fetchval(brought, one.id) for one in (fresh, stale, of_tomorrow)] == [
        ann.id,
        None,
        None,
    ]

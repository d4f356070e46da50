"""Verdicts: what is released and taken back, once, whoever comes in between."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from jiema_app.bootstrap_referrals import build_referrals
from jiema_app.domain.referrals import verdicts
from jiema_app.domain.referrals.ports import TelegramProfile
from jiema_app.domain.units import MicroUsdt, UserId
from tests.support.interrupted import Died, dying_process
from tests.support.invitations import Invitations, Place
from tests.support.shop import Customer, Shop


@pytest.fixture
def people(shop: Shop) -> Invitations:
    return Invitations(shop)


@pytest.fixture
async def ann(people: Invitations) -> Customer:
    """Who invites."""
    return await people.join(place=Place(device="a" * 22))


async def established(people: Invitations, customer: Customer) -> Customer:
    """The same, with an account for a year."""
    await people.age(customer.id, timedelta(days=365))
    return customer


async def test_what_a_completed_order_earned_is_released_with_the_verdict(
    people: Invitations, ann: Customer
) -> None:
    bob = await people.join(ann)
    order = await people.order(bob)
    assert (await people.commission(bob), await people.status(bob)) == (["HELD"], "NEW")
    await people.judge()
    assert (await people.commission(bob), await people.status(bob)) == (["RELEASED"], "ACTIVE")
    assert await people.purse(ann) == (0, order.price_micro // 10)


async def test_a_judged_invitation_is_not_judged_with_each_order(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    bob = await people.join(ann)
    await people.buy(bob)
    judged = await shop.fetchval("select judged_at from referrals")
    await people.buy(bob)
    assert await shop.fetchval("select judged_at from referrals") == judged
    assert await people.commission(bob) == ["RELEASED", "RELEASED"]


async def test_an_order_that_comes_while_its_sign_up_is_judged_is_judged_too(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    """The judge does not see the order, and the order waits for the judge."""
    bob = await people.join(ann)
    async with shop.services.database.transaction() as connection:
        await connection.fetchrow("select from referrals for update")
        placing = asyncio.create_task(shop.place(bob))
        waits = (
            "select exists (select from pg_stat_activity where wait_event_type = 'Lock' "
            "and datname = current_database())"
        )
        await shop.wait_until(waits)
        await connection.execute("update referrals set judge_at = null")
    await placing
    assert await shop.fetchval("select judge_at <= now() from referrals")


async def test_a_denial_of_that_moment_leaves_an_order_that_earns_nothing(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    bob = await people.join(ann)
    async with shop.services.database.transaction() as connection:
        await connection.fetchrow("select from referrals for update")
        placing = asyncio.create_task(shop.place(bob))
        await shop.wait_until(
            "select exists (select from pg_stat_activity where wait_event_type = 'Lock' "
            "and datname = current_database())"
        )
        await connection.execute("update referrals set status = 'DENIED'")
    await placing
    assert await people.commission(bob) == []


async def test_orders_that_end_while_they_are_judged_all_end_up_released(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    guests = [await people.join(await established(people, ann)) for _ in range(4)]
    orders = [[await shop.place(guest) for _ in range(3)] for guest in guests]
    for order in (one for of_guest in orders for one in of_guest):
        await shop.deliver(order)
    judges = [Invitations(shop).judge() for _ in range(6)]
    ends = [
        shop.services.orders.finish(guest.id, order.id)
        for guest, of_guest in zip(guests, orders, strict=True)
        for order in of_guest
    ]
    await asyncio.gather(*judges, *ends)
    await people.judge()
    for guest in guests:
        assert (await people.status(guest), await people.commission(guest)) == (
            "ACTIVE",
            ["RELEASED"] * 3,
        )


async def test_a_person_and_the_judge_at_one_moment_agree(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    """Whoever comes second sees what the first one wrote: money follows the status."""
    await established(people, ann)
    desk = shop.services.referrals.decisions
    for _ in range(6):
        bob = await people.join(ann)
        order = await shop.place(bob)
        await shop.deliver(order)
        await asyncio.gather(
            shop.services.orders.finish(bob.id, order.id),
            people.judge(),
            desk.deny(bob.id, actor="command-line", note="looked at", claws_back=True),
            people.judge(),
        )
        await people.judge()
        assert await people.status(bob) == "DENIED"
        assert (await people.commission(bob))[0] in {"REVERSED", "CLAWED_BACK"}
    assert await people.purse(ann) == (0, 0)


async def test_a_person_who_clears_and_the_judge_at_one_moment_agree(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    await established(people, ann)
    desk = shop.services.referrals.decisions
    for _ in range(6):
        await people.sign_in(ann, Place(address="8.8.4.4"))
        bob = await people.join(ann, Place(address="8.8.4.4"))
        order = await shop.place(bob)
        await shop.deliver(order)
        await asyncio.gather(
            shop.services.orders.finish(bob.id, order.id),
            people.judge(),
            desk.clear(bob.id, actor="command-line", note="looked at"),
            people.judge(),
            return_exceptions=True,
        )
        await people.judge()
        status, commission = await people.status(bob), await people.commission(bob)
        # What is found after a person has looked counts again.
        assert (status, commission) in [("ACTIVE", ["RELEASED"]), ("HELD", ["HELD"])] or (
            status == "HELD" and commission == ["RELEASED"]
        )


async def test_a_judge_that_dies_after_each_step_has_done_nothing_or_all(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    for blocks in range(10):
        bob = await people.join(ann, Place(device="a" * 22 if blocks % 2 else "b" * 22))
        await people.order(bob)
        dying, database = dying_process(shop, blocks)
        with suppress(Died):
            await dying.referrals.run()
        await people.judge()
        expected = ("DENIED", ["REVERSED"]) if blocks % 2 else ("ACTIVE", ["RELEASED"])
        # Six in an hour wait for a person.
        if blocks >= 5 and not blocks % 2:
            expected = ("HELD", ["HELD"])
        assert (await people.status(bob), await people.commission(bob)) == expected
        if not database.died:
            break
    assert await shop.fetchval("select count(*) from referral_changes") == 0


async def test_more_orders_than_one_transaction_settles_are_settled_by_the_next(
    shop: Shop, people: Invitations, ann: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdicts, "SETTLE_MAX", 2)
    bob = await people.join(ann)
    for _ in range(5):
        await people.order(bob)
    assert await people.commission(bob) == ["HELD"] * 5
    await people.judge()
    assert await people.commission(bob) == ["RELEASED"] * 5
    await people.sign_in(bob, Place(device="a" * 22))
    await people.judge()
    assert await people.commission(bob) == ["CLAWED_BACK"] * 5
    assert await shop.fetchval("select judge_at is null from referrals")


async def test_an_invitation_that_cannot_be_judged_keeps_no_other_from_it(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    class Broken:
        async def profile_of(self, user: UserId) -> TelegramProfile | None:
            if user == broken.id:
                raise ZeroDivisionError
            return None

    broken, bob = await people.join(ann), await people.join(ann)
    for one in (broken, bob):
        await people.order(one)
    services = shop.services
    referrals = build_referrals(b"x", services.database, services.clock, profiles=Broken())
    with pytest.raises(verdicts.NotJudged):
        await referrals.judge.run()
    assert (await people.status(broken), await people.status(bob)) == ("NEW", "ACTIVE")
    assert await referrals.judge.run() == 0
    assert await shop.fetchval(
        "select judge_at > now() from referrals where user_id = $1", broken.id
    )


async def test_a_bare_telegram_account_out_of_a_data_centre_adds_up(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    """Two ports that nothing of ours fills yet."""

    class Hosting:
        def is_hosting(self, address: str) -> bool | None:
            return address == "8.8.8.8"

    class Bare:
        async def profile_of(self, user: UserId) -> TelegramProfile | None:
            return TelegramProfile(has_photo=False, has_username=False)

    services = shop.services
    secret = shop.settings.secret_key.get_secret_value().encode()
    referrals = build_referrals(secret, services.database, services.clock, Hosting(), Bare())
    object.__setattr__(services, "referrals", referrals)
    await people.sign_in(ann, Place(address="8.8.8.8", agent="another"))
    bob = await people.join(ann, Place(address="8.8.8.8"))
    service, country = _cheapest(shop)
    await shop.place(bob, service, country)
    await people.judge()
    assert await people.rules(bob) == ["S4", "S5", "S7-photo", "S7-username"]
    assert (await people.status(bob), await people.why(bob)) == ("HELD", "SAME_NETWORK")


def _cheapest(shop: Shop) -> tuple[str, int]:
    catalog = shop.services.live_catalog.current
    return next(
        (service.code, country.id)
        for service in catalog.services
        for country in catalog.countries
        for quote in catalog.list_quotes(service.code, country.id)
        if quote.price_cents <= 10
    )


async def test_first_orders_are_judged_before_what_is_judged_again(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    old = await people.join(ann)
    await people.buy(old)
    await shop.execute("update referrals set judge_at = now() - interval '1 hour'")
    fresh = await people.join(ann)
    await shop.place(fresh)
    assert await shop.services.referrals.judge._judge_next()
    assert (await people.status(fresh), await people.status(old)) == ("ACTIVE", "ACTIVE")
    assert await shop.fetchval("select judge_at < now() from referrals where user_id = $1", old.id)


async def test_a_share_of_nothing_is_nothing_to_judge(
    shop: Shop, people: Invitations, ann: Customer
) -> None:
    await shop.services.referral_terms.set(0, actor="command-line", note="none")
    bob = await people.join(ann)
    await people.buy(bob)
    assert (await people.status(bob), await people.commission(bob)) == ("NEW", [])
    assert await people.purse(ann) == (MicroUsdt(0), MicroUsdt(0))

"""What people decide about invitations: cleared is cleared, denied is denied, and all is audited."""

from datetime import timedelta

import pytest

from jiema_app.domain.errors import BadRequest, Forbidden, NotFound, NotOpen
from jiema_app.domain.models.user import Role
from jiema_app.domain.referrals.decisions import ReferralDecisions
from jiema_app.domain.referrals.findings import explain
from jiema_app.domain.units import UserId
from tests.support.arrivals import Arrivals
from tests.support.invitations import WALLET, Invitations, Place
from tests.support.shop import Customer, Shop

SHELL = "command-line"


@pytest.fixture
def people(shop: Shop) -> Invitations:
    return Invitations(shop)


@pytest.fixture
def desk(shop: Shop) -> ReferralDecisions:
    return shop.services.referrals.decisions


@pytest.fixture
async def ann(people: Invitations) -> Customer:
    """Who invites."""
    return await people.join(place=Place(device="a" * 22))


@pytest.fixture
async def held(people: Invitations, ann: Customer) -> Customer:
    """Somebody whose first order waits for a person."""
    await people.sign_in(ann, Place(address="8.8.4.4"))
    guest = await people.join(ann, Place(address="8.8.4.4"))
    await people.buy(guest)
    return guest


async def audited(shop: Shop) -> list[str]:
    found = await shop.fetchval(
        "select array_agg(action || ' ' || (details ->> 'note') order by id) from audit_records "
        "where action like 'referral%'"
    )
    return list(found or ())


async def test_what_waits_is_listed_and_explained(
    people: Invitations, desk: ReferralDecisions, ann: Customer, held: Customer
) -> None:
    await people.buy(await people.join(ann))
    [waiting] = await desk.list(held_only=True)
    assert (waiting.user_id, waiting.score, waiting.hold_reason) == (held.id, 70, "SAME_NETWORK")
    assert len(await desk.list()) == 2
    view = await desk.get(held.id)
    assert view.held_micro > 0
    assert (view.pending_micro, view.referrer_id) == (0, ann.id)
    told = [explain(one) for one in view.findings]
    assert all(one.startswith("suspected because who invited signed in") for one in told)
    with pytest.raises(NotFound):
        await desk.get(ann.id)


async def test_clearing_releases_and_is_not_found_again(
    shop: Shop, people: Invitations, desk: ReferralDecisions, ann: Customer, held: Customer
) -> None:
    pending, _ = await people.purse(ann)
    await desk.clear(held.id, actor=SHELL, note="they are siblings")
    assert await people.purse(ann) == (0, pending)
    assert (await people.status(held), await people.why(held)) == ("ACTIVE", None)
    await people.sign_in(ann, Place(address="8.8.4.4"))
    await people.judge()
    assert await people.status(held) == "ACTIVE"
    view = await desk.get(held.id)
    assert {one.cleared_by for one in view.findings} == {SHELL}
    assert await audited(shop) == ["referral.clear they are siblings"]
    with pytest.raises(NotOpen):
        await desk.clear(held.id, actor=SHELL, note="again")


async def test_what_is_found_after_it_was_cleared_counts(
    people: Invitations,
    desk: ReferralDecisions,
    ann: Customer,
    held: Customer,
    arrivals: Arrivals,
) -> None:
    await desk.clear(held.id, actor=SHELL, note="they are siblings")
    for one in (ann, held):
        await people.pay(arrivals, one, WALLET)
    await people.judge()
    assert (await people.status(held), await people.why(held)) == ("DENIED", "SAME_PERSON")
    assert await people.purse(ann) == (0, 0)


async def test_denying_reverses_what_waits_and_leaves_what_was_released(
    shop: Shop, people: Invitations, desk: ReferralDecisions, ann: Customer
) -> None:
    bob = await people.join(ann)
    first = await people.buy(bob)
    share = first.price_micro // 10
    await shop.place(bob)
    assert await people.purse(ann) == (share, share)
    await desk.deny(bob.id, actor=SHELL, note="not a person")
    assert await people.purse(ann) == (0, share)
    assert await people.commission(bob) == ["RELEASED", "REVERSED"]
    reasons = "select array_agg(reason || ' ' || decided_by) from commissions where reason <> ''"
    assert await shop.fetchval(reasons) == [f"not a person {SHELL}"]
    with pytest.raises(NotOpen):
        await desk.deny(bob.id, actor=SHELL, note="again")
    await desk.deny(bob.id, actor=SHELL, note="all of it", claws_back=True)
    assert await people.purse(ann) == (0, 0)
    assert await audited(shop) == ["referral.deny not a person", "referral.deny all of it"]
    await people.judge()
    assert await people.status(bob) == "DENIED"


async def test_what_was_denied_by_mistake_earns_from_then_on(
    people: Invitations, desk: ReferralDecisions, ann: Customer
) -> None:
    bob = await people.join(ann, Place(device="a" * 22))
    await people.judge()
    assert await people.status(bob) == "DENIED"
    await people.buy(bob)
    await desk.clear(bob.id, actor=SHELL, note="a library's computer")
    order = await people.buy(bob)
    assert await people.purse(ann) == (0, order.price_micro // 10)


async def test_clearing_a_link_has_everything_judged_that_it_held(
    shop: Shop, people: Invitations, desk: ReferralDecisions, ann: Customer
) -> None:
    await people.age(ann.id, timedelta(days=90))
    guests = [await people.join(ann) for _ in range(6)]
    for guest in guests:
        await people.buy(guest)
    await people.judge()
    assert {await people.status(guest) for guest in guests} == {"HELD"}
    [found] = await desk.list_links()
    assert explain(found).startswith("held because 6 people signed up by this link from ")
    # One may be let go of by itself.
    await desk.clear(guests[0].id, actor=SHELL, note="known")
    await people.judge()
    assert [await people.status(guest) for guest in guests[:2]] == ["ACTIVE", "HELD"]
    assert await desk.clear_link(ann.id, actor=SHELL, note="a newsletter") == ["V1-hour"]
    await people.judge()
    assert {await people.status(guest) for guest in guests} == {"ACTIVE"}
    assert {tuple(await people.commission(guest)) for guest in guests} == {("RELEASED",)}
    assert await desk.list_links() == []
    assert [one.cleared_by for one in await desk.list_about_link(ann.id)] == [SHELL]
    # The same burst is not found again.
    seventh = await people.join(ann)
    await people.buy(seventh)
    assert await people.status(seventh) == "ACTIVE"
    with pytest.raises(NotOpen):
        await desk.clear_link(ann.id, actor=SHELL, note="again")


async def test_only_administrators_decide_and_none_about_their_own(
    shop: Shop, people: Invitations, desk: ReferralDecisions, ann: Customer, held: Customer
) -> None:
    stranger = await shop.customer()
    await shop.execute(
        "insert into referral_findings (rule, referrer_id, weight, action, evidence) "
        "values ('V2', $1, 0, 'HOLD', '{}')",
        ann.id,
    )
    for role, who in ((Role.USER, stranger), (Role.ADMIN, ann), (Role.ADMIN, held)):
        await shop.services.identity.grant(who.id, role, actor=SHELL)
        for decide in (desk.clear, desk.deny):
            with pytest.raises(Forbidden):
                await decide(held.id, actor=who.id, note="mine")
        with pytest.raises(Forbidden):
            await desk.clear_link(ann.id, actor=who.id, note="mine")
    assert await people.status(held) == "HELD"
    assert await audited(shop) == []
    await shop.services.identity.grant(stranger.id, Role.ADMIN, actor=SHELL)
    await desk.clear_link(ann.id, actor=stranger.id, note="fine")
    await desk.clear(held.id, actor=stranger.id, note="fine")
    assert await people.status(held) == "ACTIVE"


@pytest.mark.parametrize("note", ["", " ", "x" * 501, "\u202e"])
async def test_a_decision_says_why(
    people: Invitations, desk: ReferralDecisions, ann: Customer, held: Customer, note: str
) -> None:
    for decide in (desk.clear, desk.deny):
        with pytest.raises(BadRequest):
            await decide(held.id, actor=SHELL, note=note)
    with pytest.raises(BadRequest):
        await desk.clear_link(ann.id, actor=SHELL, note=note)
    assert await people.status(held) == "HELD"


async def test_nobody_s_invitation_is_not_there(desk: ReferralDecisions, ann: Customer) -> None:
    for user in (ann.id, UserId("c" * 25)):
        for decide in (desk.clear, desk.deny):
            with pytest.raises(NotFound):
                await decide(user, actor=SHELL, note="no")
    with pytest.raises(NotFound):
        await desk.list_about_link(ann.id)

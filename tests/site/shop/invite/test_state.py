"""The invite page, as its state tells it to its owner, and to nobody else."""

import re

import pytest

from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.units import OrderId
from jiema_app.serving.member_pages import find_member_page
from jiema_app.serving.page_server import OWN, PageServer
from jiema_app.site.account.overview.state import AccountState
from jiema_app.site.live_registry import LIVE_PARTS
from jiema_app.site.shop.invite.state import ROWS, InviteState
from jiema_app.site.states.live_pages import commission_topic, orders_topic
from jiema_app.site.states.member_page import FAILED, GUEST, MEMBER
from jiema_app.site.states.page_services import close_page_services, page_services
from jiema_app.site.states.visitor import Session
from tests.support.built_pages import page_server
from tests.support.polling import until
from tests.support.shop import Customer, Shop
from tests.support.visits import Browser, Pages, sign_in

INVITE = "/en/invite"
SLOTS = b"<!--slot:own--><!--slot:invite-lead--><!--slot:invite-about-->"


@pytest.fixture
async def ann(shop: Shop) -> Customer:
    """Who invites."""
    return await shop.customer(cents=1_000)


@pytest.fixture
async def bob(shop: Shop, ann: Customer) -> Customer:
    """Whom she invited."""
    return await shop.customer(cents=1_000, referrer=ann)


async def complete(shop: Shop, customer: Customer) -> OrderView:
    order = await shop.place(customer)
    await shop.deliver(order)
    return await shop.services.orders.finish(customer.id, order.id)


async def open_page(
    shop: Shop, pages: Pages, customer: Customer, address: str = INVITE
) -> InviteState:
    return await (await sign_in(shop, pages, customer.id)).open(InviteState, address)


def dollars(micro: int) -> str:
    return f"${micro / 1_000_000:.6f}".rstrip("0")


async def test_the_owner_sees_their_link_and_what_came_of_it(
    shop: Shop, pages: Pages, ann: Customer, bob: Customer
) -> None:
    share = (await complete(shop, bob)).price_micro // 10
    await shop.place(bob)
    page = await open_page(shop, pages, ann)
    code = (await shop.services.identity.get_account(ann.id)).referral_code
    assert page.access == MEMBER
    assert page.link.url == f"{shop.settings.origin}/r/{code}"
    assert (page.purse.available, page.purse.pending) == (dollars(share), dollars(share))
    assert [step.value for step in page.steps[:3]] == ["0", "1", "1"]
    assert [(row.orders, row.earned) for row in page.people] == [("1 order", dollars(share))]
    assert [row.reason for row in page.pending] == ["The order is still open"]
    assert [row.amount for row in page.movements] == [f"+{dollars(share)}"]
    assert (len(page.chart.bars), page.days) == (1, 30)


async def test_a_guest_and_a_stranger_see_nothing_of_it(
    shop: Shop, pages: Pages, ann: Customer, bob: Customer
) -> None:
    await complete(shop, bob)
    code = (await shop.services.identity.get_account(ann.id)).referral_code
    for cookie in ("", "sid=", "sid=nonsense"):
        page = await Browser(pages, cookie).open(InviteState, INVITE)
        assert (page.access, page.link.url, page.people, page.purse.available) == (
            GUEST,
            "",
            [],
            "",
        )
    stranger = await open_page(shop, pages, await shop.customer())
    shown = repr(stranger.dict())
    assert code not in shown
    assert (stranger.people, stranger.pending, stranger.movements) == ([], [], [])
    assert stranger.purse.available == "$0.00"


async def test_nothing_on_the_page_is_an_id_of_somebody_else_s(
    shop: Shop, pages: Pages, ann: Customer, bob: Customer
) -> None:
    order = await complete(shop, bob)
    open_one = await shop.place(bob)
    page = await open_page(shop, pages, ann)
    shown = repr(page.dict())
    for secret in (bob.id, order.id, open_one.id, ann.id):
        assert secret not in shown


async def test_a_session_that_has_ended_leaves_nothing(
    shop: Shop, pages: Pages, ann: Customer, bob: Customer
) -> None:
    await complete(shop, bob)
    page = await open_page(shop, pages, ann)
    assert page.people
    await shop.services.sessions.close_all(ann.id)
    await page.refresh()
    assert (page.access, page.link.url, page.people, page.move_key) == (GUEST, "", [], "")


async def test_what_changes_reaches_the_open_page_of_its_owner_and_no_other(
    shop: Shop, pages: Pages, ann: Customer, bob: Customer
) -> None:
    mine = await open_page(shop, pages, ann)
    account = await (await sign_in(shop, pages, ann.id)).open(AccountState, "/en/account")
    others = await open_page(shop, pages, await shop.customer())
    before, key = mine.purse.pending, others.move_key
    share = (await shop.place(bob)).price_micro // 10
    page_services().live.announce(commission_topic(ann.id))
    await until(lambda: mine.purse.pending == account.pending_commission == dollars(share))
    assert (before, others.purse.pending) == ("$0.00", "$0.00")
    assert others.move_key == key  # it was not even read anew
    # An order of one's own is none of this page's business.
    key = mine.move_key
    page_services().live.announce(orders_topic(ann.id))
    await until(lambda: True)
    assert mine.move_key == key


async def test_the_account_page_tells_commission_and_leads_on(
    shop: Shop, pages: Pages, ann: Customer, bob: Customer
) -> None:
    page = await (await sign_in(shop, pages, ann.id)).open(AccountState, "/en/account")
    assert (page.commission, page.pending_commission) == ("$0.00", "")
    order = await complete(shop, bob)
    share = order.price_micro // 10
    await shop.place(bob)
    await page.refresh()
    assert (page.commission, page.pending_commission) == (dollars(share), dollars(share))
    await shop.services.invites.move(ann.id, None, "all")
    await shop.services.commissions.claw_back(
        OrderId(order.id), actor="command-line", note="a test"
    )
    await page.refresh()
    assert page.commission == f"-{dollars(share)}"


async def test_what_was_moved_is_seen_at_the_top_and_in_the_statement(
    shop: Shop, pages: Pages, ann: Customer, bob: Customer
) -> None:
    share = (await complete(shop, bob)).price_micro // 10
    await shop.services.invites.move(ann.id, None, "all")
    browser = await sign_in(shop, pages, ann.id)
    top = await browser.open(Session, INVITE)
    assert top.balance == f"${(10_000_000 + share) / 1_000_000:.6f}".rstrip("0")
    account = await browser.open(AccountState, "/en/account")
    newest = account.recent[0]
    assert (newest.kind, newest.amount) == ("Commission moved to balance", f"+{dollars(share)}")
    assert (newest.about, newest.href) == ("Invite & earn", "/en/invite")


async def test_lists_go_on_each_by_itself(shop: Shop, pages: Pages, ann: Customer) -> None:
    for number in range(ROWS + 2):
        guest = await shop.customer(cents=1_000, referrer=ann)
        await shop.place(guest)
        await shop.execute(
            "update referrals set pseudonym = $2 where user_id = $1", guest.id, str(number)
        )
    browser = await sign_in(shop, pages, ann.id)
    first = await browser.open(InviteState, f"{INVITE}?days=90")
    assert (first.days, first.people_ways.newest, first.movements_ways.older) == (90, "", "")
    assert first.people_ways.older.startswith(f"{INVITE}?days=90&people=")
    assert first.people_ways.older.endswith("#people")
    second = await browser.open(InviteState, first.people_ways.older.partition("#")[0])
    assert [row.name for row in second.people] == ["1", "0"]
    assert second.people_ways.newest == f"{INVITE}?days=90#people"
    # The other list stays where it was, and its ways keep this one's place.
    assert [row.name for row in second.pending] == [row.name for row in first.pending]
    assert "people=" in second.pending_ways.older
    assert second.people_ways.older == ""


@pytest.mark.parametrize("place", ["nonsense", "%00", "c" + "0" * 24, "x" * 5_000])
async def test_a_place_in_a_list_that_was_never_given_out_is_said_to_be_none(
    shop: Shop, pages: Pages, ann: Customer, bob: Customer, place: str
) -> None:
    assert bob.id
    page = await open_page(
        shop, pages, ann, f"{INVITE}?people={place}&pending={place}&earnings={place}&days={place}"
    )
    assert page.access == MEMBER
    for ways in (page.people_ways, page.pending_ways, page.movements_ways):
        assert ways.problem == "This page of the list doesn't exist."
        assert ways.newest
        assert len(ways.newest) < 500
    assert (page.people, page.days) == ([], 30)
    assert page.link.url


async def test_somebody_else_s_place_is_none_of_mine(
    shop: Shop, pages: Pages, ann: Customer
) -> None:
    for _ in range(ROWS + 1):
        await shop.customer(referrer=ann)
    older = (await open_page(shop, pages, ann)).people_ways.older
    assert older
    stranger = await open_page(shop, pages, await shop.customer(), older.partition("#")[0])
    assert stranger.people_ways.problem
    assert stranger.people == []


async def test_a_page_that_cannot_be_read_says_so(shop: Shop, pages: Pages, ann: Customer) -> None:
    browser = await sign_in(shop, pages, ann.id)
    page = browser.hold(InviteState, INVITE)
    close_page_services()
    await page.load()
    assert page.access == FAILED


# For a browser without scripts.


@pytest.fixture
def built() -> PageServer:
    """The page, with nothing on it but its slots."""
    # Not as its text, which is its title, too.
    return page_server(
        {"invite": "invite"},
        {"invite": LIVE_PARTS["invite"]},
        change=lambda _page, html: html.replace(b"</body>", SLOTS + b"</body>"),
    )


async def plain(built: PageServer, cookie: str) -> str:
    found = await find_member_page(built, INVITE, b"plain", cookie)
    assert found is not None
    assert dict(found.headers)[b"cache-control"] == b"private, no-store"
    return found.content.decode()


async def test_without_scripts_the_owner_has_everything_and_can_move_it(
    shop: Shop, pages: Pages, built: PageServer, ann: Customer, bob: Customer
) -> None:
    share = (await complete(shop, bob)).price_micro // 10
    await shop.place(bob)
    html = await plain(built, (await sign_in(shop, pages, ann.id)).cookie)
    code = (await shop.services.identity.get_account(ann.id)).referral_code
    assert f"/r/{code}" in html
    assert html.count('action="/api/shop/commission/moves"') == 2
    keys = re.findall(r'name="key" value="(c[0-9a-z]{24})"', html)
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert dollars(share) in html
    assert "The order is still open" in html
    assert '<rect x="' in html
    assert bob.id not in html
    # What everybody reads stands there too, and another reading has another key.
    assert "How it works" in html
    assert "10%" in html
    again = await plain(built, (await sign_in(shop, pages, ann.id)).cookie)
    assert keys[0] not in again
    # Nothing of it stands where scripts run.
    assert code not in re.sub(r"<noscript>.*?</noscript>", "", html, flags=re.DOTALL)


async def test_without_scripts_a_stranger_and_a_guest_see_nothing_of_it(
    shop: Shop, pages: Pages, built: PageServer, ann: Customer, bob: Customer
) -> None:
    await complete(shop, bob)
    code = (await shop.services.identity.get_account(ann.id)).referral_code
    pseudonym = await shop.fetchval("select pseudonym from referrals")
    stranger = await sign_in(shop, pages, (await shop.customer()).id)
    for cookie in (stranger.cookie, "", "sid=nonsense"):
        html = await plain(built, cookie)
        assert code not in html
        assert pseudonym not in html
        assert "How it works" in html
    # With nothing to move there is no form to move it.
    assert "/api/shop/commission/moves" not in await plain(built, stranger.cookie)


async def test_the_page_for_everybody_holds_nothing_of_anybody(built: PageServer) -> None:
    found = await built.find(INVITE)
    assert found is not None
    html = found.content.decode()  # type: ignore[union-attr]
    assert f"<!--slot:{OWN}-->" not in html
    assert "How it works" in html
    assert "http-equiv" not in html  # a crawler without scripts is led nowhere

"""The page of signed-in browsers, as its state tells it."""

from jiema_app.site.account.api_keys.state import ApiKeysState
from jiema_app.site.account.sessions.state import SessionsState
from jiema_app.site.states.member_page import GUEST, MEMBER
from jiema_app.site.states.page_services import page_services
from tests.support.polling import until_told
from tests.support.shop import Shop
from tests.support.visits import PHONE, Pages, sign_in

KEYS = "/en/account/api-keys"
SESSIONS = "/en/account/sessions"


async def test_the_browsers_are_listed_with_this_one_first(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    laptop = await sign_in(shop, pages, ann.id)
    await sign_in(shop, pages, ann.id, PHONE)
    page = await laptop.open(SessionsState, SESSIONS)
    assert page.access == MEMBER
    assert [(row.device, row.is_current) for row in page.rows] == [
        ("Firefox on Linux", True),
        ("Chrome on Android", False),
    ]


async def test_another_browser_is_signed_out_at_once(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    laptop = await sign_in(shop, pages, ann.id)
    phone = await sign_in(shop, pages, ann.id, PHONE)
    elsewhere = await phone.open(ApiKeysState, KEYS)
    page = await laptop.open(SessionsState, SESSIONS)
    await page.sign_out(page.rows[1].id)
    assert page.done == "That browser is signed out."
    assert [row.device for row in page.rows] == ["Firefox on Linux"]
    await elsewhere.create({"name": "too late"})
    assert (elsewhere.access, elsewhere.token) == (GUEST, "")


async def test_open_pages_notice_that_they_were_signed_out(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    phone = await sign_in(shop, pages, ann.id, PHONE)
    elsewhere = await phone.open(SessionsState, SESSIONS)
    await shop.services.sessions.close_all(ann.id)

    async def is_guest() -> bool:
        return elsewhere.access == GUEST

    page_services().live.announce(f"user:{ann.id}")
    await until_told(is_guest)
    assert elsewhere.rows == []


async def test_a_stranger_s_event_signs_nobody_out(shop: Shop, pages: Pages) -> None:
    ann, eve = await shop.customer(), await shop.customer()
    hers = await sign_in(shop, pages, ann.id)
    victim = await hers.open(SessionsState, SESSIONS)
    page = await (await sign_in(shop, pages, eve.id)).open(SessionsState, SESSIONS)
    await page.sign_out(victim.rows[0].id)
    assert page.problem == "It doesn't exist, or it belongs to another account."
    await victim.refresh()
    assert victim.access == MEMBER

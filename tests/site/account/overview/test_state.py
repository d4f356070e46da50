"""The account page and the statement, as their states tell them."""

import pytest

from jiema_app.domain.identity.service import DISPLAY_NAME_MAX
from jiema_app.site.account.overview.state import AccountState
from jiema_app.site.states.member_page import FAILED, GUEST, MEMBER
from jiema_app.site.states.page_services import close_page_services
from tests.support.shop import Shop
from tests.support.visits import Browser, Pages, sign_in

ACCOUNT = "/en/account"


async def test_the_account_page_shows_balance_name_and_latest_movements(
    shop: Shop, pages: Pages
) -> None:
    ann = await shop.customer(cents=2_000)
    order = await shop.place(ann)
    browser = await sign_in(shop, pages, ann.id)
    page = await browser.open(AccountState, ACCOUNT)
    account = await shop.services.identity.get_account(ann.id)
    assert page.access == MEMBER
    assert page.name == account.display_name
    assert page.balance == f"${account.balance_micro / 1_000_000:.2f}"
    assert [row.kind for row in page.recent] == ["Order placed", "Sandbox credit"]
    assert page.recent[0].about == "Telegram · Malaysia"
    assert page.recent[0].href == f"/en/order/{order.id}"
    assert page.recent[0].amount == f"-${order.price_micro / 1_000_000:.2f}"
    assert (page.recent[1].amount, page.recent[1].is_credit) == ("+$20.00", True)


async def test_a_guest_sees_nothing(shop: Shop, pages: Pages) -> None:
    for cookie in ("", "sid=", "sid=nonsense"):
        page = await Browser(pages, cookie).open(AccountState, ACCOUNT)
        assert page.access == GUEST
        assert (page.balance, page.name, page.recent) == ("", "", [])


async def test_a_new_name_is_kept_in_one_line(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    page = await (await sign_in(shop, pages, ann.id)).open(AccountState, ACCOUNT)
    await page.rename({"name": "  Ann \n of   Ipoh "})
    assert (page.name, page.name_problem, page.name_done) == ("Ann of Ipoh", "", "Saved.")
    assert (await shop.services.identity.get_account(ann.id)).display_name == "Ann of Ipoh"


@pytest.mark.parametrize("name", ["", "   ", "x" * (DISPLAY_NAME_MAX + 1), "a\u202eb", None])
async def test_a_name_that_cannot_be_read_is_refused_at_its_field(
    shop: Shop, pages: Pages, name: str | None
) -> None:
    ann = await shop.customer()
    page = await (await sign_in(shop, pages, ann.id)).open(AccountState, ACCOUNT)
    before = page.name
    await page.rename({} if name is None else {"name": name})
    assert page.name_problem == "Use 1 to 60 visible characters."
    assert (page.name, page.name_done) == (before, "")
    assert (await shop.services.identity.get_account(ann.id)).display_name == before


async def test_a_chosen_language_is_kept_and_the_page_offered_in_it(
    shop: Shop, pages: Pages
) -> None:
    ann = await shop.customer()
    page = await (await sign_in(shop, pages, ann.id)).open(AccountState, ACCOUNT)
    await page.choose_language({"lang": "zh"})
    assert (page.lang_problem, page.lang_offer, page.lang_offer_text) == (
        "", "zh", "Switch the site to 中文 too",
    )  # fmt: skip
    assert (await shop.services.identity.get_account(ann.id)).lang == "zh"
    await page.choose_language({"lang": "en"})
    assert page.lang_offer == ""
    await page.choose_language({"lang": "../xx"})
    assert page.lang_problem == "Choose a language from the list."
    assert (await shop.services.identity.get_account(ann.id)).lang == "en"


async def test_nothing_changes_once_the_session_has_ended(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    page = await (await sign_in(shop, pages, ann.id)).open(AccountState, ACCOUNT)
    before = page.name
    await shop.services.sessions.close_all(ann.id)
    await page.rename({"name": "Somebody else"})
    assert page.access == GUEST
    assert (page.balance, page.name, page.recent) == ("", "", [])
    assert (await shop.services.identity.get_account(ann.id)).display_name == before


async def test_a_banned_visitor_is_nobody(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    page = await (await sign_in(shop, pages, ann.id)).open(AccountState, ACCOUNT)
    await shop.services.identity.ban(ann.id, actor="test", reason="a test")
    shop.services.sessions.forget(ann.id)
    await page.refresh()
    assert (page.access, page.balance) == (GUEST, "")


async def test_many_changes_in_a_minute_are_refused_kindly(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    page = await (await sign_in(shop, pages, ann.id)).open(AccountState, ACCOUNT)
    for number in range(shop.settings.limits.writes_per_minute + 1):
        await page.rename({"name": f"Ann {number}"})
    assert page.name_problem == "You've reached the limit for now. Try again in 1 minute."


async def test_a_page_that_cannot_be_read_says_so(shop: Shop, pages: Pages) -> None:
    browser = await sign_in(shop, pages, (await shop.customer()).id)
    page = browser.hold(AccountState, ACCOUNT)
    close_page_services()
    await page.load()
    assert page.access == FAILED

"""The page to top up, as its state tells it."""

from decimal import Decimal

import pytest

from jiema_app.domain.catalog.routes import Route
from jiema_app.domain.catalog.snapshot import CountryView, ServiceView
from jiema_app.domain.compliance.classes import ComplianceClass
from jiema_app.domain.units import Cents, CountryId, MicroUsdt, ServiceCode
from jiema_app.settings import RechargeSettings
from jiema_app.site.account.topup.state import PAGE_ROWS, TopUpState
from jiema_app.site.account.wish import wish_card
from jiema_app.site.states.member_page import FAILED, GUEST, MEMBER
from jiema_app.site.states.page_services import close_page_services
from tests.support.payments import open_recharge, pay
from tests.support.shop import Shop
from tests.support.visits import Browser, Pages, sign_in

TOPUP = "/en/account/topup"


async def test_the_page_to_top_up_leads_to_what_is_open_and_lists_the_rest(
    shop: Shop, pages: Pages
) -> None:
    ann, bob = await shop.customer(cents=0), await shop.customer(cents=0)
    first = await open_recharge(shop, ann)
    await pay(shop, first, 9)
    second = await open_recharge(shop, ann, 20)
    await open_recharge(shop, bob, 50)
    page = await (await sign_in(shop, pages, ann.id)).open(TopUpState, TOPUP)
    assert page.access == MEMBER
    assert (page.open_href, page.open_amount) == (f"{TOPUP}/{second.id}", "20.00 USDT")
    assert page.open_until == int(second.closes_at.timestamp())
    assert [(row.amount, row.received, row.status_word, row.oddity) for row in page.rows] == [
        ("20.00 USDT", "", "Waiting for payment", ""),
        ("10.00 USDT", "9.00 USDT", "In review", "Too little arrived"),
    ]
    await shop.services.recharges.cancel(ann.id, second.id)
    await page.refresh()
    assert (page.open_href, page.rows[0].status_word) == ("", "Cancelled")


async def test_a_guest_is_shown_no_list(shop: Shop, pages: Pages) -> None:
    await open_recharge(shop, await shop.customer(cents=0))
    page = await Browser(pages).open(TopUpState, TOPUP)
    assert (page.access, page.rows, page.open_href) == (GUEST, [], "")


async def test_the_pages_of_the_list_join_without_gap_or_repetition(
    shop: Shop, pages: Pages
) -> None:
    ann = await shop.customer(cents=0)
    made = []
    for _ in range(PAGE_ROWS + 2):
        recharge = await open_recharge(shop, ann)
        made.append(recharge.id)
        await pay(shop, recharge, 10)
    browser = await sign_in(shop, pages, ann.id)
    first = await browser.open(TopUpState, TOPUP)
    second = await browser.open(TopUpState, first.older)
    assert [row.id for row in (*first.rows, *second.rows)] == made[::-1]
    assert (first.has_newer, second.has_newer, second.older) == (False, True, "")


@pytest.mark.parametrize("before", ["nonsense", "c", "%00"])
async def test_a_place_in_the_list_that_was_never_given_out_is_said_to_be_none(
    shop: Shop, pages: Pages, before: str
) -> None:
    browser = await sign_in(shop, pages, (await shop.customer()).id)
    page = await browser.open(TopUpState, f"{TOPUP}?before={before}")
    assert page.problem == "This page of the list doesn't exist."


async def test_a_list_that_cannot_be_read_says_so(shop: Shop, pages: Pages) -> None:
    browser = await sign_in(shop, pages, (await shop.customer()).id)
    page = browser.hold(TopUpState, TOPUP)
    close_page_services()
    await page.load()
    assert page.access == FAILED


async def test_who_came_for_something_is_told_what_is_missing(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer(cents=5)
    browser = await sign_in(shop, pages, ann.id)
    page = await browser.open(TopUpState, f"{TOPUP}?for=telegram.my")
    assert (page.wish.service_name, page.wish.country_name) == ("Telegram", "Malaysia")
    assert page.wish.preset == "1"
    missing = page.wish.cents - 5
    assert page.wish.lack.startswith(
        f"Your balance is $0.05, so you need ${missing / 100:.2f} more."
    )
    nonsense = await browser.open(TopUpState, f"{TOPUP}?for=telegram.{'x' * 500}")
    assert nonsense.wish.service_name == ""
    rich = await shop.customer()
    page = await (await sign_in(shop, pages, rich.id)).open(TopUpState, f"{TOPUP}?for=telegram.my")
    assert (page.wish.lack, page.wish.preset, page.wish.price) != ("", "", "")
    assert page.wish.lack == ""


def test_the_amount_that_is_preset_is_whole_and_within_the_limits() -> None:
    service = ServiceView(
        ServiceCode("tg"), "telegram", "Telegram", "x", 1, (), ComplianceClass.ALLOWED, None
    )
    country = CountryView(CountryId(7), "my", "Malaysia", "MY", "+60", 7, {"en": "Malaysia"})
    route = Route(service, country, Cents(1_034))
    rules = RechargeSettings()

    def preset(balance: int, **limits: Decimal) -> str:
        return wish_card(
            route,
            locale="en",
            balance=MicroUsdt(balance),
            rules=rules.model_copy(update=limits),
        ).preset

    assert preset(0) == "11"
    assert preset(10_330_000) == "1"
    assert preset(340_000) == "10"
    assert preset(0, amount_min_usdt=Decimal(20)) == "20"
    assert preset(0, amount_max_usdt=Decimal(5)) == "5"

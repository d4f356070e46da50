"""Several orders on one page, as its state tells them."""

from collections.abc import Sequence

import pytest

from jiema_app.site.account.together.state import TogetherPage
from jiema_app.site.account.together_address import read_together, together_path
from jiema_app.site.states.page_services import page_services
from tests.support.polling import until
from tests.support.shop import Customer, Shop
from tests.support.visits import Browser, Pages, sign_in


async def open_page(
    shop: Shop, pages: Pages, who: Customer, orders: Sequence[str], query: str = ""
) -> TogetherPage:
    browser = await sign_in(shop, pages, who.id)
    return await browser.open(TogetherPage, together_path("en", orders) + query)


async def test_codes_and_refunds_appear_by_themselves(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    orders = [await shop.place(ann) for _ in range(3)]
    page = await open_page(shop, pages, ann, [order.id for order in orders])
    assert [row.id for row in page.rows] == [order.id for order in orders]
    assert (page.sums.title, page.sums.codes) == ("3 numbers", "Codes: 0 of 3")
    assert page.sums.phones.split("\n") == [order.phone for order in orders]

    await shop.deliver(orders[1], "Your code: 482913")
    page_services().live.announce(f"order:{orders[1].id}")
    await until(lambda: page.rows[1].code == "482913")
    assert page.rows[1].code_shown == "482 913"
    assert page.sums.codes == "Codes: 1 of 3"
    assert page.announcement == "Code received: 4 8 2 9 1 3"

    await shop.services.orders.cancel(ann.id, orders[0].id)
    page_services().live.announce(f"order:{orders[0].id}")
    await until(lambda: page.sums.waiting == "1")
    assert page.sums.refunded == f"${orders[0].price_cents / 100:.2f}"
    assert page.rows[0].phone_copied == ""
    assert page.sums.phones.split("\n") == [order.phone for order in orders[1:]]


async def test_those_that_wait_are_cancelled_together_and_no_other(
    shop: Shop, pages: Pages
) -> None:
    ann, eve = await shop.customer(), await shop.customer()
    orders = [await shop.place(ann) for _ in range(4)]
    hers = await shop.place(eve)
    await shop.services.orders.cancel(ann.id, orders[0].id)
    named = [*(order.id for order in orders), hers.id]
    page = await open_page(shop, pages, ann, named)
    assert page.sums.cancel == "Cancel 3 waiting orders"
    # It comes after the page was drawn: what is paid for stays.
    await shop.deliver(orders[2], "Your code: 482913")
    before = await shop.balance(ann)

    await page.cancel_waiting()
    statuses = [(await shop.services.orders.get(ann.id, one.id)).status for one in orders]
    assert statuses == ["CANCELLED", "CANCELLED", "RECEIVED", "CANCELLED"]
    assert (await shop.services.orders.get(eve.id, hers.id)).status == "WAITING"
    assert await shop.balance(ann) == before + 2 * orders[1].price_micro
    assert (await shop.verify()).ok
    assert page.good_news.startswith("Your balance is now ")
    assert (page.notice, page.sums.cancel) == ("", "")


async def test_money_that_is_missing_for_the_rest_is_a_link_away(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    page = await open_page(shop, pages, ann, [order.id], "?wanted=5&why=INSUFFICIENT")
    assert page.shortage.endswith("doesn't cover more. You weren't charged for the rest.")
    assert page.topup_href == "/en/account/topup?for=telegram.my"
    page = await open_page(shop, pages, ann, [order.id], "?wanted=5&why=NO_NUMBERS")
    assert page.topup_href == ""


async def test_nobody_sees_an_order_of_somebody_else(shop: Shop, pages: Pages) -> None:
    ann, eve = await shop.customer(), await shop.customer()
    hers, his = await shop.place(ann), await shop.place(eve)
    named: list[str] = [hers.id, his.id, hers.id]
    page = await open_page(shop, pages, eve, named)
    assert [row.id for row in page.rows] == [his.id]
    assert hers.phone is not None
    assert hers.phone not in page.sums.phones
    assert (await open_page(shop, pages, eve, [hers.id])).phase == "missing"
    assert (await Browser(pages).open(TogetherPage, together_path("en", named))).phase == "guest"


BOUGHT = "We bought 1 of the 5 numbers you asked for."
FREE = "You weren't charged for the rest."


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("wanted=5&why=NO_NUMBERS", f"{BOUGHT} No more are left at this price. {FREE}"),
        ("wanted=5&why=%3Cb%3E", f"{BOUGHT} The rest couldn't be bought. {FREE}"),
        ("wanted=1&why=NO_NUMBERS", ""),
        ("wanted=99999999999999&why=NO_NUMBERS", ""),
        ("wanted=5", ""),
    ],
)
async def test_why_there_are_not_more_is_said_in_our_words(
    shop: Shop, pages: Pages, query: str, words: str
) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    assert (await open_page(shop, pages, ann, [order.id], f"?{query}")).shortage == words


def test_an_address_that_somebody_made_up_names_nothing() -> None:
    one = "c" + "0" * 24
    assert read_together("-".join([one] * 10)) == [one] * 10
    for part in ("", "-", f"{one}-", "x", "-".join([one] * 11), "c" * 100_000, f"{one},{one}"):
        assert read_together(part) == []

"""What a member buys again, as the home page tells it."""

import pytest

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.orders.own_routes import FAVOURITES_MAX, RECENT_MAX
from jiema_app.site.account.order.state import OrderPage
from jiema_app.site.shop.home.state import HomeRoutes
from jiema_app.site.states.member_page import GUEST, MEMBER
from tests.support.shop import Customer, Shop
from tests.support.visits import Browser, Pages, sign_in


def names(page: HomeRoutes) -> list[tuple[str, bool]]:
    return [(route.name, route.is_favourite) for route in page.routes]


async def home(shop: Shop, pages: Pages, who: Customer) -> HomeRoutes:
    return await (await sign_in(shop, pages, who.id)).open(HomeRoutes, "/en")


async def test_the_last_routes_come_first_each_once_and_ones_own_alone(
    shop: Shop, pages: Pages
) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    for service, country in (("tg", "my"), ("wa", "id"), ("tg", "my"), ("tg", "id")):
        await shop.place(ann, service, country)
    await shop.place(bob, "go", "my")
    page = await home(shop, pages, ann)
    assert page.access == MEMBER
    assert names(page) == [("telegram.id", False), ("telegram.my", False), ("whatsapp.id", False)]
    assert (page.routes[0].price, page.routes[0].cents > 0) != ("", False)
    guest = await Browser(pages).open(HomeRoutes, "/en")
    assert (guest.access, guest.routes) == (GUEST, [])


async def test_what_is_sold_out_is_shown_without_a_price(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    await shop.place(ann)
    await shop.execute("update offers set count = 0 where service_code = 'tg'")
    await shop.services.live_catalog.reload()
    (route,) = (await home(shop, pages, ann)).routes
    assert (route.service, route.price, route.buy_label) == ("Telegram", "", "")


async def test_a_favourite_stays_on_top_however_much_else_is_bought(
    shop: Shop, pages: Pages
) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    order = await shop.place(ann)
    browser = await sign_in(shop, pages, ann.id)
    page = browser.hold(OrderPage, f"/en/order/{order.id}")
    await page.refresh()
    await page.star()
    assert page.is_favourite
    for country in ("id", "ph", "vn", "us", "br", "th", "in"):
        await shop.place(ann, "wa", country)
    shown = await home(shop, pages, ann)
    assert names(shown)[0] == ("telegram.my", True)
    assert len(shown.routes) == RECENT_MAX + 1
    await shown.star("telegram.my")
    assert ("telegram.my", False) not in names(shown)  # it is older than the last six
    await shown.star("whatsapp.in")
    assert names(shown)[0] == ("whatsapp.in", True)
    for nonsense in ("", "telegram", "x" * 9_000, "telegram.nowhere"):
        await shown.star(nonsense)
    assert (await home(shop, pages, bob)).routes == []


async def test_there_is_an_end_to_favourites(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    own, catalog = shop.services.own_routes, shop.services.live_catalog.current
    service = catalog.get_service("tg").code
    for country in catalog.countries[:FAVOURITES_MAX]:
        await own.mark(ann.id, (service, country.id), is_wanted=True)
    one_more = (catalog.get_service("wa").code, catalog.get_country("my").id)
    with pytest.raises(BadRequest):
        await own.mark(ann.id, one_more, is_wanted=True)
    page = await home(shop, pages, ann)
    await page.star("whatsapp.my")
    assert (
        page.notice == f"You've reached the limit of {FAVOURITES_MAX} favourites. Remove one first."
    )
    assert len(await own.list_favourites(ann.id)) == FAVOURITES_MAX
    # What is marked already may be marked again.
    await own.mark(ann.id, (service, catalog.countries[0].id), is_wanted=True)

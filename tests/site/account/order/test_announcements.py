"""What a screen reader says of an order whose page is open."""

from jiema_app.domain.orders.views import OrderView
from jiema_app.site.account.order.state import OrderPage
from tests.support.shop import Customer, Shop
from tests.support.visits import Pages, sign_in


async def shown(shop: Shop, pages: Pages, buyer: Customer, order: OrderView) -> OrderPage:
    """The order's page, once it has been read."""
    browser = await sign_in(shop, pages, buyer.id)
    page = browser.hold(OrderPage, f"/en/order/{order.id}")
    await page.refresh()
    return page


async def test_what_becomes_of_an_order_is_said_as_well_as_a_code(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    page = await shown(shop, pages, ann, order)
    assert page.announcement == "", "what stood there before is not said"
    await shop.deliver(order, "Your code: 482913")
    await page.refresh()
    assert page.announcement == "Code received: 4 8 2 9 1 3"
    await shop.services.orders.finish(ann.id, order.id)
    await page.refresh()
    assert page.announcement == "You finished this order. The number is no longer yours."


async def test_a_refund_is_said(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    page = await shown(shop, pages, ann, order)
    await shop.services.orders.cancel(ann.id, order.id)
    await page.refresh()
    assert page.announcement.startswith("You cancelled this order. $")
    assert page.announcement.endswith(" has gone back to your balance.")

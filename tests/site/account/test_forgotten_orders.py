"""An order that is forgotten leaves the pages that are still open, too."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from jiema_app.domain.orders.statuses import EndReason
from jiema_app.site.account.order.state import OrderPage
from jiema_app.site.account.orders.state import OrdersPage
from jiema_app.site.states.page_services import page_services
from tests.support.polling import until
from tests.support.shop import Shop
from tests.support.visits import Pages, sign_in

DAY_S = 24 * 3600
CODE = "918273"
TEXT = f"Canary bird sings {CODE} at dawn"


@asynccontextmanager
async def announcing(shop: Shop, address: str) -> AsyncIterator[None]:
    """Pages are told what the database announces, as in a web process."""
    connection = await asyncpg.connect(address)

    def hear(_connection: Any, _pid: int, _channel: str, payload: object) -> None:
        order, _, owner = str(payload).partition(" ")
        page_services().live.announce(f"order:{order}")
        page_services().live.announce(f"orders:{owner}")

    await connection.add_listener("order_changed", hear)
    try:
        yield
    finally:
        await connection.close()


def known_to(page: Any) -> str:
    """All that a tab holds, and is sent, without what numbers are grouped by."""
    return re.sub(r"\W", "", str(page.dict()))


async def test_open_pages_lose_text_code_and_number_when_the_order_is_purged(
    shop: Shop, pages: Pages, database_address: str
) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    assert order.phone is not None
    browser = await sign_in(shop, pages, ann.id)
    page = browser.hold(OrderPage, f"/en/order/{order.id}")
    rows = browser.hold(OrdersPage, "/en/orders")
    await page.refresh()
    await shop.deliver(order, TEXT)
    await page.refresh()
    await shop.services.settlement.complete(order.id, EndReason.USER)
    await page.refresh()
    page.announcement = f"Code received: {CODE}"
    await rows.load()
    number = order.phone[4:]
    assert CODE in known_to(page)
    assert number in known_to(page)
    assert number in known_to(rows)

    async with announcing(shop, database_address):
        await shop.pass_time(DAY_S + 1)
        assert await shop.services.retention.purge() == 1
        await until(lambda: page.order.is_purged and number not in known_to(rows))
        for left in (number, CODE, "Canary"):
            assert left not in known_to(page)
            assert left not in known_to(rows)

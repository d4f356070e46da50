"""A tab that goes on to another address begins there with nothing of the page before."""

import pytest

from tests.support.live import LiveStack
from tests.support.locked_tables import unreadable
from tests.support.payments import usdt
from tests.support.signed_in import buy, services_of, sign_in
from tests.support.tab import State, open_tab

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("site")]


def standing_of(page: State) -> str | None:
    return page.get("phase") or page.get("access")


def is_read(page: State) -> bool:
    return standing_of(page) not in {None, "loading", "unknown"}


@pytest.mark.parametrize(
    ("name", "table", "before", "now", "unread"),
    [
        ("orders_page", "orders", "/en/orders", "/en/orders?tab=refunded", "loading"),
        ("orders_page", "orders", "/en/orders", "/zh/orders", "loading"),
        ("order_page", "orders", "/en/order/cnone", "/en/order/{order}", "loading"),
        ("top_up_state", "recharges", "/en/account/topup", "/en/account/topup?before=x", "unknown"),
        (
            "statement_state",
            "users",
            "/en/account/statement",
            "/en/account/statement?before=x",
            "unknown",
        ),
    ],
)
async def test_another_address_begins_empty_and_the_same_one_as_it_was(
    site: LiveStack, name: str, table: str, before: str, now: str, unread: str
) -> None:
    async with site.supplier() as supplier:
        await supplier.behave(smsDelaySeconds=None)
    ann = await sign_in(site)
    order = await buy(site, ann)
    async with services_of(site) as services:
        await services.recharges.open(ann.customer.id, usdt("11.37"))
    async with open_tab(site.origin, before, ann.cookie) as tab:
        left = await tab.until(name, is_read)
    async with (
        unreadable(site, table),
        open_tab(site.origin, before, ann.cookie, token=tab.token) as again,
    ):
        assert await again.until(name, bool) == left
    async with (
        unreadable(site, table),
        open_tab(site.origin, now.format(order=order["id"]), ann.cookie, token=tab.token) as later,
    ):
        found = await later.until(name, bool)
    assert standing_of(found) == unread
    assert not found.get("rows")

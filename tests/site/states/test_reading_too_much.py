"""What somebody has read anew is counted; what we push to them is not."""

from typing import Any

import pytest

from jiema_app.domain.orders.history import OrderHistory
from jiema_app.domain.orders.views import OrderPage as OrderPageFound
from jiema_app.settings import LimitSettings, Settings
from jiema_app.site.account.api_keys.state import ApiKeysState
from jiema_app.site.account.order.state import OrderPage
from jiema_app.site.account.orders.state import OrdersPage
from jiema_app.site.account.overview.state import AccountState
from jiema_app.site.account.statement.state import StatementState
from jiema_app.site.states.visitor import Session
from tests.support.shop import Shop
from tests.support.visits import Pages, sign_in

READS = 5
TOO_MUCH = "You've reached the limit for now. Try again in 1 minute."


@pytest.fixture
def settings() -> Settings:
    return Settings(limits=LimitSettings(page_reads_per_minute=READS))


def count_reads(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Each time that the database is asked for orders."""
    reads: list[None] = []
    search = OrderHistory.search_own

    async def counted(self: OrderHistory, *arguments: Any, **wishes: Any) -> OrderPageFound:
        reads.append(None)
        return await search(self, *arguments, **wishes)

    monkeypatch.setattr(OrderHistory, "search_own", counted)
    return reads


async def test_a_search_beyond_the_limit_reads_nothing_and_says_why(
    shop: Shop, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    await shop.place(ann)
    browser = await sign_in(shop, pages, ann.id)
    page = browser.hold(OrdersPage, "/en/orders")
    reads = count_reads(monkeypatch)
    for _ in range(READS):
        await page.search("telegram")
    assert (page.phase, len(page.rows), len(reads)) == ("shown", 1, READS)
    another_tab = (await sign_in(shop, pages, ann.id)).hold(OrdersPage, "/en/orders")
    for tab in (page, another_tab):
        for _ in range(20):
            await tab.search("telegram")
        assert (tab.phase, tab.rows, tab.notice) == ("nothing", [], TOO_MUCH)
    assert len(reads) == READS
    await page.refresh()
    assert (page.phase, page.notice) == ("shown", ""), "what we push is not counted"
    other = await (await sign_in(shop, pages, bob.id)).open(OrdersPage, "/en/orders")
    assert other.phase == "none"


@pytest.mark.parametrize(
    ("state", "address"),
    [
        (AccountState, "/en/account"),
        (ApiKeysState, "/en/account/keys"),
        (StatementState, "/en/account/statement"),
        (Session, "/en"),
    ],
)
async def test_every_page_about_oneself_is_counted(
    shop: Shop, pages: Pages, state: type[Any], address: str
) -> None:
    ann = await shop.customer()
    browser = await sign_in(shop, pages, ann.id)
    for _ in range(READS):
        page = await browser.open(state, address)
        assert getattr(page, "access", "member") == "member"
    refused = await browser.open(state, address)
    if state is Session:
        assert not refused.is_known
    else:
        assert refused.access == "failed"
    await browser.load(page)
    assert getattr(page, "access", "member") == "member", "what is shown stays"


async def test_looking_at_an_order_again_and_again_is_counted(shop: Shop, pages: Pages) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    page = (await sign_in(shop, pages, ann.id)).hold(OrderPage, f"/en/order/{order.id}")
    for _ in range(READS):
        await page.look_again()
    assert (page.phase, page.notice) == ("shown", "")
    await page.look_again()
    assert (page.phase, page.notice) == ("shown", TOO_MUCH)

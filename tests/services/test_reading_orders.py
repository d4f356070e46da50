"""Reading one's orders: alone, as a list, and waiting for news."""

import asyncio
from typing import Self

import pytest

from jiema_app.domain.errors import NotFound
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.views import OrderView
from jiema_app.integrations.postgres.notifications import Notifications
from tests.support.polling import PATIENCE_S, until
from tests.support.shop import Customer, Shop


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody who waits looks again by themselves, so that what comes was announced."""
    monkeypatch.setattr("jiema_app.domain.orders.service.REREAD_S", 3_600.0)


async def ids_of(shop: Shop, customer: Customer, *, status: OrderStatus | None = None) -> list[str]:
    page = await shop.services.orders.list_own(customer.id, status=status, limit=100, cursor=None)
    return [order.id for order in page.orders]


async def test_a_stranger_does_not_find_an_order(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    order = await shop.place(ann)
    with pytest.raises(NotFound):
        await shop.services.orders.get(bob.id, order.id)


async def test_the_list_is_newest_first(shop: Shop) -> None:
    ann = await shop.customer()
    placed = [(await shop.place(ann)).id for _ in range(3)]
    assert await ids_of(shop, ann) == placed[::-1]


async def test_the_list_holds_only_one_s_own(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    order = await shop.place(ann)
    await shop.place(bob)
    assert await ids_of(shop, ann) == [order.id]


async def test_the_list_can_be_narrowed_to_a_status(shop: Shop) -> None:
    ann = await shop.customer()
    waiting, received = await shop.place(ann), await shop.place(ann)
    await shop.deliver(received)
    assert await ids_of(shop, ann, status=OrderStatus.WAITING) == [waiting.id]
    assert await ids_of(shop, ann, status=OrderStatus.RECEIVED) == [received.id]
    assert await ids_of(shop, ann, status=OrderStatus.FAILED) == []


async def test_pages_follow_each_other_without_gaps_or_repeats(shop: Shop) -> None:
    ann = await shop.customer()
    placed = [(await shop.place(ann)).id for _ in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        page = await shop.services.orders.list_own(ann.id, status=None, limit=2, cursor=cursor)
        seen += [order.id for order in page.orders]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == placed[::-1]


async def test_a_full_last_page_has_no_next_one(shop: Shop) -> None:
    ann = await shop.customer()
    for _ in range(2):
        await shop.place(ann)
    page = await shop.services.orders.list_own(ann.id, status=None, limit=2, cursor=None)
    assert (len(page.orders), page.next_cursor) == (2, None)


async def test_an_order_placed_while_paging_does_not_shift_the_pages(shop: Shop) -> None:
    ann = await shop.customer()
    placed = [(await shop.place(ann)).id for _ in range(3)]
    first = await shop.services.orders.list_own(ann.id, status=None, limit=2, cursor=None)
    await shop.place(ann)
    rest = await shop.services.orders.list_own(
        ann.id, status=None, limit=2, cursor=first.next_cursor
    )
    assert [order.id for order in (*first.orders, *rest.orders)] == placed[::-1]


async def test_every_change_raises_the_version(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    versions = [order.version]
    await shop.deliver(order, "Code 11111")
    versions.append((await shop.read(ann, order)).version)
    versions.append((await shop.services.orders.ask_next_sms(ann.id, order.id)).version)
    await shop.deliver(order, "Code 22222")
    versions.append((await shop.read(ann, order)).version)
    await shop.services.settlement.complete(order.id, EndReason.USER)
    versions.append((await shop.read(ann, order)).version)
    assert versions == sorted(set(versions))


class Listener:
    """A process that hears of changed orders, on a connection of its own."""

    def __init__(self, shop: Shop, address: str) -> None:
        watch = shop.services.watch
        self._heard = Notifications(address, {"order_changed": watch.hear}, watch.wake_all)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._heard.follow())
        await until(lambda: self._heard.is_connected)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def waiter(
    shop: Shop, customer: Customer, order: OrderView, *, known: int | None = None, s: float = 3_600
) -> "asyncio.Task[OrderView]":
    """Somebody who waits for an order and is known to be waiting."""
    shop.keep_quiet()
    task = asyncio.create_task(
        shop.services.orders.wait(customer.id, order.id, seconds=s, known_version=known)
    )
    await until(lambda: len(shop.services.watch) > 0 or task.done())
    return task


async def test_a_code_wakes_who_waits_for_it(shop: Shop, database_address: str) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    async with Listener(shop, database_address):
        waiting = await waiter(shop, ann, order)
        await shop.deliver(order)
        async with asyncio.timeout(PATIENCE_S):
            news = await waiting
    assert news.status is OrderStatus.RECEIVED
    assert news.sms[0].code == "12345"


async def test_a_change_made_by_another_process_wakes_too(
    shop: Shop, database_address: str
) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    async with Listener(shop, database_address):
        waiting = await waiter(shop, ann, order)
        await shop.another_process().orders.cancel(ann.id, order.id)
        async with asyncio.timeout(PATIENCE_S):
            news = await waiting
    assert news.status is OrderStatus.CANCELLED


async def test_many_may_wait_for_one_order(shop: Shop, database_address: str) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    async with Listener(shop, database_address):
        waiting = [await waiter(shop, ann, order) for _ in range(20)]
        await shop.deliver(order)
        async with asyncio.timeout(PATIENCE_S):
            statuses = {news.status for news in await asyncio.gather(*waiting)}
    assert statuses == {OrderStatus.RECEIVED}
    assert len(shop.services.watch) == 0


async def test_waiting_ends_at_its_deadline_with_what_is_known(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    waiting = await waiter(shop, ann, order, s=0.05)
    async with asyncio.timeout(PATIENCE_S):
        news = await waiting
    assert news.status is OrderStatus.WAITING
    assert len(shop.services.watch) == 0


async def test_an_order_with_news_is_answered_at_once(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order)
    async with asyncio.timeout(PATIENCE_S):
        news = await (await waiter(shop, ann, order))
    assert news.status is OrderStatus.RECEIVED


async def test_a_known_version_waits_for_the_next_one(shop: Shop, database_address: str) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order)
    received = await shop.read(ann, order)
    async with Listener(shop, database_address):
        waiting = await waiter(shop, ann, order, known=received.version)
        assert not waiting.done()
        await shop.deliver(order, "Another code 67890")
        async with asyncio.timeout(PATIENCE_S):
            news = await waiting
    assert news.version > received.version
    assert len(news.sms) == 2


async def test_an_outdated_version_is_news_at_once(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order)
    async with asyncio.timeout(PATIENCE_S):
        news = await (await waiter(shop, ann, order, known=order.version))
    assert news.status is OrderStatus.RECEIVED


async def test_a_stranger_cannot_wait_for_an_order(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    order = await shop.place(ann)
    with pytest.raises(NotFound):
        await shop.services.orders.wait(bob.id, order.id, seconds=5)
    assert len(shop.services.watch) == 0


async def test_somebody_who_gives_up_waiting_leaves_nothing_behind(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    waiting = await waiter(shop, ann, order)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert len(shop.services.watch) == 0


async def test_those_who_look_at_one_moment_see_their_own_alone(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    hers, his = await shop.place(ann), await shop.place(bob)
    look_at = shop.services.orders.look_at
    seen = await asyncio.gather(
        look_at(ann.id, hers.id),
        look_at(bob.id, hers.id),
        look_at(bob.id, his.id),
        look_at(ann.id, his.id),
        look_at(ann.id, "no id"),
        look_at(ann.id, hers.id),
        return_exceptions=True,
    )
    assert [one.id if isinstance(one, OrderView) else type(one) for one in seen] == [
        hers.id,
        NotFound,
        his.id,
        NotFound,
        NotFound,
        hers.id,
    ]


async def test_who_looks_after_a_code_sees_it(shop: Shop) -> None:
    """Though others were just looking, and were answered by what was there before."""
    ann = await shop.customer()
    order = await shop.place(ann)
    look_at = shop.services.orders.look_at
    early = asyncio.create_task(look_at(ann.id, order.id))
    await shop.deliver(order, "Your code is 24680")
    late = await look_at(ann.id, order.id)
    assert [sms.code for sms in late.sms] == ["24680"]
    assert (await early).id == order.id

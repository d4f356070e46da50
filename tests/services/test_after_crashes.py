"""Loose ends that only crashes at the wrong moment leave. The crash drills found them all."""

import asyncio
from pathlib import Path

import httpx
import pytest

from jiema_app.domain.errors import UpstreamError
from jiema_app.domain.orders.supplier import (
    ActiveActivation,
    NumberRequest,
    OutcomeUnknown,
    SupplierError,
    SupplierUnavailable,
)
from jiema_app.domain.orders.sync import OrderRefresh
from jiema_app.domain.transaction import DatabaseTrouble
from jiema_app.domain.units import CountryId, MicroUsdt, OrderId, ServiceCode
from jiema_app.integrations.postgres import notifications
from jiema_app.integrations.postgres.notifications import Notifications
from jiema_app.integrations.postgres.pool import connect
from jiema_app.integrations.postgres.uris import socket_address
from jiema_app.integrations.supplier.handler_api import HandlerApiSupplier
from jiema_app.settings import Settings, SupplierSettings
from jiema_app.supervised_tasks import SupervisedTasks
from tests.support.polling import PATIENCE_S
from tests.support.shop import SUPPLIER, Customer, Shop


@pytest.fixture
def settings() -> Settings:
    return Settings(supplier=SupplierSettings(purchase_timeout_s=5, breaker_failures=1000))


async def lose_a_purchase(shop: Shop, customer: Customer, key: str) -> OrderId:
    """An order whose purchase succeeded unheard."""
    await shop.supplier.fault("getNumberV2", "timeout_after_commit", count=1)
    with pytest.raises(UpstreamError):
        await shop.place(customer, idempotency_key=key)
    return OrderId(
        await shop.fetchval("select max(id) from orders where user_id = $1", customer.id)
    )


async def listed(shop: Shop) -> list[ActiveActivation]:
    """The supplier's active list, newest first as it gives it."""
    pages = shop.services.suppliers[SUPPLIER].list_active(0)
    return [rental async for page in pages for rental in page]


async def settle(shop: Shop, rentals: list[ActiveActivation]) -> None:
    """Reconcile against a list that shows these rentals and no others."""
    await shop.services.reconciliations[SUPPLIER].settle(
        rentals, await shop.fetchval("select now()")
    )


async def test_a_rental_that_one_list_missed_is_matched_all_the_same(shop: Shop) -> None:
    ann = await shop.customer()
    await lose_a_purchase(shop, ann, "a")
    rentals = await listed(shop)
    await settle(shop, rentals)
    await shop.pass_time(30)
    await settle(shop, [])
    await settle(shop, rentals)
    await shop.settle_all()
    assert await shop.rentals() == []
    assert await shop.balance(ann) == 50_000_000


async def test_a_list_may_show_a_rental_twice(shop: Shop) -> None:
    ann = await shop.customer()
    await lose_a_purchase(shop, ann, "a")
    rentals = await listed(shop) * 2
    await settle(shop, rentals)
    await settle(shop, rentals)
    await shop.pass_time(30)
    await settle(shop, rentals)
    assert await shop.statuses() == [("WAITING", None)]


async def test_an_older_rental_that_comes_second_still_finds_its_order(shop: Shop) -> None:
    """The younger one must not take the only order that is older than both. (A list that
    misses the older one makes its order a refund, and then it is given back.)"""
    ann, bob = await shop.customer(), await shop.customer()
    await lose_a_purchase(shop, ann, "a")
    (older,) = await listed(shop)
    await settle(shop, [older])
    await shop.pass_time(5)
    await lose_a_purchase(shop, bob, "b")
    younger = next(one for one in await listed(shop) if one != older)
    await settle(shop, [younger, older])
    await shop.pass_time(30)
    await settle(shop, [younger])
    await settle(shop, [younger, older])
    assert await shop.statuses() == [("FAILED", "UPSTREAM_UNKNOWN"), ("WAITING", None)]
    await shop.pass_time(120)
    await shop.services.tasks.run()
    assert [str(row["id"]) for row in await shop.rentals()] == [younger.activation_id]


async def test_somebody_s_later_rental_does_not_hold_up_a_refund(shop: Shop) -> None:
    """A rental that is older than an order cannot be that order's."""
    stranger = ActiveActivation("1", ServiceCode("tg"), CountryId(7), "+5511999999999", None, None)
    await settle(shop, [stranger])
    await shop.pass_time(3)
    ann = await shop.customer()
    await shop.supplier.fault("getNumberV2", "drop_before", count=1)
    with pytest.raises(UpstreamError):
        await shop.place(ann, idempotency_key="a")
    await shop.pass_time(30)
    await settle(shop, [stranger])
    assert await shop.statuses() == [("FAILED", "UPSTREAM_UNKNOWN")]
    assert await shop.balance(ann) == 50_000_000


async def test_a_rental_claimed_since_the_list_was_read_is_no_trouble(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    placed = await shop.place(ann)
    await lose_a_purchase(shop, bob, "b")
    rentals = await listed(shop)
    await settle(shop, rentals)
    await shop.pass_time(30)
    await settle(shop, rentals)
    assert await shop.fetchval("select count(*) from orders where status = 'WAITING'") == 2
    kept = await shop.fetchval("select activation_id from orders where id = $1", placed.id)
    assert kept == placed.activation_id


async def test_an_expired_order_is_asked_about_when_no_list_came_for_long(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    assert order.phone is not None
    (await shop.supplier.sms(order.phone, "Your code is 12345")).raise_for_status()
    await shop.pass_time(shop.settings.orders.window_s + 120)
    await shop.services.expiry.run()
    assert await shop.statuses() == [("COMPLETED", "EXPIRED")]


async def test_an_expired_order_ends_when_nobody_can_be_asked(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.place(ann)
    await shop.supplier.fault("*", "http500", rate=1)
    await shop.pass_time(shop.settings.orders.window_s + 120)
    await shop.services.expiry.run()
    assert await shop.statuses() == [("CANCELLED", "EXPIRED")]
    assert await shop.balance(ann) == 50_000_000
    await shop.supplier.fault("*", "http500", rate=0)


async def test_a_call_of_a_killed_worker_is_made_by_another_one_soon(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.services.orders.cancel(ann.id, order.id)
    await shop.execute(
        "update supplier_tasks set due_at = now() - interval '1 s', attempts = 9, done_at = null"
    )
    await shop.supplier.fault("setStatus", "http500", count=1)
    with pytest.raises(SupplierError):
        await shop.services.suppliers[SUPPLIER].finish("1")
    await shop.supplier.fault("setStatus", "http500", count=1)
    await shop.services.tasks.run()
    assert await shop.fetchval("select max(due_at) <= now() + interval '20 s' from supplier_tasks")


async def test_a_buyer_s_question_survives_a_lost_database(shop: Shop) -> None:
    """It runs beside the request: nobody would hear its error."""
    ann = await shop.customer()
    order = await shop.place(ann)

    class Broken:
        async def record_sms(self, *_: object) -> int:
            raise ConnectionRefusedError

    refresher = OrderRefresh(Broken(), shop.services.suppliers)  # type: ignore[arg-type]
    assert await refresher.refresh(order)


async def test_a_supplier_that_dies_while_it_is_connected_to_is_no_bug() -> None:
    """The libraries below us stumble over the vanished socket with an AttributeError."""

    def vanish(_request: httpx.Request) -> httpx.Response:
        raise AttributeError("'NoneType' object has no attribute 'getpeername'")

    peer = HandlerApiSupplier.connect(
        SupplierSettings(), "http://supplier", httpx.MockTransport(vanish)
    )
    wanted = NumberRequest(ServiceCode("tg"), CountryId(7), MicroUsdt(100_000), "ann")
    with pytest.raises(OutcomeUnknown):
        await peer.buy_number(wanted)
    with pytest.raises(SupplierUnavailable):
        await peer.read_activation("1")
    await peer.aclose()


async def test_a_missing_socket_is_a_database_in_trouble(tmp_path: Path) -> None:
    with pytest.raises(DatabaseTrouble, match="FileNotFoundError"):
        await connect(socket_address(str(tmp_path)))


async def test_a_lost_listening_connection_is_noticed_at_once(
    shop: Shop, database_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody probes it meanwhile.
    monkeypatch.setattr(notifications, "PULSE_S", 3_600.0)
    gaps: asyncio.Queue[None] = asyncio.Queue()
    following_it = Notifications(database_address, {}, lambda: gaps.put_nowait(None))
    async with SupervisedTasks() as tasks:
        tasks.start("notifications", following_it.follow)
        await gaps.get()
        await shop.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name = 'jiema-listener' and datname = current_database()"
        )
        async with asyncio.timeout(PATIENCE_S):
            await gaps.get()

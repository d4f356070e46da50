"""Several suppliers: the cheapest sells, the next one steps in, a former one is not asked."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from jiema_app.bootstrap import Services, build_services
from jiema_app.domain.errors import NoNumbers, UpstreamError
from jiema_app.domain.orders.requests import OrderRequest
from jiema_app.domain.orders.views import OrderView
from jiema_app.integrations.supplier.handler_api import HandlerApiSupplier
from jiema_app.settings import SupplierSettings
from sandbox.app import create_app
from tests.support.shop import Customer, Shop, Supplier


@dataclass
class TwoSuppliers:
    """A shop that buys Telegram numbers in Malaysia from two suppliers."""

    shop: Shop
    services: Services
    second: Supplier

    async def place(self, customer: Customer) -> OrderView:
        wish = OrderRequest(service="tg", country=7)
        return (await self.services.orders.place(customer.buyer, wish)).order

    async def offer(self, primary_usd: float, second_usd: float) -> None:
        """Both offer the pair, at these costs; the catalogue knows."""
        for lever, name, cost in (
            (self.shop.supplier, "primary", primary_usd),
            (self.second, "second", second_usd),
        ):
            await lever.offer("tg", 7, cost, 10)
            await self.shop.execute(
                "insert into offers (supplier, service_code, country_id, cost_micro, count) "
                "values ($1, 'tg', 7, $2, 10) on conflict (supplier, service_code, country_id) "
                "do update set cost_micro = excluded.cost_micro, count = 10",
                name,
                int(cost * 1_000_000),
            )
        await self.services.live_catalog.reload()


@pytest.fixture
async def two(shop: Shop) -> AsyncIterator[TwoSuppliers]:
    sandbox = create_app(None)
    transport = httpx.ASGITransport(app=sandbox)
    peer = HandlerApiSupplier.connect(SupplierSettings(name="second"), "http://second", transport)
    suppliers = {**shop.services.suppliers, "second": peer}
    services = build_services(shop.settings, shop.services.database, suppliers)
    async with httpx.AsyncClient(transport=transport, base_url="http://second") as http:
        lever = Supplier(http)
        await lever.behave(smsDelaySeconds=None, minCancelSeconds=0)
        yield TwoSuppliers(shop, services, lever)
    await peer.aclose()
    await sandbox.close()


@pytest.mark.parametrize(("primary_usd", "second_usd"), [(0.5, 0.3), (0.3, 0.5)])
async def test_the_cheaper_one_sells(
    two: TwoSuppliers, primary_usd: float, second_usd: float
) -> None:
    await two.offer(primary_usd, second_usd)
    order = await two.place(await two.shop.customer())
    assert order.supplier == ("second" if second_usd < primary_usd else "primary")
    assert order.price_cents == 41


async def test_another_one_steps_in_at_the_same_price_when_it_covers_the_cost(
    two: TwoSuppliers,
) -> None:
    await two.offer(0.30, 0.35)
    await two.shop.supplier.offer("tg", 7, 0.30, 0)
    ann = await two.shop.customer()
    order = await two.place(ann)
    assert order.supplier == "second"
    assert order.price_cents == 41
    assert await two.shop.balance(ann) == 50_000_000 - 410_000


async def test_nobody_sells_at_a_loss_to_step_in(two: TwoSuppliers) -> None:
    await two.offer(0.30, 0.80)
    await two.shop.supplier.offer("tg", 7, 0.30, 0)
    ann = await two.shop.customer()
    with pytest.raises(NoNumbers):
        await two.place(ann)
    assert await two.shop.balance(ann) == 50_000_000


async def test_after_a_lost_answer_nobody_else_is_asked(two: TwoSuppliers) -> None:
    """There may be a number already: a second one would be paid for twice."""
    await two.offer(0.30, 0.35)
    await two.shop.supplier.fault("getNumberV2", "timeout_after_commit", count=1)
    ann = await two.shop.customer()
    with pytest.raises(UpstreamError):
        await two.place(ann)
    assert await two.second.requests("getNumberV2") == 0
    await two.shop.settle_all()
    assert await two.shop.balance(ann) == 50_000_000


async def test_a_code_by_way_of_the_second_one_is_recorded(two: TwoSuppliers) -> None:
    await two.offer(0.50, 0.30)
    ann = await two.shop.customer()
    order = await two.place(ann)
    assert order.phone is not None
    await two.second.sms(order.phone, "Code 12345")
    await two.services.syncs["second"].beat()
    assert [sms.code for sms in (await two.shop.read(ann, order)).sms] == ["12345"]


async def test_the_number_goes_back_to_whom_it_came_from(two: TwoSuppliers) -> None:
    await two.offer(0.50, 0.30)
    ann = await two.shop.customer()
    order = await two.place(ann)
    await two.services.orders.cancel(ann.id, order.id)
    await two.shop.pass_time(121)
    await two.services.tasks.run()
    assert (await two.second.state())["activeCount"] == 0


async def test_a_supplier_that_is_no_longer_configured_sells_nothing(two: TwoSuppliers) -> None:
    """Its offers are still in the database, and cheaper than anybody's."""
    await two.offer(0.50, 0.10)
    await two.shop.services.live_catalog.reload()
    ann = await two.shop.customer()
    order = await two.shop.place(ann)
    assert order.supplier == "primary"
    assert order.price_cents == 68

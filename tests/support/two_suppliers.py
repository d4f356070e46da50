"""A shop that buys from two suppliers, which have hardly a rule in common."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from pydantic import SecretStr

from jiema_app.domain.orders.requests import OrderRequest
from jiema_app.domain.orders.views import OrderView
from jiema_app.settings import GeoSettings, Settings, SupplierSettings
from tests.support.shop import Customer, Shop, Supplier, open_shop

FIRST: Final = "wholesale-a"
SECOND: Final = "wholesale-b"

MIN_CANCEL_S: Final = {FIRST: 30, SECOND: 300}
PURCHASE_TIMEOUT_S: Final = {FIRST: 4.5, SECOND: 40.0}
WEBHOOK_PATHS: Final = {FIRST: "where-a-calls", SECOND: "where-b-calls"}
CALLS_FROM: Final = {FIRST: "203.0.113.5", SECOND: "198.51.100.7"}


def settings_of(name: str, **more: Any) -> SupplierSettings:
    return SupplierSettings(
        name=name,
        min_cancel_s=MIN_CANCEL_S[name],
        purchase_timeout_s=PURCHASE_TIMEOUT_S[name],
        webhook_path=SecretStr(WEBHOOK_PATHS[name]),
        webhook_sources=(f"{CALLS_FROM[name]}/32",),
        requests_per_second=0,
        breaker_failures=1_000,
        **more,
    )


@dataclass
class TwoSuppliers:
    """Two that sell Telegram numbers in Malaysia, and how to drive them."""

    shop: Shop

    @property
    def first(self) -> Supplier:
        return self.shop.levers[FIRST]

    @property
    def second(self) -> Supplier:
        return self.shop.levers[SECOND]

    async def offer(self, first_usd: float, second_usd: float) -> None:
        """Both offer the pair, at these costs; the catalogue knows."""
        for name, cost in ((FIRST, first_usd), (SECOND, second_usd)):
            await self.shop.levers[name].offer("tg", 7, cost, 10)
            await self.shop.execute(
                "insert into offers (supplier, service_code, country_id, cost_micro, count) "
                "values ($1, 'tg', 7, $2, 10) on conflict (supplier, service_code, country_id) "
                "do update set cost_micro = excluded.cost_micro, count = 10",
                name,
                int(cost * 1_000_000),
            )
        await self.shop.services.live_catalog.reload()

    async def place(self, customer: Customer, *, at: str | None = None, **wish: Any) -> OrderView:
        """Place an order; with ``at``, while that supplier is the cheaper one."""
        if at is not None:
            await self.offer(*((0.30, 0.35) if at == FIRST else (0.35, 0.30)))
        request = OrderRequest(service="tg", country=7, **wish)
        order = (await self.shop.services.orders.place(customer.buyer, request)).order
        assert at is None or order.supplier == at
        return order

    async def pass_time(self, seconds: float) -> None:
        """Let time pass, for us and for both."""
        await self.shop.pass_time(seconds)
        for lever in self.shop.levers.values():
            await lever.advance(seconds)

    async def beat(self) -> None:
        """Read both lists."""
        for name in self.shop.levers:
            await self.shop.beat(name)

    async def rentals(self) -> dict[str, int]:
        """How many are open at each."""
        return {
            name: (await lever.state())["activeCount"] for name, lever in self.shop.levers.items()
        }


@asynccontextmanager
async def open_two_suppliers(address: str) -> AsyncIterator[TwoSuppliers]:
    """Such a shop on the database at ``address``, whose books balance at the end."""
    settings = Settings(
        geo=GeoSettings(trusted_proxies=("127.0.0.1/32",)),
        supplier=settings_of(FIRST),
        further_suppliers=(settings_of(SECOND, base_url="http://wholesale-b.test"),),
    )
    async with open_shop(address, settings) as shop:
        yield TwoSuppliers(shop)
        found = await shop.verify()
        assert found.ok, found

"""Customers with keys and money, and orders of theirs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.arena import COUNTRY, SERVICE
from jiema_app.bootstrap import Services
from jiema_app.domain import ids
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.orders.requests import Buyer, OrderRequest
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.units import MICRO_PER_USDT, MicroUsdt

AT_ONCE: Final = 12
BALANCE_MICRO: Final = MicroUsdt(1_000_000 * MICRO_PER_USDT)


@dataclass(frozen=True, slots=True)
class Customer:
    """A user with an API key."""

    buyer: Buyer
    token: str


async def stock(services: Services) -> None:
    """Fill the catalogue, and its offers from the sandbox."""
    await services.catalog.load_seed()
    for supplier in services.suppliers.values():
        await services.catalog.refresh_offers(supplier)
    await services.live_catalog.reload()


async def make_customers(services: Services, count: int) -> list[Customer]:
    """Users who can afford everything."""
    semaphore = asyncio.Semaphore(AT_ONCE)

    async def make() -> Customer:
        async with semaphore:
            async with services.database.transaction() as connection:
                user = await services.identity.create(connection)
                await ledger.credit(
                    connection,
                    user,
                    BALANCE_MICRO,
                    kind=TransferKind.SANDBOX_CREDIT,
                    reference=ids.new_id(),
                )
            key = await services.api_keys.create(user, "bench")
            principal = await services.api_keys.authenticate(key.token)
        assert principal is not None
        return Customer(Buyer(user, principal.account_id), key.token)

    return list(await asyncio.gather(*(make() for _ in range(count))))


async def place_orders(
    services: Services, customers: Sequence[Customer], count: int
) -> list[tuple[Customer, OrderView]]:
    """Orders that wait for their code, spread over the customers."""
    semaphore = asyncio.Semaphore(AT_ONCE)

    async def place(customer: Customer) -> tuple[Customer, OrderView]:
        async with semaphore:
            placed = await services.orders.place(
                customer.buyer, OrderRequest(service=SERVICE, country=COUNTRY)
            )
        return customer, placed.order

    buyers = (customers[number % len(customers)] for number in range(count))
    return list(await asyncio.gather(*(place(buyer) for buyer in buyers)))

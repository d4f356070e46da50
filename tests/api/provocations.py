"""How to provoke each refusal that only some routes have."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import httpx

from tests.api.asking import order as place
from tests.support.shop import Customer, Shop

Provocation = Callable[[Shop, httpx.AsyncClient, Customer], Awaitable[httpx.Response]]

MISSING: Final = "c000000000000000000000000"

BLOCKED: Final = """
select count(*) >= $1 from pg_stat_activity
where wait_event_type = 'Lock' and datname = current_database()
"""


async def _bad_service_of_prices(
    _shop: Shop, api: httpx.AsyncClient, ann: Customer
) -> httpx.Response:
    return await api.get("/api/v1/prices?service=nosuch", headers=ann.headers)


async def _bad_service(_shop: Shop, api: httpx.AsyncClient, ann: Customer) -> httpx.Response:
    return await place(api, ann, service="nosuch")


async def _bad_country(_shop: Shop, api: httpx.AsyncClient, ann: Customer) -> httpx.Response:
    return await place(api, ann, country="atlantis")


async def _no_numbers(shop: Shop, api: httpx.AsyncClient, ann: Customer) -> httpx.Response:
    await shop.supplier.fault("*", "no_numbers", rate=1)
    return await place(api, ann)


async def _insufficient(shop: Shop, api: httpx.AsyncClient, _ann: Customer) -> httpx.Response:
    return await place(api, await shop.customer(cents=1))


async def _upstream_error(shop: Shop, api: httpx.AsyncClient, ann: Customer) -> httpx.Response:
    await shop.supplier.fault("*", "http500", rate=1)
    return await place(api, ann)


async def _idempotency(_shop: Shop, api: httpx.AsyncClient, ann: Customer) -> httpx.Response:
    api.headers["Idempotency-Key"] = "one"
    assert (await place(api, ann)).status_code == 200
    return await place(api, ann, country=6)


async def _missing_order(_shop: Shop, api: httpx.AsyncClient, ann: Customer) -> httpx.Response:
    return await api.get(f"/api/v1/orders/{MISSING}", headers=ann.headers)


async def _cancel_missing(_shop: Shop, api: httpx.AsyncClient, ann: Customer) -> httpx.Response:
    return await api.post(f"/api/v1/orders/{MISSING}/cancel", headers=ann.headers)


async def _next_missing(_shop: Shop, api: httpx.AsyncClient, ann: Customer) -> httpx.Response:
    return await api.post(f"/api/v1/orders/{MISSING}/next-sms", headers=ann.headers)


async def _cancel_with_code(shop: Shop, api: httpx.AsyncClient, ann: Customer) -> httpx.Response:
    order = await shop.place(ann)
    await shop.deliver(order)
    return await api.post(f"/api/v1/orders/{order.id}/cancel", headers=ann.headers)


async def _cancel_twice(shop: Shop, api: httpx.AsyncClient, ann: Customer) -> httpx.Response:
    order = await shop.place(ann)
    address = f"/api/v1/orders/{order.id}/cancel"
    assert (await api.post(address, headers=ann.headers)).status_code == 200
    return await api.post(address, headers=ann.headers)


async def _cancel_together(shop: Shop, api: httpx.AsyncClient, ann: Customer) -> httpx.Response:
    """Two that both saw a waiting order; a lock keeps either from going on before."""
    order = await shop.place(ann)
    address = f"/api/v1/orders/{order.id}/cancel"
    async with shop.services.database.transaction() as connection:
        await connection.execute("select from orders where id = $1 for update", order.id)
        both = [asyncio.create_task(api.post(address, headers=ann.headers)) for _ in range(2)]
        await shop.wait_until(BLOCKED, 2)
    first, second = sorted([await one for one in both], key=lambda answer: answer.status_code)
    assert first.json()["data"]["status"] == "CANCELLED"
    return second


async def _next_too_early(shop: Shop, api: httpx.AsyncClient, ann: Customer) -> httpx.Response:
    order = await shop.place(ann)
    return await api.post(f"/api/v1/orders/{order.id}/next-sms", headers=ann.headers)


async def _next_overtaken(shop: Shop, api: httpx.AsyncClient, ann: Customer) -> httpx.Response:
    """The order changes after it was read and before it is written."""
    order = await shop.place(ann)
    await shop.deliver(order)
    async with shop.services.database.transaction() as connection:
        await connection.execute("update orders set version = version + 1 where id = $1", order.id)
        asking = asyncio.create_task(
            api.post(f"/api/v1/orders/{order.id}/next-sms", headers=ann.headers)
        )
        await shop.wait_until(BLOCKED, 1)
    return await asking


async def _next_upstream(shop: Shop, api: httpx.AsyncClient, ann: Customer) -> httpx.Response:
    order = await shop.place(ann)
    await shop.deliver(order)
    await shop.supplier.fault("*", "http500", rate=1)
    return await api.post(f"/api/v1/orders/{order.id}/next-sms", headers=ann.headers)


PROVOCATIONS: Final[dict[tuple[str, str, str], Provocation]] = {
    ("GET", "/api/v1/prices", "BAD_SERVICE"): _bad_service_of_prices,
    ("POST", "/api/v1/orders", "BAD_SERVICE"): _bad_service,
    ("POST", "/api/v1/orders", "BAD_COUNTRY"): _bad_country,
    ("POST", "/api/v1/orders", "NO_NUMBERS"): _no_numbers,
    ("POST", "/api/v1/orders", "INSUFFICIENT"): _insufficient,
    ("POST", "/api/v1/orders", "UPSTREAM_ERROR"): _upstream_error,
    ("POST", "/api/v1/orders", "IDEMPOTENCY_CONFLICT"): _idempotency,
    ("GET", "/api/v1/orders/{order_id}", "NOT_FOUND"): _missing_order,
    ("POST", "/api/v1/orders/{order_id}/cancel", "NOT_FOUND"): _cancel_missing,
    ("POST", "/api/v1/orders/{order_id}/cancel", "CODE_RECEIVED"): _cancel_with_code,
    ("POST", "/api/v1/orders/{order_id}/cancel", "NOT_OPEN"): _cancel_twice,
    ("POST", "/api/v1/orders/{order_id}/cancel", "ALREADY_CHANGED"): _cancel_together,
    ("POST", "/api/v1/orders/{order_id}/next-sms", "NOT_FOUND"): _next_missing,
    ("POST", "/api/v1/orders/{order_id}/next-sms", "NOT_OPEN"): _next_too_early,
    ("POST", "/api/v1/orders/{order_id}/next-sms", "ALREADY_CHANGED"): _next_overtaken,
    ("POST", "/api/v1/orders/{order_id}/next-sms", "UPSTREAM_ERROR"): _next_upstream,
}
"""By method, path and code."""

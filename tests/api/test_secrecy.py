"""Nothing that a client can see says whose numbers these are, nor what we keep to ourselves."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from jiema_app.settings import SANDBOX_SUPPLIER_KEY, SANDBOX_WEBHOOK_PATH
from tests.api.asking import order
from tests.api.provocations import PROVOCATIONS
from tests.api.table import ROUTES, order_for
from tests.support.shop import SUPPLIER, Customer, Shop

BRANDS = re.compile(rb"hero|sms-?_?activate|handler_?api|grizzly|smshub|stubs/", re.IGNORECASE)

SECRETS = (SANDBOX_SUPPLIER_KEY.encode(), SANDBOX_WEBHOOK_PATH.encode(), b"postgres", b"asyncpg")

GOODS = re.compile(rb"course[ -]hero", re.IGNORECASE)
"""Somebody else's brand, whose codes are on sale."""

RANDOM = re.compile(rb'"requestId":"[^"]*"|\bc[0-9a-z]{24}\b|\bjm_[\w-]{43}\b')
"""Ids may hold any four letters by chance."""

FAULTS = (
    *("http500", "http429", "garbage", "truncated", "edge_403", "edge_1020", "no_numbers"),
    *("banned", "channels_limit", "no_balance", "wrong_max_price", "drop_before"),
    "timeout_after_commit",
)


class Listener:
    """Keeps every answer that a client got, headers and all."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, bytes]] = []

    async def __call__(self, answer: httpx.Response) -> None:
        body = await answer.aread()
        headers = b"\n".join(
            name + b": " + value
            for name, value in answer.headers.raw
            if name.lower() not in {b"x-request-id", b"etag"}
        )
        request = f"{answer.request.method} {answer.request.url}"
        self.heard.append((request, headers + b"\n\n" + GOODS.sub(b"", RANDOM.sub(b"", body))))


@pytest.fixture
async def listener(shop: Shop) -> AsyncIterator[Listener]:
    """What was heard must hold neither a brand nor a secret."""
    listener = Listener()
    yield listener
    assert listener.heard
    for request, answer in listener.heard:
        found = BRANDS.search(answer)
        assert found is None, (request, answer[max(0, found.start() - 60) : found.end() + 60])
        for secret in SECRETS:
            assert secret not in answer, (request, secret)


async def listening(shop: Shop, listener: Listener) -> httpx.AsyncClient:
    api = await shop.api()
    api.event_hooks["response"].append(listener)
    return api


async def test_no_answer_of_any_route_names_the_supplier(shop: Shop, listener: Listener) -> None:
    api = await listening(shop, listener)
    ann, eve = await shop.customer(), await shop.customer()
    banned = await shop.customer()
    await shop.services.identity.ban(banned.id, actor="test", reason="tests")
    for route in ROUTES:
        for headers in ({}, ann.headers, eve.headers, banned.headers, {"X-API-Key": "jm_x"}):
            found = await order_for(shop, ann, route)
            address = route.address(found.id if found is not None else "")
            for method in (route.method, "DELETE", "HEAD"):
                await api.request(method, address, json=route.body, headers=headers)
            await api.request(route.method, address, content=b"{", headers=headers)


async def test_no_list_names_the_supplier(shop: Shop, listener: Listener) -> None:
    api = await listening(shop, listener)
    ann = await shop.customer()
    services = await api.get("/api/v1/services", headers=ann.headers)
    for item in services.json()["data"]["items"]:
        address = f"/api/v1/prices?service={item['code']}&shape=array"
        await api.get(address, headers=ann.headers)
    for lang in ("zh", "ru", "en"):
        await api.get(f"/api/v1/countries?lang={lang}", headers=ann.headers)


async def test_no_refusal_names_the_supplier(shop: Shop, listener: Listener) -> None:
    for provoke in PROVOCATIONS.values():
        api = await listening(shop, listener)
        await provoke(shop, api, await shop.customer())
        for fault in ("no_numbers", "http500"):
            await shop.supplier.fault("*", fault, rate=0)


async def use(shop: Shop, api: httpx.AsyncClient, ann: Customer) -> None:
    """Everything that makes us talk to the supplier."""
    shop.forget_beats()
    shop.services.refresher._asked_at.clear()
    listed = await api.get("/api/v1/orders", headers=ann.headers)
    for one in listed.json()["data"]["items"]:
        address = f"/api/v1/orders/{one['id']}"
        await api.get(address, headers=ann.headers)
        await api.post(f"{address}/next-sms", headers=ann.headers)
        await api.post(f"{address}/cancel", headers=ann.headers)
    await order(api, ann)


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_trouble_with_the_supplier_names_it(
    shop: Shop, listener: Listener, fault: str
) -> None:
    api = await listening(shop, listener)
    ann = await shop.customer()
    await shop.place(ann)
    await shop.deliver(await shop.place(ann))
    for circuit in shop.services.suppliers.values():
        assert circuit.name == SUPPLIER
    await shop.supplier.fault("*", fault, rate=1)
    for _ in range(2):
        await use(shop, api, ann)
    await api.get("/readyz")
    await api.get("/metrics")

"""Long-polling one order, and the entity tags that make polling cheap."""

import asyncio
from typing import Any

import httpx
import pytest

from jiema_app.domain.api_keys.service import ApiKeyService
from jiema_app.domain.identity.service import IdentityService
from tests.api.asking import data, problem, watches
from tests.support.live import LiveStack
from tests.support.polling import PATIENCE_S, until_told
from tests.support.shop import Customer, Shop

MANY = 200


@pytest.fixture
def shop(quiet_shop: Shop) -> Shop:
    """Only the worker asks the supplier here."""
    return quiet_shop


async def get(
    api: httpx.AsyncClient, ann: Customer, order_id: str, query: str = "", tag: str | None = None
) -> httpx.Response:
    headers = ann.headers | ({"If-None-Match": tag} if tag is not None else {})
    return await api.get(f"/api/v1/orders/{order_id}{query}", headers=headers)


async def until_watched(shop: Shop, orders: int = 1) -> None:
    """Wait until somebody waits for so many orders."""

    async def is_so() -> bool:
        return len(shop.services.watch) == orders

    await until_told(is_so)


async def test_without_news_the_answer_comes_at_the_deadline(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    order = await shop.place(ann)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    answer = data(await get(api, ann, order.id, "?wait=0.3"))
    assert answer["status"] == "WAITING"
    assert loop.time() - begun >= 0.3
    assert len(shop.services.watch) == 0


async def test_news_end_the_waiting_at_once(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    order = await shop.place(ann)
    waiting = asyncio.create_task(get(api, ann, order.id, "?wait=25"))
    await until_watched(shop)
    await shop.deliver(order, "Code 777123")
    shop.services.watch.wake(order.id)
    answer = data(await waiting)
    assert (answer["status"], answer["smsCode"]) == ("RECEIVED", "777123")
    assert len(shop.services.watch) == 0


@pytest.mark.parametrize(
    ("end", "refusal"), [("revoke", (401, "AUTH_INVALID")), ("ban", (403, "FORBIDDEN"))]
)
async def test_whoever_is_shut_out_while_waiting_is_not_told_the_code(
    live: LiveStack, end: str, refusal: tuple[int, str]
) -> None:
    """The thief of a key waits already when its owner ends it, and the code comes after that."""
    async with live.database() as database:
        ann = await live.customer()
        async with live.client(ann) as api:
            order = data(await api.post("/api/v1/orders", json={"service": "tg", "country": 7}))
            waiting = asyncio.create_task(api.get(f"/api/v1/orders/{order['id']}?wait=5"))
            await asyncio.sleep(0.5)
            if end == "revoke":
                keys = ApiKeyService(database, active_max=10)
                [key] = await keys.list_active(ann.id)
                await keys.revoke(ann.id, key.id)
            else:
                await IdentityService(database).ban(ann.id, actor="test", reason="tests")
            assert problem(await waiting) == refusal


async def test_whoever_already_has_news_to_hear_does_not_wait(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    received, cancelled = await shop.place(ann), await shop.place(ann)
    await shop.deliver(received)
    await shop.services.orders.cancel(ann.id, cancelled.id)
    async with asyncio.timeout(PATIENCE_S):
        for order in (received, cancelled):
            fresh = await get(api, ann, order.id, "?wait=25")
            assert data(fresh)["status"] != "WAITING"
            # A tag of another version, and one that is not ours.
            for tag in (f'W/"{order.id}.1"', '"x"', f'W/"{order.id}.x"', ""):
                assert data(await get(api, ann, order.id, "?wait=25", tag))["id"] == order.id


async def test_a_known_version_is_not_sent_again(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    order = await shop.place(ann)
    first = await get(api, ann, order.id)
    tag = first.headers["etag"]
    strong = tag.removeprefix("W/")
    for known in (tag, strong, "*", f'"other", {tag}', f'{strong},"other"'):
        for query in ("", "?wait=0.05"):
            answer = await get(api, ann, order.id, query, known)
            assert answer.status_code == 304, (known, query)
            assert answer.content == b""
            assert answer.headers["etag"] == tag
            assert "ratelimit-remaining" in answer.headers
    assert (await get(api, ann, order.id, tag=strong.strip('"'))).status_code == 200


async def test_a_known_version_waits_for_the_next_one_whatever_its_status(shop: Shop) -> None:
    """So a client hears of the second code, and of the end."""
    api, ann = await shop.api(), await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order, "first 111111")
    tag = (await get(api, ann, order.id)).headers["etag"]
    waiting = asyncio.create_task(get(api, ann, order.id, "?wait=25", tag))
    await until_watched(shop)
    asked = await api.post(f"/api/v1/orders/{order.id}/next-sms", headers=ann.headers)
    assert data(asked) == {"id": order.id, "status": "WAITING"}
    shop.services.watch.wake(order.id)
    answer = await waiting
    assert data(answer)["status"] == "WAITING"
    assert answer.headers["etag"] != tag


async def test_two_hundred_may_wait_for_one_order(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    order = await shop.place(ann)
    waiting = [asyncio.create_task(get(api, ann, order.id, "?wait=25")) for _ in range(MANY)]
    await until_watched(shop)
    await shop.deliver(order)
    shop.services.watch.wake(order.id)
    answers = await asyncio.gather(*waiting)
    assert {data(answer)["status"] for answer in answers} == {"RECEIVED"}
    assert len({answer.content for answer in answers}) == 1
    assert len(shop.services.watch) == 0


async def test_who_goes_away_while_waiting_leaves_nothing_behind(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    order = await shop.place(ann)
    waiting = [asyncio.create_task(get(api, ann, order.id, "?wait=25")) for _ in range(20)]
    await until_watched(shop)
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert len(shop.services.watch) == 0


async def test_waiting_holds_no_connection_of_the_database(shop: Shop) -> None:
    """More people wait than there are connections, and others are served meanwhile."""
    api, ann = await shop.api(), await shop.customer()
    orders = [await shop.place(ann) for _ in range(15)]
    waiting = [asyncio.create_task(get(api, ann, order.id, "?wait=25")) for order in orders]
    await until_watched(shop, len(orders))
    assert data(await api.get("/api/v1/account", headers=ann.headers))["id"] == ann.id
    for order in orders:
        await shop.services.orders.cancel(ann.id, order.id)
    shop.services.watch.wake_all()
    statuses = [data(answer)["status"] for answer in await asyncio.gather(*waiting)]
    assert statuses == ["CANCELLED"] * len(orders)


async def test_an_order_that_is_not_ours_is_not_waited_for(shop: Shop) -> None:
    api, ann, eve = await shop.api(), await shop.customer(), await shop.customer()
    order = await shop.place(ann)
    async with asyncio.timeout(PATIENCE_S):
        assert problem(await get(api, eve, order.id, "?wait=25")) == (404, "NOT_FOUND")
    assert len(shop.services.watch) == 0


async def test_polling_drives_the_order_forward_without_a_worker(shop: Shop) -> None:
    shop.forget_beats()
    api, ann = await shop.api(), await shop.customer()
    order = await shop.place(ann)
    (await shop.supplier.sms(order.phone or "", "Code 424242")).raise_for_status()
    assert data(await get(api, ann, order.id))["smsCode"] == "424242"


async def test_polling_is_answered_from_what_is_stored_when_the_supplier_is_down(
    shop: Shop,
) -> None:
    shop.forget_beats()
    api, ann = await shop.api(), await shop.customer()
    order = await shop.place(ann)
    await shop.supplier.fault("*", "http500", rate=1)
    assert data(await get(api, ann, order.id))["status"] == "WAITING"


async def live_order(live: LiveStack, ann: Customer) -> dict[str, Any]:
    async with live.client(ann) as api:
        placed = await api.post("/api/v1/orders", json={"service": "tg", "country": 7})
        order: dict[str, Any] = data(placed)
        return order


async def test_a_code_reaches_two_hundred_real_connections(live: LiveStack) -> None:
    ann = await live.customer()
    order = await live_order(live, ann)
    limits = httpx.Limits(max_connections=MANY)
    async with (
        live.supplier() as supplier,
        httpx.AsyncClient(
            base_url=live.origin,
            limits=limits,
            headers=ann.headers,
            timeout=PATIENCE_S,
            trust_env=False,
        ) as api,
    ):
        address = f"/api/v1/orders/{order['id']}?wait=25"
        waiting = [asyncio.create_task(api.get(address)) for _ in range(MANY)]
        await watches(live, 1)
        (await supplier.sms(order["phone"], "Your code is 909090")).raise_for_status()
        answers = await asyncio.gather(*waiting)
    assert {data(answer)["smsCode"] for answer in answers} == {"909090"}


async def test_connections_that_break_while_waiting_are_forgotten(live: LiveStack) -> None:
    ann = await live.customer()
    order = await live_order(live, ann)
    request = (
        f"GET /api/v1/orders/{order['id']}?wait=2 HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {ann.token}\r\n\r\n"
    ).encode()
    for _ in range(40):
        _, writer = await asyncio.open_connection("127.0.0.1", live.web_ports[0])
        writer.write(request)
        await writer.drain()
        writer.close()
    await watches(live, 0)

"""The documented workflow from end to end, the list of orders, and keys that end."""

import asyncio
from itertools import pairwise
from typing import Any

import httpx

from api_routes.credentials import Credentials
from jiema_app.domain.api_keys.service import ApiKeyService
from jiema_app.domain.identity.service import IdentityService
from tests.api.asking import data, problem
from tests.support.live import LiveStack
from tests.support.polling import until_told
from tests.support.shop import Customer, Shop


async def test_the_seven_documented_steps_lead_from_a_balance_to_two_codes(
    live: LiveStack,
) -> None:
    ann = await live.customer(cents=1_200)
    async with live.client(ann) as api, live.supplier() as supplier:
        assert data(await api.get("/api/v1/account"))["balanceCents"] == "1200"
        services = data(await api.get("/api/v1/services"))["items"]
        telegram = next(item for item in services if item["slug"] == "telegram")
        prices = data(await api.get(f"/api/v1/prices?service={telegram['code']}"))["items"]
        malaysia = next(item for item in prices if item["countrySlug"] == "my")
        wish = {"service": telegram["code"], "country": malaysia["countryId"]}
        order = data(await api.post("/api/v1/orders", json=wish))
        assert order["chargedCents"] == malaysia["priceCents"]
        address = f"/api/v1/orders/{order['id']}"

        await supplier.sms(order["phone"], "First code 111111")
        first = data(await api.get(f"{address}?wait=25"))
        assert (first["status"], first["smsBody"]) == ("RECEIVED", "First code 111111")
        assert data(await api.post(f"{address}/next-sms"))["status"] == "WAITING"
        await supplier.sms(order["phone"], "Second code 222222")
        second = data(await api.get(f"{address}?wait=25"))
        assert (second["status"], second["smsBody"]) == ("RECEIVED", "Second code 222222")
        assert [sms["code"] for sms in second["smsHistory"]] == ["111111", "222222"]
        assert problem(await api.post(f"{address}/cancel")) == (400, "CODE_RECEIVED")

        other = data(await api.post("/api/v1/orders", json=wish))
        cancelled = data(await api.post(f"/api/v1/orders/{other['id']}/cancel"))
        assert cancelled == {"id": other["id"], "status": "CANCELLED"}
        left = 1_200 - int(order["chargedCents"])
        assert data(await api.get("/api/v1/account"))["balanceCents"] == str(left)


async def pages(
    api: httpx.AsyncClient, ann: Customer, query: str = ""
) -> list[list[dict[str, Any]]]:
    """Every page of a list, by following the cursors."""
    found, cursor = [], ""
    while True:
        after = f"&cursor={cursor}" if cursor else ""
        page = data(await api.get(f"/api/v1/orders?{query}{after}", headers=ann.headers))
        found.append(page["items"])
        if page["nextCursor"] is None:
            return found
        cursor = page["nextCursor"]


async def test_a_list_is_read_page_by_page_newest_first(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer(cents=100_000)
    bob = await shop.customer()
    await shop.place(bob)
    for _ in range(20):
        await shop.place(ann)
    everything = [item for page in await pages(api, ann) for item in page]
    ids = [item["id"] for item in everything]
    assert len(set(ids)) == 20
    assert all(newer > older for newer, older in pairwise(ids))
    for limit, sizes in ((20, [20]), (8, [8, 8, 4]), (10, [10, 10]), (1, [1] * 20), (100, [20])):
        found = await pages(api, ann, f"limit={limit}")
        assert [len(page) for page in found] == sizes
        assert [item["id"] for page in found for item in page] == ids
    for default in ("", "?cursor=", "?cursor=&limit=20"):
        found_now = data(await api.get(f"/api/v1/orders{default}", headers=ann.headers))
        assert [item["id"] for item in found_now["items"]] == ids


async def test_what_comes_in_between_neither_doubles_nor_hides_an_order(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer(cents=100_000)
    old = [await shop.place(ann) for _ in range(6)]
    first = data(await api.get("/api/v1/orders?limit=3", headers=ann.headers))
    await shop.place(ann)
    rest = await api.get(
        f"/api/v1/orders?limit=3&cursor={first['nextCursor']}", headers=ann.headers
    )
    seen = [item["id"] for item in (*first["items"], *data(rest)["items"])]
    assert seen == [order.id for order in reversed(old)]


async def test_a_list_can_be_narrowed_to_a_status(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer(cents=100_000)
    orders = [await shop.place(ann) for _ in range(6)]
    for order in orders[:2]:
        await shop.deliver(order)
    for order in orders[2:5]:
        await shop.services.orders.cancel(ann.id, order.id)
    for status, count in (
        ("WAITING", 1), ("RECEIVED", 2), ("CANCELLED", 3), ("COMPLETED", 0), ("FAILED", 0),
    ):  # fmt: skip
        found = [
            item for page in await pages(api, ann, f"status={status}&limit=1") for item in page
        ]
        assert [item["status"] for item in found] == [status] * count


async def test_a_running_process_hears_of_revoked_keys_and_bans_at_once(live: LiveStack) -> None:
    """Long before what it remembers of a key would be looked up again."""
    async with live.database() as database:
        keys, people = ApiKeyService(database, active_max=10), IdentityService(database)
        for end, code in (("revoke", "AUTH_INVALID"), ("ban", "FORBIDDEN")):
            ann = await live.customer()
            async with live.client(ann) as api:
                assert data(await api.get("/api/v1/account"))["id"] == ann.id
                if end == "revoke":
                    [key] = await keys.list_active(ann.id)
                    await keys.revoke(ann.id, key.id)
                else:
                    await people.ban(ann.id, actor="test", reason="tests")

                async def is_refused(api: httpx.AsyncClient = api, code: str = code) -> bool:
                    return bool((await api.get("/api/v1/account")).json().get("code") == code)

                await until_told(is_refused)


async def test_a_key_read_just_before_its_revocation_is_not_remembered(shop: Shop) -> None:
    ann = await shop.customer()
    credentials = Credentials(shop.services.api_keys)
    async with shop.services.database.transaction() as connection:
        await connection.execute("lock table api_keys in access exclusive mode")
        reading = asyncio.create_task(credentials.find_principal(ann.token))
        await shop.wait_until(
            "select count(*) > 0 from pg_stat_activity "
            "where wait_event_type = 'Lock' and datname = current_database()"
        )
        credentials.forget(ann.id)
    assert await reading is not None
    assert credentials.recall(ann.token) is None
    assert await credentials.find_principal(ann.token) is not None
    assert credentials.recall(ann.token) is not None

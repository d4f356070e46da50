"""The operators of a route, as the page's panel asks for them, and an order from one."""

import httpx

from jiema_app.settings import LimitSettings
from tests.api.test_shop_orders import SCRIPT, click, price_of, refusal, sign_in
from tests.support.shop import Customer, Shop

ADDRESS = "/api/shop/operators"
TELEGRAM = {"service": "telegram", "country": "my", "locale": "en"}


async def ask(shop: Shop, who: Customer | None, **query: str) -> httpx.Response:
    api = await shop.api()
    headers = await sign_in(shop, who) if who else {}
    return await api.get(ADDRESS, params=TELEGRAM | query, headers=headers | SCRIPT)


async def test_each_has_its_price_and_its_stock(shop: Shop) -> None:
    ann = await shop.customer()
    answer = await ask(shop, ann)
    assert answer.headers["cache-control"] == "no-store"
    data = answer.json()["data"]
    price = f"${price_of(shop) / 100:.2f}"
    assert data["priceCents"] == price_of(shop)
    for one in data["operators"]:
        assert one["label"].startswith(f"{one['name']} · ")
        assert (price in one["label"]) == (one["stock"] > 0)
    assert "supplier" not in answer.text
    assert shop.services.settings.supplier.name not in answer.text


async def test_only_members_may_ask_and_not_too_often(shop: Shop) -> None:
    assert (await ask(shop, None)).status_code == 401
    ann = await shop.customer()
    api = await shop.api(limits=LimitSettings(page_reads_per_minute=2))
    headers = await sign_in(shop, ann)
    statuses = [
        (await api.get(ADDRESS, params=TELEGRAM, headers=headers)).status_code for _ in range(3)
    ]
    assert statuses == [200, 200, 429]


async def test_what_makes_no_sense_is_refused(shop: Shop) -> None:
    ann = await shop.customer()
    for query, code in [
        ({"service": ""}, "BAD_REQUEST"),
        ({"country": "x" * 5000}, "BAD_REQUEST"),
        ({"service": "no-such"}, "BAD_SERVICE"),
        ({"country": "atlantis"}, "BAD_COUNTRY"),
    ]:
        answer = await ask(shop, ann, **query)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert await shop.supplier.requests("getOperators") == 0


async def test_several_numbers_of_one_operator_are_bought(shop: Shop) -> None:
    ann = await shop.customer()
    cookie = await sign_in(shop, ann)
    rows = (await ask(shop, ann)).json()["data"]["operators"]
    chosen = max(rows, key=lambda row: row["stock"])["id"]
    answer = await click(shop, cookie, fields={"operator": chosen, "quantity": "3"})
    ids = answer.json()["data"]["ids"]
    orders = await shop.services.orders.find_own(ann.id, ids)
    assert [order.operator for order in orders] == [chosen] * 3
    assert [rental["operator"] for rental in await shop.rentals()] == [chosen] * 3
    assert (await shop.verify()).ok

    for operator, code in [("no_such", "NO_NUMBERS"), ("x" * 33, "BAD_REQUEST")]:
        refused = await click(shop, cookie, fields={"operator": operator})
        assert refusal(refused)[:2] == (400, code)
    assert len(await shop.statuses()) == 3

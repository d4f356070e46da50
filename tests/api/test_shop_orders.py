"""Buying with the button of a page."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from api_routes.shop.orders import SHOP_ORDERS
from jiema_app.settings import LimitSettings
from tests.api.asking import IRAN
from tests.support.shop import Customer, Shop

OURS = {"Sec-Fetch-Site": "same-origin"}
SCRIPT = {"Accept": "application/json"}
TELEGRAM = {"service": "telegram", "country": "my", "max_price_cents": "100", "locale": "en"}


async def sign_in(shop: Shop, customer: Customer) -> dict[str, str]:
    """The header that a customer's signed-in browser sends."""
    async with shop.services.database.transaction() as connection:
        token = await shop.services.sessions.open(connection, customer.id, "Firefox")
    return {"Cookie": f"sid={token}"}


async def click(
    shop: Shop,
    who: Mapping[str, str] | None = None,
    *,
    headers: Mapping[str, str] = SCRIPT,
    site: Mapping[str, str] = OURS,
    fields: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Press the button for Telegram in Malaysia, unless told otherwise."""
    api = await shop.api()
    form = {name: value for name, value in (TELEGRAM | dict(fields or {})).items() if value}
    return await api.post(SHOP_ORDERS, data=form, headers={**(who or {}), **site, **headers})


def refusal(answer: httpx.Response) -> tuple[int, str, Any]:
    """Status, code and details of a refusal told to a script."""
    body = answer.json()
    assert set(body) == {"ok", "code", "message", "requestId", "details"}
    assert body["ok"] is False
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, body["code"], body["details"]


def price_of(shop: Shop, service: str = "tg", country: int = 7) -> int:
    catalog = shop.services.live_catalog.current
    return catalog.list_quotes(catalog.get_service(service).code, catalog.get_country(country).id)[
        0
    ].price_cents


async def test_a_script_is_told_where_the_order_is(shop: Shop) -> None:
    ann = await shop.customer()
    answer = await click(shop, await sign_in(shop, ann), fields={"locale": "zh"})
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert data["location"] == f"/zh/order/{data['id']}"
    assert answer.headers["cache-control"] == "no-store"
    order = await shop.services.orders.get(ann.id, data["id"], refresh=False)
    assert (order.service_code, order.country_id) == ("tg", 7)
    assert order.price_cents == price_of(shop)


async def test_a_browser_without_scripts_is_sent_to_the_order(shop: Shop) -> None:
    ann = await shop.customer()
    answer = await click(shop, await sign_in(shop, ann), headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/en/order/")
    assert len(await shop.statuses()) == 1


async def test_json_is_understood_as_well(shop: Shop) -> None:
    ann = await shop.customer()
    api = await shop.api()
    body = {"service": "tg", "country": 7, "max_price_cents": 100, "locale": "ar"}
    headers = await sign_in(shop, ann) | OURS | SCRIPT
    answer = await api.post(SHOP_ORDERS, json=body, headers=headers)
    assert answer.json()["data"]["location"].startswith("/ar/order/")


async def test_a_guest_is_sent_to_sign_in_and_back_to_the_row(shop: Shop) -> None:
    plain = await click(shop, headers={})
    assert plain.status_code == 303
    status, code, details = refusal(await click(shop))
    assert (status, code) == (401, "AUTH_MISSING")
    assert plain.headers["location"] == details["location"]
    address = urlsplit(details["location"])
    assert address.path == "/en/login"
    assert parse_qs(address.query) == {"next": ["/en/service/telegram?country=my"]}
    assert details["notice"] == "Sign in to continue."
    assert await shop.statuses() == []


async def test_a_guest_who_wants_what_we_do_not_sell_comes_back_to_the_list(shop: Shop) -> None:
    evil = dict.fromkeys(("service", "country", "locale"), "//evil.example/..")
    answer = await click(shop, fields=evil)
    location = refusal(answer)[2]["location"]
    assert location == "/en/login?next=%2Fen%2Fbrowse"


async def test_a_session_that_was_ended_buys_nothing(shop: Shop) -> None:
    ann = await shop.customer()
    cookie = await sign_in(shop, ann)
    await shop.services.sessions.close_all(ann.id)
    shop.services.sessions.forget(ann.id)
    assert refusal(await click(shop, cookie))[0] == 401
    assert refusal(await click(shop, {"Cookie": "sid=forged"}))[0] == 401
    assert await shop.statuses() == []


async def test_a_key_of_the_api_does_not_buy_here(shop: Shop) -> None:
    ann = await shop.customer()
    assert refusal(await click(shop, ann.headers))[0] == 401


async def test_who_is_banned_buys_nothing(shop: Shop) -> None:
    ann = await shop.customer()
    cookie = await sign_in(shop, ann)
    await shop.services.identity.ban(ann.id, actor="test", reason="test")
    shop.services.sessions.forget(ann.id)
    assert refusal(await click(shop, cookie))[:2] == (401, "AUTH_MISSING")
    assert await shop.statuses() == []


@pytest.mark.parametrize(
    ("site", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "http://localhost:8000"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8000"}, 403),
        ({}, 403),
    ],
)
async def test_only_our_own_pages_can_have_a_browser_buy(
    shop: Shop, site: dict[str, str], status: int
) -> None:
    assert shop.settings.origin == "http://localhost:8000"
    ann = await shop.customer()
    answer = await click(shop, await sign_in(shop, ann), site=site)
    assert answer.status_code == status
    assert len(await shop.statuses()) == (1 if status == 200 else 0)


async def test_where_we_may_not_serve_nobody_buys(shop: Shop) -> None:
    ann = await shop.customer()
    where = {"X-Forwarded-For": IRAN}
    answer = await click(shop, await sign_in(shop, ann), headers=SCRIPT | where)
    assert refusal(answer)[:2] == (403, "FORBIDDEN")
    plain = await click(shop, await sign_in(shop, ann), headers=where)
    assert plain.headers["location"] == "/en/service/telegram?country=my#refused-FORBIDDEN"
    assert await shop.statuses() == []


async def test_a_price_that_rose_is_told_and_not_taken(shop: Shop) -> None:
    ann = await shop.customer()
    cookie, price = await sign_in(shop, ann), price_of(shop)
    answer = await click(shop, cookie, fields={"max_price_cents": str(price - 1)})
    status, code, details = refusal(answer)
    assert (status, code) == (400, "NO_NUMBERS")
    assert details == {
        "notice": f"The price is now ${price / 100:.2f}. You weren't charged. To accept the new "
        "price, buy again.",
        "price": f"${price / 100:.2f}",
        "priceCents": price,
        "label": f"Buy a number from Malaysia for Telegram, ${price / 100:.2f}",
    }
    plain = await click(shop, cookie, headers={}, fields={"max_price_cents": str(price - 1)})
    assert plain.headers["location"].endswith("#refused-NO_NUMBERS")
    assert await shop.statuses() == []
    assert (await click(shop, cookie, fields={"max_price_cents": str(price)})).status_code == 200


async def test_a_small_balance_is_told_beside_the_price(shop: Shop) -> None:
    ann = await shop.customer(cents=2)
    cookie = await sign_in(shop, ann)
    status, code, details = refusal(await click(shop, cookie))
    assert (status, code) == (400, "INSUFFICIENT")
    assert f"costs ${price_of(shop) / 100:.2f}, but your balance is $0.02." in details["notice"]
    assert details["more"] == {"label": "Top up", "href": "/en/account/topup"}
    plain = await click(shop, cookie, headers={}, fields={"locale": "ar"})
    assert plain.headers["location"] == "/ar/service/telegram?country=my#refused-INSUFFICIENT"
    assert await shop.balance(ann) == 20_000


async def test_what_is_sold_out_is_told(shop: Shop) -> None:
    await shop.execute("update offers set count = 0 where service_code = 'tg'")
    await shop.services.live_catalog.reload()
    ann = await shop.customer()
    status, code, details = refusal(await click(shop, await sign_in(shop, ann)))
    assert (status, code) == (400, "NO_NUMBERS")
    assert set(details) == {"notice"}
    assert "You weren't charged" in details["notice"]


async def test_a_supplier_that_has_none_after_all_costs_nothing(shop: Shop) -> None:
    ann = await shop.customer()
    before = await shop.balance(ann)
    await shop.supplier.offer("tg", 7, 0.1, 0)
    status, code, _ = refusal(await click(shop, await sign_in(shop, ann)))
    assert (status, code) == (400, "NO_NUMBERS")
    assert await shop.balance(ann) == before


async def test_a_double_click_with_one_key_is_one_order(shop: Shop) -> None:
    ann = await shop.customer()
    cookie = await sign_in(shop, ann)
    once = SCRIPT | {"Idempotency-Key": "one-intention"}
    answers = await asyncio.gather(*(click(shop, cookie, headers=once) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["data"]["id"] for answer in answers}) == 1
    assert len(await shop.statuses()) == 1


async def test_one_key_for_two_wishes_is_refused(shop: Shop) -> None:
    ann = await shop.customer()
    cookie = await sign_in(shop, ann)
    once = SCRIPT | {"Idempotency-Key": "one-intention"}
    await click(shop, cookie, headers=once)
    second = await click(shop, cookie, headers=once, fields={"service": "whatsapp"})
    assert refusal(second)[:2] == (400, "IDEMPOTENCY_CONFLICT")
    assert len(await shop.statuses()) == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"max_price_cents": ""}, "BAD_REQUEST"),
        ({"max_price_cents": "0"}, "BAD_REQUEST"),
        ({"max_price_cents": "-1"}, "BAD_REQUEST"),
        ({"max_price_cents": "1e9"}, "BAD_REQUEST"),
        ({"max_price_cents": "٣٢"}, "BAD_REQUEST"),
        ({"max_price_cents": "9" * 5000}, "BAD_REQUEST"),
        ({"max_price_cents": "00000001" + "9" * 20}, "BAD_REQUEST"),
        ({"max_price_cents": "00000001" + "9" * 5000}, "BAD_REQUEST"),
        ({"service": ""}, "BAD_REQUEST"),
        ({"service": "x" * 65}, "BAD_REQUEST"),
        ({"country": ""}, "BAD_REQUEST"),
        ({"service": "no-such"}, "BAD_SERVICE"),
        ({"service": "paypal"}, "BAD_SERVICE"),
        ({"country": "atlantis"}, "BAD_COUNTRY"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    shop: Shop, fields: dict[str, str], code: str
) -> None:
    ann = await shop.customer()
    cookie = await sign_in(shop, ann)
    assert refusal(await click(shop, cookie, fields=fields))[:2] == (400, code)
    plain = await click(shop, cookie, headers={}, fields=fields)
    assert plain.status_code == 303
    assert plain.headers["location"].endswith(f"#refused-{code}")
    assert plain.headers["location"].startswith("/en/")
    assert await shop.statuses() == []


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"[]", b"{", b'{"service": {"a": 1}}', b"&" * 50]
)
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", ""])
async def test_a_malformed_body_is_a_bad_request(shop: Shop, body: bytes, kind: str) -> None:
    ann = await shop.customer()
    headers = await sign_in(shop, ann) | OURS | SCRIPT | {"Content-Type": kind}
    api = await shop.api()
    answer = await api.post(SHOP_ORDERS, content=body, headers=headers)
    assert refusal(answer)[:2] == (400, "BAD_REQUEST")


async def test_clicks_share_the_limit_of_changes(shop: Shop) -> None:
    ann = await shop.customer()
    cookie = await sign_in(shop, ann)
    api = await shop.api(limits=LimitSettings(writes_per_minute=2))
    headers = cookie | OURS | SCRIPT
    answers = [await api.post(SHOP_ORDERS, data=TELEGRAM, headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Try again in" in refusal(answers[2])[2]["notice"]
    assert int(answers[2].headers["retry-after"]) > 0


async def test_the_rest_of_the_address_is_not_there(shop: Shop) -> None:
    api = await shop.api()
    assert (await api.get(SHOP_ORDERS)).status_code == 405

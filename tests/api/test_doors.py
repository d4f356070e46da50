"""Every door against every way of not being served, from the tables of doors."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from api_routes import doors
from api_routes.app import create_api
from jiema_app.domain.compliance.actions import OF_BANNED, OF_BLOCKED_PLACES, OF_UNSOLD, Action
from jiema_app.domain.compliance.classes import ComplianceClass
from jiema_app.domain.errors import BadService
from jiema_app.domain.orders.requests import OrderRequest
from jiema_app.domain.units import MicroUsdt
from tests.api.asking import IRAN, MALAYSIA
from tests.api.test_shop_orders import OURS, sign_in
from tests.support.shop import Customer, Shop

BOUGHT = {"service": "telegram", "country": "my", "max_price_cents": "100", "locale": "en"}
JSON = {"Accept": "application/json"}
KEYED = "/api/v1/"


def test_every_route_is_behind_a_door_and_every_door_has_a_route() -> None:
    routes = {
        (method, getattr(route, "path", ""))
        for route in create_api().router.routes
        for method in (getattr(route, "methods", None) or ())
        if method != "HEAD"
    }
    assert routes == set(doors.ROUTES)


@dataclass
class Caller:
    """Somebody with a key, a browser, and an order in each state."""

    customer: Customer
    cookie: dict[str, str]
    waiting: str
    received: str


async def caller(shop: Shop) -> Caller:
    ann = await shop.customer()
    waiting, received = await shop.place(ann), await shop.place(ann)
    await shop.deliver(received)
    return Caller(ann, await sign_in(shop, ann), waiting.id, received.id)


async def knock(
    api: httpx.AsyncClient, door: tuple[str, str], who: Caller, address: str = MALAYSIA
) -> httpx.Response:
    """Ask for what is behind a door, so that it is done if nothing forbids it."""
    method, path = door
    order = who.received if path.endswith("/next-sms") else who.waiting
    path = path.format(
        order_id=order,
        recharge="c" + "0" * 24,
        token="x" * 43,
        code="nobody",
        secret="x",
        withdrawal="c" + "0" * 24,
    )
    path += "?service=tg" if path == "/api/v1/prices" else ""
    headers = {"X-Forwarded-For": address, **OURS, **JSON}
    headers |= who.customer.headers if path.startswith(KEYED) else who.cookie
    body: dict[str, Any] = {}
    if method == "POST" and path.startswith(KEYED):
        body = {"json": {"service": "tg", "country": 7}}
    elif method == "POST":
        body = {"data": BOUGHT | {"amount": "10"}}
    return await api.request(method, path, headers=headers, **body)


def code_of(answer: httpx.Response) -> str:
    return str(answer.json().get("code"))


def is_refused(answer: httpx.Response) -> bool:
    """Whether a door stayed shut because of who, or where, somebody is."""
    if answer.status_code in {302, 303}:
        return "error=place" in answer.headers["location"]
    return answer.status_code == 403 and code_of(answer) == "FORBIDDEN"


async def deeds(shop: Shop) -> list[Any]:
    """All that a door can change for somebody."""
    async with shop.services.database.connection() as connection:
        return [
            await connection.fetch("select id, status, next_sms_count from orders order by id"),
            await connection.fetch("select id, status from recharges order by id"),
            await connection.fetch("select id, revoked_at from api_keys order by id"),
            await connection.fetchval("select count(*) from users"),
        ]


SHUT_IN_BLOCKED_PLACES = {
    door: action not in OF_BLOCKED_PLACES for door, action in doors.ROUTES.items()
}


async def test_every_door_in_a_blocked_place(shop: Shop) -> None:
    api, who = await shop.api(), await caller(shop)
    await shop.read_chain()
    found = {}
    for door, is_shut in SHUT_IN_BLOCKED_PLACES.items():
        if "sandbox-payment" in door[1]:
            continue  # it finds the recharge first; see below
        before = await deeds(shop)
        answer = await knock(api, door, who, IRAN)
        found[door] = is_refused(answer)
        if is_shut:
            assert await deeds(shop) == before, door
    assert found == {
        door: is_shut for door, is_shut in SHUT_IN_BLOCKED_PLACES.items() if door in found
    }


async def test_the_same_doors_are_open_elsewhere(shop: Shop) -> None:
    api, who = await shop.api(), await caller(shop)
    await shop.read_chain()
    assert not [door for door in doors.ROUTES if is_refused(await knock(api, door, who)) and door]


async def test_play_money_is_not_sent_from_a_blocked_place(shop: Shop) -> None:
    api, who = await shop.api(), await caller(shop)
    await shop.read_chain()
    opened = await shop.services.recharges.open(who.customer.id, MicroUsdt(10_000_000))
    answer = await api.post(
        f"/api/shop/recharges/{opened.id}/sandbox-payment",
        data={"amount": "10"},
        headers={**who.cookie, **OURS, **JSON, "X-Forwarded-For": IRAN},
    )
    assert is_refused(answer)


async def test_an_address_that_nothing_answers_is_refused_too(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    answer = await api.post("/api/v1/withdrawals", headers={**ann.headers, "X-Forwarded-For": IRAN})
    assert is_refused(answer)


async def test_every_door_for_somebody_who_is_banned(shop: Shop) -> None:
    api, who = await shop.api(), await caller(shop)
    await shop.read_chain()
    await shop.services.identity.ban(who.customer.id, actor="test", reason="tests")
    for door, action in doors.ROUTES.items():
        before = await deeds(shop)
        answer = await knock(api, door, who)
        if door[1].startswith(KEYED) and door[1] != "/api/v1/openapi.json":
            assert is_refused(answer), door
        elif action not in OF_BANNED | {Action.SIGN_IN}:
            # A browser that is signed out: 401, or led to sign in.
            assert answer.status_code == 401, (door, answer.status_code)
        assert await deeds(shop) == before, door


async def deny(shop: Shop) -> None:
    """Take Telegram off sale, as somebody of the house does."""
    await shop.services.catalog.override("tg", ComplianceClass.DENIED, actor="test", reason="tests")


@pytest.mark.parametrize("has_heard", [True, False])
async def test_every_door_for_a_service_that_is_denied(shop: Shop, *, has_heard: bool) -> None:
    api, who = await shop.api(), await caller(shop)
    await deny(shop)
    if has_heard:
        await shop.services.live_catalog.reload()
    for door, action in doors.ROUTES.items():
        if action is Action.BUY:
            answer = await knock(api, door, who)
            assert code_of(answer) == "BAD_SERVICE", door
    assert await shop.fetchval("select count(*) from orders") == 2
    if has_heard:
        answer = await knock(api, ("POST", "/api/v1/orders/{order_id}/next-sms"), who)
        assert code_of(answer) == "NOT_OPEN"
    assert Action.CANCEL_ORDER in OF_UNSOLD
    answer = await knock(api, ("POST", "/api/v1/orders/{order_id}/cancel"), who)
    assert answer.status_code == 200


async def test_an_override_counts_at_once_is_written_down_and_can_be_taken_back(
    shop: Shop,
) -> None:
    ann = await shop.customer()
    await deny(shop)
    with pytest.raises(BadService):
        await shop.services.orders.place(ann.buyer, OrderRequest(service="tg", country=7))
    assert await shop.balance(ann) == 50_000_000
    await shop.services.catalog.override("tg", None, actor="test", reason="a mistake")
    await shop.place(ann)
    async with shop.services.database.connection() as connection:
        rows = await connection.fetch(
            "select actor, subject_id, details from audit_records "
            "where action = 'service.override' order by id"
        )
    assert [(row["actor"], row["subject_id"]) for row in rows] == [("test", "tg")] * 2
    assert [row["details"]["now"] for row in rows] == ["denied", None]
    assert rows[1]["details"]["before"] == "denied"

"""Who may call what: every route against every kind of caller."""

import httpx
import pytest

from api_routes import doors
from api_routes.app import create_api
from jiema_app.domain.compliance.actions import OF_BLOCKED_PLACES
from tests.api.asking import IRAN, MALAYSIA, bearer, data, problem
from tests.api.table import KEYED, OF_AN_ORDER, OPEN, ROUTES, Route, order_for, route_table
from tests.support.shop import Customer, Shop

UNKNOWN_KEY = "jm_" + "A" * 43


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


async def ask(
    api: httpx.AsyncClient, route: Route, headers: dict[str, str], order_id: str = "cnone"
) -> httpx.Response:
    return await api.request(
        route.method, route.address(order_id), json=route.body, headers=headers
    )


async def ask_as_owner(
    shop: Shop, api: httpx.AsyncClient, route: Route, owner: Customer, **headers: str
) -> httpx.Response:
    order = await order_for(shop, owner, route)
    return await ask(
        api, route, {**owner.headers, **headers}, order.id if order is not None else ""
    )


def test_every_route_of_the_api_stands_in_the_table() -> None:
    assert {(route.method, route.path) for route in ROUTES} == route_table(create_api())


async def test_a_caller_without_a_key_is_asked_for_one(shop: Shop) -> None:
    api = await shop.api()
    for route in KEYED:
        answer = await ask(api, route, {})
        assert problem(answer) == (401, "AUTH_MISSING"), name(route)
        assert answer.headers["www-authenticate"] == 'Bearer realm="jiema"'


@pytest.mark.parametrize(
    "headers",
    [
        bearer("jm_short"),
        bearer(UNKNOWN_KEY),
        bearer(UNKNOWN_KEY + "A"),
        bearer(""),
        {"Authorization": UNKNOWN_KEY},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer"},
        {"X-API-Key": UNKNOWN_KEY},
        {"X-API-Key": ""},
    ],
    ids=str,
)
async def test_a_key_that_nobody_has_opens_nothing(shop: Shop, headers: dict[str, str]) -> None:
    api = await shop.api()
    for route in KEYED:
        answer = await ask(api, route, headers)
        assert problem(answer) == (401, "AUTH_INVALID"), name(route)


async def test_a_revoked_key_opens_nothing_any_more(shop: Shop) -> None:
    ann = await shop.customer()
    [key] = await shop.services.api_keys.list_active(ann.id)
    await shop.services.api_keys.revoke(ann.id, key.id)
    api = await shop.api()
    for route in KEYED:
        assert problem(await ask(api, route, ann.headers)) == (401, "AUTH_INVALID"), name(route)


async def test_the_owner_gets_what_is_theirs(shop: Shop) -> None:
    ann = await shop.customer()
    api = await shop.api()
    for route in KEYED:
        data(await ask_as_owner(shop, api, route, ann))


async def test_a_stranger_s_order_does_not_exist(shop: Shop) -> None:
    ann, eve = await shop.customer(), await shop.customer()
    api = await shop.api()
    for route in OF_AN_ORDER:
        order = await order_for(shop, ann, route)
        assert order is not None
        answer = await ask(api, route, eve.headers, order.id)
        assert problem(answer) == (404, "NOT_FOUND"), name(route)
        missing = await ask(api, route, eve.headers, "c000000000000000000000000")
        # Word for word, so that nobody learns which ids exist.
        assert missing.json()["message"] == answer.json()["message"]
        assert await shop.read(ann, order) == order, name(route)


async def test_a_stranger_s_orders_are_not_listed(shop: Shop) -> None:
    ann, eve = await shop.customer(), await shop.customer()
    await shop.place(ann)
    api = await shop.api()
    listed = await api.get("/api/v1/orders", headers=eve.headers)
    assert data(listed) == {"items": [], "nextCursor": None}
    beyond = await api.get(f"/api/v1/orders?cursor=c{'z' * 24}", headers=eve.headers)
    assert data(beyond)["items"] == []


async def test_a_banned_user_is_refused_everywhere(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.services.identity.ban(ann.id, actor="test", reason="tests")
    api = await shop.api()
    for route in KEYED:
        answer = await ask(api, route, ann.headers, order.id)
        assert problem(answer) == (403, "FORBIDDEN"), name(route)
    assert (await shop.read(ann, order)).is_open


@pytest.mark.parametrize(
    "address",
    [IRAN, f"::ffff:{IRAN}", f"{IRAN}, {'127.0.0.1'}", f"{IRAN}:51234", f'"[::FFFF:{IRAN}]:443"',
     f"{MALAYSIA}, {IRAN}:80 ,, 127.0.0.1:9", "unknown", "_hidden", "", f"{MALAYSIA}, unknown"],
)  # fmt: skip
async def test_who_calls_from_a_sanctioned_place_may_read_and_give_back_but_buy_nothing(
    shop: Shop, address: str
) -> None:
    ann = await shop.customer()
    api = await shop.api()
    for route in KEYED:
        answer = await ask_as_owner(shop, api, route, ann, **{"X-Forwarded-For": address})
        if doors.ROUTES[route.method, route.path] in OF_BLOCKED_PLACES:
            data(answer)
        else:
            assert problem(answer) == (403, "FORBIDDEN"), name(route)


@pytest.mark.parametrize(
    ("forwarded", "is_served"),
    [
        (f"for={IRAN}:51234;proto=https", False),
        (f'for={MALAYSIA}, FOR="[::ffff:{IRAN}]:443"', False),
        ("for=unknown", False),
        (f'for="{MALAYSIA}', False),
        (f'for={IRAN}, for="{MALAYSIA}:1";proto=https, for=127.0.0.1', True),
    ],
)
async def test_the_standard_header_tells_the_place_as_well(
    shop: Shop, forwarded: str, *, is_served: bool
) -> None:
    api, ann = await shop.api(), await shop.customer()
    answer = await api.post(
        "/api/v1/orders",
        json={"service": "tg", "country": 7},
        headers={**ann.headers, "Forwarded": forwarded},
    )
    if is_served:
        data(answer)
    else:
        assert problem(answer) == (403, "FORBIDDEN")


@pytest.mark.parametrize("address", [f"{IRAN}, {MALAYSIA}", MALAYSIA, f"unknown, {MALAYSIA}:80"])
async def test_only_the_last_address_that_is_not_our_proxy_counts(shop: Shop, address: str) -> None:
    ann = await shop.customer()
    api = await shop.api()
    for route in KEYED:
        data(await ask_as_owner(shop, api, route, ann, **{"X-Forwarded-For": address}))


async def test_a_peer_that_is_no_proxy_of_ours_is_not_believed(shop: Shop) -> None:
    ann = await shop.customer()
    api = await shop.api()
    app = api._transport.app  # type: ignore[attr-defined]
    for peer, status in (("8.8.8.8", 200), (IRAN, 403), (f"::ffff:{IRAN}", 403)):
        transport = httpx.ASGITransport(app=app, client=(peer, 4321))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as direct:
            claimed = MALAYSIA if status == 403 else IRAN
            answer = await direct.post(
                "/api/v1/orders",
                json={"service": "tg", "country": 7},
                headers={**ann.headers, "X-Forwarded-For": claimed},
            )
            assert answer.status_code == status, (peer, answer.text)


async def test_what_is_open_needs_no_key(shop: Shop) -> None:
    api = await shop.api()
    for route in OPEN:
        answer = await ask(api, route, {})
        # Not ready: no worker runs here.
        assert answer.status_code == (503 if route.path == "/readyz" else 200), name(route)


async def test_both_headers_carry_a_key_and_authorization_wins(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    api = await shop.api()

    async def whose(*headers: tuple[str, str]) -> str:
        answer = await api.get("/api/v1/account", headers=list(headers))
        return str(data(answer)["id"])

    assert await whose(("X-API-Key", ann.token)) == ann.id
    assert await whose(("x-api-key", f"  {ann.token} ")) == ann.id
    for kind in ("Bearer", "bearer", "BEARER"):
        assert await whose(("authorization", f"{kind}  {ann.token} ")) == ann.id
    for pair in ([0, 1], [1, 0]):
        both = [("Authorization", f"Bearer {ann.token}"), ("X-API-Key", bob.token)]
        assert await whose(*(both[place] for place in pair)) == ann.id
    twice = await whose(
        ("Authorization", f"Bearer {bob.token}"), ("Authorization", f"Bearer {ann.token}")
    )
    assert twice == bob.id
    spoilt = await api.get(
        "/api/v1/account", headers=[("Authorization", "Bearer no"), ("X-API-Key", ann.token)]
    )
    assert problem(spoilt) == (401, "AUTH_INVALID")


@pytest.mark.parametrize("parameter", ["api_key", "key", "token", "access_token", "X-API-Key"])
async def test_a_key_in_the_address_is_not_looked_at(shop: Shop, parameter: str) -> None:
    ann = await shop.customer()
    api = await shop.api()
    answer = await api.get(f"/api/v1/account?{parameter}={ann.token}")
    assert problem(answer) == (401, "AUTH_MISSING")
    cookie = await api.get("/api/v1/account", headers={"Cookie": f"{parameter}={ann.token}"})
    assert problem(cookie) == (401, "AUTH_MISSING")


FOR_ALL = ("/api/v1/openapi.json",)
"""Answers that are the same for everybody."""


async def test_no_store_between_us_may_keep_an_answer_that_is_somebody_s(shop: Shop) -> None:
    """Of requests whose key is in ``X-API-Key``, stores do not know that they are somebody's."""
    api, ann = await shop.api(), await shop.customer()
    for route in ROUTES:
        found = await order_for(shop, ann, route)
        address = route.address(found.id if found is not None else "")
        for headers in ({}, {"X-API-Key": ann.token}):
            answer = await api.request(route.method, address, json=route.body, headers=headers)
            kept = answer.headers.get_list("cache-control")
            assert len(kept) == 1, route
            is_kept = not {"private", "no-store"} & set(kept[0].split(", "))
            assert is_kept == (route.path in FOR_ALL), route
    for path in ("/api/auth/session", "/api/nothing", "/api/shop/statement.csv"):
        assert "no-store" in (await api.get(path)).headers["cache-control"]


async def test_a_request_keeps_the_id_that_its_sender_gave_it(shop: Shop) -> None:
    api = await shop.api()
    for given in ("abcdefgh", "A-Za-z0_9", "x" * 64):
        answer = await api.get("/healthz", headers={"X-Request-Id": given})
        assert answer.headers["x-request-id"] == given
    ids = set()
    for odd in ("", "short", "x" * 65, "with space", "a\tb-evil-id", "<script>alert(1)</script>"):
        answer = await api.get("/api/v1/account", headers={"X-Request-Id": odd})
        assert problem(answer) == (401, "AUTH_MISSING")
        assert len(answer.headers["x-request-id"]) >= 12
        assert answer.headers["x-request-id"] != odd
        ids.add(answer.headers["x-request-id"])
    assert len(ids) == 6


async def test_every_answer_is_safe_to_show_in_a_browser_and_open_to_no_other_site(
    shop: Shop,
) -> None:
    api, ann = await shop.api(), await shop.customer()
    elsewhere = {"Origin": "https://elsewhere.test"}
    for route in ROUTES:
        for headers in ({}, ann.headers):
            for method in (route.method, "OPTIONS", "DELETE"):
                answer = await api.request(
                    method, route.address(), json=route.body, headers={**headers, **elsewhere}
                )
                found = answer.headers
                assert found["x-content-type-options"] == "nosniff", route
                assert found["referrer-policy"] == "no-referrer"
                assert found["content-security-policy"].startswith("default-src 'none'")
                assert len(found.get_list("x-request-id")) == 1
                assert not [one for one in found if one.startswith("access-control-")]
                assert "set-cookie" not in found

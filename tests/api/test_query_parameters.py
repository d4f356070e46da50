"""A query parameter is known to its call, or refused: one that is mistyped is not missed."""

from api_routes.app import create_api
from api_routes.paths import API_PREFIX
from api_routes.v1.router import StrictRoute
from tests.api.asking import data, problem
from tests.api.table import ROUTES, order_for
from tests.support.shop import Shop

OF_THE_API = tuple(route for route in ROUTES if route.path.startswith(API_PREFIX))


def test_every_route_of_the_api_is_strict() -> None:
    routes = [
        route
        for route in create_api().router.routes
        if getattr(route, "path", "").startswith(API_PREFIX)
    ]
    assert len(routes) == len(OF_THE_API)
    assert all(isinstance(route, StrictRoute) for route in routes)


ODD_NAMES = (
    ("idz=1", "idz"), ("maxPriceCents=1", "maxPriceCents"), ("_=1", "_"), ("=1", ""),
    ("instock=1", "instock"), ("x%22%0d%0ay=1", 'x\\"\\r\\ny'), ("%C2%B2=1", "\\u00b2"),
    (f"{'x' * 5_000}=1", "x" * 64),
)  # fmt: skip


async def test_a_parameter_that_a_call_does_not_know_is_refused(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    for route in OF_THE_API:
        order = await order_for(shop, ann, route)
        address = route.address(order.id if order else "cmissing0000000000000000")
        joint = "&" if "?" in address else "?"
        before = await shop.balance(ann)
        for query, shown in ODD_NAMES:
            answer = await api.request(
                route.method, address + joint + query, json=route.body, headers=ann.headers
            )
            assert problem(answer) == (400, "BAD_REQUEST"), (route, query)
            assert f'query parameter "{shown}"' in answer.json()["message"]
            assert len(answer.json()["message"]) < 300
        # Nothing was done: an order whose ceiling stood in the wrong place above all.
        assert await shop.balance(ann) == before
        if order is not None:
            assert await shop.read(ann, order) == order


async def test_those_of_the_published_documents_are_known(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    for address in ("services?shape=array", "services?inStock=true", "countries?lang=zh&shape=object",
                    "prices?service=tg", "orders?limit=20", "orders?status=RECEIVED&cursor="):  # fmt: skip
        data(await api.get(f"/api/v1/{address}", headers=ann.headers))


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

ALIASES = (
    ("/v1", "/api/v1"),
    ("/v1/", "/api/v1/"),
    ("/v1/account", "/api/v1/account"),
    ("/v1/prices?service=tg&x=%20y", "/api/v1/prices?service=tg&x=%20y"),
    ("/v1/orders/c1/cancel?a=https://b.test/", "/api/v1/orders/c1/cancel?a=https://b.test/"),
    ("/v1//elsewhere.test/x", "/api/v1//elsewhere.test/x"),
    ("/v1/a%3Fb%23c%22", "/api/v1/a%3Fb%23c%22"),
    ("/v1/%E6%97%A5", "/api/v1/%E6%97%A5"),
)


async def test_the_short_addresses_lead_to_the_real_ones(shop: Shop) -> None:
    api = await shop.api()
    for method in METHODS:
        for asked, answered in ALIASES:
            answer = await api.request(method, asked, follow_redirects=False)
            assert (answer.status_code, answer.headers["location"]) == (308, answered)
            assert answer.content == b""
        for odd in ("/v1/../../elsewhere", "/v1/%0d%0aX-Evil:%201", "/v1/a%0ab"):
            answer = await api.request(method, odd, follow_redirects=False)
            assert answer.status_code == 404, odd
            assert "location" not in answer.headers


async def test_a_client_that_follows_gets_there_with_method_body_and_key(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    placed = await api.post(
        "/v1/orders",
        json={"service": "tg", "country": 7},
        headers=ann.headers,
        follow_redirects=True,
    )
    assert data(placed)["status"] == "WAITING"
    read = await api.get(
        f"/v1/orders/{data(placed)['id']}?wait=0", headers=ann.headers, follow_redirects=True
    )
    assert data(read)["id"] == data(placed)["id"]


async def test_only_the_alias_is_an_alias(shop: Shop) -> None:
    api = await shop.api()
    for path in ("/v1x", "/v10/account", "/v2", "/V1/account"):
        assert problem(await api.get(path)) == (404, "NOT_FOUND")

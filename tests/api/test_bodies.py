"""What the API makes of bodies and queries that are not as they should be.

Each test asks one shop many times: a shop a case would only cost time.
"""

import json
from typing import Any, Final

import httpx

from api_routes.app import create_api
from api_routes.expectations import EXPECTED
from api_routes.v1.openapi import build_document
from tests.api.asking import data, order, problem
from tests.support.shop import Customer, Shop

A_SERVICE: Final = "must be a code or a slug of at most 64 characters."
A_COUNTRY: Final = "country: must be a number or a slug."
A_CEILING: Final = "maxPriceCents: must be a whole number from 1 to 1000000, or null."
AN_OBJECT: Final = 'Send a JSON object, for example {"service": "tg", "country": 7}.'

NO_OBJECTS: Final = (
    *(b"", b"  \n", b"[]", b"null", b"1", b'"tg"', b"true"),
    b'[{"service":"tg","country":7}]',
)

NO_JSON: Final = (
    b"{",
    b"service=tg&country=7",
    b"{'service': 'tg'}",
    b'{"service":"tg","country":7,}',
    b'{"service":"tg","country":07}',
    b'{"service":"tg" "country":7}',
    b'\xef\xbb\xbf{"service":"tg","country":7}',
    b'{"service":"\xff\xfe","country":7}',
    b'{"service":"\xed\xa0\x80","country":7}',
    b'{"service":"\\ud800","country":7}',
    b'{"service":"tg\x00","country":7}',
    b"\x00",
    b"[" * 60_000,
    b'{"a":' * 10_000,
    b'{"service":"tg","country":' + b"9" * 5_000 + b"}",
    b'{"service":"tg","country":7,"x":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    b"<order/>",
    b"\x1f\x8b\x08\x00",
)

NO_COUNTRIES: Final[tuple[Any, ...]] = (
    *(True, False, None, 7.0, 7.5, [], [7], {}, -1, 100_000),
    *("", "x" * 65, "9" * 5_000),
)

UNKNOWN_COUNTRIES: Final = (
    *("RUSSIA", "atlantis", "07", "7.0", "-0", "+7", " ", "\0", "my\0", 99_999),
    *("\u0667", "\U0001f600"),
)

COUNTRIES: Final = (
    *((0, "0"), ("0", "0"), ("RU", "0"), ("ru", "0")),
    *((7, "7"), ("7", "7"), (" my ", "7"), ("My", "7"), ("\tMY\n", "7")),
)

NO_CEILINGS: Final[tuple[Any, ...]] = (0, -1, 1_000_001, 10**18, 42.0, 42.5, "42", "", True, [], {})

FIELDS: Final = (
    ({}, f"service is required: {A_SERVICE} country is required: must be a number or a slug."),
    ({"service": 7, "country": 7}, f"service: {A_SERVICE}"),
    ({"service": "", "country": 7}, f"service: {A_SERVICE}"),
    ({"service": None, "country": 7}, f"service: {A_SERVICE}"),
    *(
        ({"service": "tg", "country": 7, "mode": mode}, 'mode: must be "sms".')
        for mode in ("rent", "SMS", "", None, ["sms"], 1)
    ),
    *(
        ({"service": "tg", "country": 7, "maxPriceCents": ceiling}, A_CEILING)
        for ceiling in NO_CEILINGS
    ),
)

KINDS: Final = (
    *("application/json", "APPLICATION/JSON; charset=utf-8", "text/plain", "nonsense", ""),
    *("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"),
)

QUERIES: Final = (
    *(
        (f"/orders?limit={limit}", "limit: must be a whole number from 1 to 100.")
        for limit in ("0", "101", "-1", "abc", "1.5", "", "1e2", "9" * 4_400, "%00")
    ),
    *(
        (f"/orders?status={status}",
         "status: must be WAITING, RECEIVED, COMPLETED, FAILED or CANCELLED.")
        for status in ("waiting", "RESERVED", "", "%00")
    ),
    *(
        (f"/orders?cursor={cursor}", "cursor: must be nextCursor of the previous page.")
        for cursor in ("x", "c" * 24, "c" * 26, "C" + "0" * 24, "c" * 25 + "%0a", "%00", "%FF")
    ),
    *(
        (f"/orders/cnone?wait={wait}", "wait: must be seconds from 0 to 25.")
        for wait in ("-1", "25.1", "nan", "inf", "1e400", "abc", "")
    ),
    (f"/orders/{'c' * 65}", "order_id: must be the ID of an order."),
    ("/services?shape=list", "shape: must be object or array."),
    ("/services?inStock=maybe", "inStock: must be 1 or 0."),
    ("/prices", f"service is required: {A_SERVICE}"),
    ("/prices?service=", f"service: {A_SERVICE}"),
)  # fmt: skip


async def post(api: httpx.AsyncClient, ann: Customer, body: Any, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await api.post("/api/v1/orders", content=content, headers={**ann.headers, **headers})


async def told(api: httpx.AsyncClient, ann: Customer, body: Any) -> str:
    """What somebody is told whose body is refused as malformed."""
    answer = await post(api, ann, body)
    assert problem(answer) == (400, "BAD_REQUEST"), repr(body)[:80]
    return str(answer.json()["message"])


def test_every_field_that_can_be_wrong_has_its_words() -> None:
    document = json.loads(build_document(create_api(), "http://localhost"))
    fields = set(document["components"]["schemas"]["OrderIn"]["properties"])
    for operations in document["paths"].values():
        for operation in operations.values():
            fields |= {parameter["name"] for parameter in operation.get("parameters", ())}
    # Of an entity tag nothing is wrong: what is not ours does not match.
    assert fields - {"If-None-Match"} == set(EXPECTED)


async def test_a_body_that_is_no_object_is_told_so(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    for body in NO_OBJECTS:
        assert await told(api, ann, body) == AN_OBJECT, body


async def test_a_body_that_is_not_json_is_told_so(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    for body in NO_JSON:
        message = await told(api, ann, body)
        assert message.startswith("The body isn't valid JSON: "), (body[:40], message)


async def test_a_country_of_the_wrong_kind_is_explained_in_one_sentence(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    for country in NO_COUNTRIES:
        assert await told(api, ann, {"service": "tg", "country": country}) == A_COUNTRY, country


async def test_a_country_that_does_not_exist_is_a_bad_country(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    for country in UNKNOWN_COUNTRIES:
        answer = await order(api, ann, country=country)
        assert problem(answer) == (400, "BAD_COUNTRY"), country


async def test_a_country_may_be_its_number_or_its_slug(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer(cents=50_000)
    for country, number in COUNTRIES:
        placed = data(await order(api, ann, country=country))
        assert placed["country"] == number, country
        assert placed["phone"].startswith({"0": "+7", "7": "+60"}[number])


async def test_a_service_may_be_its_code_or_its_slug_and_is_answered_as_code(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    for service in ("tg", "TG", " tg ", "telegram", "Telegram"):
        assert data(await order(api, ann, service=service))["service"] == "tg"
        prices = await api.get("/api/v1/prices", params={"service": service}, headers=ann.headers)
        assert data(prices)["service"] == "tg"


async def test_each_field_says_what_it_wants(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    for fields, message in FIELDS:
        assert await told(api, ann, fields) == message, fields


async def test_a_ceiling_is_kept_to_the_cent(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    price = int(data(await order(api, ann))["chargedCents"])
    assert problem(await order(api, ann, maxPriceCents=price - 1)) == (400, "NO_NUMBERS")
    for ceiling in (price, price + 1, 1_000_000, None):
        assert data(await order(api, ann, maxPriceCents=ceiling))["chargedCents"] == str(price)


async def test_mode_sms_is_the_same_as_none_and_unknown_fields_are_passed_over(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    for extra in ({"mode": "sms"}, {"note": {"a": [1]}, "MODE": "rent", "__proto__": 1}):
        assert data(await order(api, ann, **extra))["status"] == "WAITING"


async def test_the_body_counts_and_not_what_its_header_calls_it(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    for kind in KINDS:
        answer = await post(api, ann, {"service": "tg", "country": 7}, **{"Content-Type": kind})
        assert data(answer)["status"] == "WAITING", kind


async def test_routes_without_a_body_take_none_amiss(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    placed = await shop.place(ann)
    for content in (b"", b"{", b"\xff\x00", b"{}"):
        answer = await api.request(
            "GET", f"/api/v1/orders/{placed.id}", content=content, headers=ann.headers
        )
        assert data(answer)["id"] == placed.id
    cancelled = await api.post(
        f"/api/v1/orders/{placed.id}/cancel", content=b"\xff{", headers=ann.headers
    )
    assert data(cancelled) == {"id": placed.id, "status": "CANCELLED"}


async def test_each_query_parameter_says_what_it_wants(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    for query, message in QUERIES:
        answer = await api.get(f"/api/v1{query}", headers=ann.headers)
        assert problem(answer) == (400, "BAD_REQUEST"), query[:60]
        assert answer.json()["message"] == message, query[:60]


async def test_what_an_id_cannot_be_is_simply_not_there(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    for odd in ("%00", "c%00", "%FF%FE", "..", "%2e%2e", "'; drop table orders; --", "%25"):
        answer = await api.get(f"/api/v1/orders/{odd}x", headers=ann.headers)
        assert problem(answer) == (404, "NOT_FOUND"), odd

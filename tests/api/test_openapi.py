"""The description of the API is exact: valid, complete, and true of real answers."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
from structlog.testing import capture_logs

from api_routes.app import create_api
from api_routes.v1.openapi import build_document
from jiema_app.settings import LimitSettings
from tests.api.asking import order
from tests.api.provocations import PROVOCATIONS
from tests.api.table import KEYED, order_for
from tests.support.shop import Shop

SCHEMES: list[dict[str, list[str]]] = [{"bearer": []}, {"apiKey": []}]


@pytest.fixture(scope="module")
def document() -> Any:
    """The document as it is served."""
    return json.loads(build_document(create_api(), "https://example.test"))


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def validator(document: Any, schema: Any) -> jsonschema_rs.Validator:
    """A validator of a schema that may point into the document's components."""
    whole = {"components": document["components"], **schema}
    return jsonschema_rs.validator_for(whole, validate_formats=True)


def schemas_with_examples(place: str, node: Any) -> Iterator[tuple[str, Any, Any]]:
    """Every schema of a tree with each of its examples."""
    if isinstance(node, dict):
        for example in node.get("examples", []) if isinstance(node.get("examples"), list) else []:
            yield place, node, example
        for name, child in node.items():
            yield from schemas_with_examples(f"{place}/{name}", child)
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from schemas_with_examples(f"{place}/{number}", child)


async def test_it_is_served_to_everybody(shop: Shop) -> None:
    answer = await (await shop.api()).get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    served = answer.json()
    settings = shop.settings
    assert served == json.loads(
        build_document(create_api(), settings.origin, settings.limits, settings.orders)
    )
    assert served["servers"] == [{"url": settings.origin}]
    assert f"{settings.limits.reads_per_minute} reads" in served["info"]["description"]


def test_it_is_a_valid_document_of_openapi_3_1(document: Any) -> None:
    assert document["openapi"] == "3.1.0"
    schemathesis.openapi.from_dict(document).validate()


def test_it_describes_every_route_that_needs_a_key_and_no_other(document: Any) -> None:
    described = {(method, path) for method, path, _ in operations(document)}
    assert described == {(route.method, route.path) for route in KEYED}
    assert document["security"] == SCHEMES


def test_every_operation_has_a_name_of_its_own_and_a_summary(document: Any) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(names)) == len(names)
    for _, path, operation in operations(document):
        assert re.fullmatch(r"[a-z_]+", operation["operationId"])
        assert operation["summary"], path
        assert operation["description"], path
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], parameter


def test_no_refusal_of_the_framework_is_left_in_it(document: Any) -> None:
    assert "422" not in json.dumps(document)
    assert "ValidationError" not in json.dumps(document)


def test_every_pointer_points_somewhere(document: Any) -> None:
    for pointer in re.findall(r'"\$ref": ?"#/([^"]+)"', json.dumps(document)):
        node = document
        for part in pointer.split("/"):
            node = node[part]


def test_every_example_fits_its_schema(document: Any) -> None:
    seen = 0
    for place, schema, example in schemas_with_examples("", document["components"]["schemas"]):
        validator(document, schema).validate(example)
        seen += 1
        assert place
    for _, _, operation in operations(document):
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        for holder in (*operation["responses"].values(), *bodies):
            for content in holder.get("content", {}).values():
                given = [one["value"] for one in content.get("examples", {}).values()]
                given += [content["example"]] if "example" in content else []
                for example in given:
                    validator(document, content["schema"]).validate(example)
                    seen += 1
    assert seen > 60


def check(document: Any, method: str, path: str, answer: httpx.Response) -> None:
    """An answer must be among those described, to the last field and header."""
    described = document["paths"][path][method.lower()]["responses"][str(answer.status_code)]
    if "content" in described:
        schema = described["content"][answer.headers["content-type"]]["schema"]
        validator(document, schema).validate(answer.json())
    else:
        assert answer.content == b""
    for name, given in described["headers"].items():
        pointer = given.get("$ref", "").rpartition("/")[2]
        header = document["components"]["headers"][pointer] if pointer else given
        if name in answer.headers:
            value: Any = answer.headers[name]
            value = int(value) if header["schema"]["type"] == "integer" else value
            validator(document, header["schema"]).validate(value)
        else:
            # Sent with some answers of this status only.
            assert name in {"Idempotent-Replayed", "Retry-After"}, (name, path, answer)
            assert answer.status_code != 429
    plumbing = {"content-type", "content-length", "content-encoding", "connection"}
    safety = {"x-content-type-options", "referrer-policy", "content-security-policy"}
    undescribed = {name.lower() for name in described["headers"]} ^ set(answer.headers)
    optional = {"idempotent-replayed", "retry-after"}
    assert undescribed - plumbing - safety <= optional, undescribed


async def test_each_success_is_as_described(shop: Shop, document: Any) -> None:
    api, ann = await shop.api(), await shop.customer()
    for route in KEYED:
        found = await order_for(shop, ann, route)
        address = route.address(found.id if found is not None else "")
        for variant in ("", "shape=array", "inStock=1", "lang=zh"):
            tail = f"{'&' if '?' in address else '?'}{variant}" if variant else ""
            described = document["paths"][route.path][route.method.lower()]
            offered = {one["name"] for one in described.get("parameters", ())}
            if variant and variant.partition("=")[0] not in offered:
                continue
            answer = await api.request(
                route.method, address + tail, json=route.body, headers=ann.headers
            )
            assert answer.status_code == 200, answer.text
            check(document, route.method, route.path, answer)
            if "etag" in answer.headers:
                known = {**ann.headers, "If-None-Match": answer.headers["etag"]}
                again = await api.get(address + tail, headers=known)
                assert again.status_code == 304
                check(document, route.method, route.path, again)


async def test_an_order_is_as_described_in_each_of_its_states(shop: Shop, document: Any) -> None:
    api, ann = await shop.api(), await shop.customer()
    path = "/api/v1/orders/{order_id}"
    waiting, received, completed, cancelled, failed, purged = [
        await shop.place(ann) for _ in range(6)
    ]
    for one in (received, completed, purged):
        await shop.deliver(one)
    await shop.services.orders.cancel(ann.id, cancelled.id)
    await shop.supplier.take_back(failed.phone or "")
    for one in (completed, purged):
        await shop.age(one, 16 * 60)
    for _ in range(4):
        await shop.beat()
    await shop.services.expiry.run()
    await shop.age(purged, 25 * 3600)
    await shop.services.retention.purge()
    listed = await api.get("/api/v1/orders?limit=100", headers=ann.headers)
    check(document, "GET", "/api/v1/orders", listed)
    by_id = {item["id"]: item for item in listed.json()["data"]["items"]}
    assert [by_id[one.id]["status"] for one in (waiting, received, completed, cancelled, failed)] \
        == ["WAITING", "RECEIVED", "COMPLETED", "CANCELLED", "FAILED"]  # fmt: skip
    assert by_id[purged.id]["smsBody"] is None
    for order_id, item in by_id.items():
        answer = await api.get(f"/api/v1/orders/{order_id}", headers=ann.headers)
        check(document, "GET", path, answer)
        assert answer.json()["data"] == item
        kept = item["status"] in {"CANCELLED", "FAILED"}
        assert item["refundedCents"] == (item["chargedCents"] if kept else "0")


@pytest.mark.parametrize("case", PROVOCATIONS, ids=" ".join)
async def test_each_refusal_is_as_described(
    shop: Shop, document: Any, case: tuple[str, str, str]
) -> None:
    api = await shop.api()
    answer = await PROVOCATIONS[case](shop, api, await shop.customer(cents=500))
    check(document, case[0], case[1], answer)


async def test_a_replayed_order_is_as_described(shop: Shop, document: Any) -> None:
    api, ann = await shop.api(), await shop.customer()
    api.headers["Idempotency-Key"] = "one"
    for _ in range(2):
        check(document, "POST", "/api/v1/orders", await order(api, ann))


async def test_being_a_stranger_is_as_described(shop: Shop, document: Any) -> None:
    api = await shop.api()
    for route in KEYED:
        for headers in ({}, {"X-API-Key": "jm_x"}):
            answer = await api.request(route.method, route.address(), headers=headers)
            assert answer.status_code == 401
            check(document, route.method, route.path, answer)


async def test_limits_bans_and_our_own_failures_are_as_described(shop: Shop, document: Any) -> None:
    api, ann, bob = await shop.api(), await shop.customer(), await shop.customer()
    narrow = await shop.api(limits=LimitSettings(reads_per_minute=1, writes_per_minute=1))
    await shop.services.identity.ban(bob.id, actor="test", reason="tests")
    for route in KEYED:
        banned = await api.request(route.method, route.address(), headers=bob.headers)
        assert banned.status_code == 403
        check(document, route.method, route.path, banned)
        await narrow.request(route.method, route.address(), headers=ann.headers)
        limited = await narrow.request(route.method, route.address(), headers=ann.headers)
        assert limited.status_code == 429
        check(document, route.method, route.path, limited)
    await shop.execute("alter table orders rename to lost")
    with capture_logs():
        failed = await api.get("/api/v1/orders", headers=ann.headers)
    await shop.execute("alter table lost rename to orders")
    assert failed.status_code == 500
    check(document, "GET", "/api/v1/orders", failed)

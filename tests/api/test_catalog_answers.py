"""Services, countries and prices: shapes, languages, compression, entity tags."""

import gzip
import json

import brotli
import httpx
import pytest

from api_routes.v1.catalog import ARRAY_TYPE
from jiema_app.i18n.locale_list import LOCALES
from tests.api.asking import data, order, problem
from tests.support.shop import Customer, Shop

LISTS = ("/api/v1/services", "/api/v1/countries", "/api/v1/prices?service=tg")


async def get(
    api: httpx.AsyncClient, ann: Customer, address: str, **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await api.get(address, headers={"Accept-Encoding": "identity", **named, **ann.headers})


def joined(address: str, query: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{query}"


async def test_a_list_comes_as_items_or_bare(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    for address in LISTS:
        listed = data(await get(api, ann, address))
        assert listed["items"]
        assert listed["generatedAt"].endswith("Z")
        bare = data(await get(api, ann, joined(address, "shape=array")))
        assert bare == listed["items"]
        for accepted in (ARRAY_TYPE, f"text/html, {ARRAY_TYPE};q=0.9"):
            assert data(await get(api, ann, address, accept=accepted)) == bare
        for accepted in ("*/*", "text/html", "application/xml", ""):
            assert data(await get(api, ann, address, accept=accepted)) == listed
        assert data(await get(api, ann, joined(address, "shape=object"))) == listed


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br", "br"),
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0.000, gzip; q=0", None),
        ("br;q=0,gzip;q=0,identity", None),
        ("br ; q=0.1", "br"),
        ("identity", None),
        ("deflate", None),
        ("x-gzip, brotli", None),
        ("", None),
        (",,;q=,", None),
        ("br;q=nonsense", "br"),
    ],
)
async def test_an_answer_is_compressed_as_the_client_takes_it(
    shop: Shop, accepted: str, encoding: str | None
) -> None:
    api, ann = await shop.api(), await shop.customer()
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: lambda body: body}[encoding]
    for address in LISTS:
        plain = await get(api, ann, address)
        request = api.build_request(
            "GET", address, headers={**ann.headers, "Accept-Encoding": accepted}
        )
        answer = await api.send(request, stream=True)
        body = b"".join([part async for part in answer.aiter_raw()])
        assert answer.headers.get("content-encoding") == encoding
        assert int(answer.headers["content-length"]) == len(body)
        assert json.loads(unpack(body)) == plain.json()
        assert "Accept-Encoding" in answer.headers["vary"]
        if encoding is not None:
            assert len(body) < len(plain.content) / 2


async def test_what_a_client_has_already_is_not_sent_again(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    for address in LISTS:
        first = await get(api, ann, address)
        tag = first.headers["etag"]
        assert first.headers["cache-control"] == "private, max-age=60"
        for known in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
            again = await get(api, ann, address, if_none_match=known)
            assert again.status_code == 304, known
            assert again.content == b""
            assert again.headers["etag"] == tag
            assert again.headers["vary"] == first.headers["vary"]
        for other in ('"x"', 'W/"x"', "", tag.strip('W/"')):
            assert (await get(api, ann, address, if_none_match=other)).status_code == 200
        bare = await get(api, ann, joined(address, "shape=array"), if_none_match=tag)
        assert bare.status_code == 200, "another shape is another answer"


async def test_a_new_price_is_a_new_answer(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    tags = [(await get(api, ann, address)).headers["etag"] for address in LISTS]
    await shop.services.live_catalog.reload()
    unchanged = [(await get(api, ann, address)).headers["etag"] for address in LISTS]
    assert unchanged == tags, "only the date is new"
    await shop.execute("update offers set count = count + 1 where service_code = 'tg'")
    await shop.services.live_catalog.reload()
    changed = [(await get(api, ann, address)).headers["etag"] for address in LISTS]
    assert [one == other for one, other in zip(changed, tags, strict=True)] == [False, True, False]


async def test_services_can_be_narrowed_to_those_in_stock(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    await shop.execute("update offers set count = 0 where service_code = 'tg'")
    await shop.services.live_catalog.reload()
    everything = {item["code"]: item for item in data(await get(api, ann, LISTS[0]))["items"]}
    assert everything["tg"]["totalCount"] == 0
    assert everything["tg"]["countryCount"] == 0
    assert everything["tg"]["minCostUsd"] is not None, "the last known price"
    for yes in ("1", "true", "True", "yes", "on"):
        stocked = data(await get(api, ann, f"/api/v1/services?inStock={yes}"))["items"]
        assert stocked
        assert all(item["totalCount"] > 0 for item in stocked)
        assert len(stocked) == sum(item["totalCount"] > 0 for item in everything.values())
    for no in ("0", "false"):
        assert len(data(await get(api, ann, f"/api/v1/services?inStock={no}"))["items"]) == len(
            everything
        )


async def test_services_sum_up_their_prices(shop: Shop) -> None:
    """Two views of one market: the list of services and the list of each one's prices."""
    api, ann = await shop.api(), await shop.customer()
    for service in data(await get(api, ann, LISTS[0]))["items"][:25]:
        prices = data(await get(api, ann, f"/api/v1/prices?service={service['slug']}"))
        assert prices["service"] == service["code"]
        stocked = [item for item in prices["items"] if item["count"]]
        assert sum(item["count"] for item in stocked) == service["totalCount"]
        assert len(stocked) == service["countryCount"]
        cheapest = min(int(item["priceCents"]) for item in stocked)
        assert round(service["minCostUsd"] * 100) == cheapest
        keys = [(item["count"] == 0, int(item["priceCents"])) for item in prices["items"]]
        assert keys == sorted(keys)


async def test_an_order_costs_what_the_price_list_says(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer(cents=100_000)
    prices = data(await get(api, ann, LISTS[2]))["items"]
    for item in prices[:5]:
        placed = data(await order(api, ann, country=item["countryId"]))
        assert placed["chargedCents"] == item["priceCents"]
        placed = data(await order(api, ann, country=item["countrySlug"]))
        assert placed["chargedCents"] == item["priceCents"]


async def test_countries_have_names_in_every_language(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    english = data(await get(api, ann, LISTS[1]))["items"]
    assert "localName" not in english[0]
    by_id = {item["id"]: item for item in english}
    assert by_id[0]["slug"] == "ru"
    assert (by_id[7]["slug"], by_id[7]["name"], by_id[7]["iso2"]) == ("my", "Malaysia", "MY")
    for lang in LOCALES:
        items = data(await get(api, ann, f"/api/v1/countries?lang={lang}"))["items"]
        assert [item["name"] for item in items] == [item["name"] for item in english]
        assert all(item["localName"].strip() for item in items), lang
    chinese = data(await get(api, ann, "/api/v1/countries?lang=zh&shape=array"))
    assert {item["id"]: item["localName"] for item in chinese}[7] == "马来西亚"
    for unknown in ("xx", "", "EN", "zh-CN", "../zh"):
        answer = await get(api, ann, f"/api/v1/countries?lang={unknown}")
        assert problem(answer) == (400, "BAD_REQUEST"), unknown
        assert answer.json()["message"].startswith("lang: ")


async def test_head_is_get_without_the_body(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    for address in (*LISTS, "/api/v1/account", "/api/v1/orders", "/healthz"):
        whole = await get(api, ann, address)
        head = await api.head(address, headers={"Accept-Encoding": "identity", **ann.headers})
        assert (head.status_code, head.content) == (200, b""), address
        for name in ("content-type", "content-length", "etag", "cache-control"):
            assert head.headers.get(name) == whole.headers.get(name), (address, name)
    assert problem_status(await api.head("/api/v1/account")) == 401
    assert problem_status(await api.head("/api/v1/orders/c/cancel", headers=ann.headers)) == 405


def problem_status(head: httpx.Response) -> int:
    assert head.content == b""
    return head.status_code

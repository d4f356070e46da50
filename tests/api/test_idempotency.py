"""One wish, one order, however often it is sent."""

import asyncio
from collections import Counter

import httpx
import pytest

from tests.api.asking import data, order, problem
from tests.support.live import LiveStack
from tests.support.shop import Customer, Shop

KEYWORDS = "Idempotency-Key: must be 1 to 255 printable characters."


async def send(
    api: httpx.AsyncClient, ann: Customer, key: str | bytes, **body: object
) -> httpx.Response:
    wish = {"service": "tg", "country": 7, **body}
    encoded = key if isinstance(key, bytes) else key.encode()
    pairs = [(name.encode(), value.encode()) for name, value in ann.headers.items()]
    return await api.post(
        "/api/v1/orders", json=wish, headers=[*pairs, (b"Idempotency-Key", encoded)]
    )


async def test_twenty_at_once_are_one_order(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    answers = await asyncio.gather(*(send(api, ann, "one") for _ in range(20)))
    assert len({answer.content for answer in answers}) == 1
    assert Counter(answer.headers.get("idempotent-replayed") for answer in answers) == {
        None: 1,
        "true": 19,
    }
    placed = data(answers[0])
    assert await shop.balance(ann) == 50_000_000 - int(placed["chargedCents"]) * 10_000
    assert len(await shop.rentals()) == 1


async def test_twenty_at_once_over_real_connections_are_one_order(live: LiveStack) -> None:
    ann = await live.customer()
    async with live.client(ann) as api:
        answers = await asyncio.gather(*(send(api, ann, "one") for _ in range(20)))
        assert len({answer.content for answer in answers}) == 1
        assert data(answers[0])["status"] == "WAITING"
        assert len(data(await api.get("/api/v1/orders"))["items"]) == 1


async def test_what_is_sent_again_is_answered_word_for_word_later_too(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    first = await send(api, ann, "one")
    found = await shop.services.orders.get(ann.id, data(first)["id"])
    await shop.deliver(found)
    for body in ({}, {"mode": "sms"}, {"country": "my"}, {"service": "telegram"}, {"extra": 1}):
        again = await send(api, ann, "one", **body)
        assert again.content == first.content, body
        assert again.headers["idempotent-replayed"] == "true"
    await shop.services.orders.ask_next_sms(ann.id, found.id)
    assert (await send(api, ann, "one")).content == first.content


@pytest.mark.parametrize(
    "changed",
    [{"country": 6}, {"service": "wa"}, {"maxPriceCents": 500}],
    ids=str,
)
async def test_a_key_belongs_to_one_wish(shop: Shop, changed: dict[str, object]) -> None:
    api, ann = await shop.api(), await shop.customer()
    first = data(await send(api, ann, "one"))
    assert problem(await send(api, ann, "one", **changed)) == (400, "IDEMPOTENCY_CONFLICT")
    assert data(await send(api, ann, "one")) == first
    assert data(await send(api, ann, "two", **changed))["id"] != first["id"]


async def test_a_key_belongs_to_one_user(shop: Shop) -> None:
    api, ann, bob = await shop.api(), await shop.customer(), await shop.customer()
    ids = {data(await send(api, one, "same"))["id"] for one in (ann, bob)}
    assert len(ids) == 2


async def test_without_a_key_each_request_is_an_order(shop: Shop) -> None:
    api, ann = await shop.api(), await shop.customer()
    answers = await asyncio.gather(*(order(api, ann) for _ in range(8)))
    assert len({data(answer)["id"] for answer in answers}) == 8


async def test_a_refused_wish_may_be_sent_again_with_its_key(shop: Shop) -> None:
    api, poor = await shop.api(), await shop.customer(cents=0)
    assert problem(await send(api, poor, "one")) == (400, "INSUFFICIENT")
    rich = await shop.customer()
    await shop.supplier.fault("*", "no_numbers", rate=1)
    assert problem(await send(api, rich, "one")) == (400, "NO_NUMBERS")
    await shop.supplier.fault("*", "no_numbers", rate=0)
    assert data(await send(api, rich, "one"))["status"] == "WAITING"


@pytest.mark.parametrize("key", ["", "a" * 256, "a\tb", b"\xa0", b"a\x7fb", b"\x85"], ids=repr)
async def test_a_key_that_is_none_is_refused_and_costs_nothing(
    shop: Shop, key: str | bytes
) -> None:
    api, ann = await shop.api(), await shop.customer()
    answer = await send(api, ann, key)
    assert problem(answer) == (400, "BAD_REQUEST")
    assert answer.json()["message"] == KEYWORDS
    assert await shop.balance(ann) == 50_000_000


@pytest.mark.parametrize("key", ["a", "a" * 255, "with spaces, and; signs=", b"\xe9\xff"], ids=repr)
async def test_any_printable_key_will_do(shop: Shop, key: str | bytes) -> None:
    api, ann = await shop.api(), await shop.customer()
    first = await send(api, ann, key)
    assert data(first)["status"] == "WAITING"
    assert (await send(api, ann, key)).content == first.content

"""What the documentation page prints of answers and of statuses is what the API answers."""

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx
import pytest

from jiema_app.i18n.api_texts import error_meanings, status_meanings
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.site.shop.api_docs.examples import EXAMPLES, ORIGIN, Example
from jiema_app.site.shop.api_docs.live import api_docs_part
from tests.api.asking import data
from tests.api.documents import ALTERNATIVE, COMMENT, ELLIPSIS, ORDER
from tests.support.shop import Customer, Shop

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "api.md"

NAMES = ("code", "id", "countryId")
"""What a list's items are told apart by."""

PASSING = {"id", "expiresAt", "receivedAt", "smsReceivedAt", "createdAt", "generatedAt", "phone", "chargedCents",
           "priceCents", "count", "minCostUsd", "totalCount", "countryCount", "balanceCents", "referralCode",
           "commissionCents", "pendingCommissionCents",
           "displayName", "nextCursor", "successRate", "medianSeconds", "sample"}  # fmt: skip
"""What differs from call to call, shop to shop and day to day. Everything else is as printed."""

SHORTENED = {"orders"}
"""Their items are printed in part, which an ellipsis says."""


def parsed(example: Example) -> Any:
    return json.loads(ALTERNATIVE.sub("", ELLIPSIS.sub("", COMMENT.sub("", example.answer))))


async def ask(api: httpx.AsyncClient, example: Example, customer: Customer, order: str) -> Any:
    """Do what an example's command in the shell does."""
    command = ORDER.sub(order, example.curl)
    found = re.search(rf"{ORIGIN}(/[^\s\"]*)", command)
    assert found
    body = re.search(r"-d '([^']*)'", command)
    is_post = "-X POST" in command
    answer = await api.request(
        "POST" if is_post else "GET", found[1], content=body and body[1], headers=customer.headers
    )
    data(answer)
    return answer.json()


def compare(printed: Any, real: Any, place: str, *, whole: bool) -> None:
    """The same fields, and where they always have the same value the same values."""
    if isinstance(printed, dict):
        assert set(printed) == set(real) if whole else set(printed) <= set(real), place
        for name, value in printed.items():
            is_thing = isinstance(value, dict | list)
            if name not in PASSING or is_thing or (name in NAMES and isinstance(value, int)):
                compare(value, real[name], f"{place}.{name}", whole=whole)
            else:
                assert type(real[name]) in {type(value), type(None)}, f"{place}.{name}"
    elif isinstance(printed, list):
        for item in printed:
            name = next((one for one in NAMES if one in item and one not in {"id"} | PASSING), None)
            if name is None and isinstance(item.get("id"), int):
                name = "id"
            same = [one for one in real if name is None or one[name] == item[name]]
            assert same, f"{place}: {item} is not there"
            compare(item, same[0], f"{place}[]", whole=whole)
    else:
        assert printed == real, place


@pytest.mark.parametrize(
    "example", [one for one in EXAMPLES if one.answer], ids=lambda one: one.name
)
async def test_each_printed_answer_is_one_that_the_api_gives(shop: Shop, example: Example) -> None:
    api, ann = await shop.api(), await shop.customer()
    order = await shop.place(ann)
    if example.name in {"order", "next-sms", "orders"}:
        await shop.deliver(order, "Your verification code is 123456")
    real = await ask(api, example, ann, order.id)
    compare(parsed(example), real, example.name, whole=example.name not in SHORTENED)


async def endings(shop: Shop) -> dict[str, set[str]]:
    """By status, every reason that an order's buyer can read, each made to happen."""
    api, ann = await shop.api(), await shop.customer()
    cancelled, expired, lost, finished, over, lost_with_code = [
        await shop.place(ann) for _ in range(6)
    ]
    for one in (finished, over, lost_with_code):
        await shop.deliver(one)
    await shop.services.orders.cancel(ann.id, cancelled.id)
    await shop.services.orders.finish(ann.id, finished.id)
    for one in (lost, lost_with_code):
        await shop.supplier.take_back(one.phone or "")
    for _ in range(4):
        await shop.beat()
    for one in (expired, over):
        await shop.age(one, 16 * 60)
    for _ in range(4):
        await shop.beat()
    await shop.services.expiry.run()
    listed = data(await api.get("/api/v1/orders?limit=100", headers=ann.headers))["items"]
    found = defaultdict(set)
    for item in listed:
        assert item["endedAt"], item
        found[item["status"]].add(item["reason"])
    return dict(found)


def manual_s_endings() -> dict[str, set[str]]:
    """By status, the reasons that the manual's table has."""
    found, status = defaultdict(set), ""
    text = MANUAL.read_text(encoding="utf-8")
    for row in re.finditer(r"^\| (?:`([A-Z]+)`)? ?\| `([A-Z_]+)` \|", text, re.MULTILINE):
        status = row[1] or status
        found[status].add(row[2])
    return dict(found)


async def test_the_statuses_are_told_as_they_happen(shop: Shop) -> None:
    """The exact case: no code in time is CANCELLED, and its reason EXPIRED."""
    happen = await endings(shop)
    assert "EXPIRED" in happen["CANCELLED"]
    assert manual_s_endings() == happen
    for locale in LOCALES:
        html = api_docs_part(shop.services.live_catalog.current, locale, "").slots["documentation"]
        told = {}
        for status, words in re.findall(r'data-status="([A-Z]+)">(.*?)</dd>', str(html), re.DOTALL):
            told[status] = set(re.findall(r"<code[^>]*>([A-Z_]+)</code>", words))
        assert set(told) == {"WAITING", "RECEIVED", *happen}
        for status, reasons in happen.items():
            # A reason may be told of an ending that is rare; none that happens may be left out.
            assert told[status] == reasons, (locale, status)


async def test_the_description_tells_them_likewise(shop: Shop) -> None:
    served = (await (await shop.api()).get("/api/v1/openapi.json")).json()
    words = " ".join(served["info"]["description"].split())
    assert all(each.meaning in words for each in status_meanings("en"))
    assert all(each.meaning in words for each in error_meanings("en"))
    assert "an order that expired without a code (`EXPIRED`)" in words

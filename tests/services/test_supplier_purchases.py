"""Every shape in which a supplier answers a purchase, and what we conclude."""

from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
import pytest

from jiema_app.domain.orders.supplier import (
    NumbersExhausted,
    OutcomeUnknown,
    PurchaseRefused,
    SupplierUnavailable,
)
from tests.services.supplier_peers import (
    CHALLENGE,
    EDGE_1010,
    EDGE_1020,
    EDGE_1020_AS_400,
    RATE_LIMIT,
    envelope,
    order,
    scripted,
)

BOUGHT = {
    "activationId": "635468024",
    "phoneNumber": "79584123456",
    "activationCost": 12.5,
    "currency": 840,
    "countryCode": 6,
    "countryPhoneCode": 62,
    "canGetAnotherSms": True,
    "activationTime": "2026-02-18T16:11:33+00:00",
    "activationEndTime": "2026-02-18T16:31:33+00:00",
    "activationOperator": "any",
    "status": 4,
}


@pytest.mark.parametrize(
    ("changes", "cost_micro"),
    [
        ({}, 12_500_000),
        ({"activationId": 635468024, "activationCost": "12.5"}, 12_500_000),
        ({"phoneNumber": 79584123456, "activationCost": "0.0067"}, 6_700),
        ({"phoneNumber": "+7 (958) 412-34-56", "activationCost": 0.1234567}, 123_457),
        ({"activationCost": None}, None),
    ],
)
async def test_a_purchase_is_read_whatever_the_types(
    changes: dict[str, Any], cost_micro: int | None
) -> None:
    supplier, _ = scripted(answers={"getNumberV2": BOUGHT | changes})

    number = await supplier.buy_number(order())

    assert number.activation_id == "635468024"
    assert number.phone == "+79584123456"
    assert number.cost_micro == cost_micro
    assert number.ends_at == datetime(2026, 2, 18, 16, 31, 33, tzinfo=UTC)


@pytest.mark.parametrize("wrapped", ["\ufeff{}", "  {}\r\n", "\ufeff\n {} "])
async def test_what_proxies_wrap_around_an_answer_is_stripped(wrapped: str) -> None:
    body = wrapped.replace("{}", orjson.dumps(BOUGHT).decode())
    supplier, _ = scripted(answers={"getNumberV2": body})

    assert (await supplier.buy_number(order())).activation_id == "635468024"


async def test_the_text_of_the_older_action_is_understood() -> None:
    supplier, _ = scripted(answers={"getNumberV2": "ACCESS_NUMBER:77:79584123456"})

    number = await supplier.buy_number(order())

    assert (number.activation_id, number.phone) == ("77", "+79584123456")
    assert (number.cost_micro, number.ends_at) == (None, None)


async def test_a_purchase_names_its_ceiling_exactly() -> None:
    supplier, script = scripted(answers={"getNumberV2": BOUGHT})

    for limit_micro in (250_000, 6_701, 1_000_000, 12_345_678):
        await supplier.buy_number(order(limit_micro=limit_micro))

    assert [query["maxPrice"] for query in script.asked] == [
        "0.2500", "0.006701", "1.0000", "12.345678",
    ]  # fmt: skip
    assert script.asked[0]["service"] == "tg"
    assert script.asked[0]["country"] == "6"


async def test_only_the_older_dialect_is_told_the_buyer() -> None:
    hero, hero_script = scripted("hero", {"getNumberV2": BOUGHT})
    legacy, legacy_script = scripted("legacy", {"getNumberV2": BOUGHT})

    await hero.buy_number(order(buyer="us & them"))
    await legacy.buy_number(order(buyer="us & them"))

    assert "userId" not in hero_script.asked[0]
    assert legacy_script.asked[0]["userId"] == "us & them"


@pytest.mark.parametrize(
    "answer",
    [
        "NO_NUMBERS",
        '"NO_NUMBERS"',
        "\ufeffNO_NUMBERS\n",
        envelope(404, "NO_NUMBERS"),
        {"status": "error", "error": "NO_NUMBERS"},
        {"status": "error", "message": "NO_NUMBERS", "info": {}},
        "WRONG_MAX_PRICE:0.025",
        envelope(400, "WRONG_MAX_PRICE", min=0.1234),
        "OUT_OF_STOCK",
    ],
)
async def test_nothing_to_buy_has_many_shapes(answer: Any) -> None:
    supplier, script = scripted(answers={"getNumberV2": answer})

    with pytest.raises(NumbersExhausted):
        await supplier.buy_number(order())

    assert script.actions == ["getNumberV2"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("NO_BALANCE", "NO_BALANCE"),
        (envelope(402, "NO_BALANCE"), "NO_BALANCE"),
        ("BAD_BALANCE", "BAD_BALANCE"),
        ("BANNED:'2026-11-20 10-00-00'", "BANNED"),
        (envelope(403, "BANNED", scope="global", banned_until=1), "BANNED"),
        ("CHANNELS_LIMIT", "CHANNELS_LIMIT"),
        (envelope(403, "CHANNELS_LIMIT", current_threads=1, max_allowed=1), "CHANNELS_LIMIT"),
        (envelope(403, "SERVICE_NOT_AVAILABLE"), "SERVICE_NOT_AVAILABLE"),
        (envelope(403, "ACCOUNT_INACTIVE"), "ACCOUNT_INACTIVE"),
        ("ACCOUNT_INACTIVE", "ACCOUNT_INACTIVE"),
        ("BAD_KEY", "BAD_KEY"),
        ("NO_KEY", "NO_KEY"),
        (envelope(401, "BAD_KEY"), "BAD_KEY"),
        ("BAD_SERVICE", "BAD_SERVICE"),
        ("WRONG_COUNTRY", "WRONG_COUNTRY"),
        ({"status": "false", "msg": "service is incorrect"}, "BAD_SERVICE"),
        ({"status": False, "msg": "country is incorrect"}, "BAD_COUNTRY"),
        ("UNPROCESSABLE_ENTITY:service:INVALID", "UNPROCESSABLE_ENTITY"),
        (envelope(422, "UNPROCESSABLE_ENTITY", field="country"), "UNPROCESSABLE_ENTITY"),
        (envelope(404, "BAD_ACTION"), "BAD_ACTION"),
        (envelope(403, "A_NEW_KIND_OF_NO"), "A_NEW_KIND_OF_NO"),
        (httpx.Response(403, json={"message": "Forbidden"}), "HTTP_403"),
        (httpx.Response(404, html="<h1>Not Found</h1>"), "HTTP_404"),
        (httpx.Response(401, content=b""), "HTTP_401"),
    ],
)
async def test_refusals_keep_the_suppliers_word(answer: Any, reason: str) -> None:
    supplier, script = scripted(answers={"getNumberV2": answer})

    with pytest.raises(PurchaseRefused) as refusal:
        await supplier.buy_number(order())

    assert refusal.value.reason == reason
    assert script.actions == ["getNumberV2"]


@pytest.mark.parametrize(
    "answer",
    [
        "ERROR_SQL",
        "SQL_ERROR",
        "ERROR_SQL25",
        envelope(500, "SERVER_ERROR"),
        envelope(400, "SERVER_ERROR"),
        httpx.Response(502, html="<h1>Bad gateway</h1>"),
        httpx.Response(503, text="NO_NUMBERS"),
        httpx.Response(524, text="error code: 524"),
        httpx.Response(408, text=""),
        httpx.Response(499, text=""),
        httpx.Response(302, headers={"Location": "/login"}),
        b"",
        b"   ",
        b"<html><body>It works!</body></html>",
        b'{"activationId":"635468024","phoneNumb',
        b"\xff\xfe\x00",
        [[]],
        "null",
        '"',
        {},
        {"activationId": "1"},
        BOUGHT | {"phoneNumber": "unknown"},
        BOUGHT | {"phoneNumber": ""},
        BOUGHT | {"phoneNumber": None},
        BOUGHT | {"activationId": None},
        BOUGHT | {"activationId": "1/../2"},
        "ACCESS_NUMBER:77",
        "ACCESS_NUMBER::79584123456",
        "ORDER_ALREADY_EXISTS",
        envelope(409, "ORDER_ALREADY_EXISTS"),
        "SOMETHING_NEVER_SEEN",
        "Something never seen",
        {"status": "error", "message": "Internal error"},
        httpx.ReadTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        httpx.WriteTimeout("slow"),
        httpx.RemoteProtocolError("closed"),
        httpx.DecodingError("garbled"),
    ],
    ids=repr,
)
async def test_a_purchase_is_unknown_and_never_sent_again(answer: Any) -> None:
    supplier, script = scripted(answers={"getNumberV2": answer})

    with pytest.raises(OutcomeUnknown):
        await supplier.buy_number(order())

    assert script.actions == ["getNumberV2"]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.PoolTimeout("busy"),
        httpx.ProxyError("proxy"),
        RATE_LIMIT,
        httpx.Response(200, text="RATE_LIMIT"),
        httpx.Response(425, json={"title": "TOO_EARLY"}, headers={"Retry-After": "3"}),
        EDGE_1010,
        EDGE_1020,
        EDGE_1020_AS_400,
        CHALLENGE,
    ],
    ids=repr,
)
async def test_a_purchase_that_was_not_looked_at_is_unavailable(answer: Any) -> None:
    supplier, script = scripted(answers={"getNumberV2": answer})

    with pytest.raises(SupplierUnavailable):
        await supplier.buy_number(order())

    assert script.actions == ["getNumberV2"]

"""The legacy dialect: always 200, text tokens, string numbers."""

import re
from datetime import UTC, datetime
from typing import Any


async def test_errors_are_text_tokens_with_200(legacy: Any) -> None:
    bought = await legacy.buy()
    await legacy.behave(minCancelSeconds=120)
    expected: dict[str, tuple[str, dict[str, Any]]] = {
        "BAD_ACTION": ("nonsense", {}),
        "NO_ACTIVATION": ("getStatus", {"id": 1}),
        "WRONG_ACTIVATION_ID": ("getStatus", {"id": "abc"}),
        "BAD_SERVICE": ("getNumber", {"service": "zzzz"}),
        "BAD_COUNTRY": ("getNumber", {"service": "tg", "country": 99999}),
        "BAD_STATUS": ("setStatus", {"id": bought, "status": 9}),
        "EARLY_CANCEL_DENIED": ("setStatus", {"id": bought, "status": 8}),
        "WRONG_EXCEPTION_PHONE": ("getNumber", {"service": "tg", "phoneException": "7"}),
    }
    for token, (action, params) in expected.items():
        answer = await legacy.call(action, **params)
        assert (answer.status_code, answer.text) == (200, token)


async def test_keys(legacy: Any) -> None:
    legacy.key = None
    assert await legacy.text("getCountries") == "NO_KEY"
    legacy.key = "wrong"
    assert await legacy.text("getBalance") == "BAD_KEY"


async def test_suffixed_tokens(legacy: Any) -> None:
    await legacy.control("supplier/offer", service="tg", country=6, costUsd=0.1, count=1)
    assert await legacy.text("getNumber", service="tg", country=6, maxPrice=0.01) == (
        "WRONG_MAX_PRICE:0.1"
    )
    until = datetime(2040, 5, 6, 7, 8, 9, tzinfo=UTC).timestamp()
    await legacy.behave(banned={"scope": "global", "until": until})
    assert await legacy.text("getNumber", service="tg", country=6) == (
        "BANNED:'2040-05-06 07-08-09'"
    )


async def test_numbers_come_with_strings_and_an_operator(legacy: Any) -> None:
    row = await legacy.json("getNumberV2", service="tg")
    assert row["countryCode"] == "0"
    assert row["canGetAnotherSms"] == "1"
    assert row["phoneNumber"].startswith("79")
    assert row["activationOperator"] != "any"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", row["activationTime"])
    assert "activationEndTime" not in row


async def test_an_order_id_buys_only_once(legacy: Any) -> None:
    await legacy.buy(orderId="order-1")
    again = await legacy.text("getNumberV2", service="tg", country=6, orderId="order-1")
    assert again == "ORDER_ALREADY_EXISTS"
    assert (await legacy.state())["activeCount"] == 1


async def test_the_hero_dialect_has_no_order_id(shop: Any) -> None:
    await shop.buy(orderId="order-1")
    await shop.buy(orderId="order-1")
    assert (await shop.state())["activeCount"] == 2


async def test_ready_again_finish(legacy: Any) -> None:
    bought = await legacy.buy()
    assert await legacy.text("setStatus", id=bought, status=1) == "ACCESS_READY"
    await legacy.sms(bought, "Code 4821")
    assert await legacy.text("getStatus", id=bought) == "STATUS_OK:4821"
    assert await legacy.text("setStatus", id=bought, status=8) == "BAD_STATUS"
    assert await legacy.text("setStatus", id=bought, status=3) == "ACCESS_RETRY_GET"
    assert await legacy.text("getStatus", id=bought) == "STATUS_WAIT_RETRY:4821"
    assert await legacy.text("setStatus", id=bought, status=6) == "ACCESS_ACTIVATION"
    assert await legacy.text("getStatus", id=bought) == "STATUS_CANCEL"


async def test_active_activations(legacy: Any) -> None:
    assert await legacy.json("getActiveActivations") == {
        "status": "error", "error": "NO_ACTIVATIONS",
    }  # fmt: skip
    bought = await legacy.buy()
    await legacy.sms(bought, "Code 4821")
    (row,) = (await legacy.json("getActiveActivations"))["activeActivations"]
    assert row["smsCode"] == ["4821"]


async def test_status_v2_has_the_older_shape(legacy: Any) -> None:
    bought = await legacy.buy()
    waiting = await legacy.json("getStatusV2", id=bought)
    assert waiting == {"verificationType": 0, "sms": None, "call": None}
    await legacy.sms(bought, "Code 4821")
    assert (await legacy.json("getStatusV2", id=bought))["sms"]["code"] == "4821"


async def test_stock_is_printed_as_text(legacy: Any) -> None:
    stock = await legacy.json("getNumbersStatus", country=6)
    assert isinstance(stock["tg"], str)
    inverted = await legacy.json("getPricesVerification", service="tg")
    assert inverted["tg"]["6"]["count"] == int(stock["tg"])

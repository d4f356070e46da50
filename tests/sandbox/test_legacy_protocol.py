"""The legacy dialect: always 200, text tokens, string numbers."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.supplier.actions.table import HERO, LEGACY

README = Path(__file__).resolve().parents[2] / "sandbox/README.md"
ACTION = re.compile(r"\b[a-z]+(?:[A-Z][A-Za-z0-9]*)+\b|\bprolong\b|\breactivate\b")


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


async def test_the_full_text_of_a_message(legacy: Any) -> None:
    bought = await legacy.buy()
    assert await legacy.text("getFullSms", id=bought) == "STATUS_WAIT_CODE"
    await legacy.sms(bought, "Your code: 51423")
    assert await legacy.text("getFullSms", id=bought) == "FULL_SMS:Your code: 51423"
    assert await legacy.text("setStatus", id=bought, status=3) == "ACCESS_RETRY_GET"
    assert await legacy.text("getFullSms", id=bought) == "STATUS_WAIT_RETRY:51423"
    assert await legacy.text("setStatus", id=bought, status=6) == "ACCESS_ACTIVATION"
    assert await legacy.text("getFullSms", id=bought) == "STATUS_CANCEL"
    assert await legacy.text("getFullSms", id=1) == "NO_ACTIVATION"


async def test_old_clients_cancel_by_another_number(legacy: Any) -> None:
    bought = await legacy.buy()
    await legacy.behave(minCancelSeconds=120)
    assert await legacy.text("setStatus", id=bought, status=-1) == "EARLY_CANCEL_DENIED"
    await legacy.advance(121)
    assert await legacy.text("setStatus", id=bought, status=-1) == "ACCESS_CANCEL"
    assert (await legacy.state())["activeCount"] == 0


async def test_the_newer_dialect_has_neither(shop: Any) -> None:
    bought = await shop.buy()
    assert (await shop.call("getFullSms", id=bought)).json()["title"] == "BAD_ACTION"
    assert (await shop.call("setStatus", id=bought, status=-1)).json()["title"] == "BAD_STATUS"


async def test_the_readme_says_which_calls_are_there_and_which_are_not(legacy: Any) -> None:
    readme = README.read_text(encoding="utf-8")
    there = readme.partition("Actions: ")[2].partition("### With a library")[0]
    missing = readme.partition("they are\nnot there: ")[2].partition("and the keys")[0]
    for action in {*HERO, *LEGACY} - {"getTopCountriesByServiceRank"}:
        assert action in there
    named = set(ACTION.findall(missing))
    assert len(named) > 15
    for dialect in ("legacy", "hero"):
        await legacy.behave(dialect=dialect)
        for action in named:
            assert "BAD_ACTION" in await legacy.text(action)

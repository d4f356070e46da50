"""Faults on demand, limits and bans."""

from typing import Any

import httpx
import pytest

TG = {"service": "tg", "country": 6}


async def count(shop: Any) -> int:
    return int((await shop.state())["activeCount"])


async def test_timeout_after_commit_buys_and_then_drops(shop: Any) -> None:
    await shop.fault("getNumberV2", "timeout_after_commit", count=1)
    with pytest.raises(httpx.RemoteProtocolError):
        await shop.call("getNumberV2", **TG)
    assert await count(shop) == 1
    assert (await shop.state())["faults"] == []
    await shop.buy()
    assert await count(shop) == 2


async def test_drop_before_and_hang_buy_nothing(shop: Any) -> None:
    for kind in ("drop_before", "hang"):
        await shop.fault("getNumberV2", kind, count=1, seconds=0)
        with pytest.raises(httpx.RemoteProtocolError):
            await shop.call("getNumberV2", **TG)
    assert await count(shop) == 0


async def test_an_unreadable_200_has_bought_all_the_same(shop: Any) -> None:
    await shop.fault("getNumberV2", "garbage", count=1)
    garbage = await shop.call("getNumberV2", **TG)
    await shop.fault("getNumberV2", "truncated", count=1)
    truncated = await shop.call("getNumberV2", **TG)
    assert garbage.status_code == truncated.status_code == 200
    for answer in (garbage, truncated):
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            answer.json()
    assert await count(shop) == 2


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("http500", 500, "SERVER_ERROR"),
        ("http429", 429, "RATE_LIMIT"),
        ("no_numbers", 200, "NO_NUMBERS"),
        ("edge_403", 403, "error code: 1010"),
        ("edge_1020", 403, "error code: 1020"),
        ("banned", 403, "BANNED"),
        ("channels_limit", 403, "CHANNELS_LIMIT"),
        ("no_balance", 402, "NO_BALANCE"),
        ("wrong_max_price", 400, "WRONG_MAX_PRICE"),
    ],
)
async def test_refusals_on_demand(shop: Any, kind: str, status: int, expected: str) -> None:
    await shop.fault("*", kind, count=1)
    answer = await shop.call("getNumberV2", **TG)
    assert answer.status_code == status
    assert expected in answer.text
    assert ("retry-after" in answer.headers) == (kind == "http429")
    assert await count(shop) == 0


async def test_a_fault_hits_only_its_action_and_zero_removes_it(shop: Any) -> None:
    await shop.fault("getNumber", "http500", rate=1)
    assert (await shop.call("getBalance")).status_code == 200
    assert (await shop.call("getNumber", **TG)).status_code == 500
    await shop.fault("getNumber", "http500", rate=0)
    assert (await shop.call("getNumber", **TG)).status_code == 200


async def test_a_rate_hits_about_that_share(shop: Any) -> None:
    await shop.fault("getBalance", "http500", rate=0.3)
    hits = [(await shop.call("getBalance")).status_code == 500 for _ in range(300)]
    assert 50 < sum(hits) < 130


@pytest.mark.parametrize(
    "order",
    [
        {"action": "*", "kind": "nonsense", "count": 1},
        {"action": "*", "kind": "http500"},
        {"action": "*", "kind": "http500", "count": 1, "rate": 1},
        {"action": "*", "kind": "http500", "rate": 2},
        {"action": "*", "kind": "http500", "count": -1},
        {"action": 5, "kind": "http500", "count": 1},
        {"action": "*", "kind": "hang", "count": 1, "seconds": "long"},
        {"action": "*", "kind": "hang", "count": 1, "surprise": 1},
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused(shop: Any, order: dict[str, Any]) -> None:
    answer = await shop.http.post("/control/supplier/faults", json=order)
    assert answer.status_code == 400
    assert answer.json()["code"] == "BAD_FAULT"
    assert (await shop.state())["faults"] == []


async def test_the_channels_limit_counts_open_activations(shop: Any) -> None:
    await shop.behave(channelsLimit=2)
    first = await shop.buy()
    await shop.buy()
    answer = await shop.call("getNumberV2", **TG)
    assert (answer.status_code, answer.json()["title"]) == (403, "CHANNELS_LIMIT")
    assert answer.json()["info"] == {"current_threads": 2, "max_allowed": 2}
    await shop.call("cancelActivation", id=first)
    await shop.buy()


async def test_bans_are_global_or_for_one_pair(shop: Any) -> None:
    await shop.behave(banned={"scope": "specific", "service": "tg", "country": 6})
    answer = await shop.call("getNumberV2", **TG)
    assert (answer.status_code, answer.json()["title"]) == (403, "BANNED")
    info = answer.json()["info"]
    assert info["scope"] == "specific"
    assert set(info) == {"scope", "banned_until", "retry_after_seconds", "readable_date"}
    await shop.buy("wa", 0)
    await shop.behave(banned={"scope": "global"})
    assert (await shop.call("getNumberV2", service="wa", country=0)).status_code == 403
    await shop.behave(banned=None)
    await shop.buy()


async def test_an_empty_balance_refuses_and_takes_nothing(shop: Any) -> None:
    await shop.behave(balanceUsd=0.001)
    answer = await shop.call("getNumberV2", **TG)
    assert (answer.status_code, answer.json()["title"]) == (402, "NO_BALANCE")
    assert await shop.text("getBalance") == "ACCESS_BALANCE:0.0010"
    assert await count(shop) == 0


async def test_the_rate_limit_answers_429_with_retry_after(shop: Any) -> None:
    await shop.behave(rateLimitPerSecond=0)
    answer = await shop.call("getBalance")
    assert (answer.status_code, answer.json()["title"]) == (429, "RATE_LIMIT")
    assert answer.json()["details"] == ""
    assert answer.headers["retry-after"] == "1"
    await shop.behave(rateLimitPerSecond=None)
    assert (await shop.call("getBalance")).status_code == 200


async def test_excluded_prefixes_are_avoided(shop: Any) -> None:
    taken = (await shop.json("getNumberV2", service="tg", country=0))["phoneNumber"]
    prefixes = ",".join(f"7912{digit}" for digit in range(10))
    row = await shop.json("getNumberV2", service="tg", country=0, phoneException=taken[:5])
    assert not row["phoneNumber"].startswith(taken[:5])
    assert await shop.text("getNumberV2", service="tg", country=0, phoneException=prefixes) == (
        "NO_NUMBERS"
    )

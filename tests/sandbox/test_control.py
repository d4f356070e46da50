"""The control endpoints and the page."""

from typing import Any

import pytest

from sandbox.app import create_app


@pytest.mark.parametrize(
    ("update", "said"),
    [
        ({"smsDelay": 3}, "allowed keys: smsDelaySeconds, routeQuality, dialect"),
        ({"smsDelaySeconds": [8, 3]}, "[min, max]"),
        ({"smsDelaySeconds": [True, 3]}, "[min, max]"),
        ({"smsDelaySeconds": "soon"}, "[min, max]"),
        ({"dialect": "klingon"}, "hero, legacy"),
        ({"latencyMs": -1}, "a number from 0"),
        ({"jitter": 1}, "true or false"),
        ({"webhookUrl": "ftp://x"}, "http(s) URL"),
        ({"banned": {"scope": "specific"}}, '"scope":"specific","service","country"'),
        ({"banned": {"scope": "global", "until": "noon"}}, "a number from 0"),
        ({"balanceUsd": -5}, "non-negative"),
        ({"webhookDuplicates": 2}, "a number from 0 to 1"),
    ],
)
async def test_a_bad_switch_changes_nothing_and_says_why(
    shop: Any, update: dict[str, Any], said: str
) -> None:
    before = (await shop.state())["behaviour"]
    answer = (
        await shop.control("supplier/behaviour", latencyMs=0, **update)
        if ("latencyMs" not in update)
        else await shop.control("supplier/behaviour", **update)
    )
    assert answer.status_code == 400
    assert answer.json()["code"] == "BAD_BEHAVIOUR"
    assert said in answer.json()["message"]
    assert (await shop.state())["behaviour"] == before


async def test_every_switch_is_readable_back(shop: Any) -> None:
    state = await shop.state()
    answer = await shop.http.post("/control/supplier/behaviour", json=state["behaviour"])
    assert answer.status_code == 200
    assert (await shop.state())["behaviour"] == state["behaviour"]


async def test_sms_by_phone_takes_any_spelling(shop: Any) -> None:
    row = await shop.json("getNumberV2", service="tg", country=6)
    spelled = f"+{row['phoneNumber'][:2]} {row['phoneNumber'][2:]}"
    answer = await shop.control("supplier/sms", phone=spelled, text="Code 4455")
    assert answer.json() == {"ok": True, "activationId": int(row["activationId"]), "code": "4455"}


async def test_sms_to_nobody_is_404(shop: Any) -> None:
    for target in ({"phone": "+100"}, {"activationId": 5}):
        answer = await shop.control("supplier/sms", text="x", **target)
        assert (answer.status_code, answer.json()["ok"]) == (404, False)
    bought = await shop.buy()
    await shop.call("cancelActivation", id=bought)
    answer = await shop.control("supplier/sms", activationId=bought, text="x")
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_ACTIVE")
    nameless = await shop.control("supplier/sms", text="x")
    assert (nameless.status_code, nameless.json()["code"]) == (400, "NO_TARGET")


async def test_bodies_are_validated_with_the_same_envelope(shop: Any) -> None:
    for path, body in (
        ("supplier/sms", {"activationId": 1}),
        ("supplier/offer", {"service": "tg", "country": 6, "costUsd": 1, "count": -1}),
        ("supplier/sms-bulk", {"count": 0}),
        ("clock", {"advanceSeconds": -1}),
        ("clock", {"advanceSeconds": 1, "surprise": 1}),
    ):
        answer = await shop.control(path, **body)
        assert answer.status_code == 400
        assert answer.json()["code"] == "BAD_REQUEST"
    broken = await shop.http.post("/control/supplier/sms", content=b"{not json")
    assert broken.status_code == 400
    assert (await shop.http.get("/nowhere")).json()["ok"] is False


async def test_offers_name_known_services_and_countries(shop: Any) -> None:
    for body in ({"service": "zzzz", "country": 6}, {"service": "tg", "country": 999}):
        answer = await shop.control("supplier/offer", costUsd=1, count=1, **body)
        assert answer.status_code == 404
    odd = await shop.control("supplier/offer", service="tg", country=6, costUsd="x", count=1)
    assert (odd.status_code, odd.json()["code"]) == (400, "BAD_PRICE")


async def test_state_filters_and_limits(shop: Any) -> None:
    bought = [await shop.buy() for _ in range(3)]
    await shop.call("cancelActivation", id=bought[0])
    active = (await shop.state(status="active"))["activations"]
    assert [row["id"] for row in active] == [bought[2], bought[1]]
    assert len((await shop.state(limit=1))["activations"]) == 1
    cancelled = (await shop.state(status="cancelled"))["activations"]
    assert [row["id"] for row in cancelled] == [bought[0]]
    assert (await shop.http.get("/control/state?status=odd")).status_code == 400
    assert (await shop.http.get("/control/state?limit=-1")).status_code == 400


async def test_counters_tell_what_happened(shop: Any) -> None:
    bought = await shop.buy()
    await shop.sms(bought)
    await shop.call("finishActivation", id=bought)
    await shop.call("cancelActivation", id=await shop.buy())
    counters = (await shop.state())["counters"]
    assert (counters["purchases"], counters["finishes"], counters["cancels"]) == (2, 1, 1)
    assert counters["sms"] == 1
    assert counters["requests"]["getNumberV2"] == 2


async def test_reset_forgets_everything_but_never_reuses_an_id(shop: Any) -> None:
    first = await shop.buy()
    await shop.fault("*", "http500", rate=1)
    await shop.advance(50)
    assert (await shop.control("reset")).json() == {"ok": True}
    state = await shop.state()
    assert state["activations"] == []
    assert state["faults"] == []
    assert state["clock"]["offsetSeconds"] == 0
    assert state["behaviour"]["smsDelaySeconds"] == [3, 8]
    assert state["balanceUsd"] == 1_000_000
    assert await shop.buy() > first


async def test_two_fresh_sandboxes_hand_out_the_same_numbers(shop: Any) -> None:
    other = create_app(None)
    keeper = type(shop)(type(shop.http)(transport=shop.http._transport, base_url="http://x"))
    keeper.http._transport = type(shop.http._transport)(app=other)
    rows = [await k.json("getNumberV2", service="tg", country=6) for k in (shop, keeper)]
    assert rows[0]["phoneNumber"] == rows[1]["phoneNumber"]
    assert rows[0]["activationId"] == rows[1]["activationId"]
    await other.close()


async def test_the_page_lists_numbers_and_escapes_what_strangers_wrote(shop: Any) -> None:
    empty = await shop.http.get("/")
    assert "No number is rented right now" in empty.text
    bought = await shop.buy()
    await shop.sms(bought, "<script>alert(1)</script> 1234")
    page = await shop.http.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert f"#{bought}" in page.text
    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "://" not in page.text.replace("http://www.w3.org/2000/svg", "")

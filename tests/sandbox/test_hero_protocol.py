"""The hero dialect: envelopes, statuses and shapes as documented."""

import re
from datetime import datetime
from typing import Any

import httpx
import pytest

HANDLER = "/stubs/handler_api.php"


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["title"]


async def test_every_body_is_served_as_html(shop: Any) -> None:
    for action in ("getBalance", "getCountries", "nonsense"):
        answer = await shop.call(action)
        assert answer.headers["content-type"] == "text/html; charset=UTF-8"


async def test_balance_has_four_decimals(shop: Any) -> None:
    await shop.behave(balanceUsd=12.5085)
    assert await shop.text("getBalance") == "ACCESS_BALANCE:12.5085"


async def test_post_works_like_get_also_with_a_form_body(shop: Any) -> None:
    query = {"api_key": shop.key, "action": "getBalance"}
    by_query = await shop.http.post(HANDLER, params=query)
    by_form = await shop.http.post(HANDLER, data=query)
    assert by_query.text == by_form.text == "ACCESS_BALANCE:1000000.0000"


async def test_a_missing_key_names_the_field(shop: Any) -> None:
    answer = await shop.call("getBalance", api_key=None)
    assert refusal(answer) == (422, "UNPROCESSABLE_ENTITY")
    assert answer.json()["info"]["field"] == "api_key"
    assert answer.json()["info"]["code"] == "REQUIRED"


async def test_a_wrong_key_is_refused_before_routing(shop: Any) -> None:
    shop.key = "wrong"
    for action in ("getBalance", "getNumberV2", "nonsense"):
        answer = await shop.call(action)
        assert refusal(answer) == (401, "BAD_KEY")
        assert answer.json()["details"] == "Unauthorized"


async def test_catalogue_actions_need_no_key_but_refuse_a_wrong_one(shop: Any) -> None:
    shop.key = None
    assert "0" in await shop.json("getCountries")
    shop.key = "wrong"
    answer = await shop.call("getServicesList")
    assert (answer.status_code, answer.text) == (200, "BAD_KEY")


async def test_unknown_actions_and_the_ones_of_siblings_are_bad_actions(shop: Any) -> None:
    for action in ("", "getPricesV2", "getPricesV3", "reactivate", "getBalanceAndCashBack"):
        assert refusal(await shop.call(action)) == (404, "BAD_ACTION")


async def test_a_bought_number_has_the_documented_shape(shop: Any) -> None:
    await shop.behave(jitter=False)
    row = await shop.json("getNumberV2", service="tg", country=6)
    started = datetime.fromisoformat(row["activationTime"])
    ends = datetime.fromisoformat(row["activationEndTime"])
    assert (ends - started).total_seconds() == 1200
    assert re.fullmatch(r"628\d{7,10}", row["phoneNumber"])
    expected = {
        "currency": 840, "countryCode": 6, "countryPhoneCode": 62, "canGetAnotherSms": True,
        "activationOperator": "any", "verificationType": "sms", "subtype": 1,
        "serviceCode": "tg", "status": 4,
    }  # fmt: skip
    assert {key: row[key] for key in expected} == expected
    assert isinstance(row["activationId"], str)


async def test_jitter_flips_types_but_never_values_and_is_stable_per_row(shop: Any) -> None:
    kinds = set()
    for _ in range(40):
        row = await shop.json("getNumberV2", service="tg", country=6)
        kinds.add(type(row["activationId"]))
        assert str(row["countryCode"]) == "6"
        assert row["canGetAnotherSms"] in {True, "1"}
    assert kinds == {int, str}
    first = await shop.text("getActiveActivations")
    assert first == await shop.text("getActiveActivations")


async def test_v1_answers_text_also_for_bad_parameters(shop: Any) -> None:
    bought = await shop.text("getNumber", service="tg", country=6)
    assert re.fullmatch(r"ACCESS_NUMBER:\d+:62\d+", bought)
    answer = await shop.call("getNumber", service="tg")
    assert (answer.status_code, answer.text) == (200, "UNPROCESSABLE_ENTITY:country:REQUIRED")
    assert await shop.text("getNumber", service="t!", country=6) == (
        "UNPROCESSABLE_ENTITY:service:INVALID"
    )


@pytest.mark.parametrize(
    ("params", "field", "code"),
    [
        ({"country": 6}, "service", "REQUIRED"),
        ({"service": "tg"}, "country", "REQUIRED"),
        ({"service": "zzzz", "country": 6}, "service", "INVALID"),
        ({"service": "tg", "country": 99999}, "country", "INVALID"),
        ({"service": "tg", "country": 6, "maxPrice": "cheap"}, "maxPrice", "INVALID"),
        ({"service": "tg", "country": 6, "maxPrice": "nan"}, "maxPrice", "INVALID"),
        ({"service": "tg", "country": 6, "phoneException": "x"}, "phoneException", "INVALID"),
    ],
)
async def test_v2_validates_with_an_envelope(
    shop: Any, params: dict[str, Any], field: str, code: str
) -> None:
    answer = await shop.call("getNumberV2", **params)
    assert refusal(answer) == (422, "UNPROCESSABLE_ENTITY")
    assert (answer.json()["info"]["field"], answer.json()["info"]["code"]) == (field, code)


async def test_status_actions_know_unknown_and_malformed_ids(shop: Any) -> None:
    for action in ("getStatus", "getStatusV2", "getAllSms", "finishActivation"):
        unknown = await shop.call(action, id=1)
        assert refusal(unknown) == (404, "NOT_FOUND")
        malformed = await shop.call(action, id="abc")
        assert refusal(malformed) == (422, "UNPROCESSABLE_ENTITY")
        assert malformed.json()["info"]["field"] == "id"


async def test_status_one_is_not_in_the_enum(shop: Any) -> None:
    bought = await shop.buy()
    for status in (1, -1, 7, "x"):
        answer = await shop.call("setStatus", id=bought, status=status)
        assert refusal(answer) == (400, "BAD_STATUS")


async def test_active_activations_carry_data_and_an_object(shop: Any) -> None:
    bought = await shop.buy()
    answer = await shop.json("getActiveActivations")
    assert answer["status"] == "success"
    assert answer["activeActivations"] == {
        "affected_rows": 0, "num_rows": 0, "row": [], "rows": [],
    }  # fmt: skip
    (row,) = answer["data"]
    assert int(row["activationId"]) == bought
    assert row["smsCode"] is None
    datetime.strptime(row["activationTime"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007


async def test_active_activations_are_paged(shop: Any) -> None:
    bought = [await shop.buy() for _ in range(25)]
    seen: list[int] = []
    for start in range(0, 40, 10):
        page = await shop.json("getActiveActivations", start=start, limit=10)
        seen += [int(row["activationId"]) for row in page["data"]]
    assert sorted(seen) == bought
    too_many = await shop.call("getActiveActivations", limit=101)
    assert refusal(too_many) == (422, "UNPROCESSABLE_ENTITY")


async def test_history_is_a_bare_array_filtered_by_time(shop: Any) -> None:
    first = await shop.buy()
    await shop.call("cancelActivation", id=first)
    await shop.advance(100)
    second = await shop.buy()
    rows = await shop.json("getHistory")
    assert [int(row["id"]) for row in rows] == [second, first]
    assert rows[0]["cost"] == 0
    assert float(rows[1]["cost"]) > 0
    assert rows[1]["status"] == "8"
    end = (await shop.state())["clock"]["now"] - 50
    older = await shop.json("getHistory", start=0, end=int(end), size=10)
    assert [int(row["id"]) for row in older] == [first]


async def test_numbers_status_requires_a_country(shop: Any) -> None:
    assert refusal(await shop.call("getNumbersStatus")) == (422, "UNPROCESSABLE_ENTITY")
    assert (await shop.json("getNumbersStatus", country=6))["tg"] > 0


async def test_operators_of_an_unknown_country_are_a_text(shop: Any) -> None:
    answer = await shop.call("getOperators", country=999)
    assert (answer.status_code, answer.text) == (200, "OPERATORS_NOT_FOUND")
    one = await shop.json("getOperators", country=6)
    assert "telkomsel" in one["countryOperators"]["6"]


async def test_an_operator_is_honoured_and_a_foreign_one_has_no_numbers(shop: Any) -> None:
    row = await shop.json("getNumberV2", service="tg", country=6, operator="telkomsel,axis")
    assert row["activationOperator"] == "telkomsel"
    assert await shop.text("getNumberV2", service="tg", country=6, operator="verizon") == (
        "NO_NUMBERS"
    )


async def test_the_lists_hold_the_whole_catalogue(shop: Any) -> None:
    countries = await shop.json("getCountries")
    assert countries["0"]["eng"] == "Russia"
    assert countries["187"]["eng"] == "USA"
    services = (await shop.json("getServicesList"))["services"]
    assert len(services) > 2000
    assert {"code": "tg", "name": "Telegram"} in services
    narrower = (await shop.json("getServicesList", country=187))["services"]
    assert 100 < len(narrower) < len(services)


async def test_a_garbled_query_is_answered_not_crashed(shop: Any) -> None:
    for query in ("%ff%fe=1&&&=", "action=getStatus&id=" + "9" * 5000, "action=%00"):
        answer = await shop.http.get(f"{HANDLER}?api_key={shop.key}&{query}")
        assert 400 <= answer.status_code < 500


async def test_refusals_may_come_at_status_200(shop: Any) -> None:
    """Their bodies stay; what a client that reads no other status can understand."""
    bought = await shop.buy()
    await shop.behave(refusalsAt200=True, minCancelSeconds=120)
    for title, action, params in (
        ("BAD_ACTION", "nonsense", {}),
        ("NOT_FOUND", "getStatus", {"id": 1}),
        ("EARLY_CANCEL_DENIED", "setStatus", {"id": bought, "status": 8}),
    ):
        answer = await shop.call(action, **params)
        assert (answer.status_code, answer.json()["title"]) == (200, title)
    await shop.fault("getBalance", "http500", count=1)
    assert (await shop.call("getBalance")).status_code == 500

"""Every shape of an answer that the family is known to give, from a small scripted server."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import orjson
import pytest

from jiema_app.domain.orders.supplier import (
    ActivationGone,
    ActivationStatus,
    CancelTooEarly,
    CodeArrived,
    NumbersExhausted,
    OutcomeUnknown,
    PurchaseRefused,
    SupplierUnavailable,
)
from jiema_app.integrations.supplier.handler_api import values
from jiema_app.integrations.supplier.webhook import parse_notice
from tests.services.supplier_peers import order, scripted

EDGE_1010 = httpx.Response(403, text="error code: 1010")
EDGE_1020 = httpx.Response(403, text="error code: 1020")
EDGE_1020_AS_400 = httpx.Response(400, html="<html><body>error code: 1020</body></html>")
CHALLENGE = httpx.Response(403, html="<!DOCTYPE html><title>Just a moment...</title>")
RATE_LIMIT = httpx.Response(429, json={"title": "RATE_LIMIT", "details": ""})


def envelope(status: int, title: str, **info: Any) -> httpx.Response:
    return httpx.Response(
        status,
        content=orjson.dumps({"title": title, "details": "some words", "info": info}),
        headers={"Content-Type": "text/html; charset=UTF-8"},
    )


# ---------------------------------------------------------------- purchases


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


# ---------------------------------------------------------------- what arrived


NEW_SHAPE = {
    "verificationType": "sms",
    "data": {
        "id": 91,
        "phoneFrom": "Telegram",
        "code": "12345",
        "text": "Telegram code 12345",
        "service": "tg",
        "date": "2026-11-20T10:30:00.000000Z",
        "type": "sms",
    },
}


async def test_the_newer_status_shape_carries_id_and_date() -> None:
    supplier, _ = scripted(
        answers={"getStatusV2": NEW_SHAPE, "getAllSms": envelope(404, "BAD_ACTION")}
    )

    [sms] = (await supplier.read_activation("7")).sms

    assert (sms.body, sms.code, sms.supplier_id) == ("Telegram code 12345", "12345", "91")
    assert sms.received_at == datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


async def test_zoneless_times_are_read_in_the_suppliers_zone() -> None:
    old = {
        "verificationType": 0,
        "sms": {"dateTime": "2026-11-20 13:30:00", "code": 123, "text": ""},
    }
    supplier, _ = scripted("legacy", {"getStatusV2": old}, timezone="Europe/Moscow")

    [sms] = (await supplier.read_activation("7")).sms

    assert (sms.body, sms.code) == ("123", "123")
    assert sms.received_at == datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


async def test_all_sms_are_told_oldest_first() -> None:
    rows = [
        {"id": "3", "code": None, "text": "third", "date": "2026-11-20T10:32:00+00:00"},
        {"id": "1", "code": "11", "text": "first", "date": "2026-11-20T12:30:00+02:00"},
        {"id": "2", "code": 22, "text": None, "date": "2026-11-20T10:31:00+00:00"},
        {"id": "4", "code": None, "text": None, "date": "2026-11-20T10:33:00+00:00"},
    ]
    supplier, _ = scripted(answers={"getStatusV2": NEW_SHAPE, "getAllSms": {"data": rows}})

    state = await supplier.read_activation("7")

    assert [(s.supplier_id, s.body, s.code) for s in state.sms] == [
        ("1", "first", "11"), ("2", "22", "22"), ("3", "third", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "trouble", [httpx.Response(500), httpx.ReadTimeout("slow"), envelope(409, "BAD_STATUS")]
)
async def test_one_sms_is_told_when_the_others_cannot_be_had(trouble: Any) -> None:
    supplier, _ = scripted(answers={"getStatusV2": NEW_SHAPE, "getAllSms": trouble})

    assert [sms.code for sms in (await supplier.read_activation("7")).sms] == ["12345"]


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        ("STATUS_WAIT_CODE", ActivationStatus.WAITING, None),
        ("STATUS_WAIT_RESEND", ActivationStatus.WAITING, None),
        ("STATUS_WAIT_RETRY:12345", ActivationStatus.WAITING, None),
        ("STATUS_OK:12345", ActivationStatus.RECEIVED, "12345"),
        ("STATUS_OK:G-12:34", ActivationStatus.RECEIVED, None),
        ("STATUS_OK:", ActivationStatus.WAITING, None),
        ("STATUS_CANCEL", ActivationStatus.CLOSED, None),
        (envelope(409, "ACTIVATION_NOT_ACTIVE"), ActivationStatus.CLOSED, None),
        ({"verificationType": "sms", "data": None}, ActivationStatus.WAITING, None),
        ({"verificationType": "sms", "data": []}, ActivationStatus.WAITING, None),
        ({"verificationType": 0, "sms": None, "call": None}, ActivationStatus.WAITING, None),
        ({"data": {"code": "", "text": " "}}, ActivationStatus.WAITING, None),
        ({"sms": [{"code": "55", "text": "55"}]}, ActivationStatus.RECEIVED, "55"),
        ({"call": {"from": "1", "text": "", "code": "99"}}, ActivationStatus.RECEIVED, "99"),
    ],
    ids=repr,
)
async def test_statuses(answer: Any, status: ActivationStatus, code: str | None) -> None:
    supplier, _ = scripted("legacy", {"getStatusV2": answer})

    state = await supplier.read_activation("7")

    assert state.status is status
    assert [sms.code for sms in state.sms] == ([code] if state.sms else [])


async def test_the_plain_status_stands_in_for_a_missing_one() -> None:
    supplier, script = scripted(
        "legacy", {"getStatusV2": "BAD_ACTION", "getStatus": "STATUS_OK:12345"}
    )

    assert (await supplier.read_activation("7")).sms[0].code == "12345"
    assert script.actions == ["getStatusV2", "getStatus"]


@pytest.mark.parametrize(
    "answer",
    [
        "NO_ACTIVATION",
        "WRONG_ACTIVATION_ID",
        "INVALID_ACTIVATION_ID",
        envelope(404, "NOT_FOUND"),
        envelope(422, "UNPROCESSABLE_ENTITY", field="id", code="INVALID"),
    ],
)
async def test_a_rental_that_nobody_knows_is_gone(answer: Any) -> None:
    supplier, _ = scripted(answers={"getStatusV2": answer, "setStatus": answer})

    for ask in (supplier.read_activation, supplier.cancel, supplier.finish):
        with pytest.raises(ActivationGone):
            await ask("7")


async def test_a_read_is_repeated_once() -> None:
    supplier, script = scripted(
        "legacy", {"getStatusV2": [httpx.Response(500), "STATUS_WAIT_CODE"]}
    )

    assert (await supplier.read_activation("7")).status is ActivationStatus.WAITING
    assert len(script.asked) == 2


async def test_a_read_is_not_repeated_twice() -> None:
    supplier, script = scripted(answers={"getStatusV2": httpx.ReadTimeout("slow")})

    with pytest.raises(SupplierUnavailable):
        await supplier.read_activation("7")

    assert len(script.asked) == 2


@pytest.mark.parametrize("answer", [RATE_LIMIT, EDGE_1020, envelope(401, "BAD_KEY")])
async def test_a_read_that_was_turned_away_is_not_repeated(answer: httpx.Response) -> None:
    supplier, script = scripted(answers={"getStatusV2": answer})

    with pytest.raises(SupplierUnavailable):
        await supplier.read_activation("7")

    assert len(script.asked) == 1


# ---------------------------------------------------------------- changes


@pytest.mark.parametrize(
    "answer", [httpx.Response(204), "ACCESS_CANCEL", {"status": "success"}], ids=repr
)
async def test_a_cancel_is_done(answer: Any) -> None:
    supplier, script = scripted(answers={"setStatus": answer})

    await supplier.cancel("7")

    assert script.asked[0]["status"] == "8"


@pytest.mark.parametrize(
    ("answer", "age_s"),
    [
        (envelope(409, "EARLY_CANCEL_DENIED", minActivationTime=60), 60),
        (envelope(409, "EARLY_CANCEL_DENIED", minActivationTime="75"), 75),
        (envelope(409, "EARLY_CANCEL_DENIED"), 120),
        ("EARLY_CANCEL_DENIED", 120),
    ],
)
async def test_a_cancel_is_too_early(answer: Any, age_s: int) -> None:
    supplier, _ = scripted(answers={"setStatus": answer})

    with pytest.raises(CancelTooEarly) as refusal:
        await supplier.cancel("7")

    assert refusal.value.minimum_age_s == age_s


@pytest.mark.parametrize(
    "answer",
    [
        envelope(409, "OTP_RECEIVED"),
        envelope(409, "NEW_OTP_RECEIVED", data=[{"code": "1"}]),
        envelope(409, "FREE_CANCELLATION_EXPIRED"),
    ],
)
async def test_a_cancel_comes_after_the_code(answer: httpx.Response) -> None:
    supplier, _ = scripted(answers={"setStatus": answer})

    with pytest.raises(CodeArrived):
        await supplier.cancel("7")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("STATUS_CANCEL", ActivationGone),
        ("NO_ACTIVATION", ActivationGone),
        ("STATUS_OK:123", CodeArrived),
        ("STATUS_WAIT_RETRY:123", CodeArrived),
        ("STATUS_WAIT_CODE", SupplierUnavailable),
    ],
)
async def test_one_word_of_the_older_dialect_is_looked_into(
    status: str, error: type[Exception]
) -> None:
    supplier, script = scripted("legacy", {"setStatus": "BAD_STATUS", "getStatus": status})

    with pytest.raises(error):
        await supplier.cancel("7")

    assert script.actions == ["setStatus", "getStatus"]


async def test_asking_again_for_another_sms_is_no_error() -> None:
    supplier, _ = scripted(
        "legacy", {"setStatus": "BAD_STATUS", "getStatus": "STATUS_WAIT_RETRY:1"}
    )

    await supplier.request_next_sms("7")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(500), OutcomeUnknown),
        (httpx.ReadTimeout("slow"), OutcomeUnknown),
        (b"<html>", OutcomeUnknown),
        ("SOMETHING_NEVER_SEEN", OutcomeUnknown),
        (httpx.ConnectError("refused"), SupplierUnavailable),
        (RATE_LIMIT, SupplierUnavailable),
        (EDGE_1010, SupplierUnavailable),
        (envelope(401, "BAD_KEY"), SupplierUnavailable),
        ("BAD_KEY", SupplierUnavailable),
    ],
    ids=repr,
)
async def test_changes_are_sent_once_and_say_what_is_known(
    answer: Any, error: type[Exception]
) -> None:
    for change in ("cancel", "finish"):
        supplier, script = scripted(answers={"setStatus": answer})

        with pytest.raises(error):
            await getattr(supplier, change)("7")

        assert script.actions == ["setStatus"]


async def test_no_further_sms_is_a_refusal() -> None:
    supplier, _ = scripted(
        answers={"setStatus": envelope(400, "BAD_STATUS"), "getStatus": "STATUS_OK:1"}
    )

    with pytest.raises(PurchaseRefused):
        await supplier.request_next_sms("7")


# ---------------------------------------------------------------- prices


async def test_the_cheapest_tier_with_a_few_numbers_is_offered() -> None:
    rows = {
        "1": {"prices": {"default": 0.5}, "counts": {}, "map": {"0.1": 1, "0.2": 2, "0.3": 40}},
        "2": {"prices": {"default": 0.5}, "counts": {}, "map": {"0.25": 2, "0.20": 1}},
        "3": {"prices": {"default": "0.5"}, "counts": {"defaultPrice": "9"}, "map": []},
        "4": {"prices": {"default": 0.5}, "counts": {"defaultPrice": 0}, "map": {}},
        "5": {"prices": {"default": 0.5}, "counts": {}, "map": {"0.4": "3", "0.4001": 500}},
        "x": {"prices": {"default": 0.5}, "counts": {}, "map": {"0.1": 5}},
        "7": [],
    }
    supplier, script = scripted(
        answers={
            "getServicesList": {"status": "success", "services": [{"code": "tg", "name": "T"}]},
            "/api/v1/activations/offers/sms": {"data": {"tg": rows, "wa": []}},
        }
    )

    offers = {
        offer.country: (offer.cost_micro, offer.count) for offer in await supplier.list_offers()
    }

    assert offers == {
        1: (300_000, 40),
        2: (250_000, 2),
        3: (500_000, 9),
        4: (500_000, 0),
        5: (400_000, 3),
    }
    assert "getPrices" not in script.actions


@pytest.mark.parametrize(
    "refusal",
    [
        httpx.Response(401, json={"message": "Unauthenticated."}),
        httpx.Response(403, json={"title": "BAD_API_KEY"}),
        httpx.Response(404, html="<h1>404</h1>"),
    ],
)
async def test_the_price_list_stands_in_for_missing_price_maps(refusal: httpx.Response) -> None:
    supplier, script = scripted(
        answers={
            "getServicesList": {"services": [{"code": "tg"}]},
            "/api/v1/activations/offers/sms": refusal,
            "getPrices": {"6": {"tg": {"cost": 0.1, "count": "5"}, "wa_0": {"cost": 1, "count": 2},
                                "wa_1": {"cost": 1, "count": 2}}, "7": []},
        }
    )  # fmt: skip

    offers = await supplier.list_offers()

    assert {(o.service, o.country, o.cost_micro, o.count) for o in offers} == {
        ("tg", 6, 100_000, 5),
        ("wa", 6, 1_000_000, 2),
    }
    assert script.actions[-1] == "getPrices"


async def test_nothing_on_offer_is_not_an_error() -> None:
    supplier, _ = scripted(
        answers={
            "getServicesList": {"services": [{"code": "tg"}]},
            "/api/v1/activations/offers/sms": httpx.Response(
                404, json={"title": "OFFER_NOT_FOUND"}
            ),
        }
    )

    assert await supplier.list_offers() == []


async def test_half_a_price_list_is_no_price_list() -> None:
    services = [{"code": "".join(pair)} for pair in zip("ab" * 150, "cd" * 150, strict=True)]
    supplier, _ = scripted(
        answers={
            "getServicesList": {"services": services},
            "/api/v1/activations/offers/sms": [
                httpx.Response(200, json={"data": {}}),
                httpx.Response(200, content=b'{"data":{"tg":{"6"'),
            ],
        }
    )

    with pytest.raises(SupplierUnavailable):
        await supplier.list_offers()


# ---------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-11-20T10:30:00.000000Z", datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
        ("2026-11-20T13:30:00+03:00", datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
        ("2026-11-20 10:30:00", datetime(2026, 11, 20, 15, 30, tzinfo=UTC)),
        (1795170600, datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
        ("1795170600", datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
        (1795170600000, datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
        ("0000-00-00 00:00:00", None),
        ("soon", None),
        ("", None),
        (None, None),
        (0, None),
        (True, None),
        (1e300, None),
    ],
)
def test_moments(given: Any, expected: datetime | None) -> None:
    assert values.moment(given, ZoneInfo("America/New_York")) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (0.1, 100_000),
        (0.29, 290_000),
        ("0.0067", 6_700),
        (12, 12_000_000),
        ("1e-6", 1),
        ("0.0000001", 1),
        (-1, None),
        ("free", None),
        ("NaN", None),
        ("Infinity", None),
        (True, None),
        (None, None),
        ([], None),
    ],
)
def test_money_is_exact(given: Any, expected: int | None) -> None:
    assert values.micro(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("79584123456", "+79584123456"),
        ("+79584123456", "+79584123456"),
        ("0079584123456", "+79584123456"),
        (79584123456, "+79584123456"),
        ("٧٩٥٨٤١٢٣٤٥٦", None),
        ("123", None),
        ("0123456789", None),
        ("1" * 16, None),
        (None, None),
        (True, None),
    ],
)
def test_phones_become_international(given: Any, expected: str | None) -> None:
    assert values.phone(given) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"activationId":"123456","service":"tg","text":"Your code","code":"1"}', "123456"),
        (b'{"activationId":123456,"text":null}', "123456"),
        (b'\xef\xbb\xbf{"activationId": " 123456 "}', "123456"),
        (b'{"data":{"activationId":7}}', "7"),
        (b'[{"activationId":7}]', "7"),
        (b'{"id":"9","activationId":"8"}', "8"),
        (b'{"id":"9"}', "9"),
        (b"activationId=55&service=tg", "55"),
        (b'{"activationId":true}', None),
        (b'{"activationId":"1; drop table"}', None),
        (b'{"activationId":null}', None),
        (b'{"text":"hello"}', None),
        (b"[]", None),
        (b"7", None),
        (b"", None),
        (b"\xff\xff", None),
        (b'{"activationId":"1","text":"' + b"x" * 70_000 + b'"}', None),
    ],
)  # fmt: skip
def test_notices_name_a_rental(body: bytes, expected: str | None) -> None:
    assert parse_notice(body) == expected
    assert scripted()[0].parse_notice(body) == expected

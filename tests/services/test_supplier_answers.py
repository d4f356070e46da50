"""Every shape in which a supplier tells what arrived and what it did."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from jiema_app.domain.orders.supplier import (
    ActivationGone,
    ActivationStatus,
    CancelTooEarly,
    CodeArrived,
    OutcomeUnknown,
    PurchaseRefused,
    SupplierUnavailable,
)
from tests.services.supplier_peers import (
    EDGE_1010,
    EDGE_1020,
    RATE_LIMIT,
    envelope,
    scripted,
)

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


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb"Code 12345 \u0000", "Code 12345 \ufffd"),
        (rb"Code 12345 \ud83d", "Code 12345 ?"),
        (rb"Code 12345 \ude00\ud83d", "Code 12345 ??"),
        (rb"Code 12345 \ud83d\ude00", "Code 12345 \U0001f600"),
        (b"Code 12345 \xff", "Code 12345 \ufffd"),
        (b"Code 12345 \n", "Code 12345 \n"),
    ],
)
async def test_half_a_character_spoils_no_answer(written: bytes, read: str) -> None:
    """A long SMS comes in parts, and a part may end within a character."""
    body = b'{"verificationType": "sms", "data": {"text": "%s", "code": "12345"}}' % written
    supplier, _ = scripted(
        answers={
            "getStatusV2": httpx.Response(200, content=body),
            "getAllSms": envelope(404, "BAD_ACTION"),
        }
    )

    [sms] = (await supplier.read_activation("7")).sms

    assert (sms.body, sms.code) == (read, "12345")


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


@pytest.mark.parametrize("answer", ["ACCESS_DENIED", "ACCESS_FORBIDDEN", "ACCESS_BALANCE:1"])
async def test_a_word_of_access_is_not_always_a_yes(answer: str) -> None:
    """Once whatever began so was one, and a number was paid for that nobody gave back."""
    supplier, _ = scripted(answers={"setStatus": answer})

    for act in (supplier.cancel, supplier.finish, supplier.request_next_sms):
        with pytest.raises(OutcomeUnknown):
            await act("7")


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

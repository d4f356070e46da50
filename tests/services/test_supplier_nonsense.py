"""Whatever a supplier writes into any field: the row is dropped, and the others go on."""

import re
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import structlog

from jiema_app.domain.orders.supplier import (
    NumbersExhausted,
    OutcomeUnknown,
    PurchaseRefused,
    RentedNumber,
    SupplierError,
    SupplierUnavailable,
)
from jiema_app.integrations import outside
from jiema_app.integrations.supplier.dropped import AGAIN_S, DroppedRows
from jiema_app.integrations.supplier.handler_api import HandlerApiSupplier
from jiema_app.integrations.supplier.metrics import DROPPED
from tests.services.supplier_peers import FakeTime, envelope, order, scripted
from tests.services.test_supplier_list import row
from tests.support import hostile

DIALECTS = ("hero", "legacy")
REST = "/api/v1/activations/offers/sms"

MESSAGE = {"id": "1", "phoneFrom": "T", "code": "111", "text": "Code 111", "service": "tg",
           "date": "2026-11-20T10:30:00+00:00", "type": "sms"}  # fmt: skip
TIER = {"prices": {"default": 0.5}, "counts": {"defaultPrice": 9}, "map": {"0.4": 5}}
PRICES = {"6": {"tg": {"cost": 0.1, "count": 5}, "wa": {"cost": "0.2", "count": "7"}}}
MAPS = {"data": {"tg": {"6": TIER, "7": TIER}}}
SERVICES = {"status": "success", "services": [{"code": "tg", "name": "T"}, {"code": "wa"}]}
ACTIVE = {"status": "success", "data": [row(1, smsCode="111", smsText="Code 111"), row(2)]}
ACTIVE_OLD = {"status": "success", "activeActivations": [row(1, smsCode=["111"]), row(2)]}
ALL_SMS = {"data": [MESSAGE, MESSAGE | {"id": "2", "text": "Code 222", "code": "222"}], "meta": {}}
STATUS = {"verificationType": "sms", "data": MESSAGE}
STATUS_OLD = {"verificationType": 0, "sms": {"dateTime": "2026-11-20 10:30:00", "code": "1234",
                                             "text": "Code 1234"}, "call": None}  # fmt: skip
BOUGHT = {
    "activationId": "635468024",
    "phoneNumber": "79584123456",
    "activationCost": 12.5,
    "currency": 840,
    "countryCode": 7,
    "canGetAnotherSms": True,
    "activationTime": "2026-02-18T16:11:33+00:00",
    "activationEndTime": "2099-02-18T16:31:33+00:00",
    "status": 4,
}

Ask = Callable[[HandlerApiSupplier], Awaitable[list[Any]]]


async def ask_offers(supplier: HandlerApiSupplier) -> list[Any]:
    offers = await supplier.list_offers()
    for one in offers:
        assert 0 < one.cost_micro <= outside.BIGINT_MAX
        assert 0 <= one.count <= outside.INTEGER_MAX
        assert 0 <= one.country <= outside.INTEGER_MAX
        assert re.fullmatch(r"[0-9A-Za-z]{1,16}", one.service)
    return [(one.service, one.country) for one in offers]


async def ask_active(supplier: HandlerApiSupplier) -> list[Any]:
    rows = [one async for page in supplier.list_active(2) for one in page]
    for one in rows:
        assert 0 <= one.country <= outside.INTEGER_MAX
        assert one.cost_micro is None or 0 <= one.cost_micro <= outside.BIGINT_MAX
        ensure_storable(one.activation_id, one.phone, one.service)
        if one.sms is not None:
            ensure_storable(one.sms.body, one.sms.code)
    return [one.activation_id for one in rows]


async def ask_messages(supplier: HandlerApiSupplier) -> list[Any]:
    messages = await supplier.list_messages("7")
    for one in messages:
        ensure_storable(one.body, one.code, one.supplier_id)
        assert one.received_at is None or outside.EARLIEST <= one.received_at <= outside.LATEST
    return [one.body for one in messages]


async def ask_state(supplier: HandlerApiSupplier) -> list[Any]:
    state = await supplier.read_activation("7")
    for one in state.sms:
        ensure_storable(one.body, one.code, one.supplier_id)
    return []


async def ask_balance(supplier: HandlerApiSupplier) -> list[Any]:
    await supplier.check()
    return []


def ensure_storable(*texts: str | None) -> None:
    for text in texts:
        if text is not None:
            text.encode()
            assert "\0" not in text
            assert len(text) <= 10_000


# What is asked, the answers that are not spoilt, the action that is, its good answer, and what
# is read from rows that were left alone, by the beginning of their place.
Shape = tuple[str, Ask, dict[str, Any], str, Any, dict[hostile.Way, Any]]
NO_MORE = {"getAllSms": envelope(404, "BAD_ACTION")}
SHAPES: list[Shape] = [
    ("hero", ask_offers, {"getServicesList": SERVICES}, REST, MAPS,
     {("data", "tg", "6"): ("tg", 6), ("data", "tg", "7"): ("tg", 7)}),
    ("hero", ask_offers, {REST: MAPS}, "getServicesList", SERVICES, {}),
    ("legacy", ask_offers, {}, "getPrices", PRICES, {("6", "tg"): ("tg", 6), ("6", "wa"): ("wa", 6)}),
    ("hero", ask_active, {}, "getActiveActivations", ACTIVE, {("data", 0): "1", ("data", 1): "2"}),
    ("legacy", ask_active, {}, "getActiveActivations", ACTIVE_OLD,
     {("activeActivations", 0): "1", ("activeActivations", 1): "2"}),
    ("hero", ask_messages, {}, "getAllSms", ALL_SMS,
     {("data", 0): "Code 111", ("data", 1): "Code 222"}),
    ("hero", ask_state, NO_MORE, "getStatusV2", STATUS, {}),
    ("legacy", ask_state, {}, "getStatusV2", STATUS_OLD, {}),
    ("legacy", ask_balance, {}, "getBalance", {"balance": 1}, {}),
]  # fmt: skip


def spoilt(good: Any) -> Iterator[tuple[hostile.Way, bytes]]:
    """A good answer with each value in each place, and each text for each name."""
    for way in hostile.places(good):
        for value in hostile.VALUES:
            yield way, hostile.put(good, way, value)
    for way in hostile.names(good):
        for value in hostile.TEXTS:
            yield way, hostile.put_as_name(good, way, value)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape[0]}-{shape[3]}")
async def test_an_odd_value_anywhere_costs_its_own_row(shape: Shape) -> None:
    dialect, ask, others, action, good, rows = shape
    supplier, script = scripted(dialect, dict(others), breaker_failures=10**8)
    tried = 0
    for way, body in spoilt(good):
        tried += 1
        script.answers[action] = body
        script.asked.clear()
        try:
            found = await ask(supplier)
        except SupplierError:
            # A list that is none, or not this list any more. Never for what one row says.
            assert not any(way[: len(row)] == row and len(way) > len(row) for row in rows), (
                way,
                body[:300],
            )
            continue
        untouched = [name for row, name in rows.items() if way[: len(row)] != row[: len(way)]]
        assert set(untouched) <= set(found), (way, body[:300])
    assert tried > 50


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_an_odd_value_in_the_answer_to_a_purchase_loses_nothing(dialect: str) -> None:
    """What is bought is had, or known to be unknown: never taken for nothing."""
    supplier, script = scripted(dialect, breaker_failures=10**8)
    vital = {("activationId",), ("phoneNumber",)}
    for way, body in spoilt(BOUGHT):
        for status in (200, 400, 409):
            script.answers["getNumberV2"] = httpx.Response(status, content=body)
            try:
                number = await supplier.buy_number(order())
            except OutcomeUnknown:
                assert way in vital or way == ("status",) or status != 200, (way, body[:300])
            except (NumbersExhausted, PurchaseRefused, SupplierUnavailable):
                # Only where it names no rental, and the status says no.
                assert status != 200, (way, body[:300])
                assert way == ("activationId",), (way, body[:300])
            else:
                ensure_number(number)


def ensure_number(number: RentedNumber) -> None:
    ensure_storable(number.activation_id, number.phone)
    assert number.cost_micro is None or 0 <= number.cost_micro <= outside.BIGINT_MAX
    assert number.ends_at is None or outside.EARLIEST <= number.ends_at <= outside.LATEST


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "word",
    ["ACCESS_NUMBER", "ACCESS_NUMBER:", "ACCESS_NUMBER::", "ACCESS_NUMBER:1:", "ACCESS_NUMBER::79584123456",
     "ACCESS_NUMBER:1:" + "9" * 5000, "ACCESS_NUMBER:" + "9" * 5000 + ":79584123456",
     "ACCESS_NUMBER:\0:79584123456", "ACCESS_NUMBER:1:²", "ACCESS_NUMBER:" * 50_000,
     "A" * 400_000, ":" * 400_000, "\0", "", "\ufeff", '"', "'", "''", '"ACCESS_NUMBER:1"'],
    ids=lambda word: word[:20],
)  # fmt: skip
async def test_an_odd_text_for_a_purchase_is_an_unknown_outcome(dialect: str, word: str) -> None:
    supplier, script = scripted(dialect, {"getNumberV2": word})

    with pytest.raises(OutcomeUnknown):
        await supplier.buy_number(order())

    assert script.actions == ["getNumberV2"]


@pytest.mark.parametrize(
    "status", [200, 204, 206, 301, 400, 403, 404, 409, 418, 429, 451, 499, 500, 599]
)
@pytest.mark.parametrize(
    "retry_after",
    ["Sun Nov 29 00:30:00 2026", "-5", "nan", "inf", "9" * 5000, "١٢", "²", "1e3", "",
     "Fri, 31 Dec 9999 23:59:59 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 99 Foo 2026 99:99:99 +9999",
     "10, 20", "\x80\xff"],
    ids=lambda text: text[:30],
)  # fmt: skip
async def test_no_header_makes_a_purchase_fail_on_our_side(status: int, retry_after: str) -> None:
    reply = httpx.Response(
        status, headers=[(b"retry-after", retry_after.encode())], json={"what": "ever"}
    )
    supplier, script = scripted(answers={"getNumberV2": reply})

    with pytest.raises((OutcomeUnknown, PurchaseRefused, SupplierUnavailable)):
        await supplier.buy_number(order())

    assert script.actions == ["getNumberV2"]
    if status == 429:
        # Nobody who is told to wait, however unreadably, asks again a second later.
        assert supplier.gateway.pacer._hold_until - time.monotonic() > 1.5


async def test_a_reader_that_fails_is_an_unknown_outcome() -> None:
    """Not even a bug of ours after the sending may be taken for anything else."""
    bought = BOUGHT | {"activationEndTime": "2026-11-29 00:30:00"}
    supplier, _ = scripted(answers={"getNumberV2": bought})
    object.__setattr__(supplier, "zone", "a zone that no reader can use")

    with pytest.raises(OutcomeUnknown):
        await supplier.buy_number(order())


async def test_a_transport_that_fails_in_a_new_way_is_an_unknown_outcome() -> None:
    supplier, _ = scripted(answers={"getNumberV2": ZeroDivisionError()})

    with pytest.raises(OutcomeUnknown):
        await supplier.buy_number(order())


async def test_an_endless_list_is_given_up() -> None:
    """The same full page for every offset."""
    page = {"status": "success", "data": [row(number) for number in range(100)]}
    supplier, script = scripted(answers={"getActiveActivations": page})

    with pytest.raises(SupplierUnavailable):
        _ = [page async for page in supplier.list_active(10)]

    assert len(script.asked) < 1000


async def test_one_odd_row_alone_is_no_other_shape() -> None:
    supplier, _ = scripted(
        answers={"getActiveActivations": {"status": "success", "data": [row(1, phoneNumber=None)]}}
    )

    assert [one async for page in supplier.list_active(1) for one in page] == []


async def test_dropped_rows_are_counted_and_named_and_their_content_is_not_told() -> None:
    rows = [row(1, smsText="secret 4711", phoneNumber=None, countryCode="6" * 5000), row(2),
            row(3, phoneNumber="secret 4711"), row(4, phoneNumber="secret 4711")]  # fmt: skip
    supplier, _ = scripted(answers={"getActiveActivations": {"status": "success", "data": rows}})
    before = DROPPED.labels("primary", "active")._value.get()

    with structlog.testing.capture_logs() as lines:
        await ask_active(supplier)

    assert DROPPED.labels("primary", "active")._value.get() == before + 3
    assert [(line["list"], line["why"], line["row"]) for line in lines] == [
        ("active", "country", "1"),
        ("active", "phone", "3"),
    ]
    assert "secret" not in str(lines)


def test_what_stays_odd_is_named_now_and_then() -> None:
    now = FakeTime()
    dropped = DroppedRows("primary", clock=now.clock)

    with structlog.testing.capture_logs() as lines:
        for _ in range(100):
            dropped.note("active", "phone", "7")
        now.now += AGAIN_S
        dropped.note("active", "phone", "\0" * 70_000)

    assert [(line["row"], line["unsaid"]) for line in lines] == [("7", 0), ("?", 99)]


# ---------------------------------------------------------------- what all of them read with


NOON = datetime(2026, 11, 29, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("120", 120.0),
        (" 120 ", 120.0),
        ("1.5", 1.5),
        ("Sun, 29 Nov 2026 12:00:30 GMT", 30.0),
        ("Sunday, 29-Nov-26 12:00:30 GMT", 30.0),
        ("Sun Nov 29 12:00:30 2026", 30.0),
        ("Sun Nov  6 12:00:30 2026", None),
        ("Sun, 29 Nov 2026 15:00:30 +0300", 30.0),
        ("Sun, 29 Nov 2026 12:00:30", 30.0),
        ("Sun, 29 Nov 2026 11:59:59 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ("Sun, 29 Nov 2026 12:00:30 +9999999", None),
        ("Sun, 31 Feb 2026 12:00:30 GMT", None),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("1e3", None),
        ("999999999", None),
        ("9" * 5000, None),
        ("١٢", None),
        ("²", None),
        ("", None),
        ("soon", None),
        ("10, 20", None),
        ("\0", None),
    ],
    ids=lambda value: str(value)[:30],
)
def test_every_form_of_a_delay(header: str | None, seconds: float | None) -> None:
    assert outside.delay_s(header, NOON) == seconds


@pytest.mark.parametrize("value", hostile.VALUES, ids=lambda value: repr(value[:20]))
def test_no_reader_of_single_values_raises(value: bytes) -> None:
    for body in (value, b'{"inside":%s}' % value):
        try:
            read = outside.read_json_leniently(body)
        except outside.NotJson:
            continue
        for one in (read, read.get("inside") if isinstance(read, dict) else read):
            found = outside.whole(one, outside.INTEGER_MAX)
            assert found is None or 0 <= found <= outside.INTEGER_MAX
            cost = outside.amount(one, 10**6)
            assert cost is None or 0 <= cost <= 10**6
            moment = outside.moment(one, UTC)
            assert moment is None or outside.EARLIEST <= moment <= outside.LATEST
            ensure_storable(outside.name(one), outside.text(one, 10_000))


def test_one_deep_or_endless_value_leaves_the_rest_readable() -> None:
    good = {"a": [1, '[[[{\\"', {"b": 2}], "z": "é"}
    for value in hostile.VALUES:
        read = outside.read_json_leniently(hostile.put(good | {"odd": 0}, ("odd",), value))
        assert {name: read[name] for name in good} == good
    for torn in (
        b"",
        b"{",
        b"[1,",
        b'{"a"',
        b'"\\',
        b'["\\"',
        b"[" * 10**6,
        b'{"a":' * 10**5,
        b"]" * 10**5,
    ):
        with pytest.raises(outside.NotJson):
            outside.read_json_leniently(torn)

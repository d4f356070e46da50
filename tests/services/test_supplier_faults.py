"""A supplier that misbehaves: nothing is bought twice, nothing secret is told."""

import asyncio
import logging
import traceback
from typing import Any, get_args

import httpx
import pytest
import structlog

from jiema_app.domain.orders.supplier import (
    NumbersExhausted,
    OutcomeUnknown,
    PurchaseRefused,
    SupplierError,
    SupplierUnavailable,
)
from jiema_app.integrations.supplier.breaker import CircuitState
from jiema_app.integrations.supplier.registry import ADAPTERS, build_suppliers
from jiema_app.settings import Settings, SupplierSettings
from jiema_app.settings.suppliers import Kind
from tests.services.supplier_peers import KEY, connect, order, sandbox_peer, scripted

PHONE = "79584123456"
TEXT = "Your secret code is 987654"


@pytest.mark.parametrize("dialect", ["hero", "legacy"])
@pytest.mark.parametrize(
    ("kind", "error", "bought"),
    [
        ("timeout_after_commit", OutcomeUnknown, 1),
        ("garbage", OutcomeUnknown, 1),
        ("truncated", OutcomeUnknown, 1),
        ("http500", OutcomeUnknown, 0),
        ("drop_before", OutcomeUnknown, 0),
        ("http429", SupplierUnavailable, 0),
        ("edge_403", SupplierUnavailable, 0),
        ("edge_1020", SupplierUnavailable, 0),
        ("no_numbers", NumbersExhausted, 0),
        ("wrong_max_price", NumbersExhausted, 0),
        ("banned", PurchaseRefused, 0),
        ("channels_limit", PurchaseRefused, 0),
        ("no_balance", PurchaseRefused, 0),
    ],
)
async def test_a_faulty_purchase_is_sent_once(
    dialect: str, kind: str, error: type[SupplierError], bought: int
) -> None:
    async with sandbox_peer(dialect) as peer:
        await peer.fault("getNumberV2", kind)

        with pytest.raises(error):
            await peer.supplier.buy_number(order())

        assert (await peer.requests())["getNumberV2"] == 1
        assert await peer.active_count() == bought


async def test_a_lost_purchase_is_found_on_the_list() -> None:
    async with sandbox_peer() as peer:
        await peer.fault("getNumberV2", "timeout_after_commit")
        with pytest.raises(OutcomeUnknown):
            await peer.supplier.buy_number(order())

        rows = [row async for page in peer.supplier.list_active(0) for row in page]

        assert [(row.service, row.country) for row in rows] == [("tg", 6)]


async def test_a_silent_supplier_is_given_up() -> None:
    async with sandbox_peer(purchase_timeout_s=0.03) as peer:
        await peer.fault("getNumberV2", "hang", seconds=30)

        with pytest.raises(OutcomeUnknown):
            await peer.supplier.buy_number(order())


async def test_a_dripping_answer_is_given_up() -> None:
    class Dripping(httpx.AsyncByteStream):
        async def __aiter__(self) -> Any:
            while True:
                yield b" "
                await asyncio.sleep(0.001)

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Dripping()))
    supplier = connect(transport, purchase_timeout_s=0.03)

    with pytest.raises(OutcomeUnknown):
        await supplier.buy_number(order())


@pytest.mark.parametrize("kind", ["truncated", "http500", "garbage", "drop_before"])
async def test_a_list_survives_one_lost_page(kind: str) -> None:
    async with sandbox_peer() as peer:
        await peer.supplier.buy_number(order())
        await peer.fault("getActiveActivations", kind)

        rows = [row async for page in peer.supplier.list_active(1) for row in page]

        assert len(rows) == 1


async def test_a_list_without_one_of_its_pages_is_an_error() -> None:
    async with sandbox_peer() as peer:
        for _ in range(120):
            await peer.supplier.buy_number(order())
        await peer.fault("getActiveActivations", "http429", count=1)

        with pytest.raises(SupplierUnavailable):
            _ = [page async for page in peer.supplier.list_active(120)]


async def test_being_told_to_wait_holds_back_the_next_calls() -> None:
    answer = httpx.Response(429, headers={"Retry-After": "60"}, json={"title": "RATE_LIMIT"})
    supplier, script = scripted(answers={"getNumberV2": answer})

    for _ in range(3):
        with pytest.raises(SupplierUnavailable):
            await supplier.buy_number(order())

    assert len(script.asked) == 1


async def test_a_dead_supplier_is_left_alone() -> None:
    supplier, script = scripted(
        answers={"getNumberV2": httpx.ConnectError("refused")}, breaker_failures=3
    )

    for _ in range(10):
        with pytest.raises(SupplierUnavailable):
            await supplier.buy_number(order())

    assert len(script.asked) == 3
    assert supplier.circuit is CircuitState.OPEN


async def test_refusals_do_not_open_the_circuit() -> None:
    supplier, _ = scripted(answers={"getNumberV2": "NO_NUMBERS"}, breaker_failures=2)

    for _ in range(5):
        with pytest.raises(NumbersExhausted):
            await supplier.buy_number(order())

    assert supplier.circuit is CircuitState.CLOSED


async def test_a_cancelled_call_gives_its_lane_back() -> None:
    async def silent(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    supplier = connect(httpx.MockTransport(silent))
    calls = [asyncio.create_task(supplier.buy_number(order())) for _ in range(100)]
    await asyncio.sleep(0)
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)

    assert not supplier.gateway.connections.is_full
    assert supplier.circuit is CircuitState.CLOSED


@pytest.mark.parametrize(
    "answer",
    [
        f"STATUS_OK:{TEXT} {PHONE}",
        f"{TEXT} {PHONE}",
        f"SOMETHING_NEW:{PHONE}",
        {"status": "error", "message": f"{TEXT} {PHONE}"},
        {"status": "error", "message": f"NEW_WORD {PHONE}"},
        {"title": f"X1 {PHONE}", "details": TEXT, "info": {"data": [{"text": TEXT}]}},
        {"activationId": "1", "phoneNumber": f"x{PHONE}", "sms": TEXT},
        httpx.Response(400, text=f"{TEXT} {PHONE}"),
        httpx.Response(500, text=f"{TEXT} {PHONE}"),
        httpx.ReadTimeout(f"{PHONE}"),
        httpx.ConnectError(f"cannot connect to ?api_key={KEY}"),
    ],
    ids=repr,
)
async def test_no_key_phone_or_text_is_told(answer: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answers = dict.fromkeys(["getNumberV2", "setStatus", "getActiveActivations"], answer)
    supplier, _ = scripted(answers=answers)
    told: list[str] = [repr(supplier)]

    async def read_list() -> None:
        async for _page in supplier.list_active(0):
            pass

    with structlog.testing.capture_logs() as logged:
        for call in (
            supplier.buy_number(order()),
            supplier.cancel("7"),
            supplier.finish("7"),
            supplier.request_next_sms("7"),
            read_list(),
        ):
            with pytest.raises(SupplierError) as raised:
                await call
            told += [repr(raised.value), *traceback.format_exception(raised.value)]
            assert raised.value.__context__ is None

    everything = "".join([*told, repr(logged), caplog.text])
    for secret in (KEY, PHONE, TEXT):
        assert secret not in everything


async def test_live_requests_are_not_logged_with_their_key(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    supplier = ADAPTERS["handler_api"](SupplierSettings(), "http://127.0.0.1:9", None)

    with pytest.raises(SupplierUnavailable):
        await supplier.buy_number(order())
    await supplier.aclose()

    assert KEY not in caplog.text


async def test_suppliers_are_built_from_settings() -> None:
    settings = Settings(supplier=SupplierSettings(name="first", requests_per_second=0))
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text="ACCESS_BALANCE:1.0000"))

    async with build_suppliers(settings, transport) as suppliers:
        assert list(suppliers) == ["first"]
        await suppliers["first"].check()
        assert suppliers["first"].circuit is CircuitState.CLOSED


def test_each_kind_that_settings_know_has_an_adapter() -> None:
    assert set(ADAPTERS) == set(get_args(Kind))

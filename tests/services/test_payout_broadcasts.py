"""Sending signed transactions: the same bytes, and no more concluded than was answered."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest

from jiema_app.domain.payouts.port import BroadcastOutcome, BroadcastResult
from jiema_app.settings import TronSettings
from sandbox.app import create_app
from tests.services.payout_nodes import (
    HOT,
    TEN,
    Payer,
    Tape,
    fresh_address,
    open_pair,
    open_payer,
    txid_of,
)
from tests.services.tron_peers import FIRST, SECOND, THEIRS, Hosts, secret_headers

ACCEPTED, AMBIGUOUS = BroadcastOutcome.ACCEPTED, BroadcastOutcome.AMBIGUOUS


@pytest.fixture
async def payer() -> AsyncIterator[Payer]:
    async with open_payer(timeout_s=1) as opened:
        yield opened


async def send(payer: Payer, signed: str) -> BroadcastResult:
    (found,) = await payer.port.broadcast(signed)
    return found


async def settled(payer: Payer, signed: str) -> bool:
    await payer.peer.mine(3)
    found = (await payer.port.transaction(txid_of(signed))).find_receipt()
    return found is not None and found.succeeded


@pytest.mark.parametrize(
    ("changes", "outcome", "code"),
    [
        ({"owner": "41" + "11" * 20}, BroadcastOutcome.INVALID, "SIGERROR"),
        ({"ref_hash": b"\x01" * 8}, BroadcastOutcome.TAPOS, "TAPOS_ERROR"),
        ({"expiration": 1}, BroadcastOutcome.EXPIRED, "TRANSACTION_EXPIRATION_ERROR"),
        ({"life": timedelta(days=2)}, BroadcastOutcome.EXPIRED, "TRANSACTION_EXPIRATION_ERROR"),
        (
            {"kind": "TransferContract", "amount": 10**15},
            BroadcastOutcome.INVALID,
            "CONTRACT_VALIDATE_ERROR",
        ),
    ],
)
async def test_what_a_node_refuses_is_said_in_its_words(
    payer: Payer, changes: dict[str, Any], outcome: BroadcastOutcome, code: str
) -> None:
    amount = changes.pop("amount", TEN)
    found = await send(payer, await payer.signed(THEIRS, amount, **changes))

    assert (found.outcome, found.code) == (outcome, code)
    assert found.words


async def test_a_wallet_without_trx_lacks_bandwidth(payer: Payer) -> None:
    # Free bytes are used up by the first transaction, and what is left is sent away with it.
    away = await payer.signed(fresh_address(), 998_800_000, kind="TransferContract")
    assert (await send(payer, away)).outcome is ACCEPTED
    assert await settled(payer, away)
    rest = (await payer.port.account(HOT)).balance_sun
    await payer.signed(THEIRS, TEN)
    first = await payer.signed(THEIRS, TEN)
    assert rest < 345_000
    found = [await send(payer, first)]
    await payer.peer.mine()
    found.append(await send(payer, await payer.signed(THEIRS, TEN + 1)))
    found.append(await send(payer, await payer.signed(THEIRS, TEN + 2)))

    assert BroadcastOutcome.BANDWIDTH in {one.outcome for one in found}


@pytest.mark.parametrize(
    ("kind", "outcome", "is_paid"),
    [
        ("server_busy", BroadcastOutcome.NOT_TAKEN, False),
        ("http429", AMBIGUOUS, False),
        ("http503", AMBIGUOUS, False),
        ("error_200", AMBIGUOUS, False),
        ("bare_text", AMBIGUOUS, False),
        ("empty_object", AMBIGUOUS, False),
        ("drop_before", AMBIGUOUS, False),
        ("hang", AMBIGUOUS, False),
        ("not_enough_connection", AMBIGUOUS, True),
        ("applied_then_504", AMBIGUOUS, True),
        ("truncated", AMBIGUOUS, True),
        ("dropped_broadcast", ACCEPTED, False),
    ],
)
async def test_no_answer_says_whether_it_is_paid(
    payer: Payer, kind: str, outcome: BroadcastOutcome, *, is_paid: bool
) -> None:
    signed = await payer.signed()
    await payer.peer.fault("broadcasttransaction", kind, count=1)

    assert (await send(payer, signed)).outcome is outcome
    assert await settled(payer, signed) is is_paid


async def test_the_same_bytes_again_are_paid_once(payer: Payer) -> None:
    fresh = fresh_address()
    signed = await payer.signed(fresh)
    await payer.peer.fault("broadcasttransaction", "applied_then_504", count=1)

    outcomes = [(await send(payer, signed)).outcome for _ in range(3)]
    assert outcomes == [AMBIGUOUS, BroadcastOutcome.DUPLICATE, BroadcastOutcome.DUPLICATE]
    assert await settled(payer, signed)
    assert (await send(payer, signed)).outcome is BroadcastOutcome.DUPLICATE
    assert (await payer.port.solid_token_balance(fresh)).amount == TEN


async def test_a_transaction_goes_to_all_nodes_in_order_byte_for_byte() -> None:
    app = create_app(None)
    inside = httpx.ASGITransport(app=app)
    tape = Tape(Hosts({FIRST: inside, SECOND: inside}), [])
    async with open_payer(tape, app, second_node_url=SECOND) as payer:
        # Blanks, an order of its own, and a number that no float holds.
        whole = orjson.loads(await payer.signed())
        signed = (
            f' {{"visible": false,\n "big": 9007199254740993, {orjson.dumps(whole).decode()[1:]} '
        )
        found = await payer.port.broadcast(signed)
        assert [(one.node, one.outcome) for one in found] == [
            ("first", ACCEPTED),
            ("second", BroadcastOutcome.DUPLICATE),
        ]
        (alone,) = await payer.port.broadcast(signed, "second")
        assert alone.node == "second"
        assert tape.sent == [(host, signed.encode()) for host in (FIRST, SECOND, SECOND)]


async def test_a_node_that_is_not_reached_was_not_asked() -> None:
    async with open_pair() as pair:
        signed = await pair.payer.signed()
        pair.hosts.down.add(FIRST)

        for _ in range(4):
            first, second = await pair.chain.broadcast(signed)
            assert (first.outcome, first.code) == (BroadcastOutcome.NOT_TAKEN, "not_sent")
            assert second.outcome in {ACCEPTED, BroadcastOutcome.DUPLICATE}


async def test_a_node_of_another_chain_is_sent_nothing(payer: Payer) -> None:
    signed = await payer.signed()
    await payer.peer.control("behaviour", wrongGenesis=True)

    found = await send(payer, signed)
    assert (found.outcome, found.code) == (BroadcastOutcome.NOT_TAKEN, "not_sent")
    assert "broadcasttransaction" not in "".join(await payer.peer.requests())


@pytest.mark.parametrize(
    "told",
    [
        {"result": True, "txid": "cd" * 32},
        {"result": True, "code": "SIGERROR"},
        {"code": "FINE"},
        {"code": {"a": 1}},
        [],
        [[]],
        {"result": "true"},
    ],
    ids=str,
)
async def test_an_answer_that_makes_no_sense_is_no_verdict(told: Any) -> None:
    async with open_pair() as pair:
        signed = await pair.payer.signed()
        pair.lie(
            FIRST, lambda path, _, true: told if path.endswith("broadcasttransaction") else true
        )

        (found,) = await pair.chain.broadcast(signed, "first")
        assert found.outcome is AMBIGUOUS


async def test_a_node_that_repeats_our_key_is_not_quoted() -> None:
    key = "0123456789abcdef-secret"
    settings = {"node_headers": secret_headers(**{"TRON-PRO-API-KEY": key})}
    assert TronSettings(**settings).node_headers is not None  # type: ignore[arg-type]
    async with open_pair(**settings) as pair:
        signed = await pair.payer.signed()
        words = f"the key {key} at {FIRST} is used up".encode().hex()
        told = {"code": "SERVER_BUSY", "message": words}
        pair.lie(
            FIRST, lambda path, _, true: told if path.endswith("broadcasttransaction") else true
        )

        (found,) = await pair.chain.broadcast(signed, "first")
        assert found.words == "the key … at … is used up"

"""What payouts read of a node: contracts, the token, balances, prices, dry runs and receipts."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jiema_app.domain.chain.port import ChainIncomplete, ChainUnavailable, TokenTransfer, WrongChain
from jiema_app.domain.payouts.port import BroadcastOutcome
from jiema_app.domain.units import MicroUsdt
from sandbox.tron.addresses import base58_address
from sandbox.tron.contracts import BATCH
from tests.services.payout_nodes import (
    HOT,
    TEN,
    Payer,
    fresh_address,
    open_payer,
    txid_of,
)
from tests.services.tron_peers import THEIRS, USDT

ACCEPTED = BroadcastOutcome.ACCEPTED


@pytest.fixture
async def payer() -> AsyncIterator[Payer]:
    async with open_payer() as opened:
        yield opened


async def test_where_the_node_is(payer: Payer) -> None:
    (found,) = await payer.port.heads()

    assert (found.name, found.trouble, found.genesis_id) == ("first", "", payer.chain.genesis_id)
    assert found.head is not None
    assert found.solid is not None
    assert found.head.number == found.solid.number + 2
    assert found.seen_at is not None
    assert abs(datetime.now(UTC) - found.seen_at) < timedelta(minutes=5)
    await payer.port.ensure_right_chain()


async def test_a_node_of_another_chain_shows_itself(payer: Payer) -> None:
    await payer.peer.control("behaviour", wrongGenesis=True)

    (found,) = await payer.port.heads()
    assert found.genesis_id not in {"", payer.chain.genesis_id}
    with pytest.raises(WrongChain):
        await payer.port.ensure_right_chain()


@pytest.mark.parametrize("kind", ["http500", "error_200", "truncated", "empty_object", "bare_text"])
async def test_a_node_in_trouble_says_so_in_words(payer: Payer, kind: str) -> None:
    await payer.peer.fault("getnowblock", kind, count=1)

    (found,) = await payer.port.heads()
    assert "first node" in found.trouble
    assert (found.head, found.solid, found.is_away) == (None, None, False)


async def test_a_clock_that_is_wrong_is_shown(payer: Payer) -> None:
    await payer.peer.control("behaviour", clockSkewSeconds=4000)
    await payer.peer.mine(3)

    (found,) = await payer.port.heads()
    assert found.head is not None
    assert found.seen_at is not None
    assert found.head.time - found.seen_at > timedelta(hours=1)
    with pytest.raises(ChainIncomplete, match="ahead of our clock"):
        await payer.port.reference_block()


async def test_what_is_at_an_address(payer: Payer) -> None:
    fresh = await payer.port.destination(fresh_address())
    assert (fresh.is_contract, fresh.is_activated, fresh.told_by) == (False, False, ("first",))
    own = await payer.port.destination(HOT)
    assert (own.is_contract, own.is_activated) == (False, True)
    for contract in (USDT, base58_address(BATCH)):
        found = await payer.port.destination(contract)
        assert (found.has_code, found.is_contract_account, found.is_contract) == (True, True, True)


async def test_what_the_token_says(payer: Payer) -> None:
    clear = await payer.port.token_state([HOT, THEIRS])
    assert dict(clear.blacklisted) == {HOT: False, THEIRS: False}
    assert (clear.is_paused, clear.is_deprecated, clear.fee_rate_bp, clear.decimals) == (
        False, False, 0, 6,
    )  # fmt: skip

    await payer.peer.control("blacklist", address=THEIRS)
    await payer.peer.control("token", paused=True, deprecated=True, basisPointsRate=7)
    found = await payer.port.token_state([HOT, THEIRS])
    assert dict(found.blacklisted) == {HOT: False, THEIRS: True}
    assert (await payer.port.listing(THEIRS)).is_blacklisted
    assert not (await payer.port.listing(HOT)).is_blacklisted
    assert (found.is_paused, found.is_deprecated, found.fee_rate_bp) == (True, True, 7)


async def test_what_an_address_holds_by_final_blocks(payer: Payer) -> None:
    fresh = fresh_address()
    assert (await payer.port.solid_token_balance(HOT)).amount == 500_000_000
    await payer.peer.control("faucet", address=fresh, usdt="3.000001")
    assert (await payer.port.solid_token_balance(fresh)).amount == 0
    await payer.peer.mine(2)
    assert (await payer.port.solid_token_balance(fresh)).amount == 3_000_001


async def test_what_an_account_can_pay_with(payer: Payer) -> None:
    await payer.peer.control("faucet", address=HOT, energy=100_000)

    found = await payer.port.account(HOT)
    assert (found.balance_sun, found.energy_left, found.net_left) == (1_000_000_000, 100_000, 600)
    nobody = await payer.port.account(fresh_address())
    assert (nobody.is_activated, nobody.balance_sun) == (False, 0)


async def test_what_the_chain_charges(payer: Payer) -> None:
    found = await payer.port.prices()
    assert (found.energy_sun, found.byte_sun, found.opening_sun) == (100, 1000, 1_100_000)


async def test_what_a_transfer_would_do(payer: Payer) -> None:
    fresh = fresh_address()
    first = await payer.port.simulate_transfer(HOT, fresh, MicroUsdt(TEN))
    # The contract returns false for a success.
    assert (first.is_ok, first.energy_used, first.returned) == (True, 130_285, "0" * 64)
    await payer.fund(fresh, usdt="1")
    again = await payer.port.simulate_transfer(HOT, fresh, MicroUsdt(TEN))
    assert (again.is_ok, again.energy_used) == (True, 64_285)

    for refused in (
        await payer.port.simulate_transfer(HOT, fresh, MicroUsdt(500_000_001)),
        await payer.port.simulate_transfer(fresh_address(), fresh, MicroUsdt(1)),
    ):
        assert (refused.is_ok, refused.message) == (False, "REVERT opcode executed")
    await payer.peer.control("token", paused=True)
    assert not (await payer.port.simulate_transfer(HOT, fresh, MicroUsdt(TEN))).is_ok


async def test_an_argument_that_makes_no_sense_is_asked_about_at_nobody(payer: Payer) -> None:
    before = await payer.peer.requests()
    odd = "T" * 34
    for asked in (
        payer.port.destination(odd),
        payer.port.listing(odd),
        payer.port.token_state([HOT, odd]),
        payer.port.solid_token_balance(odd),
        payer.port.account(odd),
        payer.port.simulate_transfer(odd, HOT, MicroUsdt(1)),
        payer.port.simulate_transfer(HOT, odd, MicroUsdt(1)),
        payer.port.simulate_transfer(HOT, THEIRS, MicroUsdt(0)),
        payer.port.simulate_transfer(HOT, THEIRS, MicroUsdt(2**63)),
        payer.port.transaction("AB" * 32),
        payer.port.transaction("ab"),
        payer.port.broadcast("{}"),
        payer.port.broadcast('{"raw_data":{"a":1},"signature":["ab"]}', "third"),
    ):
        with pytest.raises(ValueError):
            await asked
    assert await payer.peer.requests() == before


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("getcontract", "error_200"),
        ("getcontract", "truncated"),
        ("getaccount", "http500"),
        ("getaccountresource", "empty_object"),
        ("getchainparameters", "empty_object"),
        ("triggerconstantcontract", "empty_object"),
        ("triggerconstantcontract", "bare_text"),
        ("getnowblock", "empty_object"),
    ],
)
async def test_an_answer_that_is_none_is_no_fact(payer: Payer, action: str, kind: str) -> None:
    await payer.peer.fault(action, kind)
    port = payer.port
    asked: dict[str, list[Callable[[], Awaitable[object]]]] = {
        "getcontract": [lambda: port.destination(THEIRS)],
        "getaccount": [lambda: port.destination(THEIRS)],
        "getaccountresource": [lambda: port.account(HOT)],
        "getchainparameters": [port.prices],
        "getnowblock": [port.reference_block],
        "triggerconstantcontract": [
            lambda: port.listing(HOT),
            lambda: port.token_state([HOT]),
            lambda: port.solid_token_balance(HOT),
            lambda: port.simulate_transfer(HOT, THEIRS, MicroUsdt(1)),
        ],
    }
    for one in asked[action]:
        with pytest.raises((ChainUnavailable, ChainIncomplete)):
            await one()


async def test_a_contract_is_known_by_either_of_two_answers(payer: Payer) -> None:
    await payer.peer.fault("getcontract", "empty_object")

    assert (await payer.port.destination(USDT)).is_contract


async def test_a_payout_from_its_reference_to_its_receipt(payer: Payer) -> None:
    fresh = fresh_address()
    signed = await payer.signed(fresh)
    txid = txid_of(signed)
    unknown = await payer.port.transaction(txid)
    assert (unknown.is_known, unknown.find_receipt()) == (False, None)
    assert unknown.nodes[0].is_pending is False

    (sent,) = await payer.port.broadcast(signed)
    assert (sent.outcome, sent.code, sent.node) == (ACCEPTED, "SUCCESS", "first")
    (again,) = await payer.port.broadcast(signed)
    assert (again.outcome, again.words) == (BroadcastOutcome.DUPLICATE, "Dup transaction.")
    pooled = await payer.port.transaction(txid)
    assert (pooled.is_known, pooled.nodes[0].is_pending) == (False, True)

    await payer.peer.mine()
    mined = await payer.port.transaction(txid)
    assert (mined.is_known, mined.find_receipt()) == (True, None)
    assert mined.nodes[0].head is not None
    assert mined.nodes[0].head.result == "SUCCESS"

    await payer.peer.mine(2)
    found = (await payer.port.transaction(txid)).find_receipt()
    assert found is not None
    assert (found.succeeded, found.result, found.energy_used) == (True, "SUCCESS", 130_285)
    assert found.fee_sun == 13_028_500
    assert found.header.number == mined.nodes[0].head.block_number
    assert list(found.transfers) == [TokenTransfer(txid, 0, USDT, HOT, fresh, TEN)]


async def test_gas_for_a_wallet_that_has_none(payer: Payer) -> None:
    fresh = fresh_address()
    signed = await payer.signed(fresh, 5_000_000, kind="TransferContract")
    await payer.port.broadcast(signed)
    await payer.peer.mine(3)

    found = (await payer.port.transaction(txid_of(signed))).find_receipt()
    assert found is not None
    assert (found.succeeded, found.result, list(found.transfers)) == (True, "", [])
    assert found.fee_sun == 1_100_000
    assert (await payer.port.account(fresh)).balance_sun == 5_000_000


@pytest.mark.parametrize(
    ("changes", "result"),
    [({"amount": 500_000_001}, "REVERT"), ({"fee_limit": 1}, "OUT_OF_ENERGY")],
)
async def test_a_payout_that_failed_after_it_was_accepted(
    payer: Payer, changes: dict[str, Any], result: str
) -> None:
    amount = changes.pop("amount", TEN)
    signed = await payer.signed(THEIRS, amount, **changes)
    (sent,) = await payer.port.broadcast(signed)
    assert sent.outcome is ACCEPTED
    await payer.peer.mine(3)

    found = (await payer.port.transaction(txid_of(signed))).find_receipt()
    assert found is not None
    assert (found.succeeded, found.result, list(found.transfers)) == (False, result, [])
    assert (found.message != "") is True


async def test_what_was_never_taken_is_absent_once_final_blocks_are_past_its_time(
    payer: Payer,
) -> None:
    reference = await payer.port.reference_block()
    life = timedelta(seconds=20)
    signed = await payer.signed(life=life)
    expiration = reference.head_time + life
    await payer.peer.mine(5)

    assert not (await payer.port.transaction(txid_of(signed))).is_absent_since(expiration)
    await payer.peer.control("behaviour", clockSkewSeconds=60)
    await payer.peer.mine(1)
    # The youngest block is past it, and the final one is not.
    assert not (await payer.port.transaction(txid_of(signed))).is_absent_since(expiration)
    await payer.peer.mine(2)
    assert (await payer.port.transaction(txid_of(signed))).is_absent_since(expiration)
    (late,) = await payer.port.broadcast(signed)
    assert late.outcome is BroadcastOutcome.EXPIRED


async def test_a_pool_that_is_not_told_of_is_no_trouble(payer: Payer) -> None:
    await payer.peer.fault("gettransactionfrompending", "error_200")
    (found,) = (await payer.port.transaction("ab" * 32)).nodes

    assert (found.trouble, found.is_pending, found.is_known) == ("", None, False)
    assert found.solid_head is not None


@pytest.mark.parametrize("action", ["gettransactioninfobyid", "gettransactionbyid", "getnowblock"])
async def test_what_does_not_answer_proves_no_absence(payer: Payer, action: str) -> None:
    for kind in ("http500", "truncated", "error_200"):
        await payer.peer.fault(action, kind, count=1)
        found = await payer.port.transaction("ab" * 32)
        assert found.nodes[0].trouble != ""
        assert not found.is_absent_since(datetime(2000, 1, 1, tzinfo=UTC))


async def test_the_reference_is_final_and_its_time_the_youngest_block_s(payer: Payer) -> None:
    found = await payer.port.reference_block()
    (head,) = await payer.port.heads()

    assert head.head is not None
    assert (found.block, found.head_time) == (head.solid, head.head.time)

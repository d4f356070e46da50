"""The eight checks over what a real node says: in time, whatever it does."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jiema_app.domain.clock import SystemClock
from jiema_app.domain.payouts.checks.evaluation import evaluate
from jiema_app.domain.payouts.checks.facts import (
    Attempt,
    HouseFacts,
    PayoutFacts,
    PlannedPayout,
    Reading,
    Unread,
)
from jiema_app.domain.payouts.checks.gather import ATTEMPTS_MAX, gather_chain_facts
from jiema_app.domain.payouts.checks.results import (
    CheckName,
    CheckResult,
    Outcome,
    Remedy,
    all_pass,
    are_fresh,
    reasons,
    remedy_of,
)
from jiema_app.domain.payouts.kinds import PayoutAsset, PayoutKind, Purpose
from jiema_app.domain.units import MicroUsdt
from tests.services.payout_nodes import HOT, TEN, Pair, Payer, fresh_address, open_pair, txid_of
from tests.services.tron_peers import FIRST, SECOND, USDT

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    async with open_pair(timeout_s=1) as opened:
        yield opened


def planned(to: str, **changes: Any) -> PlannedPayout:
    good = PlannedPayout(
        id="w-1",
        kind=PayoutKind.WITHDRAWAL,
        asset=PayoutAsset.USDT,
        source=HOT,
        destination=to,
        amount=TEN,
    )
    return replace(good, **changes)


async def house(payer: Payer, payout: PlannedPayout, **changes: Any) -> HouseFacts:
    """Books that are right, and a reading that has caught up."""
    (head,) = (await payer.chain.heads())[:1]
    assert head.solid is not None
    good = HouseFacts(
        own={HOT: Purpose.HOT},
        confirmed_address=payout.destination,
        sanctions=None,
        is_production=False,
        unsettled_micro=MicroUsdt(0),
        unsettled_sun=0,
        reading=Reading(number=head.solid.number, time=head.solid.time),
        unexplained_outgoing=0,
        difference_micro=0,
        ledger_micro=500_000_000,
    )
    return replace(good, **changes)


async def judged(
    pair: Pair, payout: PlannedPayout, own: HouseFacts, time_limit_s: float = 20
) -> dict[CheckName, CheckResult]:
    chain = await gather_chain_facts(pair.payer.port, payout, SystemClock(), time_limit_s)
    found = evaluate(PayoutFacts(payout=payout, chain=chain, house=own))
    return {one.name: one for one in found}


async def test_a_withdrawal_on_a_chain_that_is_well_passes_all_eight(pair: Pair) -> None:
    payout = planned(fresh_address())
    found = await judged(pair, payout, await house(pair.payer, payout))

    results = tuple(found.values())
    assert all_pass(results), reasons(results)
    assert are_fresh(results, SystemClock().now())
    assert found[CheckName.DRY_RUN].node == "first and second"
    assert "130285 energy" in found[CheckName.DRY_RUN].evidence
    assert not any(one.is_alert for one in results)


async def test_sweeps_and_gas_pass_as_well(pair: Pair) -> None:
    pool = fresh_address()
    own = {HOT: Purpose.HOT, pool: Purpose.POOL}
    gas = planned(pool, kind=PayoutKind.GAS, asset=PayoutAsset.TRX, amount=50_000_000)
    found = await judged(pair, gas, await house(pair.payer, gas, own=own))
    assert all_pass(tuple(found.values())), reasons(tuple(found.values()))

    signed = await pair.payer.signed(pool, 50_000_000, kind="TransferContract")
    await pair.chain.broadcast(signed)
    await pair.payer.fund(pool, usdt="25")
    sweep = planned(HOT, kind=PayoutKind.SWEEP, source=pool, amount=24_999_999)
    books = await house(pair.payer, sweep, own=own, ledger_micro=None, floor_micro=1)
    found = await judged(pair, sweep, books)
    assert all_pass(tuple(found.values())), reasons(tuple(found.values()))


@pytest.mark.parametrize(
    ("lever", "body", "name"),
    [
        ("token", {"paused": True}, CheckName.TOKEN_CLEAR),
        ("token", {"basisPointsRate": 10, "maximumFee": "1"}, CheckName.TOKEN_CLEAR),
        ("blacklist", {"address": HOT}, CheckName.TOKEN_CLEAR),
        ("behaviour", {"wrongGenesis": True}, CheckName.NODE_RIGHT_AND_FRESH),
        ("behaviour", {"clockSkewSeconds": 4000}, CheckName.NODE_RIGHT_AND_FRESH),
    ],
)
async def test_what_is_wrong_on_the_chain_fails_its_check(
    pair: Pair, lever: str, body: dict[str, Any], name: CheckName
) -> None:
    payout = planned(fresh_address())
    own = await house(pair.payer, payout)
    await pair.payer.peer.control(lever, **body)
    await pair.payer.peer.mine()

    found = await judged(pair, payout, own)
    assert found[name].outcome is FAIL, found[name]


async def test_a_contract_is_not_paid(pair: Pair) -> None:
    payout = planned(USDT)
    found = await judged(pair, payout, await house(pair.payer, payout))

    assert found[CheckName.DESTINATION_IDENTITY].outcome is FAIL
    assert found[CheckName.DESTINATION_NOT_CONTRACT].outcome is FAIL
    assert remedy_of(tuple(found.values())) is Remedy.REVIEW


async def test_more_than_there_is_waits(pair: Pair) -> None:
    payout = planned(fresh_address(), amount=500_000_001)
    found = await judged(pair, payout, await house(pair.payer, payout))

    assert found[CheckName.USDT_LIQUIDITY].outcome is FAIL
    assert found[CheckName.DRY_RUN].outcome is UNKNOWN
    assert remedy_of(tuple(found.values())) is Remedy.WAIT


async def test_what_was_paid_before_is_not_paid_again(pair: Pair) -> None:
    fresh = fresh_address()
    signed = await pair.payer.signed(fresh)
    await pair.chain.broadcast(signed)
    await pair.payer.peer.mine(3)
    expires_at = SystemClock().now() - timedelta(hours=1)
    payout = planned(
        fresh, attempts=(Attempt(txid=txid_of(signed), expires_at=expires_at, outcome="ABSENT"),)
    )
    found = await judged(pair, payout, await house(pair.payer, payout, ledger_micro=490_000_000))

    one = found[CheckName.UNIQUE_AND_RECONCILED]
    assert (one.outcome, one.remedy) == (FAIL, Remedy.REVIEW)
    assert "is paid" in one.evidence


@pytest.mark.parametrize("kind", ["hang", "timeout_after_commit"])
async def test_a_stalled_node_ends_in_time_and_passes_nothing(pair: Pair, kind: str) -> None:
    payout = planned(fresh_address())
    own = await house(pair.payer, payout)
    await pair.payer.peer.fault("*", kind, rate=1, seconds=30)

    started = time.monotonic()
    found = await judged(pair, payout, own, time_limit_s=1.5)
    assert time.monotonic() - started < 10
    asked = set(found) - {CheckName.DESTINATION_IDENTITY}
    assert {found[name].outcome for name in asked} == {UNKNOWN}
    assert remedy_of(tuple(found.values())) is Remedy.WAIT
    assert all(one.remedy is Remedy.WAIT for one in found.values() if one.outcome is not PASS)


async def test_one_fact_that_is_missing_leaves_the_others(pair: Pair) -> None:
    payout = planned(fresh_address())
    own = await house(pair.payer, payout)
    await pair.payer.peer.fault("getchainparameters", "http500")

    found = await judged(pair, payout, own)
    unknown = {name for name, one in found.items() if one.outcome is UNKNOWN}
    assert unknown == {CheckName.FEE_CAPACITY, CheckName.DRY_RUN}
    assert "getchainparameters" in found[CheckName.DRY_RUN].evidence


async def test_nodes_that_disagree_let_nothing_pass(pair: Pair) -> None:
    payout = planned(fresh_address())
    own = await house(pair.payer, payout)

    def lie(path: str, asked: Any, told: Any) -> Any:
        is_balance = asked.get("function_selector") == "balanceOf(address)"
        return told | {"constant_result": ["f".rjust(64, "0")]} if is_balance else told

    pair.lie(SECOND, lie)
    found = await judged(pair, payout, own)
    assert found[CheckName.USDT_LIQUIDITY].outcome is UNKNOWN
    assert "disagree" in found[CheckName.USDT_LIQUIDITY].evidence


async def test_one_node_of_two_that_is_away_is_waited_for_at_first(pair: Pair) -> None:
    payout = planned(fresh_address())
    own = await house(pair.payer, payout)
    pair.hosts.down.add(FIRST)

    found = await judged(pair, payout, own)
    assert {one.outcome for one in found.values()} == {PASS, UNKNOWN}
    assert not all_pass(tuple(found.values()))


async def test_addresses_that_are_none_are_asked_about_at_nobody(pair: Pair) -> None:
    payout = planned("T" * 34)
    found = await judged(pair, payout, await house(pair.payer, payout))

    assert found[CheckName.DESTINATION_IDENTITY].outcome is FAIL
    assert found[CheckName.DESTINATION_NOT_CONTRACT].outcome is UNKNOWN


async def test_an_amount_that_is_none_is_tried_nowhere(pair: Pair) -> None:
    payout = planned(fresh_address(), amount=0)
    chain = await gather_chain_facts(pair.payer.port, payout, SystemClock())

    assert chain.dry_run == Unread("the question makes no sense")


async def test_more_attempts_than_there_ever_are_stay_unknown(pair: Pair) -> None:
    at = SystemClock().now() - timedelta(hours=1)
    attempts = tuple(
        Attempt(txid=f"{number:064x}", expires_at=at) for number in range(ATTEMPTS_MAX + 1)
    )
    payout = planned(fresh_address(), attempts=attempts)
    found = await judged(pair, payout, await house(pair.payer, payout))

    assert found[CheckName.UNIQUE_AND_RECONCILED].outcome is UNKNOWN
    fewer = replace(payout, attempts=attempts[:3])
    found = await judged(pair, fewer, await house(pair.payer, fewer))
    assert found[CheckName.UNIQUE_AND_RECONCILED].outcome is PASS


async def test_whoever_asks_can_give_up(pair: Pair) -> None:
    await pair.payer.peer.fault("*", "hang", rate=1, seconds=30)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await gather_chain_facts(pair.payer.port, planned(fresh_address()), SystemClock())

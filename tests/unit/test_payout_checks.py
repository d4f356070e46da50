"""The eight checks of a payout together: what they say, and what follows from it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jiema_app.domain.payouts.checks.evaluation import evaluate
from jiema_app.domain.payouts.checks.facts import PayoutFacts, Unread
from jiema_app.domain.payouts.checks.results import (
    CheckName,
    Remedy,
    all_pass,
    are_fresh,
    reasons,
    remedy_of,
)
from jiema_app.domain.payouts.kinds import PayoutKind
from tests.unit.payout_facts import (
    DRY_RUN,
    FAIL,
    GOOD,
    HOT,
    LIST,
    NOW,
    PASS,
    POOL,
    SILENCE,
    TOKEN,
    TREASURY,
    block,
    gas,
    holding,
    receipt,
    refund,
    result,
    sweep,
    with_chain,
    with_payout,
)

NODE, IDENTITY, CONTRACT, TOKEN_CLEAR, LIQUIDITY, FEES, TRIED, UNIQUE = CheckName


@pytest.mark.parametrize(
    "facts",
    [
        GOOD,
        refund(HOT),
        refund(POOL),
        sweep(TREASURY),
        sweep(HOT),
        gas(),
        gas(is_activated=False),
    ],
)
def test_what_is_well_passes_all_eight(facts: PayoutFacts) -> None:
    results = evaluate(facts)

    assert [one.name for one in results] == list(CheckName)
    assert [one.outcome for one in results] == [PASS] * 8, reasons(results)
    assert all_pass(results)
    assert remedy_of(results) is None
    assert reasons(results) == ""
    for one in results:
        assert one.evidence.endswith(".")
        assert "\n" not in one.evidence
        assert one.value
        assert one.at == NOW


def test_a_result_names_its_block_and_its_nodes() -> None:
    found = {one.name: one for one in evaluate(GOOD)}

    for name in (NODE, CONTRACT, TOKEN_CLEAR, FEES, TRIED):
        assert (found[name].block_number, found[name].node) == (1000, "first and second")
    for name in (LIQUIDITY, UNIQUE):
        assert (found[name].block_number, found[name].block_id) == (982, block(982).id)
    assert found[LIQUIDITY].to_json() == {
        "name": "usdt_liquidity",
        "outcome": "PASS",
        "value": "500 of 10 USDT",
        "evidence": found[LIQUIDITY].evidence,
        "block_number": 982,
        "block_id": block(982).id,
        "node": "first and second",
        "at": "2026-11-30T12:00:00+00:00",
        "is_alert": False,
    }


def test_a_failure_that_a_person_must_see_outweighs_one_that_is_waited_for() -> None:
    waits = evaluate(holding(1))
    both = evaluate(with_chain(holding(1), token_state=replace(TOKEN, is_paused=True)))
    silent = evaluate(with_chain(heads=SILENCE))

    assert remedy_of(waits) is Remedy.WAIT
    assert remedy_of(both) is Remedy.REVIEW
    assert remedy_of(silent) is Remedy.WAIT
    assert not any(map(all_pass, (waits, both, silent)))
    assert "holds 0.000001 USDT" in reasons(waits)


def test_a_transfer_that_would_fail_for_want_of_money_alone_is_waited_for() -> None:
    refused = replace(DRY_RUN, is_ok=False)
    poor = evaluate(with_chain(holding(1), dry_run=refused))
    rich = evaluate(with_chain(dry_run=refused))

    assert remedy_of(poor) is Remedy.WAIT
    assert remedy_of(rich) is Remedy.REVIEW
    assert not any(map(all_pass, (poor, rich)))


def test_fewer_than_eight_are_not_all() -> None:
    results = evaluate(GOOD)

    assert not all_pass(())
    assert not all_pass(results[:7])
    assert not all_pass((*results[:7], results[0]))
    assert not all_pass(results[::-1])


def test_results_are_signed_by_for_half_a_minute_only() -> None:
    results = evaluate(GOOD)

    assert are_fresh(results, NOW + timedelta(seconds=30))
    assert not are_fresh(results, NOW + timedelta(seconds=30.1))
    assert not are_fresh(results, NOW - timedelta(seconds=31))
    assert not are_fresh((), NOW)


def test_nothing_that_is_unread_raises_or_passes() -> None:
    nothing = Unread("away")
    for facts in (GOOD, refund(POOL), sweep(), gas()):
        chain = replace(
            facts.chain,
            heads=nothing,
            destination=nothing,
            account=nothing,
            prices=nothing,
            token_state=facts.chain.token_state and nothing,
            source_balance=facts.chain.source_balance and nothing,
            destination_balance=facts.chain.destination_balance and nothing,
            dry_run=facts.chain.dry_run and nothing,
        )
        house = replace(
            facts.house,
            sanctions=nothing,
            reading=nothing,
            unexplained_outgoing=nothing,
            difference_micro=nothing,
        )
        results = evaluate(replace(facts, chain=chain, house=house))
        assert not all_pass(results)
        assert not {one.outcome for one in results} & {FAIL}
        assert all(one.block_number is None for one in results)


def test_kinds_have_their_own_destinations() -> None:
    for kind in PayoutKind:
        facts = with_payout(kind=kind)
        stays = kind in {PayoutKind.SWEEP, PayoutKind.GAS}
        assert result(facts, IDENTITY).outcome is (FAIL if stays else PASS)
    assert len(LIST) == 1
    assert receipt().succeeded

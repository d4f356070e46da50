"""Checks 5 to 7: enough to send, enough for the fee, and a transfer that would work."""

from dataclasses import replace

import pytest

from jiema_app.domain.payouts.checks.evaluation import evaluate
from jiema_app.domain.payouts.checks.facts import PayoutFacts
from jiema_app.domain.payouts.checks.funds_checks import fee_limit_for
from jiema_app.domain.payouts.checks.results import (
    CheckName,
    Outcome,
    Remedy,
)
from jiema_app.domain.payouts.checks.thresholds import Thresholds
from jiema_app.domain.payouts.port import TokenBalance
from jiema_app.domain.units import MicroUsdt
from tests.unit.payout_facts import (
    ACCOUNT,
    DRY_RUN,
    FAIL,
    GOOD,
    PASS,
    PRICES,
    SILENCE,
    UNKNOWN,
    gas,
    holding,
    result,
    with_chain,
    with_house,
    with_payout,
)

LIQUIDITY = CheckName.USDT_LIQUIDITY
FEES = CheckName.FEE_CAPACITY
TRIED = CheckName.DRY_RUN


def dry(**changes: object) -> PayoutFacts:
    return with_chain(dry_run=replace(DRY_RUN, **changes))  # type: ignore[arg-type]


def with_trx(sun: int, **house: object) -> PayoutFacts:
    return with_house(with_chain(account=replace(ACCOUNT, balance_sun=sun)), **house)


WORST = 16_937_050 + 345_000
"""Of a transfer to a newcomer: 130 % of 13.0285 TRX, and its bytes."""


@pytest.mark.parametrize(
    ("facts", "outcome", "value"),
    [
        (holding(10_000_000), PASS, "10 of 10 USDT"),
        (holding(9_999_999), FAIL, "9.999999 of 10 USDT"),
        (holding(10_000_000, floor_micro=1), FAIL, "9.999999 of 10 USDT"),
        (holding(10_000_001, floor_micro=1), PASS, "10 of 10 USDT"),
        (holding(30_000_000, unsettled_micro=20_000_001), FAIL, "9.999999 of 10 USDT"),
        (holding(5_000_000, unsettled_micro=20_000_000), FAIL, "-15 of 10 USDT"),
        (holding(500_000_000, unsettled_micro=-1), FAIL, "500.000001 of 10 USDT"),
        (with_payout(amount=0), FAIL, "500 of 0 USDT"),
        (with_payout(amount=-5), FAIL, "500 of -0.000005 USDT"),
        (with_chain(source_balance=SILENCE), UNKNOWN, "unknown"),
        (gas(), PASS, "TRX"),
    ],
)
def test_there_is_enough_to_send(facts: PayoutFacts, outcome: Outcome, value: str) -> None:
    found = result(facts, LIQUIDITY)

    assert (found.outcome, found.value) == (outcome, value)
    assert found.remedy is (None if outcome is PASS else Remedy.WAIT)


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (with_trx(WORST), PASS),
        (with_trx(WORST - 1), FAIL),
        (with_trx(WORST, unsettled_sun=1), FAIL),
        (with_trx(WORST, floor_sun=1), FAIL),
        (with_trx(WORST, unsettled_sun=-1), FAIL),
        (with_chain(account=replace(ACCOUNT, balance_sun=0, energy_limit=10**9)), FAIL),
        (with_chain(account=replace(ACCOUNT, is_activated=False)), FAIL),
        (with_chain(account=SILENCE), UNKNOWN),
        (with_chain(prices=SILENCE), UNKNOWN),
        # Where the cost cannot be told it is the cap.
        (with_chain(dry_run=SILENCE), PASS),
        (with_chain(with_trx(40_345_000), dry_run=SILENCE), PASS),
        (with_chain(with_trx(40_344_999), dry_run=SILENCE), FAIL),
        (with_chain(gas(), account=replace(ACCOUNT, balance_sun=20_345_000)), PASS),
        (with_chain(gas(), account=replace(ACCOUNT, balance_sun=20_344_999)), FAIL),
        (
            with_chain(gas(is_activated=False), account=replace(ACCOUNT, balance_sun=21_445_000)),
            PASS,
        ),
        (
            with_chain(gas(is_activated=False), account=replace(ACCOUNT, balance_sun=21_444_999)),
            FAIL,
        ),
        (
            with_chain(gas(is_activated=False), prices=replace(PRICES, opening_sun=None)),
            UNKNOWN,
        ),
        (with_chain(gas(), prices=replace(PRICES, opening_sun=None)), PASS),
        (with_chain(gas(), destination=SILENCE, account=replace(ACCOUNT, balance_sun=0)), FAIL),
    ],
)
def test_there_is_enough_for_the_fee(facts: PayoutFacts, outcome: Outcome) -> None:
    found = result(facts, FEES)

    assert found.outcome is outcome, found
    assert found.remedy is (None if outcome is PASS else Remedy.WAIT)


@pytest.mark.parametrize(
    ("facts", "outcome", "words"),
    [
        (dry(energy_used=64_285), PASS, "and about 130285 are usual"),
        (dry(is_ok=False, message="REVERT opcode executed"), FAIL, "REVERT opcode executed"),
        (dry(is_ok=False, message=""), FAIL, "would fail."),
        (dry(is_ok=False, is_timeout=True, message="CPU timeout"), UNKNOWN, "no time"),
        (dry(energy_used=32_142), PASS, "usual"),
        (dry(energy_used=32_141), FAIL, "between 32142 and 260570"),
        (dry(energy_used=260_570), PASS, "33.8741 TRX"),
        (dry(energy_used=260_571), FAIL, "between 32142 and 260570"),
        (with_chain(dry(energy_used=200_000), prices=replace(PRICES, energy_sun=160)), FAIL, "40"),
        (with_chain(dry_run=SILENCE), UNKNOWN, "no answer in time"),
        (with_chain(prices=SILENCE), UNKNOWN, "no answer in time"),
        (with_chain(destination_balance=SILENCE), PASS, "16.93705 TRX"),
        (gas(), PASS, "runs no contract"),
    ],
)
def test_the_transfer_would_work(facts: PayoutFacts, outcome: Outcome, words: str) -> None:
    found = result(facts, TRIED)

    assert found.outcome is outcome, found
    assert words in found.evidence


@pytest.mark.parametrize(
    ("energy", "held", "is_alert"),
    [
        (130_285, 0, False),
        (64_285, 1, False),
        (64_285, 0, True),
        (130_285, 1, True),
        (77_142, 1, False),
        (77_143, 1, True),
    ],
)
def test_unusual_energy_is_pointed_out(energy: int, held: int, *, is_alert: bool) -> None:
    facts = with_chain(
        dry(energy_used=energy), destination_balance=TokenBalance(amount=MicroUsdt(held))
    )

    found = result(facts, TRIED)

    assert found.outcome is PASS
    assert found.is_alert is is_alert
    assert ("usual" in found.evidence) is is_alert


@pytest.mark.parametrize(
    ("energy", "price", "limit"),
    [
        (64_285, 100, 8_357_050),
        (130_285, 100, 16_937_050),
        (1, 1, 2),
        (10, 1, 13),
        (307_692, 100, 39_999_960),
        (307_693, 100, None),
        (0, 100, None),
        (-1, 100, None),
    ],
)
def test_the_fee_limit_is_a_third_more_than_needed_and_capped(
    energy: int, price: int, limit: int | None
) -> None:
    prices = replace(PRICES, energy_sun=price)

    assert fee_limit_for(replace(DRY_RUN, energy_used=energy), prices) == limit
    assert fee_limit_for(replace(DRY_RUN, energy_used=energy, is_ok=False), prices) is None


def test_a_cap_can_be_lower() -> None:
    low = Thresholds(fee_limit_cap_sun=16_937_049)

    assert fee_limit_for(DRY_RUN, PRICES, low) is None
    found = {one.name: one.outcome for one in evaluate(GOOD, low)}
    assert (found[TRIED], found[FEES]) == (FAIL, PASS)

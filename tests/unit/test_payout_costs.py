"""What a payout should cost, and how much TRX its sender lacks for it."""

from dataclasses import replace
from typing import Any

import pytest

from jiema_app.domain.payouts.checks.facts import PayoutFacts, Unread
from jiema_app.domain.payouts.checks.funds_checks import expected_fee, missing_sun
from jiema_app.domain.payouts.checks.thresholds import Thresholds
from tests.unit.payout_facts import ACCOUNT, DRY_RUN, GOOD, PRICES, gas, with_chain, with_house

BOUNDS = Thresholds()
SILENCE = Unread("no answer in time")
WORST = 16_937_050 + 345_000
"""Of a transfer to a newcomer: 130 % of 13.0285 TRX, and its bytes."""


def having(**account: Any) -> PayoutFacts:
    return with_chain(account=replace(ACCOUNT, **account))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (GOOD, 13_028_500),
        (having(free_net_used=256), 13_028_500 + 345_000),
        (having(free_net_used=600, net_limit=345), 13_028_500),
        (having(energy_limit=100_000), 3_028_500),
        (having(energy_limit=130_285), 0),
        (having(energy_limit=10**9), 0),
        (having(energy_limit=10**9, energy_used=10**9), 13_028_500),
        (with_chain(prices=replace(PRICES, energy_sun=210)), 27_359_850),
        (with_chain(prices=SILENCE), None),
        (with_chain(account=SILENCE), None),
        (with_chain(dry_run=SILENCE), None),
        (with_chain(dry_run=replace(DRY_RUN, is_ok=False)), None),
        (gas(), 0),
        (gas(is_activated=False), 1_100_000),
        (with_chain(gas(), account=replace(ACCOUNT, free_net_used=600)), 345_000),
        (with_chain(gas(is_activated=False), prices=replace(PRICES, opening_sun=None)), None),
    ],
)
def test_what_it_should_cost(facts: PayoutFacts, expected: int | None) -> None:
    assert expected_fee(facts, BOUNDS) == expected


@pytest.mark.parametrize(
    ("facts", "percent", "missing"),
    [
        (having(balance_sun=0), 100, WORST),
        (having(balance_sun=0), 110, -(-WORST * 110 // 100)),
        (having(balance_sun=WORST), 100, 0),
        (having(balance_sun=WORST - 1), 100, 1),
        (having(balance_sun=WORST + 5), 100, -5),
        # What is staked is not counted: it does not lift the bound of a transaction's fee.
        (having(balance_sun=0, energy_limit=10**9), 100, WORST),
        (with_house(having(balance_sun=WORST), unsettled_sun=7), 100, 7),
        (with_house(having(balance_sun=WORST), floor_sun=9), 100, 9),
        (with_chain(gas(), account=replace(ACCOUNT, balance_sun=0)), 100, 20_345_000),
        (with_chain(account=SILENCE), 100, None),
        (with_chain(prices=SILENCE), 100, None),
    ],
)
def test_how_much_is_missing(facts: PayoutFacts, percent: int, missing: int | None) -> None:
    assert missing_sun(facts, BOUNDS, percent) == missing

"""The short form of every drill. ``make chaos`` runs them in full."""

import pytest

from tests.chaos import payments_plan, payouts_plan
from tests.chaos.commissions import run_commissions
from tests.chaos.idempotency import run_idempotency
from tests.chaos.limiter import SHORT_S, LimiterDrill
from tests.chaos.messages import SHORT as FEW_MESSAGES
from tests.chaos.messages import run_messages
from tests.chaos.payments import run_payments
from tests.chaos.payments_outages import run_outages
from tests.chaos.payouts import run_payouts
from tests.chaos.plan import SHORT, Scale, make_plan
from tests.chaos.races import run_races
from tests.chaos.storm import run_storm
from tests.support.cluster import Cluster
from tests.support.polling import PATIENCE_S

pytestmark = pytest.mark.slow

SEED = 20_261_121


def test_a_seed_replays_its_plan() -> None:
    assert make_plan(7, SHORT).digest == make_plan(7, SHORT).digest
    assert make_plan(7, SHORT).digest != make_plan(8, SHORT).digest
    full = make_plan(7, Scale())
    assert (len(full.steps), len(full.strikes)) == (10_000, 220)


def test_nothing_is_lost_when_processes_and_the_database_are_killed() -> None:
    result = run_storm(make_plan(SEED, SHORT), recovery_s=PATIENCE_S)
    assert result.ok, (result.line(), result.broken)
    assert result.figures["routes_compared"] > 0


def test_one_key_is_one_order() -> None:
    result = run_idempotency(SEED, keys=20)
    assert result.ok, (result.line(), result.broken)


def test_a_cancel_and_a_code_never_both_win() -> None:
    result = run_races(SEED, rounds=300)
    assert result.ok, (result.line(), result.broken)


def test_four_processes_share_one_limit() -> None:
    with LimiterDrill(SHORT_S) as drill:
        result = drill.finish()
    assert result.ok, (result.line(), result.broken)


def test_every_payment_is_what_the_chain_says_while_readers_are_killed() -> None:
    result = run_payments(payments_plan.make_payments(SEED, payments_plan.SHORT))
    assert result.ok, (result.line(), result.broken)
    assert result.figures["transfers"] == 600


def test_a_node_that_is_away_or_wrong_costs_nothing() -> None:
    result = run_outages(blocks=60)
    assert result.ok, (result.line(), result.broken)


def test_a_seed_replays_its_payments() -> None:
    short = payments_plan.SHORT
    one, same, other = (payments_plan.make_payments(seed, short) for seed in (7, 7, 8))
    assert one.digest == same.digest != other.digest
    full = payments_plan.make_payments(7, payments_plan.FULL)
    assert len(full.kills) == 50


def test_no_withdrawal_is_paid_twice_or_lost_while_everybody_is_killed_at_every_step(
    cluster: Cluster,
) -> None:
    result = run_payouts(SEED, payouts_plan.SHORT, cluster)
    assert result.ok, (result.line(), result.broken)
    assert result.figures["kills"] >= payouts_plan.SHORT.kills


def test_commission_is_right_to_the_micro_while_orders_end_and_it_is_clawed_back(
    cluster: Cluster,
) -> None:
    result = run_commissions(SEED, orders=600, cluster=cluster)
    assert result.ok, (result.line(), result.broken)
    assert result.figures["claw-backs"] > 10


def test_no_reply_is_lost_or_said_twice_while_everybody_is_killed(cluster: Cluster) -> None:
    result = run_messages(SEED, FEW_MESSAGES, cluster)
    assert result.ok, (result.line(), result.broken)

"""The short form of every drill. ``make chaos`` runs them in full."""

import pytest

from tests.chaos.idempotency import run_idempotency
from tests.chaos.limiter import SHORT_S, LimiterDrill
from tests.chaos.plan import SHORT, Scale, make_plan
from tests.chaos.races import run_races
from tests.chaos.storm import run_storm

pytestmark = pytest.mark.slow

SEED = 20_261_121


def test_a_seed_replays_its_plan() -> None:
    assert make_plan(7, SHORT).digest == make_plan(7, SHORT).digest
    assert make_plan(7, SHORT).digest != make_plan(8, SHORT).digest
    full = make_plan(7, Scale())
    assert (len(full.steps), len(full.strikes)) == (10_000, 220)


def test_nothing_is_lost_when_processes_and_the_database_are_killed() -> None:
    result = run_storm(make_plan(SEED, SHORT))
    assert result.ok, (result.line(), result.broken)


def test_one_key_is_one_order() -> None:
    result = run_idempotency(SEED, keys=40)
    assert result.ok, (result.line(), result.broken)


def test_a_cancel_and_a_code_never_both_win() -> None:
    result = run_races(SEED, rounds=300)
    assert result.ok, (result.line(), result.broken)


def test_four_processes_share_one_limit() -> None:
    with LimiterDrill(SHORT_S) as drill:
        result = drill.finish()
    assert result.ok, (result.line(), result.broken)

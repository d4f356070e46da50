"""How sure a share is, and what a route is worth."""

import pytest

from jiema_app.domain.figures.ranking import (
    SAMPLE_MIN,
    RouteFigures,
    best_value,
    cautious_share,
    lower_bound,
)
from jiema_app.domain.units import Cents


def figures(received: int, sample: int) -> RouteFigures:
    return RouteFigures(sample, received, 10, 20)


@pytest.mark.parametrize(
    ("received", "sample", "bound"),
    # R: binom::binom.wilson(x, n)$lower; and prop.test without correction.
    [
        (20, 20, 0.8389),
        (200, 200, 0.9812),
        (0, 20, 0.0),
        (10, 20, 0.2993),
        (81, 100, 0.7222),
        (0, 0, 0),
    ],
)
def test_the_bound_is_wilsons(received: int, sample: int, bound: float) -> None:
    assert lower_bound(received, sample) == pytest.approx(bound, abs=0.0001)


def test_more_of_the_same_is_surer() -> None:
    bounds = [lower_bound(9 * n, 10 * n) for n in (1, 2, 10, 100, 10_000)]
    assert bounds == sorted(bounds)
    assert bounds[-1] < 0.9


def test_the_unknown_stands_between_the_good_and_the_bad() -> None:
    of_service = figures(850, 1_000)
    good, bad = figures(900, 1_000), figures(300, 1_000)
    unknown = cautious_share(None, of_service)
    assert cautious_share(bad, of_service) < unknown < cautious_share(good, of_service)
    assert unknown == lower_bound(0.85 * SAMPLE_MIN, SAMPLE_MIN)
    assert 0 < cautious_share(None, None) < unknown


def test_value_is_price_and_the_tries_that_fail() -> None:
    assert best_value(Cents(16), 1.0) == 16
    assert best_value(Cents(16), 0.5) == 36
    # Cheap and hopeless is worse than dear and sure; of two that are alike the cheaper is better.
    assert best_value(Cents(2), 0.1) > best_value(Cents(90), 0.95)
    assert best_value(Cents(15), 0.9) < best_value(Cents(16), 0.9)
    assert best_value(Cents(15), 0.0) < float("inf")

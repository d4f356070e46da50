"""No pattern of the product takes more than linear time, whatever text it is given."""

import re

import pytest

from tests.support.patterns import Pattern, all_patterns, hard_texts, seconds

SMALL, LARGE = 2_000, 16_000
"""Eight times as long: a linear pattern takes eight times as long, a quadratic one 64 times."""
GROWTH_MAX = 24
PLAIN_S = 0.005
"""For ``LARGE``. A quadratic pattern takes at least a second; who is below needs no ratio."""

PATTERNS = all_patterns()


def slow_text(pattern: Pattern) -> str | None:
    """A text for which the time grows faster than its length; its beginning."""
    texts = zip(
        hard_texts(pattern.compiled, SMALL), hard_texts(pattern.compiled, LARGE), strict=True
    )
    for small, large in texts:
        took = seconds(pattern, large)
        if took > PLAIN_S and took > GROWTH_MAX * seconds(pattern, small):
            return large[:100]
    return None


def test_the_patterns_are_found() -> None:
    places = {pattern.where for pattern in PATTERNS}
    assert "jiema_app.observability.cleaning._SECRETS" in places
    assert len(places) > 50


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.where)
def test_a_pattern_takes_linear_time(pattern: Pattern) -> None:
    assert slow_text(pattern) is None


@pytest.mark.parametrize("slow", [r"eyJ[\w-]+\.[\w-]+\.[\w-]+", r"\s+$", r"\d+\.\d+x", r"<a.*?>"])
def test_this_would_see_a_slow_one(slow: str) -> None:
    assert slow_text(Pattern("slow", re.compile(slow), frozenset({"search"})))

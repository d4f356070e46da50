"""Amounts as programs read them."""

import pytest

from jiema_app.domain.units import usdt_text


@pytest.mark.parametrize(
    ("micro", "text"),
    [
        (0, "0"),
        (1, "0.000001"),
        (10_000_000, "10"),
        (9_500_000, "9.5"),
        (-1_230_000, "-1.23"),
        (100_000_000_000_000, "100000000"),
        (10**77, "1" + "0" * 71),
    ],
)
def test_an_amount_is_exact_and_as_short_as_it_can_be(micro: int, text: str) -> None:
    assert usdt_text(micro) == text

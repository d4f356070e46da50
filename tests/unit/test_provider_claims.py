"""Whom a provider vouches for: a claim of another form vouches for nobody."""

from typing import Any

import pytest

from api_routes.auth.providers import google_name, telegram_id


def test_telegram_s_id_comes_as_a_number_or_as_its_digits() -> None:
    assert telegram_id(7_000_000_001) == telegram_id("7000000001") == "7000000001"


@pytest.mark.parametrize(
    "claim", [None, True, 0, -1, 1.0, float("inf"), 2**63, "", "0", "²", "1_0", "9" * 5_000, [1], {}],
    ids=lambda claim: ascii(claim)[:12],
)  # fmt: skip
def test_what_is_no_id_of_telegram_s_is_refused(claim: Any) -> None:
    with pytest.raises(ValueError, match="no id"):
        telegram_id(claim)


@pytest.mark.parametrize("claim", [None, 1, "", "a" * 256, ["a"], {"a": 1}], ids=type)
def test_what_is_no_name_of_google_s_is_refused(claim: Any) -> None:
    assert google_name("a" * 255) == "a" * 255
    with pytest.raises(ValueError, match="no subject"):
        google_name(claim)

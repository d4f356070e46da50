"""What a withdrawal costs: inside the amount, in whole cents, never more than it is."""

from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.units import MICRO_PER_CENT, MicroUsdt
from jiema_app.domain.withdrawals.terms import AMOUNT_MAX, BASIS_POINTS, Rules

USDT: Final = 1_000_000

ANNOUNCED: Final = Rules(
    fee_bp=500,
    fee_min_micro=MicroUsdt(2 * USDT),
    amount_min_micro=MicroUsdt(5 * USDT),
    alone_max_micro=MicroUsdt(500 * USDT),
    takes_above=True,
    takes_spending=False,
    address_wait_s=86_400,
    per_day_count=5,
    per_day_micro=MicroUsdt(5_000 * USDT),
)


@pytest.mark.parametrize(
    ("amount", "fee"),
    [
        (5_000_000, 2_000_000),
        (5_000_001, 2_000_000),
        (39_999_999, 2_000_000),
        (40_000_000, 2_000_000),
        (40_000_001, 2_010_000),
        (40_200_000, 2_010_000),
        (40_200_001, 2_020_000),
        (41_234_567, 2_070_000),
        (100_000_000, 5_000_000),
        (500_000_000, 25_000_000),
        (999_999_999_999, 50_000_000_000),
    ],
)
def test_the_fee_is_five_per_cent_in_whole_cents_and_two_dollars_at_least(
    amount: int, fee: int
) -> None:
    quote = ANNOUNCED.quote(MicroUsdt(amount))
    assert (quote.amount, quote.fee, quote.net) == (amount, fee, amount - fee)


@given(
    amount=st.integers(1, 10**15),
    fee_bp=st.integers(0, 5_000),
    fee_min=st.integers(0, 10**9),
)
def test_fee_and_net_make_the_amount_and_the_house_never_gets_less_than_its_share(
    amount: int, fee_bp: int, fee_min: int
) -> None:
    rules = replace(ANNOUNCED, fee_bp=fee_bp, fee_min_micro=MicroUsdt(fee_min))
    quote = rules.quote(MicroUsdt(amount))
    assert quote.fee + quote.net == amount
    assert quote.fee >= fee_min
    assert quote.fee * BASIS_POINTS >= amount * fee_bp
    assert quote.fee == fee_min or quote.fee % MICRO_PER_CENT == 0
    assert quote.fee == fee_min or (quote.fee - MICRO_PER_CENT) * BASIS_POINTS < amount * fee_bp


@given(
    amount=st.integers(5 * USDT, 10**12),
    more=st.integers(0, 10**9),
)
def test_whoever_asks_for_a_cent_more_never_gets_less_than_a_cent_less(
    amount: int, more: int
) -> None:
    less, most = ANNOUNCED.quote(MicroUsdt(amount)), ANNOUNCED.quote(MicroUsdt(amount + more))
    assert most.fee >= less.fee
    assert most.net > 0
    assert most.net >= less.net - MICRO_PER_CENT


def test_the_announced_terms_are_sound() -> None:
    ANNOUNCED.ensure_sound()


@pytest.mark.parametrize(
    "changes",
    [
        {"fee_bp": 0, "fee_min_micro": 0, "amount_min_micro": 1},
        {"alone_max_micro": 0},
        {"takes_above": False},
        {"takes_above": False, "alone_max_micro": 5 * USDT},
        {"address_wait_s": 0},
        {"per_day_micro": 5 * USDT},
        {"fee_bp": 5_000},
    ],
)
def test_what_makes_sense_may_be_set(changes: dict[str, Any]) -> None:
    replace(ANNOUNCED, **changes).ensure_sound()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fee_bp": -1}, "fee"),
        ({"fee_bp": 5_001}, "50 %"),
        ({"fee_min_micro": -1}, "least"),
        ({"fee_min_micro": 5 * USDT}, "least"),
        ({"amount_min_micro": 2 * USDT}, "least"),
        ({"amount_min_micro": AMOUNT_MAX + 1}, "least"),
        ({"fee_bp": 5_000, "fee_min_micro": 0, "amount_min_micro": 1}, "nothing would be left"),
        ({"alone_max_micro": -1}, "one person"),
        ({"alone_max_micro": AMOUNT_MAX + 1}, "one person"),
        ({"alone_max_micro": 4 * USDT, "takes_above": False}, "nothing could be asked for"),
        ({"address_wait_s": -1}, "waits"),
        ({"address_wait_s": 30 * 86_400 + 1}, "waits"),
        ({"per_day_count": 0}, "a day"),
        ({"per_day_count": 1_001}, "a day"),
        ({"per_day_micro": 5 * USDT - 1}, "in a day"),
        ({"per_day_micro": AMOUNT_MAX + 1}, "in a day"),
    ],
)
def test_terms_that_make_no_sense_are_refused_in_words(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        replace(ANNOUNCED, **changes).ensure_sound()

"""From cost to price: rounding, floors, scopes, history, plans."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiema_app.domain.pricing.rules import PriceBook, PriceRule
from jiema_app.domain.units import (
    MICRO_PER_CENT,
    Cents,
    CountryId,
    MicroUsdt,
    ServiceCode,
    cents,
    cents_up,
    micro,
)

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
TELEGRAM, WHATSAPP = ServiceCode("tg"), ServiceCode("wa")
RUSSIA, MALAYSIA = CountryId(0), CountryId(7)

costs = st.integers(min_value=1, max_value=10**12).map(MicroUsdt)
percents = st.integers(min_value=10_000, max_value=1_000_000)
amounts = st.integers(min_value=0, max_value=10**9)


def rule(
    percent_bp: int,
    *,
    service: ServiceCode | None = None,
    country: CountryId | None = None,
    fixed: int = 0,
    floor: int = 0,
    at: datetime = NOON - timedelta(days=1),
    is_withdrawn: bool = False,
) -> PriceRule:
    return PriceRule(service, country, percent_bp, fixed, floor, at, is_withdrawn)


def price_in(book: PriceBook, service: ServiceCode, country: CountryId) -> int | None:
    """Whole cents at a cost of one dollar."""
    price = book.find_price(service, country, MicroUsdt(1_000_000))
    return None if price is None else cents(price)


@pytest.mark.parametrize(
    ("cost", "percent_bp", "fixed", "floor", "expected_cents"),
    [
        (1_000_000, 10_000, 0, 0, 100),
        (1_000_000, 13_500, 0, 0, 135),
        (1_000_001, 10_000, 0, 0, 101),
        (999_999, 10_000, 0, 0, 100),
        (10_000, 10_000, 0, 0, 1),
        (10_001, 10_000, 0, 0, 2),
        (1, 10_000, 0, 0, 1),
        (185_000, 13_500, 0, 0, 25),
        (20_000, 13_500, 0, 40_000, 4),
        (29_629, 13_500, 0, 40_000, 4),
        (29_630, 13_500, 0, 40_000, 5),
        (100_000, 13_500, 50_000, 0, 19),
        (100_000, 20_000, 0, 500_000, 50),
        (0, 13_500, 0, 0, 1),
    ],
)
def test_a_price_is_the_share_plus_the_fixed_part_at_least_the_floor_in_whole_cents_rounded_up(
    cost: int, percent_bp: int, fixed: int, floor: int, expected_cents: int
) -> None:
    price = rule(percent_bp, fixed=fixed, floor=floor).price(MicroUsdt(cost))
    assert price == expected_cents * MICRO_PER_CENT


@given(costs, percents, amounts, amounts)
def test_no_rule_of_at_least_a_hundred_percent_sells_at_a_loss(
    cost: MicroUsdt, percent_bp: int, fixed: int, floor: int
) -> None:
    assert rule(percent_bp, fixed=fixed, floor=floor).price(cost) >= cost


@given(costs, st.integers(0, 1_000_000), amounts, amounts)
def test_every_price_is_whole_cents_and_at_least_one(
    cost: MicroUsdt, percent_bp: int, fixed: int, floor: int
) -> None:
    price = rule(percent_bp, fixed=fixed, floor=floor).price(cost)
    assert price % MICRO_PER_CENT == 0
    assert price >= MICRO_PER_CENT


@given(costs, st.integers(0, 1_000_000), amounts, amounts)
def test_every_price_is_at_least_its_floor(
    cost: MicroUsdt, percent_bp: int, fixed: int, floor: int
) -> None:
    assert rule(percent_bp, fixed=fixed, floor=floor).price(cost) >= floor


@given(costs, costs, percents, amounts, amounts)
def test_a_dearer_number_never_has_a_lower_price(
    one: MicroUsdt, other: MicroUsdt, percent_bp: int, fixed: int, floor: int
) -> None:
    priced = rule(percent_bp, fixed=fixed, floor=floor)
    assert priced.price(min(one, other)) <= priced.price(max(one, other))


@given(costs, percents, amounts)
def test_rounding_adds_less_than_a_cent(cost: MicroUsdt, percent_bp: int, fixed: int) -> None:
    exact = cost * percent_bp / 10_000 + fixed
    rounded_by = rule(percent_bp, fixed=fixed).price(cost) - exact
    assert -1 <= rounded_by < MICRO_PER_CENT + 1


@given(costs, percents, percents)
def test_a_higher_share_never_gives_a_lower_price(cost: MicroUsdt, one: int, other: int) -> None:
    assert rule(min(one, other)).price(cost) <= rule(max(one, other)).price(cost)


def test_the_narrowest_scope_wins() -> None:
    book = PriceBook(
        [
            rule(11_000),
            rule(12_000, country=MALAYSIA),
            rule(13_000, service=TELEGRAM),
            rule(14_000, service=TELEGRAM, country=MALAYSIA),
        ],
        NOON,
    )
    assert price_in(book, TELEGRAM, MALAYSIA) == 140
    assert price_in(book, TELEGRAM, RUSSIA) == 130
    assert price_in(book, WHATSAPP, MALAYSIA) == 120
    assert price_in(book, WHATSAPP, RUSSIA) == 110


def test_russia_is_a_scope_although_its_number_is_zero() -> None:
    book = PriceBook([rule(11_000), rule(12_000, country=RUSSIA)], NOON)
    assert price_in(book, TELEGRAM, RUSSIA) == 120
    assert price_in(book, TELEGRAM, MALAYSIA) == 110


def test_of_several_rules_of_a_scope_the_latest_in_force_holds() -> None:
    history = [
        rule(13_000, at=NOON - timedelta(hours=1)),
        rule(11_000, at=NOON - timedelta(hours=3)),
        rule(12_000, at=NOON - timedelta(hours=2)),
    ]
    assert price_in(PriceBook(history, NOON), TELEGRAM, RUSSIA) == 130
    assert price_in(PriceBook(history, NOON - timedelta(hours=2)), TELEGRAM, RUSSIA) == 120


def test_of_two_rules_from_the_same_moment_the_one_added_later_holds() -> None:
    book = PriceBook([rule(11_000), rule(12_000)], NOON)
    assert price_in(book, TELEGRAM, RUSSIA) == 120


def test_a_withdrawn_rule_gives_way_to_the_wider_scope() -> None:
    book = PriceBook(
        [
            rule(11_000),
            rule(15_000, service=TELEGRAM, at=NOON - timedelta(hours=2)),
            rule(0, service=TELEGRAM, at=NOON - timedelta(hours=1), is_withdrawn=True),
        ],
        NOON,
    )
    assert price_in(book, TELEGRAM, RUSSIA) == 110


def test_a_rule_may_come_back_after_it_was_withdrawn() -> None:
    book = PriceBook(
        [
            rule(0, at=NOON - timedelta(hours=2), is_withdrawn=True),
            rule(12_000, at=NOON - timedelta(hours=1)),
        ],
        NOON,
    )
    assert price_in(book, TELEGRAM, RUSSIA) == 120


def test_a_planned_rule_holds_from_its_very_moment() -> None:
    history = [rule(11_000), rule(12_000, at=NOON)]
    assert price_in(PriceBook(history, NOON), TELEGRAM, RUSSIA) == 120
    before = NOON - timedelta(microseconds=1)
    assert price_in(PriceBook(history, before), TELEGRAM, RUSSIA) == 110


def test_the_next_planned_change_is_known() -> None:
    plans = [rule(12_000, at=NOON + timedelta(hours=hours)) for hours in (5, 1, 3)]
    assert PriceBook([rule(11_000), *plans], NOON).next_change_at == NOON + timedelta(hours=1)
    assert PriceBook([rule(11_000)], NOON).next_change_at is None


def test_without_a_rule_nothing_is_sold() -> None:
    assert price_in(PriceBook([], NOON), TELEGRAM, RUSSIA) is None
    only_russia = PriceBook([rule(11_000, country=RUSSIA)], NOON)
    assert price_in(only_russia, TELEGRAM, MALAYSIA) is None


def test_a_flat_price_is_given_only_where_it_covers_the_cost() -> None:
    book = PriceBook([rule(0, fixed=500_000)], NOON)
    assert book.find_price(TELEGRAM, RUSSIA, MicroUsdt(500_000)) == 500_000
    assert book.find_price(TELEGRAM, RUSSIA, MicroUsdt(500_001)) is None


@given(st.integers(min_value=0, max_value=10**12))
def test_cents_are_rounded_down_for_balances_and_up_for_prices(amount: int) -> None:
    low, high = cents(MicroUsdt(amount)), cents_up(MicroUsdt(amount))
    assert micro(low) <= amount <= micro(high)
    assert high - low == (amount % MICRO_PER_CENT != 0)
    assert cents(micro(Cents(low))) == low

"""Amounts as people write them, and as we write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.typed_amounts import MICRO, read_amount, typed_text
from jiema_app.domain.units import Cents, MicroUsdt, micro
from jiema_app.i18n.formats import usdt, usdt_digits


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("10", 1_000),
        ("10.5", 1_050),
        ("10.50", 1_050),
        ("10,5", 1_050),
        ("0.01", 1),
        ("007", 700),
        (" 1 000 ", 100_000),
        ("1\N{NO-BREAK SPACE}000,25", 100_025),
        ("1,000", 100_000),
        ("1,234,567.89", 123_456_789),
        ("1.234,50", 123_450),
        ("1'000", 100_000),
        ("1’000.5", 100_050),  # noqa: RUF001
        ("١٠", 1_000),  # noqa: RUF001
        ("١٠٫٥", 1_050),  # noqa: RUF001
        ("١٬٠٠٠", 100_000),  # noqa: RUF001
        ("१२", 1_200),
        ("１０．５", 1_050),  # noqa: RUF001
        ("$10", 1_000),
        ("10 USDT", 1_000),
        ("10usd", 1_000),
    ],
)
def test_an_amount_is_read_however_it_is_written(text: str, cents: int) -> None:
    assert read_amount(text) == micro(Cents(cents))


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "-5", "+5", "0", "0.00", "ten", "1e3", "0x10", "NaN", "inf", "½", "²", "10."),
        *(".5", "1.234", "1.000", "10.005", "10,005.1.2", "1,00,000", "12,34,567", "1,2345"),
        *("1.234.567", "1'000,5", "1,000,5", "10 EUR", "1000000000", "9" * 33, "5;drop"),
    ],
)
def test_what_is_no_amount_or_could_be_two_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        read_amount(text)


@given(st.text(max_size=40))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        amount = read_amount(text)
    except BadRequest:
        return
    assert amount > 0
    assert amount % 10_000 == 0


@given(st.integers(min_value=1, max_value=10**11 - 1))
def test_what_we_write_for_whole_cents_is_read_as_the_same(cents: int) -> None:
    amount = micro(Cents(cents))
    assert read_amount(usdt(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0.00"), (10_000_000, "10.00"), (9_999_999, "9.999999"), (1_500_000, "1.50"),
     (1_000_000_000, "1000.00"), (-10_100, "-0.0101")],
)  # fmt: skip
def test_amounts_of_tokens_are_written_as_wallets_do(amount: int, text: str) -> None:
    assert usdt_digits(MicroUsdt(amount)) == text
    assert usdt(MicroUsdt(amount)) == f"{text} USDT"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12.3456", 12_345_600),
        ("12,345678", 12_345_678),
        ("0.123", 123_000),
        ("0,123", 123_000),
        ("1234.567", 1_234_567_000),
        ("1,234", 1_234_000_000),
        ("1.234,567", 1_234_567_000),
        ("1,234.567", 1_234_567_000),
        ("12.3450", 12_345_000),
    ],
)
def test_an_amount_may_be_as_fine_as_the_token(text: str, amount: int) -> None:
    assert read_amount(text, decimals_max=MICRO) == amount


@pytest.mark.parametrize("text", ["1.234", "12.345", "0.0000001", "1.2345678", "0.000000"])
def test_what_is_finer_than_the_token_or_could_be_thousands_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        read_amount(text, decimals_max=MICRO)


@given(st.integers(min_value=1, max_value=10**15 - 1))
def test_what_we_write_for_the_form_is_read_as_the_same(amount: int) -> None:
    assert read_amount(typed_text(MicroUsdt(amount)), decimals_max=MICRO) == amount

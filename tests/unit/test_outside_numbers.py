"""Numbers in text from outside: the digits 0 to 9, of a length that makes sense, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiema_app.domain.outside_numbers import decimal_number, is_digits, quality, whole_number

NO_NUMBERS = ["", " ", "²", "٣", "\uff13", "५", "1²", "-1", "+1", "1.0", "1e3", "1_0", " 1", "1 ", "1\n", "0x1",
              "nan", "inf", "one", "\0", "9" * 5_000, "0" * 5_000, "²" * 5_000]  # fmt: skip


@pytest.mark.parametrize("text", NO_NUMBERS, ids=lambda text: ascii(text)[:12])
def test_what_is_no_number_is_none(text: str) -> None:
    assert whole_number(text, at_most=10**9) is None
    assert whole_number(text.encode(), at_most=10**9) is None


def test_a_number_may_be_as_large_as_makes_sense() -> None:
    for text, number in (("0", 0), ("007", 7), ("99", 99), ("100", 100), ("101", None)):
        assert whole_number(text, at_most=100) == number
        assert whole_number(text.encode(), at_most=100) == number
    assert whole_number("0001", at_most=100) is None


@given(st.text(max_size=12), st.integers(min_value=0, max_value=10**12))
def test_any_text_is_a_number_or_none(text: str, at_most: int) -> None:
    number = whole_number(text, at_most=at_most)
    if number is None:
        digits = text.isascii() and text.isdigit()
        assert not digits or len(text) > len(str(at_most)) or int(text) > at_most
    else:
        assert 0 <= number <= at_most
        assert text.lstrip("0") == str(number).lstrip("0")


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("25", 25), ("0.25", 0.25), ("1e-05", 0.00001), ("2E1", 20), ("5e-324", 5e-324),
     ("2.2250738585072014e-308", 2.2250738585072014e-308), ("1e-999", 0)],
)  # fmt: skip
def test_a_number_may_have_decimals(text: str, number: float) -> None:
    assert decimal_number(text) == number


@pytest.mark.parametrize(
    "text", [one for one in NO_NUMBERS if one not in {"1.0", "1e3"}] + ["1e999", ".5", "5.", "1e"],
    ids=lambda text: ascii(text)[:12],
)  # fmt: skip
def test_what_is_no_decimal_is_none(text: str) -> None:
    assert decimal_number(text) is None


def test_digits_are_those_of_ascii() -> None:
    assert is_digits("0123456789")
    assert is_digits(b"0123456789")
    for text in NO_NUMBERS[:-3]:
        assert not is_digits(text)
        assert not is_digits(text.encode())


@pytest.mark.parametrize(
    ("parameters", "wanted"),
    [
        ("", 1.0), ("q=1", 1.0), ("q=1.000", 1.0), ("q=0", 0.0), ("q=0.", 0.0), (" Q = 0.25 ", 0.25),
        ("level=1", 1.0), ("q=", 0.0), ("q", 0.0), ("q=1.001", 0.0), ("q=0.0001", 0.0),
        ("q=nan", 0.0), ("q=inf", 0.0), ("q=-0.5", 0.0), ("q=1e0", 0.0), ("q=\u0660.\u0665", 0.0),
        ("q=0_0", 0.0), ("q=²", 0.0), ("q=" + "0" * 5_000, 0.0), ("q=0." + "9" * 5_000, 0.0),
    ],
    ids=lambda value: ascii(value)[:12],
)  # fmt: skip
def test_how_much_something_is_wanted(parameters: str, wanted: float) -> None:
    assert quality(parameters) == wanted

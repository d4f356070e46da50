"""Phone numbers: recognised by a keyed hash, shown with their middle hidden."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiema_app.domain.orders.phones import VISIBLE_HEAD, VISIBLE_TAIL, hash_phone, mask_phone

phones = st.from_regex(r"\+[1-9][0-9]{7,14}", fullmatch=True)


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("+60123456789", "+601******89"),
        ("+79991234567", "+799******67"),
        ("+12025550123", "+120******23"),
        ("+447700900123", "+447*******23"),
        ("+1234567", "+123**67"),
    ],
)
def test_the_middle_of_a_number_is_hidden(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@given(phones)
def test_a_masked_number_has_the_same_length_and_few_digits(phone: str) -> None:
    masked = mask_phone(phone)
    assert len(masked) == len(phone)
    assert sum(one.isdigit() for one in masked) == VISIBLE_HEAD - 1 + VISIBLE_TAIL


@given(phones)
def test_masking_twice_is_masking_once(phone: str) -> None:
    assert mask_phone(mask_phone(phone)) == mask_phone(phone)


@pytest.mark.parametrize("phone", ["", "+", "+6", "+60123"])
def test_what_is_too_short_to_hide_is_left_alone(phone: str) -> None:
    assert len(mask_phone(phone)) >= len(phone)


@given(phones, phones)
def test_the_hash_tells_numbers_apart_and_knows_them_again(one: str, other: str) -> None:
    assert (hash_phone(one, b"key") == hash_phone(other, b"key")) == (one == other)


@given(phones)
def test_the_hash_needs_its_key(phone: str) -> None:
    assert hash_phone(phone, b"key") != hash_phone(phone, b"another key")
    assert phone.encode() not in hash_phone(phone, b"key")

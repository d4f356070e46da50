"""Phone numbers have real shapes; texts carry codes that can be read back."""

import phonenumbers
import pytest

from sandbox.supplier.catalogue import Country, load_catalogue
from sandbox.supplier.messages import compose, extract_code, sender_of
from sandbox.supplier.numbers import make_number, parse_exceptions


@pytest.mark.parametrize("country", load_catalogue().countries.values(), ids=lambda c: c.eng)
def test_every_country_gives_valid_mobile_numbers_of_its_own(country: Country) -> None:
    numbers = [make_number(1, serial, country) for serial in range(60)]
    for number in numbers:
        parsed = phonenumbers.parse(f"+{number}")
        assert phonenumbers.is_valid_number_for_region(parsed, country.iso2)
        assert phonenumbers.number_type(parsed) in {
            phonenumbers.PhoneNumberType.MOBILE,
            phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        }
    assert len(set(numbers)) > 50
    assert numbers == [make_number(1, serial, country) for serial in range(60)]


def test_every_service_has_texts_with_a_readable_code() -> None:
    for service in load_catalogue().services.values():
        texts = {compose(1, serial, service.code, service.name) for serial in range(3)}
        for text in texts:
            code = extract_code(text)
            assert code is not None, text
            assert 4 <= len(code) <= 8
        assert 1 <= len(sender_of(service)) <= 11


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Telegram code: 12345", "12345"),
        ("G-123456 is your Google verification code.", "123456"),
        ("Your WhatsApp code: 123-456", "123456"),
        ("【微信】验证码 4821，请勿转发", "4821"),  # noqa: RUF001
        ("Call 123456789012 now", None),
        ("Hello", None),
        ("9 of 10 use 2024", "2024"),
    ],
)
def test_codes_are_read_out_of_texts(text: str, code: str | None) -> None:
    assert extract_code(text) == code


def test_phone_exceptions_are_prefixes_with_limits() -> None:
    assert parse_exceptions("") == ()
    assert parse_exceptions("7918,79191") == ("7918", "79191")
    assert parse_exceptions("79") is None
    assert parse_exceptions(",".join(["79181"] * 21)) is None

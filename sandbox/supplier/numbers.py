"""Phone numbers with the real shape of each country's mobile numbers."""

import re
from dataclasses import dataclass
from functools import cache

import phonenumbers
from phonenumbers.phonemetadata import PhoneMetadata, PhoneNumberDesc

from sandbox.supplier.catalogue import Country
from sandbox.supplier.hashing import mix

_RANDOM_DIGITS = 7
_ATTEMPTS = 40
MOST_EXCEPTIONS = 20


@dataclass(frozen=True, slots=True)
class NumberPlan:
    """How one country's mobile numbers look."""

    dial: str
    example: str
    """A valid national number, digits only."""
    mobile: re.Pattern[str]
    general: re.Pattern[str]


@cache
def _plan(iso2: str, dial: int) -> NumberPlan:
    metadata = PhoneMetadata.metadata_for_region(iso2, None)
    example = phonenumbers.example_number_for_type(iso2, phonenumbers.PhoneNumberType.MOBILE)
    if metadata is None or example is None:
        message = f"phonenumbers knows no mobile numbers of {iso2}"
        raise LookupError(message)
    # Italian-style leading zeros belong to the number, so the text form is used.
    national = phonenumbers.national_significant_number(example)
    return NumberPlan(
        str(dial), national, _pattern(metadata.mobile), _pattern(metadata.general_desc)
    )


def _pattern(description: PhoneNumberDesc | None) -> re.Pattern[str]:
    pattern = description.national_number_pattern if description else None
    return re.compile(pattern or "[0-9]+")


def make_number(seed: int, counter: int, country: Country, attempt: int = 0) -> str:
    """Return a valid mobile number, digits only with the country's dial code.

    Args:
        seed: The sandbox's seed.
        counter: Serial number of the purchase; the same one gives the same phone.
        country: Whose numbering plan to follow.
        attempt: Raised by the caller when the number is taken or excluded.
    """
    plan = _plan(country.iso2, country.dial)
    example = plan.example
    key = (counter * 256 + attempt) * 1024 + country.id
    for step in range(_ATTEMPTS):
        digits = min(_RANDOM_DIGITS - step // 10, len(example) - 2)
        tail = mix(seed, key * 64 + step) % 10**digits
        national = f"{example[:-digits]}{tail:0{digits}d}"
        if plan.mobile.fullmatch(national) and plan.general.fullmatch(national):
            return plan.dial + national
    return plan.dial + example


def parse_exceptions(text: str) -> tuple[str, ...] | None:
    """Read phoneException: up to 20 digit prefixes, None when malformed."""
    if not text:
        return ()
    prefixes = tuple(text.split(","))
    if len(prefixes) > MOST_EXCEPTIONS or not all(re.fullmatch(r"\d{4,9}", p) for p in prefixes):
        return None
    return prefixes

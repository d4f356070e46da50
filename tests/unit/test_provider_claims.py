"""Who a provider says somebody is: in the form of that provider, or nobody."""

from typing import Any

import pytest

from api_routes.auth.providers import _person
from jiema_app.domain.identity.provider import Provider


def subject(provider: Provider, claim: Any) -> str:
    """What a statement with this claim about its subject is read as."""
    name = "id" if provider is Provider.TELEGRAM else "sub"
    claims = {"iss": "https://issuer.example", "sub": "somebody", name: claim}
    return _person(provider, claims).subject


def test_an_id_of_telegram_is_a_number_or_its_digits() -> None:
    assert subject(Provider.TELEGRAM, 7_000_000_001) == "7000000001"
    assert subject(Provider.TELEGRAM, "7000000001") == "7000000001"


@pytest.mark.parametrize(
    "claim",
    [None, True, 1.0, 0, -7, 10**18, "", "0", "07", "-7", "\u0667", "7\u00b2", "7" * 5000, [7], {}],
)
def test_no_other_id_is_one_of_telegram(claim: Any) -> None:
    with pytest.raises(ValueError, match="no subject"):
        subject(Provider.TELEGRAM, claim)


def test_a_subject_of_google_is_a_short_text() -> None:
    assert subject(Provider.GOOGLE, "a" * 255) == "a" * 255


@pytest.mark.parametrize("claim", [None, True, 7, "", "a" * 256, "a\0b", "\ud800", ["a"]])
def test_no_other_subject_is_one_of_google(claim: Any) -> None:
    with pytest.raises(ValueError, match="no subject"):
        subject(Provider.GOOGLE, claim)

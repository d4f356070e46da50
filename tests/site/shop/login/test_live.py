"""What the server writes into the sign-in page."""

import re

from api_routes.auth import sign_in_results
from jiema_app.settings import GoogleSettings, Settings
from jiema_app.site.account import withdraw_address
from jiema_app.site.shop.login.live import ways_in


def test_signing_in_offers_what_the_settings_offer() -> None:
    both = ways_in("en", Settings())
    assert 'href="/api/auth/google?next=/en/browse"' in both
    assert 'href="/api/auth/telegram?next=/en/browse"' in both
    assert "This is the sandbox" in both


def test_a_provider_that_is_switched_off_has_no_button() -> None:
    settings = Settings().model_copy(update={"env": "production", "google": GoogleSettings()})
    html = ways_in("en", settings)
    assert "/api/auth/" not in html
    assert "sandbox" not in html.lower()


def test_every_outcome_of_signing_in_is_explained() -> None:
    names = {
        value
        for name, value in vars(sign_in_results).items()
        if name.isupper() and name != "NO_STORE"
    }
    html = ways_in("en", Settings())
    outcomes = {name for name in names if isinstance(name, str)} | {withdraw_address.AGAIN}
    assert set(re.findall(r'hidden data-outcome="(\w+)"', html)) == outcomes

"""The form to top up with, as the server writes it."""

import re
from decimal import Decimal

import pytest

from jiema_app.domain.catalog.snapshot import build_catalog
from jiema_app.domain.clock import SystemClock
from jiema_app.i18n.error_messages import MESSAGES
from jiema_app.settings import RechargeSettings, Settings
from jiema_app.site.account.topup import live as topup
from jiema_app.site.account.topup.refusals import CODES, amount_rule, topup_anchor, topup_refusals

EMPTY = build_catalog(SystemClock().now())


def settings(least: str, most: str) -> Settings:
    rules = RechargeSettings(amount_min_usdt=Decimal(least), amount_max_usdt=Decimal(most))
    return Settings().model_copy(update={"recharge": rules})


def form(monkeypatch: pytest.MonkeyPatch, chosen: Settings) -> str:
    monkeypatch.setattr(topup, "get_settings", lambda: chosen)
    return topup.topup_part(EMPTY, "en", "").slots["topup-form"]


def choices(html: str) -> list[tuple[str, bool]]:
    return [
        (value, bool(checked))
        for value, checked in re.findall(
            r'type="radio" name="amount" value="(\d+)"( checked)?', html
        )
    ]


def test_it_posts_without_scripts_and_offers_what_the_limits_allow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    html = form(monkeypatch, settings("10", "100"))
    assert '<form method="post" action="/api/shop/recharges"' in html
    assert choices(html) == [("10", False), ("20", True), ("50", False), ("100", False)]
    assert "10 to 100 USDT, with up to two decimal places." in html


@pytest.mark.parametrize(
    ("least", "most", "chosen"),
    [("50", "200", [("50", True), ("100", False), ("200", False)]), ("300", "400", [])],
)
def test_one_amount_is_chosen_when_there_is_any(
    monkeypatch: pytest.MonkeyPatch, least: str, most: str, chosen: list[tuple[str, bool]]
) -> None:
    assert choices(form(monkeypatch, settings(least, most))) == chosen


def test_every_refusal_has_its_notice_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    html = form(monkeypatch, settings("1", "5000"))
    for code in CODES:
        assert f'id="{topup_anchor(code)}"' in html
        assert code in MESSAGES
    assert topup_anchor("NOT_FOUND") == "refused-INTERNAL"
    assert len(topup_refusals("en", Settings())) == len(CODES)


def test_limits_are_written_as_they_are() -> None:
    assert amount_rule("en", settings("0.5", "2500.75")).startswith("0.5 to 2500.75 USDT")
    assert amount_rule("en", settings("1", "20000")).startswith("1 to 20000 USDT")


def test_what_one_must_know_before_is_said() -> None:
    part = topup.topup_part(EMPTY, "en", "")
    facts, steps = part.slots["topup-facts"], part.slots["topup-steps"]
    assert "1 USDT adds $1.00 to your balance" in facts
    assert "There are no chargebacks" in facts
    assert "We never ask for your private key or seed phrase." in facts
    assert "Only USDT on TRON (TRC20)" in facts
    assert "You get an address reserved for you for 30 minutes." in steps
    assert "send the difference" in steps

"""Settings: what production refuses, and that every refusal names its variable."""

import pytest
from pydantic import ValidationError

from jiema_app import settings as module
from jiema_app.settings import Settings, read_settings
from jiema_app.settings.payouts import SANDBOX_HOT, SANDBOX_TREASURY
from tests.support.account_keys import XPUB

PRODUCTION = {
    "JIEMA_ENV": "production",
    "GOOGLE_CLIENT_ID": "our-client",
    "GOOGLE_CLIENT_SECRET": "our client's secret",
    "JIEMA_SECRET_KEY": "a key of our own, and long enough",
    "SUPPLIER_BASE_URL": "https://supplier.example/",
    "SUPPLIER_API_KEY": "a supplier key of our own",
    "SUPPLIER_WEBHOOK_PATH": "unguessable-of-32-hexadecimals",
    "TRON_NODE_URL": "https://node.example",
    "TRON_ACCOUNT_XPUB": XPUB,
    "JIEMA_PUBLIC_URL": "https://shop.example/",
    "GEO_TRUSTED_PROXIES": "10.0.0.0/8",
}

SANDBOX_VALUES = {
    "JIEMA_SECRET_KEY": module.SANDBOX_SECRET_KEY,
    "SUPPLIER_API_KEY": module.SANDBOX_SUPPLIER_KEY,
    "SUPPLIER_WEBHOOK_PATH": module.SANDBOX_WEBHOOK_PATH,
    "GOOGLE_CLIENT_ID": module.SANDBOX_GOOGLE_CLIENT,
    "GOOGLE_CLIENT_SECRET": module.SANDBOX_GOOGLE_SECRET,
    "TELEGRAM_CLIENT_ID": module.SANDBOX_TELEGRAM_CLIENT,
    "TELEGRAM_CLIENT_SECRET": module.SANDBOX_TELEGRAM_SECRET,
    "TELEGRAM_BOT_TOKEN": module.SANDBOX_BOT_TOKEN,
    "PAYOUT_HOT_ADDRESS": SANDBOX_HOT,
    "PAYOUT_TREASURY_ADDRESS": SANDBOX_TREASURY,
}


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment in which production starts."""
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.usefixtures("production")
def test_production_starts_with_values_of_its_own() -> None:
    settings = Settings()
    assert settings.env == "production"
    assert settings.supplier_origin(settings.supplier) == "https://supplier.example"
    assert settings.origin == "https://shop.example"


@pytest.mark.parametrize("variable", sorted(set(PRODUCTION) - {"JIEMA_ENV"}))
def test_production_refuses_a_missing_value(production: pytest.MonkeyPatch, variable: str) -> None:
    production.delenv(variable)
    with pytest.raises(ValidationError, match=variable):
        Settings()


@pytest.mark.parametrize("variable", sorted(SANDBOX_VALUES))
def test_production_refuses_the_sandbox_s_value(
    production: pytest.MonkeyPatch, variable: str
) -> None:
    production.setenv(variable, SANDBOX_VALUES[variable])
    with pytest.raises(ValidationError, match=variable):
        Settings()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("JIEMA_SECRET_KEY", "short"),
        ("SUPPLIER_BASE_URL", "http://127.0.0.1:8090"),
        ("SUPPLIER_BASE_URL", "http://localhost:8090"),
        ("SUPPLIER_BASE_URL", "http://[::1]:8090"),
        ("JIEMA_PSEUDO", "1"),
        ("GOOGLE_METADATA_URL", "http://127.0.0.1:8090/google/.well-known/openid-configuration"),
        ("TELEGRAM_METADATA_URL", "http://idp.example/.well-known/openid-configuration"),
        ("SESSION_KEY", "short"),
        ("SESSION_PREVIOUS_KEY", "short"),
    ],
)
def test_production_refuses_what_only_the_sandbox_may_have(
    production: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    production.setenv(variable, value)
    with pytest.raises(ValidationError, match=variable):
        Settings()


@pytest.mark.usefixtures("production")
def test_in_production_only_who_has_a_client_is_offered() -> None:
    settings = Settings()
    assert settings.sign_in_providers == ("google",)
    assert settings.google_client is not None
    assert settings.google_client.metadata_url == module.GOOGLE_METADATA_URL
    assert settings.welcome_usd == 0


def test_in_production_the_widget_is_offered_once_there_is_a_bot(
    production: pytest.MonkeyPatch,
) -> None:
    production.setenv("TELEGRAM_LOGIN_MODE", "widget")
    assert Settings().telegram_widget_token is None
    production.setenv("TELEGRAM_BOT_TOKEN", "12345678:a-token_of-our-own-and-nobody-else-s")
    assert Settings().telegram_widget_token == "12345678:a-token_of-our-own-and-nobody-else-s"
    assert Settings().sign_in_providers == ("google", "telegram")


def test_the_sandbox_offers_both_without_any_client() -> None:
    assert Settings().sign_in_providers == ("google", "telegram")
    assert Settings().welcome_usd == 20


def test_production_may_say_that_there_is_no_proxy(production: pytest.MonkeyPatch) -> None:
    production.setenv("GEO_TRUSTED_PROXIES", "none")
    assert Settings().geo.proxies == ()


def test_a_variable_that_is_set_to_nothing_counts_as_unset(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("SUPPLIER_DIALECT", "")
    settings = Settings()
    assert (settings.port, settings.supplier.dialect) == (8000, "hero")


@pytest.mark.parametrize(("variable", "value"), [("PORT", "many"), ("SUPPLIER_DIALECT", "klingon")])
def test_a_process_ends_with_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    module.get_settings.cache_clear()
    with pytest.raises(SystemExit, match=f"^error: settings: {variable}: ") as ended:
        module.get_settings()
    assert value not in str(ended.value)


def test_the_sandbox_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PRODUCTION:
        monkeypatch.delenv(name, raising=False)
    settings = Settings()
    assert settings.env == "sandbox"
    assert settings.supplier_origin(settings.supplier).startswith("http://127.0.0.1:")


def test_several_web_processes_need_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIEMA_WEB_PROCESSES", "2")
    monkeypatch.delenv("REDIS_URL", raising=False)
    with pytest.raises(ValidationError, match="REDIS_URL"):
        Settings()
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:6379/0")
    assert Settings().web_processes == 2


@pytest.mark.parametrize("value", ["en,xx", ","])
def test_unknown_languages_are_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("JIEMA_LOCALES", value)
    with pytest.raises(ValidationError, match="JIEMA_LOCALES"):
        Settings()


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIEMA_LOCALES", "en, ru ,zh")
    monkeypatch.setenv("GEO_BLOCKED_COUNTRIES", "CU,IR")
    settings = Settings()
    assert settings.locales == ("en", "ru", "zh")
    assert settings.geo.blocked_countries == ("CU", "IR")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("JIEMA_ENV", "prod"),
        ("PORT", "many"),
        ("LIMIT_OPEN_ORDERS", "0"),
        ("ORDER_WINDOW_S", "-1"),
        ("DATABASE_POOL_SIZE", "1"),
        ("SUPPLIER_DIALECT", "klingon"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValidationError):
        Settings()


def test_production_has_a_bot_when_it_is_named_and_the_sandbox_has_one_anyway(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Settings().bot is not None
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    assert read_settings().bot is None
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "12345678:a-token_of-our-own-and-nobody-else-s")
    bot = read_settings().bot
    assert bot is not None
    assert (bot.bot_id, bot.api_url) == (12345678, "https://api.telegram.org")
    assert (bot.support_chat, bot.channel, bot.updates) == (None, None, "webhook")

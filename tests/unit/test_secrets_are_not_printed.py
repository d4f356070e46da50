"""Nothing that holds a secret shows it, however it is printed."""

import logging
import sys
import traceback
from collections.abc import Iterator
from typing import Any, Final, get_args

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from jiema_app.bootstrap import build_services
from jiema_app.domain.api_keys.service import ApiKeyView, NewApiKey
from jiema_app.domain.clock import SystemClock
from jiema_app.domain.identity.session_tokens import SessionTokens, SigningKey
from jiema_app.integrations.supplier.handler_api import HandlerApiSupplier
from jiema_app.integrations.tron.registry import build_chain
from jiema_app.settings import GROUPS, Settings, read_settings
from tests.support.account_keys import XPUB
from tests.unit.test_absurd_settings import OWNING
from tests.unit.test_settings import PRODUCTION

CANARY: Final = "c4n4ry"

SECRETS: Final = {
    "JIEMA_SECRET_KEY": f"{CANARY}-of-jiema-and-long-enough-for-it",
    "JIEMA_METRICS_TOKEN": f"{CANARY}-of-metrics-of-jiema",
    "SESSION_KEY": f"{CANARY}-of-sessions-and-long-enough-for-it",
    "SESSION_PREVIOUS_KEY": f"{CANARY}-of-earlier-sessions-and-long-enough",
    "SENTRY_DSN": f"https://{CANARY}@sentry.example/1",
    "REDIS_URL": f"redis://user:{CANARY}@cache.example:6379/0",
    "DATABASE_URL": f"postgresql://jiema:{CANARY}@db.example/jiema",
    "SUPPLIER_API_KEY": f"{CANARY}-of-the-supplier",
    "SUPPLIER_WEBHOOK_PATH": f"{CANARY}-path-that-nobody-can-guess",
    "SANDBOX_SUPPLIER_KEY": f"{CANARY}-of-the-sandbox",
    "GOOGLE_CLIENT_SECRET": f"{CANARY}-of-google",
    "TELEGRAM_CLIENT_SECRET": f"{CANARY}-of-telegram",
    "TELEGRAM_BOT_TOKEN": f"123456:{CANARY}-of-a-bot-and-long-enough",
    "TELEGRAM_WEBHOOK_SECRET": f"{CANARY}-of-webhooks-and-long-enough",
    "TRON_NODE_URL": f"https://user:{CANARY}@node.example/{CANARY}",
    "TRON_NODE_HEADERS": f'{{"TRON-PRO-API-KEY":"{CANARY}"}}',
    "TRON_SECOND_NODE_URL": f"https://other.example/{CANARY}",
    "TRON_SECOND_NODE_HEADERS": f'{{"TRON-PRO-API-KEY":"{CANARY}"}}',
    "TRON_ACCOUNT_XPUB": XPUB,
}
"""Of each secret setting one that can be recognised, and is fit for its meaning."""

NO_SECRETS: Final = {"JIEMA_PUBLIC_URL", "SUPPLIER_BASE_URL", "GOOGLE_METADATA_URL",
                     "TELEGRAM_METADATA_URL", "TELEGRAM_API_URL", "TELEGRAM_SCRIPT_URL"}  # fmt: skip
"""Addresses in which nothing secret may stand: they are refused when something does."""


def variables(group: type[BaseSettings]) -> Iterator[tuple[str, Any]]:
    prefix = group.model_config.get("env_prefix", "")
    for name, field in group.model_fields.items():
        yield field.alias or f"{prefix}{name}".upper(), field.annotation


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in (PRODUCTION | {"TELEGRAM_CLIENT_ID": "123456"} | SECRETS).items():
        monkeypatch.setenv(name, value)
    return read_settings()


def as_printed(thing: Any) -> str:
    """All the ways in which a thing gets into a log, a report or on a screen."""
    logged = logging.LogRecord("x", logging.INFO, "x", 1, "%s %r", (thing, thing), None)
    try:
        _fail_with(thing)
    except RuntimeError:
        shown = traceback.TracebackException(*sys.exc_info(), capture_locals=True)
    return "".join((repr(thing), str(thing), f"{thing}", logged.getMessage(), *shown.format()))


def _fail_with(held: Any) -> None:
    raise RuntimeError(held)


def leaks(thing: Any) -> bool:
    text = as_printed(thing)
    return CANARY in text or XPUB in text


def test_every_setting_that_is_secret_has_a_type_that_never_prints() -> None:
    hidden = {
        variable
        for group in OWNING
        for variable, annotation in variables(group)
        if annotation is SecretStr or SecretStr in _flat(annotation)
    }
    assert hidden == set(SECRETS)
    suspicious = {
        variable
        for group in OWNING
        for variable, _ in variables(group)
        if variable.endswith(("_KEY", "_SECRET", "_TOKEN", "_URL", "_DSN", "_HEADERS", "_PATH"))
    }
    assert suspicious - NO_SECRETS <= hidden


def _flat(annotation: Any) -> set[Any]:
    parts = set(get_args(annotation))
    return parts.union(*(_flat(part) for part in parts if get_args(part))) if parts else set()


def test_settings_are_printed_without_secrets(settings: Settings) -> None:
    assert not leaks(settings)
    for name in GROUPS:
        assert not leaks(getattr(settings, name)), name
    assert not leaks(settings.model_dump())
    assert not leaks(settings.model_dump_json())
    assert not leaks(settings.tron_nodes)
    assert not leaks(settings.google_client)
    assert not leaks(settings.telegram_client)
    assert not leaks(settings.bot)


async def test_the_services_of_a_process_are_printed_without_secrets(settings: Settings) -> None:
    supplier = HandlerApiSupplier.connect(settings.supplier, "https://supplier.example", None)
    assert not leaks(supplier)
    async with build_chain(settings) as chain:
        assert not leaks(chain)
        services = build_services(settings, None, {"primary": supplier}, chain=chain)  # type: ignore[arg-type]
        text = as_printed(services)
        assert "Settings(" in text, "it is looked into"
        assert CANARY not in text
        assert XPUB not in text
    await supplier.aclose()


def test_keys_are_printed_without_what_they_open() -> None:
    key = SigningKey.derived(CANARY)
    hexadecimal = key.key.hex()
    for thing in (key, SessionTokens(key, key)):
        text = as_printed(thing)
        assert repr(key.key) not in text
        assert hexadecimal not in text
    view = ApiKeyView("id", "name", "jm_12345", SystemClock().now(), None, None)
    assert not leaks(NewApiKey(key=view, token=f"jm_{CANARY}"))

"""Nothing real beside anything of the sandbox, in either direction; both are named."""

import pytest

from jiema_app.settings import (
    SANDBOX_BOT_TOKEN,
    SANDBOX_GOOGLE_CLIENT,
    SANDBOX_SUPPLIER_KEY,
    SANDBOX_TELEGRAM_CLIENT,
    SettingsRefused,
    read_settings,
)
from jiema_app.settings.recharges import MAINNET_GENESIS
from jiema_app.settings.telegram import SANDBOX_CHANNEL, SANDBOX_SUPPORT_CHAT
from tests.unit.test_chain_settings import NILE_GENESIS
from tests.unit.test_settings import PRODUCTION

BOT_TOKEN = "12345678:a-token_of-our-own-and-nobody-else-s"

REAL = {
    "JIEMA_PUBLIC_URL": ("https://shop.example", "http://203.0.113.7.nip.example", "http://8.8.8.8"),
    "SUPPLIER_BASE_URL": ("https://supplier.example", "http://supplier.example:8080"),
    "SUPPLIER_API_KEY": ("a supplier key of our own",),
    "GOOGLE_CLIENT_ID": ("1-a.apps.googleusercontent.example",),
    "TELEGRAM_CLIENT_ID": ("987654321",),
    "TELEGRAM_BOT_TOKEN": (BOT_TOKEN,),
    "TELEGRAM_API_URL": ("https://api.telegram.org",),
    "TRON_NODE_URL": ("https://api.trongrid.example",),
    "TRON_SECOND_NODE_URL": ("https://api.trongrid.example",),
    "TRON_GENESIS_ID": (MAINNET_GENESIS,),
}  # fmt: skip

PLAYED = [
    {"DATABASE_URL": "postgresql://me:secret@db.example/jiema"},
    {"REDIS_URL": "rediss://cache.example:6380/0"},
    {"JIEMA_PUBLIC_URL": "http://192.168.1.5:8000"},
    {"JIEMA_PUBLIC_URL": "https://laptop.local"},
    {"JIEMA_PUBLIC_URL": "https://localhost:8443"},
    {"SUPPLIER_BASE_URL": "http://sandbox:8090"},
    {"SUPPLIER_BASE_URL": "http://127.0.0.1:9000"},
    {"SUPPLIER_API_KEY": SANDBOX_SUPPLIER_KEY},
    {"SUPPLIER_API_KEY": "another", "SANDBOX_SUPPLIER_KEY": "another"},
    {"GOOGLE_CLIENT_ID": SANDBOX_GOOGLE_CLIENT},
    {"GOOGLE_CLIENT_ID": "mine", "GOOGLE_METADATA_URL": "http://127.0.0.1:8090/g"},
    {"TELEGRAM_CLIENT_ID": SANDBOX_TELEGRAM_CLIENT},
    {"TELEGRAM_BOT_TOKEN": SANDBOX_BOT_TOKEN},
    {"TELEGRAM_API_URL": "http://127.0.0.1:8081"},
    {"TRON_NODE_URL": "http://127.0.0.1:8091"},
    {"TRON_NODE_URL": "https://nile.trongrid.example", "TRON_GENESIS_ID": NILE_GENESIS},
    {"JIEMA_SECRET_KEY": "a key of our own"},
]


def complaint(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> str:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    try:
        read_settings()
    except SettingsRefused as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize("env", [None, "sandbox"])
@pytest.mark.parametrize("variable", REAL)
def test_the_sandbox_refuses_what_is_real(
    monkeypatch: pytest.MonkeyPatch, variable: str, env: str | None
) -> None:
    if env:
        monkeypatch.setenv("JIEMA_ENV", env)
    for value in REAL[variable]:
        said = complaint(monkeypatch, {variable: value})
        assert variable in said
        assert "JIEMA_ENV" in said
        assert value not in said


def test_a_forgotten_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten = {name: value for name, value in PRODUCTION.items() if name != "JIEMA_ENV"}
    said = complaint(monkeypatch, forgotten)
    for variable in ("JIEMA_ENV", "SUPPLIER_BASE_URL", "JIEMA_PUBLIC_URL", "GOOGLE_CLIENT_ID"):
        assert variable in said


@pytest.mark.parametrize("variables", PLAYED, ids=",".join)
def test_the_sandbox_takes_what_belongs_to_nobody_else(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    assert complaint(monkeypatch, variables) == ""


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("JIEMA_PUBLIC_URL", "http://shop.example"),
        ("JIEMA_PUBLIC_URL", "https://localhost"),
        ("SUPPLIER_BASE_URL", "http://supplier.example"),
        ("TRON_NODE_URL", "http://node.example"),
        ("TRON_SECOND_NODE_URL", "http://node.example"),
        ("GOOGLE_METADATA_URL", "http://idp.example/x"),
        ("TELEGRAM_METADATA_URL", "http://idp.example/x"),
        ("TELEGRAM_API_URL", "http://api.telegram.example"),
        ("TELEGRAM_API_URL", "http://127.0.0.1:8090"),
        ("TELEGRAM_SCRIPT_URL", "http://cdn.example/app.js"),
        ("TELEGRAM_WEBHOOK_SECRET", "x"),
        ("TELEGRAM_SUPPORT_CHAT", str(SANDBOX_SUPPORT_CHAT)),
        ("TELEGRAM_CHANNEL", SANDBOX_CHANNEL),
        ("SUPPLIER_WEBHOOK_PATH", "x"),
        ("SUPPLIER_WEBHOOK_PATH", "webhook"),
        ("SUPPLIER_WEBHOOK_PATH", "a" * 64),
        ("JIEMA_SECRET_KEY", "12" * 32),
        ("SESSION_KEY", "a" * 64),
        ("JIEMA_METRICS_TOKEN", "metrics"),
        ("GEO_BLOCKED_COUNTRIES", "Iran,Kuba"),
    ],
)
def test_production_refuses_what_strangers_can_read_or_guess(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    said = complaint(monkeypatch, PRODUCTION | {variable: value})
    assert variable in said
    assert variable == "GEO_BLOCKED_COUNTRIES" or "JIEMA_ENV" in said

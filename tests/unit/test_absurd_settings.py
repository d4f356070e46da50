"""Each setting refuses what it cannot mean, and the refusal names it without quoting it."""

from typing import Any, Final

import pytest
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from jiema_app.domain.chain.addresses import ZERO_ADDRESS
from jiema_app.settings import GROUPS, Settings, SettingsRefused, described, read_settings
from jiema_app.settings.payouts import SANDBOX_HOT, SANDBOX_TREASURY
from jiema_app.settings.recharges import MAINNET_USDT
from signer.settings import CapSettings, SignerSettings
from tests.unit.test_readme_settings import settings_of

OWNING: Final[tuple[type[BaseSettings], ...]] = (
    Settings,
    *GROUPS.values(),
    SignerSettings,
    CapSettings,
)
OWNERS: Final[dict[str, type[BaseSettings]]] = {
    variable: owner for owner in OWNING for variable, _ in settings_of(owner)
}
"""The class of each variable; that of its group, and not the whole."""

VARIABLES: Final = list(OWNERS)

UNREADABLE: Final = (
    "   ",
    " 5",
    "5 ",
    "\n",
    "5\n6",
    "5\t",
    "\x1b[31m",
    "\u202e5",
    "\u200b",
    "5\u00a0",
    "x" * 9000,
)
"""What no setting takes: people could not see it, or nobody would write it."""

ABSURD: Final = (
    "-1",
    "9" * 30,
    "٣",
    "²",
    "1_000",
    "+5",
    "1e400",
    "NaN",
    "inf",
    "Infinity",
    "null",
    "[]",
    "0x10",
    "💥",
    ",",
    "5;6",
    "../..",
)

NAMES: Final = {"SUPPLIER_NAME"}
HANDLES: Final = ("CONTACT_SUPPORT", "CONTACT_CHANNEL", "TELEGRAM_BOT_USERNAME",
           "TELEGRAM_MINI_APP")  # fmt: skip
LOOK_LIKE_NAMES: Final = dict.fromkeys(HANDLES, ("null", "Infinity")) | {
    "SUPPLIERS": ("null", "inf")
}
FOLDERS: Final = {"JIEMA_DATA_DIR", "SIGNER_KEY_FOLDER"}
PLACES: Final = FOLDERS | {"SIGNER_KEK_FILE", "SIGNER_JOURNAL_FILE", "SIGNER_PAUSE_FILE"}
SECRETS: Final = {
    "JIEMA_SECRET_KEY",
    "JIEMA_METRICS_TOKEN",
    "SESSION_KEY",
    "SESSION_PREVIOUS_KEY",
    "GOOGLE_CLIENT_SECRET",
    "TELEGRAM_CLIENT_SECRET",
    "SANDBOX_SUPPLIER_KEY",
    "SUPPLIER_API_KEY",
    "GOOGLE_CLIENT_ID",
}
"""Any ASCII text. Which may stand beside which is another question."""


def meaning(variable: str, value: str) -> str | None:
    """What a value that looks absurd means all the same; None: nothing."""
    if variable in PLACES and (value != "../.." or variable in FOLDERS):
        return "a file or a folder that is not there yet may have any name"
    if variable in SECRETS and value.isascii():
        return "a secret is any text"
    if variable in NAMES and value.replace("_", "").isalnum() and value.isascii():
        return "a name of ours"
    if value in LOOK_LIKE_NAMES.get(variable, ()):
        return "somebody's name"
    if (
        variable in {"SUPPLIER_WEBHOOK_PATH", "TELEGRAM_WEBHOOK_SECRET"}
        and value.isascii()
        and value.replace("_", "-").replace("-", "").isalnum()
    ):
        return "of letters and digits; production wants it long"
    return None


def refusal(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> list[str]:
    """What the settings say to a value; nothing when they take it."""
    monkeypatch.setenv(variable, value)
    owner = OWNERS[variable]
    try:
        # The other groups are as they are: reading them all for each value takes seconds.
        Settings(**PARTS) if owner is Settings else owner()
    except ValidationError as error:
        prefix = "" if owner is Settings else owner.model_config.get("env_prefix", "")
        return described(error, prefix)
    return []


PARTS: Final[dict[str, Any]] = {name: group() for name, group in GROUPS.items()}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.parametrize("variable", VARIABLES)
def test_absurd_values_are_refused_by_name(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    surprises = []
    for value in UNREADABLE + ABSURD:
        said = refusal(monkeypatch, variable, value)
        if value in ABSURD and meaning(variable, value):
            if said:
                surprises.append((value, said))
        elif not any(variable in line for line in said):
            surprises.append((value, said))
        elif len(value) > 12 and any(value in line for line in said):
            surprises.append((value, ["quoted"]))
    assert surprises == []


@pytest.mark.parametrize("variable", VARIABLES)
def test_nothing_is_the_default(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    assert refusal(monkeypatch, variable, "") == []


def one_each(*rows: tuple[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(variable, value) for variable, values in rows for value in values]


SHOP: Final = "http://shop.example"


@pytest.mark.parametrize(
    ("variable", "value"),
    one_each(
        ("GEO_BLOCKED_COUNTRIES", ("Iran,Kuba", "IRN", "XX", "CU,,Iran", "C U", "none,CU", "ZZ")),
        ("GEO_TRUSTED_PROXIES", ("0.0.0.0/0", "::/0", "10.0.0.1/8", "10.0.0.0/33", "proxy", "none,1.2.3.4")),
        ("SUPPLIER_WEBHOOK_SOURCES", ("supplier.example", "1.2.3", "1.2.3.4:80")),
        ("JIEMA_PUBLIC_URL", ("shop.example", "ftp://shop", f"{SHOP}/en", f"{SHOP}?a=1", "http://a:b@shop",
                              "http://", "http://[", "http://sh op", "http://shop:port", "http://shop:70000",
                              "http://127.1", "http://10.0.0.256", "http://-shop", "http://магазин")),
        ("SUPPLIER_BASE_URL", ("supplier", f"{SHOP}/stubs/handler_api.php", f"{SHOP}?api_key=x")),
        ("GOOGLE_METADATA_URL", ("localhost:8090/x", "file:///etc/passwd")),
        ("TRON_NODE_URL", ("localhost:8090", "http://node/?key=1", "http://no de")),
        ("DATABASE_URL", ("mysql://h/d", "localhost", "postgresql://", "postgresql://h:port/d")),
        ("REDIS_URL", ("localhost:6379", "http://h", "redis://", "unix:///tmp/redis")),
        ("SENTRY_DSN", ("https://sentry.example/1", "https://key@sentry.example", "key")),
        ("SUPPLIER_TIMEZONE", ("Moscow", "../UTC", "/etc/localtime")),
        ("SUPPLIER_WEBHOOK_PATH", ("a/b", "a.b", "a b", "ä")),
        ("JIEMA_LOG_LEVEL", ("LOUD", "0")),
        ("JIEMA_LOCALES", ("en,en", "EN", "english")),
        ("JIEMA_METRICS_TOKEN", ("two words",)),
        ("CONTACT_SUPPORT", ("@jiema", "https://t.me/jiema", "a b")),
        ("TELEGRAM_BOT_TOKEN", ("token", "123:short")),
        ("TELEGRAM_CLIENT_ID", ("my-bot",)),
        ("GEO_DATA_FILE", ("/nowhere/at/all", "/")),
        ("JIEMA_DATA_DIR", (__file__,)),
        ("PORT", ("0", "65536", "8000.5")),
        ("DATABASE_STATEMENT_TIMEOUT_S", ("0", "0.0001", "86400")),
        ("RECHARGE_AMOUNT_MIN_USDT", ("0", "0.001", "1000001")),
        ("RECHARGE_DUST_USDT", ("0.0000001",)),
        ("PAYOUT_HOT_ADDRESS", ("T", "0xdAC17F958D2ee523a2206206994597C13D831ec7", SANDBOX_HOT[:-1] + "x",
                                SANDBOX_HOT.lower(), f"{SANDBOX_HOT},{SANDBOX_HOT}", ZERO_ADDRESS)),
        ("PAYOUT_TREASURY_ADDRESS", (SANDBOX_TREASURY[1:], ZERO_ADDRESS)),
        ("PAYOUT_HOT_FLOOR_USDT", ("0.0000001", "1000001")),
        ("PAYOUT_HOT_FLOOR_TRX", ("0.0000001",)),
        ("PAYOUT_ADDRESS_LIST_FILE", ("/nowhere/at/all", "/")),
        ("PAYOUT_SIGN_IN_MAX_AGE_S", ("59", "86401", "600.5")),
        ("PAYOUT_ALERT_AFTER_S", ("59", "86401")),
        ("SIGNER_TREASURY_ADDRESS", (SANDBOX_TREASURY[1:],)),
        ("ORDER_WINDOW_S", ("29", "86401")),
        ("SESSION_DAYS", ("0", "401")),
    ),
)  # fmt: skip
def test_a_value_of_the_wrong_meaning_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    said = refusal(monkeypatch, variable, value)
    assert len(said) == 1
    assert said[0].startswith(f"{variable}: ")


def test_a_country_s_name_is_answered_with_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    (said,) = refusal(monkeypatch, "GEO_BLOCKED_COUNTRIES", "Iran,Kuba")
    assert "did you mean IR?" in said
    assert "did you mean CU?" in said


def test_codes_of_countries_count_in_either_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEO_BLOCKED_COUNTRIES", "cu, Ir")
    assert read_settings().geo.blocked_countries == ("CU", "IR")
    monkeypatch.setenv("GEO_BLOCKED_COUNTRIES", "none")
    assert read_settings().geo.blocked_countries == ()


@pytest.mark.parametrize(
    "pair",
    [
        {"ORDER_RETENTION_S": "300", "ORDER_LATE_SMS_GRACE_S": "600"},
        {"ORDER_RETENTION_S": "1000"},
        {"ORDER_LATE_SMS_GRACE_S": "86000"},
        {"ORDER_UNKNOWN_GIVE_UP_S": "30", "SUPPLIER_PURCHASE_TIMEOUT_S": "30"},
        {"SESSION_ABSOLUTE_DAYS": "29"},
        {"JIEMA_WEB_PROCESSES": "2"},
        {"PAYOUT_HOT_ADDRESS": SANDBOX_HOT, "PAYOUT_TREASURY_ADDRESS": SANDBOX_HOT},
        {"PAYOUT_HOT_ADDRESS": SANDBOX_TREASURY},
        {"PAYOUT_TREASURY_ADDRESS": SANDBOX_HOT},
        {"PAYOUT_HOT_ADDRESS": MAINNET_USDT},
        {"PAYOUT_TREASURY_ADDRESS": MAINNET_USDT},
    ],
    ids="+".join,
)
def test_settings_that_contradict_each_other_are_refused(
    monkeypatch: pytest.MonkeyPatch, pair: dict[str, str]
) -> None:
    for variable, value in pair.items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsRefused, match=next(iter(pair))):
        read_settings()


def test_everything_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = ("PORT", "ORDER_WINDOW_S", "LIMIT_API_KEYS", "JIEMA_ENV", "TRON_TIMEOUT_S")
    for variable in wrong:
        monkeypatch.setenv(variable, "much")
    with pytest.raises(SettingsRefused) as refused:
        read_settings()
    assert sorted(line.partition(":")[0] for line in refused.value.complaints) == sorted(wrong)

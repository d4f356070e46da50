"""Settings of the chain: what is refused, and that no refusal shows a secret."""

import pytest

from jiema_app import settings as module
from jiema_app.settings import Settings
from jiema_app.settings.recharges import (
    MAINNET_GENESIS,
    MAINNET_USDT,
    SANDBOX_GENESIS,
    SANDBOX_XPUB,
)
from tests.support.account_keys import WORDS, XPRV, XPUB, XPUB_OF_ADDRESSES
from tests.unit.test_settings import PRODUCTION

NILE_GENESIS = "0000000000000000d698d4192c56cb6be724a558448e2684802de4d6cd8690dc"
OTHER_TOKEN = "TUEZSdKsoDHQMeZwihtdoBiN46zxhGWYdH"
HEADER_SECRET = "canary-of-a-header"


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment in which production starts."""
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def refusal(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    """What a process says that ends for its settings."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    module.get_settings.cache_clear()
    with pytest.raises(SystemExit) as ended:
        module.get_settings()
    return str(ended.value)


@pytest.mark.usefixtures("production")
def test_production_is_on_mainnet_unless_another_chain_is_named() -> None:
    settings = Settings()
    assert settings.tron_genesis_id == MAINNET_GENESIS
    assert settings.tron.token_contract == MAINNET_USDT
    assert settings.tron_requests_per_second == 8
    assert settings.tron_final_after == 19


def test_production_may_be_on_a_test_network_with_that_network_s_token(
    production: pytest.MonkeyPatch,
) -> None:
    production.setenv("TRON_GENESIS_ID", NILE_GENESIS)
    production.setenv("TRON_TOKEN_CONTRACT", OTHER_TOKEN)
    assert Settings().tron_genesis_id == NILE_GENESIS


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TRON_NODE_URL", "http://127.0.0.1:8090"),
        ("TRON_NODE_URL", "http://127.1.2.3:8090"),
        ("TRON_NODE_URL", "http://localhost:8090"),
        ("TRON_NODE_URL", "http://[::1]:8090"),
        ("TRON_NODE_URL", "http://0.0.0.0:8090"),
        ("TRON_SECOND_NODE_URL", "http://127.0.0.1:8090"),
        ("TRON_GENESIS_ID", SANDBOX_GENESIS),
        ("TRON_ACCOUNT_XPUB", SANDBOX_XPUB),
        # Another token on mainnet would be taken for money; mainnet's on another network is
        # nobody's money.
        ("TRON_TOKEN_CONTRACT", OTHER_TOKEN),
        ("TRON_GENESIS_ID", NILE_GENESIS),
    ],
)
def test_production_refuses_what_only_the_sandbox_may_have(
    production: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    said = refusal(production, **{variable: value})
    assert variable in said
    assert value not in said


@pytest.mark.parametrize("variable", ["TRON_NODE_URL", "TRON_ACCOUNT_XPUB"])
def test_production_refuses_a_missing_value(production: pytest.MonkeyPatch, variable: str) -> None:
    production.delenv(variable)
    assert variable in refusal(production)


def test_real_money_never_goes_to_keys_that_everybody_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chain = {"TRON_NODE_URL": "https://node.example", "TRON_GENESIS_ID": MAINNET_GENESIS}
    said = refusal(monkeypatch, **chain)
    assert "JIEMA_ENV" in said
    assert "TRON_GENESIS_ID" in said
    assert "TRON_ACCOUNT_XPUB" in refusal(
        monkeypatch, **{**PRODUCTION, "TRON_ACCOUNT_XPUB": SANDBOX_XPUB}
    )


def test_the_sandbox_needs_nothing() -> None:
    settings = Settings()
    assert settings.tron_genesis_id == SANDBOX_GENESIS
    assert settings.tron_xpub == SANDBOX_XPUB
    assert settings.tron_nodes == ((settings.sandbox_url, {}),)
    assert settings.tron_requests_per_second == 0
    assert settings.is_paid_in_play_money


def test_money_of_another_chain_is_not_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRON_NODE_URL", "https://node.example")
    monkeypatch.setenv("TRON_GENESIS_ID", NILE_GENESIS)
    assert not Settings().is_paid_in_play_money


@pytest.mark.parametrize(
    "key",
    [XPRV, XPUB_OF_ADDRESSES, WORDS, XPUB[:-1] + "x", f"{XPUB} ", "canary", "é" * 111, "0" * 111],
    ids=["private", "of_addresses", "words", "typo", "blank", "short", "accents", "zeros"],
)
def test_a_wrong_account_key_is_refused_at_start_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    said = refusal(monkeypatch, TRON_ACCOUNT_XPUB=key)
    assert said.startswith("error: settings: TRON_ACCOUNT_XPUB: ")
    assert len(said.splitlines()) == 1
    for part in (key, key[:12], key[-12:]):
        assert part not in said


def test_a_private_key_is_called_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "a private key" in refusal(monkeypatch, TRON_ACCOUNT_XPUB=XPRV)


@pytest.mark.parametrize("variable", ["TRON_NODE_HEADERS", "TRON_SECOND_NODE_HEADERS"])
@pytest.mark.parametrize(
    "headers",
    [
        HEADER_SECRET,
        f'["{HEADER_SECRET}"]',
        f'{{"TRON-PRO-API-KEY": ["{HEADER_SECRET}"]}}',
        f'{{"TRON-PRO-API-KEY": "{HEADER_SECRET}"',
        f'{{"TRON-PRO-API-KEY": "{HEADER_SECRET}\\n"}}',
        f'{{"TRON-PRO-API-KEY": "é{HEADER_SECRET}"}}',
        f'{{"": "{HEADER_SECRET}"}}',
    ],
    ids=["no_json", "a_list", "no_text", "cut_off", "two_lines", "accents", "no_name"],
)
def test_headers_that_cannot_be_sent_are_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, variable: str, headers: str
) -> None:
    said = refusal(monkeypatch, **{variable: headers})
    assert said.startswith(f"error: settings: {variable}: ")
    assert HEADER_SECRET not in said


@pytest.mark.parametrize(
    "address",
    ["node.example", "ftp://node.example", "https://", "https://h:port", "https://h/?key=canary"],
)
def test_the_address_of_a_node_can_be_asked(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    said = refusal(monkeypatch, TRON_NODE_URL=address)
    assert said.startswith("error: settings: TRON_NODE_URL: ")
    assert address not in said


@pytest.mark.parametrize(
    "address", ["0xdAC17F958D2ee523a2206206994597C13D831ec7", MAINNET_USDT[:-1] + "x", "USDT"]
)
def test_a_token_contract_that_is_no_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    said = refusal(monkeypatch, TRON_TOKEN_CONTRACT=address)
    assert said.startswith("error: settings: TRON_TOKEN_CONTRACT: ")


def test_headers_and_keys_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRON_NODE_HEADERS", f'{{"TRON-PRO-API-KEY":"{HEADER_SECRET}"}}')
    monkeypatch.setenv("TRON_ACCOUNT_XPUB", XPUB)
    shown = repr(Settings()) + str(Settings())
    assert HEADER_SECRET not in shown
    assert XPUB not in shown


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"RECHARGE_AMOUNT_MAX_USDT": "0.5"}, "RECHARGE_AMOUNT_MAX_USDT"),
        ({"RECHARGE_QUARANTINE_S": "10"}, "RECHARGE_QUARANTINE_S"),
        ({"RECHARGE_WINDOW_S": "5"}, "RECHARGE_WINDOW_S"),
        ({"TRON_GENESIS_ID": "mainnet"}, "TRON_GENESIS_ID"),
    ],
)
def test_limits_that_contradict_each_other_are_refused(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    assert named in refusal(monkeypatch, **variables)

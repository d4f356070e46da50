"""Settings of what is paid out: which wallets pay where, and that real money goes to none of play."""

import pytest

from jiema_app.settings import Settings, SettingsRefused, read_settings
from jiema_app.settings.payouts import SANDBOX_HOT, SANDBOX_TREASURY
from jiema_app.settings.recharges import MAINNET_USDT
from signer.settings import read_configuration
from tests.unit.test_settings import PRODUCTION

OURS = "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr3"
APART = "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC"
NILE_GENESIS = "0000000000000000d698d4192c56cb6be724a558448e2684802de4d6cd8690dc"


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment in which production starts."""
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def refusal(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsRefused) as refused:
        read_settings()
    return str(refused.value)


def test_the_sandbox_pays_from_its_own_wallet() -> None:
    settings = Settings()
    assert (settings.hot_address, settings.treasury_address) == (SANDBOX_HOT, SANDBOX_TREASURY)


@pytest.mark.usefixtures("production")
def test_production_pays_nothing_until_a_wallet_is_named() -> None:
    settings = Settings()
    assert (settings.hot_address, settings.treasury_address) == (None, None)


def test_production_pays_from_the_wallet_that_is_named(production: pytest.MonkeyPatch) -> None:
    production.setenv("PAYOUT_HOT_ADDRESS", OURS)
    assert (Settings().hot_address, Settings().treasury_address) == (OURS, None)
    production.setenv("PAYOUT_TREASURY_ADDRESS", APART)
    assert Settings().treasury_address == APART


def test_on_a_test_network_nothing_is_paid_from_a_wallet_of_the_sandbox(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRON_NODE_URL", "https://node.example")
    monkeypatch.setenv("TRON_GENESIS_ID", NILE_GENESIS)
    settings = Settings()
    assert (settings.hot_address, settings.treasury_address) == (None, None)


@pytest.mark.parametrize("address", [SANDBOX_HOT, SANDBOX_TREASURY])
@pytest.mark.parametrize("variable", ["PAYOUT_HOT_ADDRESS", "PAYOUT_TREASURY_ADDRESS"])
def test_production_refuses_a_wallet_whose_key_everybody_has(
    production: pytest.MonkeyPatch, variable: str, address: str
) -> None:
    said = refusal(production, **{variable: address})
    assert variable in said
    assert "everybody has its key" in said


@pytest.mark.parametrize("address", [SANDBOX_HOT, SANDBOX_TREASURY])
def test_the_signer_of_production_refuses_it_too(
    production: pytest.MonkeyPatch, address: str
) -> None:
    production.setenv("SIGNER_TREASURY_ADDRESS", address)
    with pytest.raises(SettingsRefused, match="SIGNER_TREASURY_ADDRESS"):
        read_configuration()


@pytest.mark.parametrize(
    "variables",
    [
        {"PAYOUT_HOT_ADDRESS": OURS, "PAYOUT_TREASURY_ADDRESS": OURS},
        {"PAYOUT_HOT_ADDRESS": SANDBOX_TREASURY},
        {"PAYOUT_TREASURY_ADDRESS": SANDBOX_HOT},
    ],
)
def test_the_two_wallets_are_two(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    assert "are the same" in refusal(monkeypatch, **variables)


@pytest.mark.parametrize("variable", ["PAYOUT_HOT_ADDRESS", "PAYOUT_TREASURY_ADDRESS"])
def test_the_token_s_contract_is_nobody_s_wallet(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    said = refusal(monkeypatch, **{variable: MAINNET_USDT})
    assert variable in said
    assert "contract" in said

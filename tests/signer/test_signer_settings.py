"""The signer's own settings: their defaults, their places, and what they refuse."""

from pathlib import Path

import pytest

from jiema_app.settings import SettingsRefused
from signer.settings import CapSettings, SignerSettings, read_configuration


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JIEMA_DATA_DIR", str(tmp_path))
    return tmp_path


def test_everything_has_its_place_in_the_data_folder(data: Path) -> None:
    found = read_configuration()
    assert found.key_folder == data / "signer" / "keys"
    assert found.journal_file == data / "signer" / "journal.jsonl"
    assert found.pause_file == data / "signer" / "PAUSE"
    assert (found.signer.expiration_s, found.signer.rebroadcast_s) == (600, 15)
    assert (found.signer.checks_max_age_s, found.signer.attempts_max) == (30, 3)
    assert found.fee_limit_max_sun == 40_000_000
    assert found.signer.treasury_address is None


def test_places_can_be_elsewhere(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KEY_FOLDER", "JOURNAL_FILE", "PAUSE_FILE", "KEK_FILE"):
        monkeypatch.setenv(f"SIGNER_{name}", str(data / name))
    found = read_configuration()
    assert found.key_folder == data / "KEY_FOLDER"
    assert found.journal_file == data / "JOURNAL_FILE"
    assert found.pause_file == data / "PAUSE_FILE"
    assert found.signer.kek_file == data / "KEK_FILE"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SIGNER_EXPIRATION_S", "29"),
        ("SIGNER_EXPIRATION_S", "3601"),
        ("SIGNER_EXPIRATION_S", "ten"),
        ("SIGNER_REBROADCAST_S", "0"),
        ("SIGNER_CHECKS_MAX_AGE_S", "0"),
        ("SIGNER_ATTEMPTS_MAX", "0"),
        ("SIGNER_FEE_LIMIT_MAX_TRX", "-1"),
        ("SIGNER_FEE_LIMIT_MAX_TRX", "0.0000001"),
        ("SIGNER_TREASURY_ADDRESS", "ToJyNqFb61rxGU5yELnRhMKzibZRZj4KGZ"),
        ("SIGNER_TREASURY_ADDRESS", "T"),
        ("SIGNER_KEY_FOLDER", __file__),
        ("SIGNER_JOURNAL_FILE", str(Path(__file__).parent)),
        ("SIGNER_PAUSE_FILE", str(Path(__file__).parent)),
        ("SIGNER_KEK_FILE", str(Path(__file__).parent)),
        ("SIGNER_CAP_PAYMENT_USDT", "500.0000001"),
        ("SIGNER_CAP_DAY_USDT", "-1"),
        ("SIGNER_CAP_ADDRESS_DAY_USDT", "nan"),
        ("SIGNER_CAP_PAYMENTS_PER_HOUR", "0"),
        ("SIGNER_CAP_SWEEP_USDT", "1e9"),
        ("SIGNER_CAP_GAS_TRX", "2000000"),
        ("SIGNER_CAP_GAS_DAY_TRX", "x"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsRefused, match=variable):
        read_configuration()


def test_what_is_wrong_is_named_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("PORT", "SIGNER_EXPIRATION_S", "SIGNER_CAP_DAY_USDT"):
        monkeypatch.setenv(variable, "no")
    with pytest.raises(SettingsRefused) as raised:
        read_configuration()
    said = str(raised.value)
    assert all(name in said for name in ("PORT", "SIGNER_EXPIRATION_S", "SIGNER_CAP_DAY_USDT"))


def test_a_payment_is_sent_more_than_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNER_EXPIRATION_S", "30")
    monkeypatch.setenv("SIGNER_REBROADCAST_S", "30")
    with pytest.raises(SettingsRefused, match="SIGNER_REBROADCAST_S"):
        read_configuration()


def test_the_key_encryption_key_is_no_field(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read and forgotten: settings stay in memory, and are printed."""
    monkeypatch.setenv("SIGNER_KEK", "c4n4ry" * 10)
    assert "c4n4ry" not in repr(read_configuration())
    for group in (SignerSettings, CapSettings):
        assert "kek" not in group.model_fields

"""The sandbox has keys of its own, which everybody knows, and which production refuses."""

from pathlib import Path
from typing import Literal

import pytest

from jiema_app.integrations.tron.deriver import XpubDeriver
from jiema_app.settings import Settings
from jiema_app.settings.recharges import SANDBOX_XPUB
from sandbox.tron.addresses import base58_address
from sandbox.tron.keys import named_key
from signer.kek import KEK_VARIABLE, Kek, KekRefused
from signer.key_changes import add_key, new_hot_secret
from signer.key_files import KeyFolder
from signer.key_ring import open_ring
from signer.opening import find_kek, open_keys, open_with
from signer.sandbox_keys import (
    RefusedInProduction,
    hot_secret,
    kek_file_of,
    pool_secret,
    refuse_known_secret,
    seal_sandbox_keys,
)
from signer.sealing import CannotOpen, Purpose, WrongKek
from signer.settings import CapSettings, Configuration, SignerSettings
from tests.signer.making import FIRST, KEK, OTHER_KEK


def configured(data: Path, env: Literal["sandbox", "production"] = "sandbox") -> Configuration:
    product = Settings().model_copy(update={"data_dir": data, "env": env})
    return Configuration(product, SignerSettings(), CapSettings())


def kek_in(environment: dict[str, str], kek: Kek) -> dict[str, str]:
    return environment | {KEK_VARIABLE: kek.reveal().hex()}


def test_the_keys_are_those_of_the_sandbox_s_wallets(tmp_path: Path) -> None:
    ring = open_keys(configured(tmp_path), {})
    assert ring.hot.address == base58_address(named_key("hot").address)
    (account,) = ring.pools
    assert account == XpubDeriver(SANDBOX_XPUB).account
    assert ring.leaf(account, 0, FIRST).address == FIRST


def test_they_are_sealed_like_real_ones(tmp_path: Path) -> None:
    configuration = configured(tmp_path)
    open_keys(configuration, {})
    files = [file for file in (tmp_path / "signer").rglob("*") if file.is_file()]
    assert {file.name for file in files} == {"sandbox.kek", "hot-1.json", "pool-1.json"}
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    for file in files:
        assert hot_secret().reveal().hex() not in file.read_text(encoding="ascii")


def test_the_next_start_finds_them(tmp_path: Path) -> None:
    configuration = configured(tmp_path)
    kek = seal_sandbox_keys(configuration)
    before = {file: file.read_bytes() for file in configuration.key_folder.iterdir()}
    assert seal_sandbox_keys(configuration).id == kek.id
    assert {file: file.read_bytes() for file in configuration.key_folder.iterdir()} == before


@pytest.mark.parametrize("missing", ["hot-1.json", "pool-1.json"])
def test_a_start_that_was_cut_short_is_finished(tmp_path: Path, missing: str) -> None:
    configuration = configured(tmp_path)
    seal_sandbox_keys(configuration)
    (configuration.key_folder / missing).unlink()
    ring = open_keys(configuration, {})
    assert len(ring.hots) == len(ring.pools) == 1


def test_a_lost_key_encryption_key_is_not_replaced(tmp_path: Path) -> None:
    configuration = configured(tmp_path)
    seal_sandbox_keys(configuration)
    kek_file_of(configuration).unlink()
    with pytest.raises(KekRefused):
        open_keys(configuration, {})


def test_keys_of_one_s_own_are_left_alone(tmp_path: Path) -> None:
    configuration = configured(tmp_path)
    folder = KeyFolder(configuration.key_folder)
    add_key(folder, KEK, Purpose.HOT, new_hot_secret, is_first=True)
    ring = open_keys(configuration, kek_in({}, KEK))
    assert ring.hot.address == folder.list_sealed()[0].label.address
    assert ring.pools == {}
    assert not kek_file_of(configuration).exists()
    with pytest.raises(WrongKek):
        open_keys(configuration, kek_in({}, OTHER_KEK))


def test_production_makes_none(tmp_path: Path) -> None:
    configuration = configured(tmp_path, "production")
    with pytest.raises(RefusedInProduction):
        seal_sandbox_keys(configuration)
    with pytest.raises(KekRefused):
        find_kek(configuration, {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("purpose", list(Purpose))
def test_production_refuses_them_also_when_they_are_sealed(
    tmp_path: Path, purpose: Purpose
) -> None:
    make = hot_secret if purpose is Purpose.HOT else pool_secret
    configuration = configured(tmp_path, "production")
    add_key(KeyFolder(configuration.key_folder), KEK, purpose, make, is_first=True)
    with pytest.raises(RefusedInProduction):
        open_with(configuration, KEK)
    with pytest.raises(RefusedInProduction):
        refuse_known_secret(purpose, make())


def test_production_opens_its_own(tmp_path: Path) -> None:
    configuration = configured(tmp_path, "production")
    folder = KeyFolder(configuration.key_folder)
    add_key(folder, KEK, Purpose.HOT, new_hot_secret, is_first=True)
    refuse_known_secret(Purpose.HOT, new_hot_secret())
    assert open_keys(configuration, kek_in({}, KEK)).hot.address


def test_an_account_under_another_name_does_not_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wallets name their account: a mistaken name would look for keys in the wrong one."""
    folder = KeyFolder(tmp_path / "keys")
    monkeypatch.setattr("signer.key_changes._label", mislabelled)
    add_key(folder, KEK, Purpose.POOL, pool_secret, is_first=True)
    with pytest.raises(CannotOpen, match="another account"):
        open_ring(folder, KEK)


def mislabelled(purpose: Purpose, *_: object) -> object:
    from signer.sealing import Label  # noqa: PLC0415

    return Label(purpose, "0" * 12, FIRST, 1)

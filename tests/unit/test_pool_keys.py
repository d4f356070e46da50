"""The pool's addresses come from a public key, and that key is never shown."""

import hashlib
import logging
import subprocess
import sys
import traceback

import base58
import pytest
from bip_utils import Bip39SeedGenerator, Bip44, Bip44Changes, Bip44Coins
from pydantic import SecretStr
from tronpy.keys import PrivateKey

from jiema_app.integrations.tron.addresses import is_address
from jiema_app.integrations.tron.deriver import XpubDeriver
from jiema_app.integrations.tron.registry import build_deriver
from jiema_app.integrations.tron.seed import new_seed
from jiema_app.settings import Settings, TronSettings
from jiema_app.settings.recharges import SANDBOX_XPUB

WORDS = "abandon " * 11 + "about"


def account_of(words: str) -> Bip44:
    master = Bip44.FromSeed(Bip39SeedGenerator(words).Generate(), Bip44Coins.TRON)
    return master.Purpose().Coin().Account(0)


def changed(xpub: str, at: int, value: bytes) -> str:
    """The key with other bytes at a place, and the checksum that belongs to them."""
    raw = base58.b58decode_check(xpub)
    return base58.b58encode_check(raw[:at] + value + raw[at + len(value) :]).decode()


def test_the_known_words_have_the_known_first_address() -> None:
    (first,) = XpubDeriver(SANDBOX_XPUB).derive(0, 1)
    assert first == "TUEZSdKsoDHQMeZwihtdoBiN46zxhGWYdH"
    assert account_of(WORDS).PublicKey().ToExtended() == SANDBOX_XPUB


def test_public_derivation_agrees_with_the_private_keys_of_another_library() -> None:
    deriver = XpubDeriver(SANDBOX_XPUB)
    chain = account_of(WORDS).Change(Bip44Changes.CHAIN_EXT)
    for index in (0, 1, 2, 7, 255, 256, 65_536, 2**31 - 1):
        secret = chain.AddressIndex(index).PrivateKey().Raw().ToBytes()
        known = PrivateKey(secret).public_key.to_base58check_address()
        assert list(deriver.derive(index, 1)) == [known]


def test_a_run_of_addresses_is_the_same_as_one_by_one() -> None:
    deriver = XpubDeriver(SANDBOX_XPUB)
    run = deriver.derive(5, 20)
    assert len(set(run)) == 20
    assert all(is_address(one) for one in run)
    assert [deriver.derive(5 + at, 1)[0] for at in range(20)] == list(run)
    assert list(deriver.derive(5, 0)) == []


@pytest.mark.parametrize(("first", "count"), [(-1, 1), (0, -1), (2**31, 1), (2**31 - 1, 2)])
def test_there_is_no_address_beyond_the_last_index(first: int, count: int) -> None:
    with pytest.raises(ValueError, match="index"):
        XpubDeriver(SANDBOX_XPUB).derive(first, count)


def test_an_account_is_named_by_the_start_of_its_hash() -> None:
    account = XpubDeriver(SANDBOX_XPUB).account
    assert account == hashlib.sha256(SANDBOX_XPUB.encode()).hexdigest()[:12]


def test_a_new_seed_is_24_words_whose_key_derives() -> None:
    words, xpub = new_seed()
    assert len(words.split()) == 24
    assert account_of(words).PublicKey().ToExtended() == xpub
    assert XpubDeriver(xpub).derive(0, 1) != XpubDeriver(SANDBOX_XPUB).derive(0, 1)
    assert new_seed().words != words


def test_a_new_seed_does_not_show_itself() -> None:
    seed = new_seed()
    for shown in (repr(seed), str(seed), f"{seed}"):
        assert seed.words.split()[0] not in shown
        assert seed.xpub not in shown


PRIVATE = account_of(WORDS).PrivateKey().ToExtended()
WRONG_KEYS = {
    "private": PRIVATE,
    "of_one_address": account_of(WORDS)
    .Change(Bip44Changes.CHAIN_EXT)
    .AddressIndex(0)
    .PublicKey()
    .ToExtended(),
    "of_the_coin": Bip44.FromSeed(Bip39SeedGenerator(WORDS).Generate(), Bip44Coins.TRON)
    .Purpose()
    .Coin()
    .PublicKey()
    .ToExtended(),
    "bad_checksum": SANDBOX_XPUB[:-1] + ("d" if SANDBOX_XPUB[-1] != "d" else "e"),
    "too_short": SANDBOX_XPUB[:-4],
    "with_a_blank": f"{SANDBOX_XPUB} ",
    "other_version": changed(SANDBOX_XPUB, 0, bytes.fromhex("04b24746")),
    "uncompressed": changed(SANDBOX_XPUB, 45, b"\x04"),
    "not_ascii": "é" * 111,
    "not_base58": "0" * 111,
    "empty": "",
}


@pytest.mark.parametrize("key", WRONG_KEYS.values(), ids=WRONG_KEYS.keys())
def test_a_wrong_key_is_refused_and_not_shown(key: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ValueError) as raised:
        XpubDeriver(key)
    told = "".join(traceback.format_exception(raised.value)) + repr(raised.value.args)
    assert not key or key.strip() not in told + caplog.text
    assert raised.value.__context__ is None


def test_a_key_that_is_no_point_is_refused_when_it_is_used() -> None:
    # No point of the curve has this x.
    off_curve = changed(SANDBOX_XPUB, 46, (5).to_bytes(32, "big"))
    deriver = XpubDeriver(off_curve)
    with pytest.raises(ValueError) as raised:
        deriver.derive(0, 1)
    assert off_curve not in "".join(traceback.format_exception(raised.value))
    assert raised.value.__context__ is None


def test_the_key_is_not_in_the_representation() -> None:
    deriver = XpubDeriver(SANDBOX_XPUB)
    assert SANDBOX_XPUB not in repr(deriver)
    assert deriver.account in repr(deriver)


def test_the_sandbox_has_a_pool_and_production_must_name_its_own() -> None:
    found = build_deriver(Settings())
    assert found is not None
    assert found.account == XpubDeriver(SANDBOX_XPUB).account
    other = new_seed().xpub
    found = build_deriver(Settings(tron=TronSettings(account_xpub=SecretStr(other))))
    assert found is not None
    assert found.account == XpubDeriver(other).account


def test_a_process_that_derives_nothing_does_not_load_the_library() -> None:
    code = (
        "import sys; from jiema_app.settings import Settings;"
        "from jiema_app.integrations.tron.registry import build_deriver;"
        "assert build_deriver(Settings()); sys.exit('bip_utils' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

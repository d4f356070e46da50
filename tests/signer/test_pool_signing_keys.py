"""The keys of the pool's wallets are those of the addresses that the shop gives out."""

import base58
import pytest
from bip_utils import Bip39SeedGenerator, Bip44, Bip44Coins
from hypothesis import given, settings
from hypothesis import strategies as st

from jiema_app.integrations.tron.deriver import XpubDeriver
from jiema_app.settings.recharges import SANDBOX_XPUB
from signer.plain_secret import PlainSecret
from signer.pool_keys import OtherWallet, PoolAccount, account_of_words
from signer.signing_key import BadKey, signer_of
from tests.signer.making import FIRST, OTHER_XPRV, WORDS, XPRV
from tests.signer.signatures import OTHER

DERIVER = XpubDeriver(SANDBOX_XPUB)
ACCOUNT = PoolAccount(PlainSecret(XPRV))


def test_the_account_has_the_name_that_the_shop_has_for_it() -> None:
    assert ACCOUNT.account == DERIVER.account
    assert ACCOUNT.first_address == FIRST
    assert PoolAccount(PlainSecret(OTHER_XPRV)).account != DERIVER.account


@settings(max_examples=30)
@given(st.one_of(st.integers(0, 50), st.integers(0, 2**31 - 1), st.just(2**31 - 1)))
def test_every_wallet_of_the_shop_has_its_key_here(index: int) -> None:
    (address,) = DERIVER.derive(index, 1)
    key = ACCOUNT.leaf(index, address)
    digest = index.to_bytes(32, "big")
    assert key.address == address == signer_of(digest, key.sign(digest))


def test_a_wallet_whose_records_say_another_address_is_refused() -> None:
    first, second = DERIVER.derive(0, 2)
    for index, address in ((0, second), (1, first), (0, OTHER), (0, ""), (0, first.lower())):
        with pytest.raises(OtherWallet):
            ACCOUNT.leaf(index, address)
    for index in (-1, 2**31, 2**40):
        with pytest.raises(OtherWallet):
            ACCOUNT.leaf(index, first)


def changed(at: int, value: bytes) -> bytes:
    raw = base58.b58decode_check(XPRV)
    return base58.b58encode_check(raw[:at] + value + raw[at + len(value) :])


MASTER = Bip44.FromSeed(Bip39SeedGenerator(WORDS).Generate(), Bip44Coins.TRON)
WRONG = {
    "public": SANDBOX_XPUB.encode(),
    "master": MASTER.PrivateKey().ToExtended().encode(),
    "coin": MASTER.Purpose().Coin().PrivateKey().ToExtended().encode(),
    "not hardened": changed(9, b"\0\0\0\0"),
    "zero": changed(45, b"\0" * 33),
    "beyond the order": changed(45, b"\0" + b"\xff" * 32),
    "marked as public": changed(45, b"\x02"),
    "checksum": XPRV[:-1] + b"1",
    "short": XPRV[:-1],
    "empty": b"",
    "not base58": b"0" * 111,
}


@pytest.mark.parametrize("secret", WRONG.values(), ids=WRONG.keys())
def test_another_key_is_refused_and_not_quoted(secret: bytes) -> None:
    with pytest.raises(BadKey) as raised:
        PoolAccount(PlainSecret(secret))
    assert not secret or secret.decode() not in repr(raised.value)
    assert raised.value.__context__ is None


def test_words_make_the_known_account() -> None:
    assert account_of_words(WORDS).reveal() == XPRV
    with pytest.raises(BadKey) as raised:
        account_of_words(WORDS.replace("about", "above"))
    assert "abandon" not in repr(raised.value)
    assert raised.value.__context__ is None

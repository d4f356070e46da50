"""The keys of the pool's wallets: all of them come from one key, that of an account.

What is sealed is the account's extended private key (m/44'/195'/n'), and neither the words
nor their entropy: it makes the keys of this pool and nothing else, while the words would make
every other account and coin as well. So the words stay on paper, and are typed in once.
"""

import hashlib
from typing import Any, Final

import base58
from bip_utils import (
    Bip39Languages,
    Bip39MnemonicValidator,
    Bip39SeedGenerator,
    Bip44,
    Bip44Changes,
    Bip44Coins,
)

from jiema_app.integrations.tron.deriver import ACCOUNT_HEX, INDEX_END
from jiema_app.settings.chain_forms import ACCOUNT_DEPTH
from signer.errors import SignerError
from signer.plain_secret import PlainSecret
from signer.signing_key import BadKey, SigningKey

EXTENDED_KEY_LENGTH: Final = 111
WORDS_MAX: Final = 24
WORDS_LENGTH_MAX: Final = 400

_PRIVATE_VERSION: Final = bytes.fromhex("0488ade4")
_EXTENDED_KEY_BYTES: Final = 78
_DEPTH_AT: Final = 4
_CHILD_AT: Final = slice(9, 13)
_HARDENED: Final = 0x80


class OtherWallet(SignerError):
    """A key is of another wallet than the one that is to pay. Nothing was signed."""


class PoolAccount:
    """An account whose wallets are given to others to pay to.

    Attributes:
        account: Start of the public key's hash, as the shop's wallets name their account.
        first_address: Of wallet 0.
    """

    __slots__ = ("_chain", "account", "first_address")

    def __init__(self, secret: PlainSecret) -> None:
        """Take the account's extended private key.

        Raises:
            BadKey: It is none, or of another level. It is not shown.
        """
        account = _account_of(secret)
        self._chain = account.Change(Bip44Changes.CHAIN_EXT)
        public = account.PublicKey().ToExtended()
        self.account: Final[str] = hashlib.sha256(public.encode()).hexdigest()[:ACCOUNT_HEX]
        self.first_address: Final[str] = self._key(0).address

    def leaf(self, index: int, address: str) -> SigningKey:
        """The key of one wallet.

        Args:
            index: Its number in the derivation (``…/0/index``).
            address: Where our records say that its money is.

        Raises:
            OtherWallet: That is the address of another wallet, or there is no such index.
        """
        if not 0 <= index < INDEX_END:
            raise OtherWallet("a wallet has an index from 0 to 2^31 - 1")
        key = self._key(index)
        if key.address != address:
            raise OtherWallet(f"wallet {index} of account {self.account} has another address")
        return key

    def _key(self, index: int) -> SigningKey:
        leaf = self._chain.AddressIndex(index)
        return SigningKey(PlainSecret(leaf.PrivateKey().Raw().ToBytes()))

    def __repr__(self) -> str:
        return f"PoolAccount({self.account})"

    def __reduce_ex__(self, protocol: object) -> str:
        raise TypeError("a key is neither copied nor stored")


def account_of_words(words: str) -> PlainSecret:
    """The extended private key of the first account that words make, without a passphrase.

    Raises:
        BadKey: They are no 12 to 24 English words with their checksum. They are not shown.
    """
    plain = " ".join(words[: WORDS_LENGTH_MAX + 1].lower().split())
    if len(plain) > WORDS_LENGTH_MAX or not _are_words(plain):
        raise BadKey("not 12 to 24 English words of a wallet, or one of them is another")
    master = Bip44.FromSeed(Bip39SeedGenerator(plain).Generate(), Bip44Coins.TRON)
    account = master.Purpose().Coin().Account(0)
    return PlainSecret(account.PrivateKey().ToExtended().encode("ascii"))


def _are_words(plain: str) -> bool:
    try:
        return bool(Bip39MnemonicValidator(Bip39Languages.ENGLISH).IsValid(plain))
    except ValueError:
        return False


def _account_of(secret: PlainSecret) -> Any:
    # Raised outside of the handler: what a library says of a key may quote it.
    if _is_account_key(secret):
        try:
            return Bip44.FromExtendedKey(secret.reveal().decode("ascii"), Bip44Coins.TRON)
        except Exception:  # noqa: BLE001, S110 - each of the library's parts has its own
            pass
    raise BadKey("not the extended private key of an account (m/44'/195'/n')")


def _is_account_key(secret: PlainSecret) -> bool:
    """Whether it looks like one, without any arithmetic."""
    if len(secret.reveal()) != EXTENDED_KEY_LENGTH:
        return False
    try:
        raw = base58.b58decode_check(secret.reveal())
    except ValueError:
        return False
    return (
        len(raw) == _EXTENDED_KEY_BYTES
        and raw.startswith(_PRIVATE_VERSION)
        and raw[_DEPTH_AT] == ACCOUNT_DEPTH
        and raw[_CHILD_AT][0] >= _HARDENED
    )

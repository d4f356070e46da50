"""Keys of the sandbox: everybody knows them, and what they hold is play money."""

from pathlib import Path
from typing import Final

from Crypto.Hash import keccak

from signer.errors import SignerError
from signer.kek import Kek, new_kek_text, read_kek
from signer.key_changes import add_key
from signer.key_files import KeyFolder
from signer.key_ring import KeyRing
from signer.plain_secret import PlainSecret
from signer.pool_keys import PoolAccount, account_of_words
from signer.private_files import (
    OTHERS_MAY_READ,
    ensure_private_folder,
    replace_private_file,
)
from signer.sealing import Purpose, address_of
from signer.settings import Configuration
from signer.signing_key import SigningKey

KEK_FILE: Final = "sandbox.kek"
POOL_WORDS: Final = " ".join(["abandon"] * 11 + ["about"])
"""What every test of every wallet uses."""

_HOT_NAME: Final = b"sandbox key of hot"


class RefusedInProduction(SignerError):
    """A key that everybody knows, where real money is."""


def kek_file_of(configuration: Configuration) -> Path:
    """Where the sandbox's own key-encryption key lies."""
    return configuration.home / KEK_FILE


def seal_sandbox_keys(configuration: Configuration) -> Kek:
    """Seal the sandbox's keys, as far as they are not; the key that opens them.

    It goes the way of real keys, so that the sandbox shows how that works. A start that was
    cut short is finished by the next one.

    Raises:
        RefusedInProduction: This is not the sandbox.
    """
    if configuration.product.env == "production":
        raise RefusedInProduction("the sandbox's keys are known to everybody")
    ensure_private_folder(configuration.home, OTHERS_MAY_READ)
    file, folder = kek_file_of(configuration), KeyFolder(configuration.key_folder)
    with folder.changing():
        if not file.exists():
            replace_private_file(file, f"{new_kek_text()}\n".encode("ascii"))
    kek = read_kek(file)
    for purpose, make in ((Purpose.HOT, hot_secret), (Purpose.POOL, pool_secret)):
        if folder.next_version(purpose) == 1:
            add_key(folder, kek, purpose, make, is_first=True)
    return kek


def hot_secret() -> PlainSecret:
    """The key that the sandbox's payments are made with: named, and not thrown."""
    return PlainSecret(keccak.new(digest_bits=256, data=_HOT_NAME).digest())


def pool_secret() -> PlainSecret:
    """The key of the sandbox's pool."""
    return account_of_words(POOL_WORDS)


def refuse_known_keys(ring: KeyRing) -> None:
    """See to it that no opened key is one that everybody knows.

    Raises:
        RefusedInProduction: One is.
    """
    hot, pool = SigningKey(hot_secret()).address, PoolAccount(pool_secret()).account
    if any(key.address == hot for key in ring.hots) or pool in ring.pools:
        raise RefusedInProduction("one of the sealed keys is the sandbox's: everybody has it")


def refuse_known_secret(purpose: Purpose, secret: PlainSecret) -> None:
    """See to it that a secret is not one that everybody knows.

    Raises:
        RefusedInProduction: It is.
        BadKey: It is no secret of this purpose.
    """
    known = hot_secret() if purpose is Purpose.HOT else pool_secret()
    if address_of(purpose, secret) == address_of(purpose, known):
        raise RefusedInProduction("this is the sandbox's key: everybody has it")

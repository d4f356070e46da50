"""Sealing new keys, and sealing all of them anew."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from signer.kek import Kek
from signer.key_files import KeyFolder, KeysRefused
from signer.plain_secret import PlainSecret
from signer.pool_keys import PoolAccount, account_of_words
from signer.sealing import Label, Purpose, SealedSecret, open_sealed, rewrap, seal
from signer.signing_key import KEY_BYTES, BadKey, SigningKey

HOT_WALLET: Final = "hot"
"""What the wallet that pays is called in its label."""

_HEX_LENGTH: Final = 2 * KEY_BYTES


def secret_of(purpose: Purpose, text: str) -> PlainSecret:
    """The secret that a person's text means.

    A hot key is 64 hexadecimal digits. A pool's is the extended private key of its account,
    or the words that make it.

    Raises:
        BadKey: It is no key of this purpose. It is not shown.
    """
    plain = text.strip()
    if purpose is Purpose.HOT:
        return _hot_secret(plain.removeprefix("0x"))
    if plain.startswith("xprv"):
        return PlainSecret(plain.encode("ascii", errors="replace"))
    return account_of_words(plain)


def new_hot_secret() -> PlainSecret:
    """Throw a new hot key."""
    return PlainSecret(secrets.token_bytes(KEY_BYTES))


def add_key(
    folder: KeyFolder,
    kek: Kek,
    purpose: Purpose,
    make: Callable[[], PlainSecret],
    *,
    is_first: bool,
) -> SealedSecret:
    """Seal a key as the next version of its purpose.

    The keys that are there must open first: a key under a mistaken key-encryption key would
    make a folder that no single one opens.

    Args:
        folder: Where it goes.
        kek: What it is sealed under.
        purpose: What it is for.
        make: Gives the secret, once it may be kept.
        is_first: Whether there must be none of this purpose yet; else there must be one.

    Raises:
        KeysRefused: There is one, or none, or this very key is there.
        CannotOpen: A key that is there does not open.
        BadKey: It is no key of this purpose.
    """
    with folder.changing() as changes:
        version = folder.next_version(purpose)
        _refuse_version(purpose, version, is_first=is_first)
        there = folder.list_sealed()
        for one in there:
            open_sealed(one, kek)
        secret = make()
        label = _label(purpose, secret, version)
        if any(one.label.address == label.address for one in there):
            raise KeysRefused(f"the key of {label.address} is sealed here already")
        sealed = seal(label, secret, kek)
        changes.add(sealed)
    return sealed


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """What came of sealing all keys anew.

    Attributes:
        changed: How many are under the new key-encryption key since now.
        already: How many were before: an earlier run had been cut short.
    """

    changed: int
    already: int


def rotate_kek(folder: KeyFolder, old: Kek, new: Kek) -> Rewrapped:
    """Put every key under another key-encryption key, one file after the other.

    Nothing is written before every key has opened. A crash in between leaves some keys under
    the old one and some under the new one, all of them whole; another run finishes.

    Raises:
        KeysRefused: Both are the same, or another command is at work.
        CannotOpen: A key opens under neither. Nothing was changed.
    """
    if old.id == new.id:
        raise KeysRefused("the new key-encryption key is the old one")
    with folder.changing() as changes:
        found = folder.list_sealed()
        for sealed in found:
            open_sealed(sealed, new if sealed.kek_id == new.id else old)
        waiting = [sealed for sealed in found if sealed.kek_id != new.id]
        for sealed in waiting:
            changes.replace(rewrap(sealed, old, new))
        for sealed in folder.list_sealed():
            open_sealed(sealed, new)
    return Rewrapped(len(waiting), len(found) - len(waiting))


def _refuse_version(purpose: Purpose, version: int, *, is_first: bool) -> None:
    if is_first and version > 1:
        raise KeysRefused(f"a {purpose} key is sealed already: `keys rotate {purpose}` adds one")
    if not is_first and version == 1:
        raise KeysRefused(f"no {purpose} key is sealed yet: `keys seal --purpose {purpose}`")


def _label(purpose: Purpose, secret: PlainSecret, version: int) -> Label:
    if purpose is Purpose.HOT:
        return Label(purpose, HOT_WALLET, SigningKey(secret).address, version)
    account = PoolAccount(secret)
    return Label(purpose, account.account, account.first_address, version)


def _hot_secret(digits: str) -> PlainSecret:
    if len(digits) == _HEX_LENGTH and digits.isascii() and digits.isalnum():
        try:
            return PlainSecret(bytes.fromhex(digits))
        except ValueError:
            pass
    raise BadKey("a hot key is 64 hexadecimal digits")

"""Sealing secrets: what lies on the disk opens for nobody who has not the other key.

Each secret is encrypted under a key of its own, and that one under the key-encryption key,
both by AES-256-GCM with a random nonce of 96 bits. Both are bound to what they are for: a
sealed secret that is moved to another wallet, address or version does not open. After opening,
the address is computed from the secret and compared once more.
"""

import base64
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jiema_app.integrations.tron.addresses import is_address
from signer.errors import SignerError
from signer.kek import KEK_ID_HEX, Kek
from signer.plain_secret import PlainSecret
from signer.pool_keys import PoolAccount
from signer.signing_key import BadKey, SigningKey

FORMAT: Final = 1
SEALED_MAX: Final = 4096
"""Bytes of a sealed secret as it is written."""
VERSION_MAX: Final = 999_999

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_SECRET_MAX: Final = 1024
_WALLET: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KEK_ID: Final = re.compile(rf"[0-9a-f]{{{KEK_ID_HEX}}}")
_FIELDS: Final = ("format", "purpose", "wallet", "address", "key_version", "kek_id", "key_nonce", "wrapped_key", "nonce", "ciphertext")  # fmt: skip
_IN_BASE64: Final = ("key_nonce", "wrapped_key", "nonce", "ciphertext")


class CannotOpen(SignerError):
    """A sealed secret does not open: it was changed, or belongs elsewhere. It is not shown."""


class WrongKek(CannotOpen):
    """A secret was sealed under another key-encryption key."""


class AddressDiffers(CannotOpen):
    """A secret opened, and is of another address than the one it was sealed for."""


class BadSeal(SignerError):
    """Something that is no sealed secret."""


class Purpose(StrEnum):
    """What a secret is for."""

    HOT = "hot"
    """The 32 bytes of the key that payments are made with."""
    POOL = "pool"
    """The extended private key of the account of the wallets that are paid to."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a sealed secret is bound to.

    Attributes:
        purpose: What it is for.
        wallet: Which wallet or account, by the name that records have for it.
        address: Of the key; of an account the address of its wallet 0.
        key_version: Counts the keys of a purpose, from 1.
    """

    purpose: Purpose
    wallet: str
    address: str
    key_version: int

    def __post_init__(self) -> None:
        """See to it that no two labels have the same bytes.

        Raises:
            ValueError: A part of it is of another form.
        """
        if _WALLET.fullmatch(self.wallet) is None:
            raise ValueError("a wallet is named by letters, digits, - and _")
        if not is_address(self.address):
            raise ValueError("a key has an address of the network")
        if not 1 <= self.key_version <= VERSION_MAX:
            raise ValueError(f"versions count from 1 to {VERSION_MAX}")

    @property
    def aad(self) -> bytes:
        """Its canonical bytes: none of the parts can hold the sign between them."""
        return f"{self.purpose}|{self.wallet}|{self.address}|{self.key_version}".encode("ascii")

    def __str__(self) -> str:
        return f"{self.purpose} key, version {self.key_version}"


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A secret as it lies on the disk.

    Attributes:
        label: What it is bound to.
        kek_id: Which key-encryption key opens it.
        key_nonce: Of the wrapped key.
        wrapped_key: The secret's own key, encrypted under the key-encryption key.
        nonce: Of the secret.
        ciphertext: The secret, encrypted under its own key.
    """

    label: Label
    kek_id: str
    key_nonce: bytes
    wrapped_key: bytes
    nonce: bytes
    ciphertext: bytes

    def to_json(self) -> bytes:
        """The one spelling that ``parse_sealed`` takes."""
        return orjson.dumps(
            {
                "format": FORMAT,
                "purpose": self.label.purpose,
                "wallet": self.label.wallet,
                "address": self.label.address,
                "key_version": self.label.key_version,
                "kek_id": self.kek_id,
                **{name: base64.b64encode(getattr(self, name)).decode() for name in _IN_BASE64},
            },
            option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
        )


def parse_sealed(data: bytes) -> SealedSecret:
    """Read a sealed secret in exactly the spelling it was written in.

    Raises:
        BadSeal: Something else.
    """
    if len(data) <= SEALED_MAX:
        try:
            sealed = _sealed_of(orjson.loads(data))
        except (ValueError, TypeError, KeyError, AttributeError):
            sealed = None
        # Another spelling of the same would be a file that somebody has changed.
        if sealed is not None and sealed.to_json() == data:
            return sealed
    raise BadSeal("not a sealed key as this program writes it")


def seal(label: Label, secret: PlainSecret, kek: Kek) -> SealedSecret:
    """Seal a secret for a label.

    Raises:
        AddressDiffers: The label has another address than the secret.
        BadKey: The secret is no key of this purpose.
    """
    if address_of(label.purpose, secret) != label.address:
        raise AddressDiffers(f"{label}: the address is of another key")
    key = PlainSecret(AESGCM.generate_key(bit_length=8 * _KEY_BYTES))
    nonce = secrets.token_bytes(_NONCE_BYTES)
    ciphertext = AESGCM(key.reveal()).encrypt(nonce, secret.reveal(), _aad_of_secret(label))
    return _wrapped(SealedSecret(label, kek.id, b"", b"", nonce, ciphertext), key, kek)


def open_sealed(sealed: SealedSecret, kek: Kek) -> PlainSecret:
    """Open a sealed secret, and see to it that it is what it is sealed as.

    Raises:
        WrongKek: Another key-encryption key has sealed it.
        AddressDiffers: It is of another address.
        CannotOpen: A part of it was changed.
    """
    key = _unwrapped(sealed, kek)
    secret = _decrypted(key, sealed.nonce, sealed.ciphertext, _aad_of_secret(sealed.label))
    if secret is None:
        raise CannotOpen(f"{sealed.label}: it was changed since it was sealed")
    address = None
    with suppress(BadKey):
        address = address_of(sealed.label.purpose, secret)
    if address != sealed.label.address:
        raise AddressDiffers(f"{sealed.label}: what is sealed is of another address")
    return secret


def rewrap(sealed: SealedSecret, old: Kek, new: Kek) -> SealedSecret:
    """The same sealed secret under another key-encryption key.

    The secret stays encrypted under its own key: whoever had both the file and the old
    key-encryption key still has the secret. After that, only another key helps.

    Raises:
        CannotOpen: It does not open under the old one.
    """
    open_sealed(sealed, old)
    return _wrapped(replace(sealed, kek_id=new.id), _unwrapped(sealed, old), new)


def address_of(purpose: Purpose, secret: PlainSecret) -> str:
    """The address that tells whether a secret is the right one.

    Raises:
        BadKey: It is no secret of this purpose.
    """
    if purpose is Purpose.HOT:
        return SigningKey(secret).address
    return PoolAccount(secret).first_address


def _wrapped(sealed: SealedSecret, key: PlainSecret, kek: Kek) -> SealedSecret:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    wrapped = AESGCM(kek.reveal()).encrypt(nonce, key.reveal(), _aad_of_key(sealed.label, kek.id))
    return replace(sealed, key_nonce=nonce, wrapped_key=wrapped)


def _unwrapped(sealed: SealedSecret, kek: Kek) -> PlainSecret:
    if sealed.kek_id != kek.id:
        raise WrongKek(
            f"{sealed.label}: sealed under key-encryption key {sealed.kek_id}, this one is {kek.id}"
        )
    aad = _aad_of_key(sealed.label, sealed.kek_id)
    key = _decrypted(PlainSecret(kek.reveal()), sealed.key_nonce, sealed.wrapped_key, aad)
    if key is None:
        raise CannotOpen(f"{sealed.label}: it was changed since it was sealed")
    return key


def _decrypted(key: PlainSecret, nonce: bytes, ciphertext: bytes, aad: bytes) -> PlainSecret | None:
    """What was encrypted; None when it is not what was encrypted under this key for this."""
    try:
        return PlainSecret(AESGCM(key.reveal()).decrypt(nonce, ciphertext, aad))
    except InvalidTag:
        return None


def _aad_of_key(label: Label, kek_id: str) -> bytes:
    return b"wrapped key|%d|%s|%s" % (FORMAT, label.aad, kek_id.encode("ascii"))


def _aad_of_secret(label: Label) -> bytes:
    return b"secret|%d|%s" % (FORMAT, label.aad)


def _sealed_of(fields: Mapping[str, Any]) -> SealedSecret:
    """Put together what was read; the sizes are those that opening relies on."""
    if tuple(fields) != _FIELDS or fields["format"] != FORMAT:
        raise ValueError("another format")
    parts = {name: base64.b64decode(fields[name], validate=True) for name in _IN_BASE64}
    sizes = {name: len(part) for name, part in parts.items()}
    if (
        {sizes["key_nonce"], sizes["nonce"]} != {_NONCE_BYTES}
        or sizes["wrapped_key"] != _KEY_BYTES + _TAG_BYTES
        or not _TAG_BYTES < sizes["ciphertext"] <= _SECRET_MAX + _TAG_BYTES
        or _KEK_ID.fullmatch(fields["kek_id"]) is None
    ):
        raise ValueError("another size")
    label = Label(
        Purpose(fields["purpose"]), fields["wallet"], fields["address"], fields["key_version"]
    )
    return SealedSecret(label, fields["kek_id"], **parts)

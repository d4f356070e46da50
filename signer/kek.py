"""The key-encryption key: what opens the sealed keys, and is kept somewhere else than they are."""

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import MutableMapping
from pathlib import Path
from typing import Final

from signer.errors import SignerError
from signer.plain_secret import PlainSecret
from signer.private_files import read_private_file

KEK_VARIABLE: Final = "SIGNER_KEK"
KEK_FILE_VARIABLE: Final = "SIGNER_KEK_FILE"
KEK_BYTES: Final = 32
KEK_ID_HEX: Final = 12

_TEXT_MAX: Final = 256
_HEX_LENGTH: Final = 2 * KEK_BYTES
_BASE64_LENGTH: Final = 44
_DIFFERENT_MIN: Final = 16
"""32 random bytes have fewer different ones less than once in 10^15: those were typed by hand."""


class KekRefused(SignerError):
    """There is no key-encryption key, or not exactly one, or it is none."""


class Kek:
    """A key-encryption key.

    Attributes:
        id: Start of its hash: which of several keys has sealed something.
    """

    __slots__ = ("_secret", "id")

    def __init__(self, secret: PlainSecret) -> None:
        """Take 32 random bytes.

        Raises:
            KekRefused: Another length, or nothing that was thrown.
        """
        size, different = len(secret.reveal()), len(set(secret.reveal()))
        if size != KEK_BYTES:
            raise KekRefused("the key-encryption key must be 32 bytes, in hex or base64")
        if different < _DIFFERENT_MIN:
            raise KekRefused("the key-encryption key is not random: `keys new-kek` makes one")
        self._secret = secret
        digest = hashlib.sha256(b"key-encryption key|" + secret.reveal()).hexdigest()
        self.id: Final[str] = digest[:KEK_ID_HEX]

    def reveal(self) -> bytes:
        """The bytes, for the expression that needs them."""
        return self._secret.reveal()

    def __repr__(self) -> str:
        return f"Kek({self.id})"


def new_kek_text() -> str:
    """Throw a new key, spelled in base64."""
    return base64.b64encode(secrets.token_bytes(KEK_BYTES)).decode("ascii")


def take_kek(file: Path | None, environment: MutableMapping[str, str] = os.environ) -> Kek:
    """The key of this process, from a file or from the environment, and never from both.

    The variable is removed once it is read, so that neither programs that we start nor a dump
    of the environment have it. The kernel still shows the environment that a process was
    started with to its own user (``/proc``): a file is the better place.

    Args:
        file: ``SIGNER_KEK_FILE``, if it is set.
        environment: Where ``SIGNER_KEK`` may be.

    Raises:
        KekRefused: There is none, there are two, or it is no key. It is not shown.
        FileRefused: The file cannot be read, or others may read it.
    """
    text = environment.pop(KEK_VARIABLE, "")
    if text and file is not None:
        raise KekRefused(f"both {KEK_VARIABLE} and {KEK_FILE_VARIABLE} are set: which one counts?")
    if file is not None:
        return read_kek(file)
    if not text:
        raise KekRefused(f"no key-encryption key: set {KEK_FILE_VARIABLE} (or {KEK_VARIABLE})")
    return Kek(_parsed(text, KEK_VARIABLE))


def read_kek(file: Path) -> Kek:
    """The key in a file, in hex or base64.

    Raises:
        KekRefused: What is in it is no key. It is not shown.
        FileRefused: It cannot be read, or others may read it.
    """
    text = read_private_file(file, _TEXT_MAX).decode("ascii", errors="replace")
    return Kek(_parsed(text, str(file)))


def _parsed(text: str, where: str) -> PlainSecret:
    """The bytes that a text spells; the length says which of the two spellings it is."""
    plain = text[: _TEXT_MAX + 1].strip()
    try:
        if len(plain) == _HEX_LENGTH:
            return PlainSecret(bytes.fromhex(plain))
        if len(plain) == _BASE64_LENGTH:
            usual = plain.replace("-", "+").replace("_", "/")
            return PlainSecret(base64.b64decode(usual, validate=True))
    except (ValueError, binascii.Error):
        pass
    raise KekRefused(f"{where}: the key-encryption key must be 32 bytes, in hex or base64")

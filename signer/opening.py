"""What a signer needs before it signs: its keys, opened."""

import os
from collections.abc import MutableMapping

from signer.kek import KEK_VARIABLE, Kek, take_kek
from signer.key_files import KeyFolder
from signer.key_ring import KeyRing, open_ring
from signer.sandbox_keys import kek_file_of, refuse_known_keys, seal_sandbox_keys
from signer.settings import Configuration


def open_keys(
    configuration: Configuration, environment: MutableMapping[str, str] = os.environ
) -> KeyRing:
    """Open every key of this machine; in the sandbox, seal its own first where none are.

    Raises:
        SignerError: A key does not open, or there is none; nothing was opened then.
    """
    return open_with(configuration, find_kek(configuration, environment))


def open_with(configuration: Configuration, kek: Kek) -> KeyRing:
    """Open every key of this machine.

    Raises:
        SignerError: One does not open, or is known to everybody where money is real.
    """
    ring = open_ring(KeyFolder(configuration.key_folder), kek)
    if configuration.product.env == "production":
        refuse_known_keys(ring)
    return ring


def find_kek(
    configuration: Configuration, environment: MutableMapping[str, str] = os.environ
) -> Kek:
    """The key-encryption key that is configured; in the sandbox its own, when none is.

    Raises:
        KekRefused: There is none, or two, or it is none.
        FileRefused: Others may read the file.
    """
    is_configured = configuration.signer.kek_file is not None or environment.get(KEK_VARIABLE)
    if is_configured or configuration.product.env == "production":
        return take_kek(configuration.signer.kek_file, environment)
    folder = KeyFolder(configuration.key_folder)
    if not kek_file_of(configuration).exists() and folder.list_sealed():
        # Sealed under a key that is not named here: nothing of ours may be put beside them.
        return take_kek(None, environment)
    return seal_sandbox_keys(configuration)

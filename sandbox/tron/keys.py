"""Private keys of the sandbox's own accounts, and who signed something."""

from coincurve import PrivateKey, PublicKey

from sandbox.tron.addresses import address_of_point, keccak256

SIGNATURE_BYTES = 65
_EVM_OFFSET = 27
"""Some wallets write the recovery id as 27 or 28."""


class SignatureError(ValueError):
    """Bytes that are no signature of anything."""


class Key:
    """A private key whose owner is the sandbox itself."""

    __slots__ = ("_key", "address")

    def __init__(self, secret: bytes) -> None:
        self._key = PrivateKey(secret)
        self.address = address_of_point(self._key.public_key.format(compressed=False))
        """Its account, as 42 hex digits."""

    def sign(self, digest: bytes) -> bytes:
        """Sign a 32-byte digest: r, s and the recovery id, always the same for the same."""
        return self._key.sign_recoverable(digest, hasher=None)


def secret_of(name: str) -> bytes:
    """Return the private key of a person of the sandbox: play money needs no secret."""
    return keccak256(f"sandbox key of {name}".encode())


def named_key(name: str) -> Key:
    """Return the key of a person of the sandbox."""
    return Key(secret_of(name))


def signer_of(digest: bytes, signature: bytes) -> str:
    """Return the address whose key signed a digest.

    Raises:
        SignatureError: No key can have made this signature.
    """
    if len(signature) < SIGNATURE_BYTES:
        raise SignatureError(f"Signature size is {len(signature)}")
    recovery = signature[64] - _EVM_OFFSET if signature[64] >= _EVM_OFFSET else signature[64]
    try:
        point = PublicKey.from_signature_and_message(
            signature[:64] + bytes([recovery & 3]), digest, hasher=None
        )
    except Exception as error:  # noqa: BLE001  # coincurve raises it bare
        raise SignatureError(str(error)) from None
    return address_of_point(point.format(compressed=False))

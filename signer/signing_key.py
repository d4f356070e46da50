"""One private key: whose address it is, and its signature."""

from contextlib import suppress
from typing import Final

from coincurve import PrivateKey, PublicKey
from Crypto.Hash import keccak

from jiema_app.integrations.tron.addresses import PREFIX_HEX, address_of_hex
from signer.errors import SignerError
from signer.plain_secret import PlainSecret

DIGEST_BYTES: Final = 32
KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 65
"""r and s, 32 bytes each, and the recovery id, which is 0 or 1."""

_LARGEST_RECOVERY_ID: Final = 1


class BadKey(SignerError):
    """Something that is no private key of the kind that is expected."""


class BadSignature(SignerError):
    """Bytes that no key can have signed a digest with."""


class SigningKey:
    """A private key and the address that its money is at.

    coincurve signs, and not the key class of tronpy: that one prints the key whenever a text
    is made of it.

    Attributes:
        address: Base58check.
    """

    __slots__ = ("_key", "address")

    def __init__(self, secret: PlainSecret) -> None:
        """Take 32 bytes.

        Raises:
            BadKey: Another length, zero, or beyond the order of the curve.
        """
        self._key = _key_of(secret)
        self.address: Final[str] = _address_of(self._key.public_key)

    def sign(self, digest: bytes) -> bytes:
        """Sign 32 bytes: r, s and the recovery id; the same for the same, and s is low.

        Raises:
            ValueError: It is no digest.
        """
        if len(digest) != DIGEST_BYTES:
            raise ValueError("a digest has 32 bytes")
        return self._key.sign_recoverable(digest, hasher=None)

    def __repr__(self) -> str:
        return f"SigningKey({self.address})"

    def __reduce_ex__(self, protocol: object) -> str:
        raise TypeError("a key is neither copied nor stored")


def signer_of(digest: bytes, signature: bytes) -> str:
    """The address whose key has signed a digest.

    Raises:
        BadSignature: No key has.
    """
    if len(signature) != SIGNATURE_BYTES or signature[-1] > _LARGEST_RECOVERY_ID:
        raise BadSignature("a signature has 65 bytes, and the last one is 0 or 1")
    point = None
    with suppress(Exception):  # coincurve raises it bare
        point = PublicKey.from_signature_and_message(signature, digest, hasher=None)
    if point is None:
        raise BadSignature("no key can have signed this")
    return _address_of(point)


def _key_of(secret: PlainSecret) -> PrivateKey:
    # Raised outside of the handler: the library's error, which would be kept as the
    # context of ours, may hold what it was given.
    if len(secret.reveal()) == KEY_BYTES:
        try:
            return PrivateKey(secret.reveal())
        except ValueError:
            pass
    raise BadKey("a private key is 32 bytes, above zero and below the order of the curve")


def _address_of(point: PublicKey) -> str:
    digest = keccak.new(digest_bits=256, data=point.format(compressed=False)[1:]).digest()
    return address_of_hex(PREFIX_HEX + digest[-20:].hex())

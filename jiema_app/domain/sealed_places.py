"""Where a list goes on, said so that it tells nothing else.

Somebody's list of what others did goes on after an id that is not theirs to know: of another
user, of another user's order, of an entry that tells how many everybody has. So it is sealed for
its reader: AES in SIV mode, which gives the same text each time and opens no other one.
"""

import base64
import hmac
from dataclasses import dataclass, field
from typing import Final

from Crypto.Cipher import AES

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.units import UserId

SEALED_MAX: Final = 120
"""No place of ours is longer: an id makes 55 characters."""

_TAG_BYTES: Final = 16
_PURPOSE: Final = b"places in lists"


@dataclass(frozen=True, slots=True)
class SealedPlaces:
    """Seals places, and opens what it sealed."""

    _key: bytes = field(repr=False)

    @classmethod
    def derived(cls, secret: bytes) -> "SealedPlaces":
        """With a key of its own, made of the deployment's secret."""
        return cls(hmac.digest(secret, _PURPOSE, "sha256"))

    def seal(self, reader: UserId, of_list: str, place: str) -> str:
        """A place as an address may say it.

        Args:
            reader: Whose list it is.
            of_list: Which of theirs.
            place: The id of the last row that they were shown.
        """
        cipher = AES.new(self._key, AES.MODE_SIV)
        cipher.update(_context(reader, of_list))
        hidden, tag = cipher.encrypt_and_digest(place.encode())
        return base64.urlsafe_b64encode(tag + hidden).rstrip(b"=").decode()

    def open(self, reader: UserId, of_list: str, sealed: str) -> str:
        """The place again.

        Raises:
            BadRequest: It was sealed for another reader or list, or is none of ours.
        """
        cipher = AES.new(self._key, AES.MODE_SIV)
        cipher.update(_context(reader, of_list))
        text = sealed[:SEALED_MAX]
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
            return cipher.decrypt_and_verify(raw[_TAG_BYTES:], raw[:_TAG_BYTES]).decode()
        except ValueError as error:
            raise BadRequest("cursor: doesn't belong to this list.") from error


def _context(reader: UserId, of_list: str) -> bytes:
    return f"{of_list} of {reader}".encode()

"""What stands in a form of a withdrawal, on its way from one page to the next.

It travels in the address of a page of ours, so it is sealed for who wrote it: a link that somebody
else made opens no confirmation with an address of theirs in it, and a log of addresses tells nobody
where anybody is paid.
"""

import base64
import hmac
import json
from dataclasses import dataclass, field
from typing import Any, Final

from Crypto.Cipher import AES

from jiema_app.domain.units import UserId

SEALED_MAX: Final = 2_000
"""No draft of ours is longer."""

_TAG_BYTES: Final = 16
_PURPOSE: Final = b"drafts of withdrawals"


@dataclass(frozen=True, slots=True)
class SealedDrafts:
    """Seals drafts, and opens what it sealed: AES in SIV mode, as ``SealedPlaces``."""

    _key: bytes = field(repr=False)

    @classmethod
    def derived(cls, secret: bytes) -> "SealedDrafts":
        """With a key of its own, made of the deployment's secret."""
        return cls(hmac.digest(secret, _PURPOSE, "sha256"))

    def seal(self, owner: UserId, content: dict[str, Any]) -> str:
        """A draft as an address may say it."""
        cipher = self._cipher(owner)
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        hidden, tag = cipher.encrypt_and_digest(text.encode("utf-8", "replace"))
        return base64.urlsafe_b64encode(tag + hidden).rstrip(b"=").decode()

    def open(self, owner: UserId, sealed: str) -> dict[str, Any] | None:
        """The draft again; None when it was sealed for somebody else, or is none of ours."""
        if not sealed or len(sealed) > SEALED_MAX:
            return None
        try:
            raw = base64.b64decode(sealed + "=" * (-len(sealed) % 4), b"-_", validate=True)
            text = self._cipher(owner).decrypt_and_verify(raw[_TAG_BYTES:], raw[:_TAG_BYTES])
        except ValueError:
            return None
        content: dict[str, Any] = json.loads(text)
        return content

    def _cipher(self, owner: UserId) -> Any:
        cipher = AES.new(self._key, AES.MODE_SIV)
        cipher.update(owner.encode())
        return cipher

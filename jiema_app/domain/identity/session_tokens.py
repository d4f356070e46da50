"""The signed statement that a browser carries: whose it is, and until when.

It is proof of nothing by itself: `Sessions` asks the database whether it still holds.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

import jwt

from jiema_app.domain.units import UserId

ISSUER: Final = "jiema"
AUDIENCE: Final = "jiema-web"
KIND: Final = "session"
ALGORITHM: Final = "HS256"
REQUIRED: Final = ("iss", "aud", "sub", "sv", "jti", "iat", "exp", "typ")

TOKEN_LENGTH_MAX: Final = 2048

RENEW_AFTER: Final = timedelta(hours=24)
"""A browser that comes with an older token is given a younger one."""

READ_MAX: Final = 10_000
"""Tokens whose signature need not be checked again. Nobody but us can make one more of them."""

_PURPOSE: Final = b"jiema web session v1"
"""Keeps this key apart from others made of the same secret (of phone numbers, of forms)."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says.

    Attributes:
        version: The user's session version when it was made.
    """

    user_id: UserId
    jti: str
    version: int
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key and the name that tokens call it by."""

    kid: str
    key: bytes = field(repr=False)

    @classmethod
    def derived(cls, secret: str, purpose: bytes = _PURPOSE) -> Self:
        """The key of a purpose, a browser's session if none is named, out of a shared secret."""
        key = hmac.digest(secret.encode(), purpose, "sha256")
        return cls(hashlib.sha256(key).hexdigest()[:8], key)


@dataclass(frozen=True, slots=True)
class SessionTokens:
    """Writes tokens with the present key; reads those of the one before as well.

    Attributes:
        audience: For whom they are, and of which ``kind``: those for others are not read.
    """

    present: SigningKey
    previous: SigningKey | None = None
    audience: str = AUDIENCE
    kind: str = KIND
    _read: dict[bytes, Claims] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What tokens said whose signature was checked, by their hash: a page asks at every change."""

    def write(self, claims: Claims) -> str:
        """A token that says so."""
        body = {
            "iss": ISSUER,
            "aud": self.audience,
            "sub": claims.user_id,
            "sv": claims.version,
            "jti": claims.jti,
            "iat": int(claims.issued_at.timestamp()),
            "exp": int(claims.expires_at.timestamp()),
            "typ": self.kind,
        }
        headers = {"kid": self.present.kid}
        return jwt.encode(body, self.present.key, algorithm=ALGORITHM, headers=headers)

    def read(self, token: str, now: datetime) -> Claims | None:
        """What a token says, or None when it is not ours, was changed, or has expired."""
        if len(token) > TOKEN_LENGTH_MAX:
            return None
        try:
            name = hashlib.sha256(token.encode()).digest()
            claims = self._read.get(name)
            if claims is None:
                claims = self._check(token)
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
            return None
        if claims is None or now >= claims.expires_at:
            return None
        if name not in self._read:
            if len(self._read) >= READ_MAX:
                self._read.clear()
            self._read[name] = claims
        return claims

    def _check(self, token: str) -> Claims | None:
        key = self._key_of(jwt.get_unverified_header(token).get("kid"))
        if key is None:
            return None
        body = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=self.audience,
            issuer=ISSUER,
            # The moments are compared with the clock that we are given.
            options={"require": list(REQUIRED), "verify_exp": False, "verify_iat": False},
        )
        claims = _claims(body)
        return claims if body["typ"] == self.kind else None

    def _key_of(self, kid: object) -> bytes | None:
        for known in (self.present, self.previous):
            if known is not None and known.kid == kid:
                return known.key
        return None


def _claims(body: dict[str, Any]) -> Claims:
    return Claims(
        user_id=UserId(body["sub"]),
        jti=str(body["jti"]),
        version=int(body["sv"]),
        issued_at=datetime.fromtimestamp(int(body["iat"]), UTC),
        expires_at=datetime.fromtimestamp(int(body["exp"]), UTC),
    )

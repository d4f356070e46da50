"""Settings of signing in: sessions, and what we are at providers of identities."""

from collections.abc import Iterator
from typing import Self

from pydantic import Field, model_validator

from jiema_app.settings.forms import Group, group, is_loopback, revealed
from jiema_app.settings.identity_client import IdentityClient
from jiema_app.settings.telegram import SANDBOX_TELEGRAM_CLIENT, TelegramSettings
from jiema_app.settings.values import ClientId, Secret, WebAddress, is_secure

SANDBOX_GOOGLE_CLIENT = "sandbox-google-client"
SANDBOX_GOOGLE_SECRET = "sandbox-google-secret"  # noqa: S105 - refused in production
GOOGLE_METADATA_URL = "https://accounts.google.com/.well-known/openid-configuration"


class SessionSettings(Group):
    """Browsers that are signed in."""

    model_config = group("SESSION_")

    key: Secret | None = None
    """Signs the sessions. Unset: derived from ``JIEMA_SECRET_KEY``, which must never change."""
    previous_key: Secret | None = None
    """The key before it, still accepted. To leave the derived one: ``JIEMA_SECRET_KEY``."""
    days: int = Field(default=30, ge=1, le=400)
    """A browser that stays away for so long is signed out."""
    absolute_days: int = Field(default=90, ge=1, le=400)
    """So long after signing in everybody signs in again."""

    @model_validator(mode="after")
    def _end_after_the_pause(self) -> Self:
        if self.absolute_days < self.days:
            raise ValueError("SESSION_ABSOLUTE_DAYS is below SESSION_DAYS")
        return self


class GoogleSettings(Group):
    """Signing in with Google. In production not offered until there is a client."""

    model_config = group("GOOGLE_")

    client_id: ClientId | None = None
    """Unset: the sandbox's, in production none."""
    client_secret: Secret | None = None
    metadata_url: WebAddress | None = None
    """OpenID Connect discovery. Unset: Google's, or the sandbox's without a client."""

    @property
    def client(self) -> IdentityClient | None:
        """Our own client; None when none is named."""
        if self.client_id is None:
            return None
        url = self.metadata_url or GOOGLE_METADATA_URL
        return IdentityClient(self.client_id, revealed(self.client_secret) or "", url)


def unfit_client(
    prefix: str, group: GoogleSettings | TelegramSettings, sandbox_secret: str
) -> Iterator[str]:
    """What is wrong with a provider in production."""
    secret, url = group.client_secret, group.metadata_url
    if group.client_id is not None and secret is None:
        yield f"{prefix}CLIENT_SECRET is unset, but {prefix}CLIENT_ID is set"
    if group.client_id in {SANDBOX_GOOGLE_CLIENT, SANDBOX_TELEGRAM_CLIENT}:
        yield f"{prefix}CLIENT_ID is the sandbox's: set your own"
    if secret is not None and secret.get_secret_value() == sandbox_secret:
        yield f"{prefix}CLIENT_SECRET is the sandbox's: set your own"
    if url is not None and (is_loopback(url) or not is_secure(url)):
        yield f"{prefix}METADATA_URL is this machine or not https, so it would be the sandbox"

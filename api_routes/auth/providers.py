"""Google and Telegram as OpenID providers, through authlib.

authlib checks state, nonce, PKCE, and the token's signature, issuer, audience and times.
Of what the provider says, the name of the person is taken and everything else dropped.
Nothing is asked before somebody signs in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError
from starlette.requests import Request

from api_routes.auth.journeys import Journey, PendingSignIns, journey_out_of
from api_routes.auth.outcomes import DENIED, EXPIRED, UNAVAILABLE, SignInStopped
from jiema_app.domain.identity.provider import Provider
from jiema_app.domain.outside_numbers import whole_number
from jiema_app.settings import IdentityClient, Settings

TIMEOUT_S: Final = 10
LEEWAY_S: Final = 60

TELEGRAM_ID_MAX: Final = 2**63 - 1
SUBJECT_LENGTH_MAX: Final = 255

OUTCOMES: Final[Mapping[str, str]] = {
    "access_denied": DENIED,
    "mismatching_state": EXPIRED,
    "invalid_grant": EXPIRED,
}
"""Errors of the protocol that mean something to a person."""

TROUBLES: Final = (AuthlibBaseError, JoseError, httpx2.HTTPError, ValueError, KeyError, TypeError,
                   RuntimeError)  # fmt: skip
"""What a provider that is down, slow or wrong looks like from here."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a provider vouches for."""

    provider: Provider
    issuer: str
    subject: str


class TelegramIDToken(CodeIDToken):  # type: ignore[misc]
    """Telegram has been seen to leave the nonce out; one that is there must be right.

    State and PKCE bind the answer to the browser either way.
    """

    def validate_nonce(self) -> None:
        """See `CodeIDToken`."""
        if "nonce" in self:
            super().validate_nonce()


class PendingOAuth(OAuth):  # type: ignore[misc]
    """authlib's registry, with a memory for several tabs."""

    framework_integration_cls = PendingSignIns


class Providers:
    """The OpenID providers that this deployment offers."""

    def __init__(self, settings: Settings) -> None:
        self._oauth = PendingOAuth()
        self._origin = settings.origin
        # The numeric id, by which the bot and the older widget know the person too, comes
        # with Telegram's scope `profile`; its `sub` is another name.
        self._register(Provider.GOOGLE, settings.google_client, "openid")
        self._register(Provider.TELEGRAM, settings.telegram_client, "openid profile")

    def callback_url(self, provider: Provider) -> str:
        """Where a provider sends people back to. Of our settings, not of the request."""
        return f"{self._origin}/api/auth/{provider}/callback"

    async def begin(self, request: Request, provider: Provider, journey: Journey) -> str:
        """Remember a journey and say where to send the visitor.

        Raises:
            SignInStopped: The provider is not offered or does not answer.
        """
        client = self._client(provider)
        callback = self.callback_url(provider)
        try:
            begun = await client.create_authorization_url(callback)
        except TROUBLES as error:
            raise _stopped(error) from None
        await client.save_authorize_data(
            request, redirect_uri=callback, **begun, **journey.as_dict()
        )
        return str(begun["url"])

    async def recall(self, request: Request, provider: Provider) -> Journey:
        """The journey of a visitor who comes back.

        Raises:
            SignInStopped: It began in another browser, too long ago, or has ended.
        """
        client = self._client(provider)
        state = request.query_params.get("state")
        kept = await client.framework.get_state_data(request.session, state)
        if kept is None:
            raise SignInStopped(EXPIRED, "mismatching_state")
        return journey_out_of(kept)

    async def complete(self, request: Request, provider: Provider) -> Person:
        """Whom the provider vouches for. Works once for each journey.

        Raises:
            SignInStopped: It vouches for nobody.
        """
        client = self._client(provider)
        is_telegram = provider is Provider.TELEGRAM
        try:
            token = await client.authorize_access_token(
                request, claims_cls=TelegramIDToken if is_telegram else None, leeway=LEEWAY_S
            )
            claims = token["userinfo"]
            subject = telegram_id(claims["id"]) if is_telegram else google_name(claims["sub"])
            return Person(provider, str(claims["iss"]), subject)
        except TROUBLES as error:
            raise _stopped(error) from None

    def _register(self, provider: Provider, client: IdentityClient | None, scope: str) -> None:
        if client is None:
            return
        host = urlsplit(client.metadata_url).hostname or ""
        self._oauth.register(
            str(provider),
            client_id=client.client_id,
            client_secret=client.client_secret,
            server_metadata_url=client.metadata_url,
            client_kwargs={
                "scope": scope,
                "code_challenge_method": "S256",
                "timeout": TIMEOUT_S,
                # A proxy of the environment does not know the sandbox.
                "trust_env": host not in {"localhost", "127.0.0.1", "::1"},
            },
        )

    def _client(self, provider: Provider) -> Any:
        client = self._oauth.create_client(str(provider))
        if client is None:
            raise SignInStopped(UNAVAILABLE, "not offered")
        return client


def telegram_id(claim: object) -> str:
    """A person's numeric id at Telegram, which comes as a number or as its digits.

    Raises:
        ValueError: It is none.
    """
    if isinstance(claim, int) and not isinstance(claim, bool):
        number = claim if 0 < claim <= TELEGRAM_ID_MAX else None
    else:
        number = whole_number(claim, at_most=TELEGRAM_ID_MAX) if isinstance(claim, str) else None
    if not number:
        raise ValueError("no id of Telegram's")
    return str(number)


def google_name(claim: object) -> str:
    """What Google calls a person, which is a text (OpenID Connect Core, 2).

    Raises:
        ValueError: It is none, or longer than the protocol allows.
    """
    if not isinstance(claim, str) or not 0 < len(claim) <= SUBJECT_LENGTH_MAX:
        raise ValueError("no subject")
    return claim


def _stopped(error: Exception) -> SignInStopped:
    # The words of an error may hold what the provider or the visitor sent: only those that
    # are known go further.
    named = str(getattr(error, "error", ""))
    if named in OUTCOMES:
        return SignInStopped(OUTCOMES[named], named)
    return SignInStopped(UNAVAILABLE, type(error).__name__)

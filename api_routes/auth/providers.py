"""Google and Telegram as OpenID providers, through authlib.

authlib checks state, nonce, PKCE, and the token's signature, issuer, audience and times.
Of what the provider says, the name of the person is taken and everything else dropped.
Nothing is asked before somebody signs in.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from authlib.oidc.core import CodeIDToken
from starlette.requests import Request

from api_routes.auth.sign_in_context import PendingSignIns, SignInContext, sign_in_context_of
from api_routes.auth.sign_in_results import DENIED, EXPIRED, UNAVAILABLE, SignInStopped
from jiema_app.domain.identity.provider import Provider
from jiema_app.settings import IdentityClient, Settings

TIMEOUT_S: Final = 10
"""Of one step of an answer."""
PATIENCE_S: Final = 20.0
"""Of all that is asked of a provider for one request of a visitor: whoever sends a byte now and
then would never be late otherwise."""
LEEWAY_S: Final = 60

ANSWER_MAX_BYTES: Final = 256 * 1024
"""Of any answer of a provider; the longest has some 4 kB."""

SUBJECT_MAX: Final = 255
"""As OpenID Connect has it: ASCII characters."""

OUTCOMES: Final[Mapping[str, str]] = {
    "access_denied": DENIED,
    "mismatching_state": EXPIRED,
    "invalid_grant": EXPIRED,
}
"""Errors of the protocol that mean something to a person."""

ADDRESSES: Final = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
ALGORITHMS: Final = "id_token_signing_alg_values_supported"
"""What we use of a provider's description of itself."""

_SUBJECT: Final = re.compile(r"[!-~]{1,255}")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")


class AnswerRefused(Exception):
    """An answer that is not read: too long, or packed though nobody asked for that."""


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


class CarefulApp(StarletteOAuth2App):  # type: ignore[misc]
    """One provider, of whose description of itself we take what we use.

    authlib hands every name in it on to its client as an argument: ``verify`` among them.
    """

    async def load_server_metadata(self) -> dict[str, Any]:
        """See `AsyncOAuth2Mixin`."""
        if "_loaded_at" not in self.server_metadata:
            described = dict(await super().load_server_metadata())
            self.server_metadata.clear()
            addresses = {name: described[name] for name in ADDRESSES}
            if not all(isinstance(address, str) for address in addresses.values()):
                raise AnswerRefused("an address that is none")
            self.server_metadata.update(addresses, _loaded_at=described["_loaded_at"])
            if ALGORITHMS in described:
                self.server_metadata[ALGORITHMS] = described[ALGORITHMS]
        found: dict[str, Any] = self.server_metadata
        return found


class PendingOAuth(OAuth):  # type: ignore[misc]
    """authlib's registry, with a memory for several tabs."""

    oauth2_client_cls = CarefulApp
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

    async def begin(
        self, request: Request, provider: Provider, sign_in_context: SignInContext
    ) -> str:
        """Remember a sign_in_context and say where to send the visitor.

        Raises:
            SignInStopped: The provider is not offered or does not answer.
        """
        client = self._client(provider)
        callback = self.callback_url(provider)
        with _trouble_told(client):
            async with asyncio.timeout(PATIENCE_S):
                begun = await client.create_authorization_url(callback)
        await client.save_authorize_data(
            request, redirect_uri=callback, **begun, **sign_in_context.as_dict()
        )
        return str(begun["url"])

    async def recall(self, request: Request, provider: Provider) -> SignInContext:
        """The sign_in_context of a visitor who comes back.

        Raises:
            SignInStopped: It began in another browser, too long ago, or has ended.
        """
        client = self._client(provider)
        state = request.query_params.get("state")
        kept = await client.framework.get_state_data(request.session, state)
        if kept is None:
            raise SignInStopped(EXPIRED, "mismatching_state")
        return sign_in_context_of(kept)

    async def complete(self, request: Request, provider: Provider) -> Person:
        """Whom the provider vouches for. Works once for each sign_in_context.

        Raises:
            SignInStopped: It vouches for nobody.
        """
        client = self._client(provider)
        is_telegram = provider is Provider.TELEGRAM
        with _trouble_told(client):
            async with asyncio.timeout(PATIENCE_S):
                token = await client.authorize_access_token(
                    request, claims_cls=TelegramIDToken if is_telegram else None, leeway=LEEWAY_S
                )
            return _person(provider, token["userinfo"])

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
                "headers": {"Accept-Encoding": "identity"},
                "event_hooks": {"response": [_bound]},
                # A proxy of the environment does not know the sandbox.
                "trust_env": host not in {"localhost", "127.0.0.1", "::1"},
            },
        )

    def _client(self, provider: Provider) -> Any:
        client = self._oauth.create_client(str(provider))
        if client is None:
            raise SignInStopped(UNAVAILABLE, "not offered")
        return client


class _BoundedStream(httpx2.AsyncByteStream):
    """The body of an answer, given up when it is too long."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._stream:
            size += len(part)
            if size > ANSWER_MAX_BYTES:
                raise AnswerRefused("too long")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _bound(response: httpx2.Response) -> None:
    """See to it that no more of an answer is read than can be one."""
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise AnswerRefused("packed")
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    response.stream = _BoundedStream(response.stream)


def _person(provider: Provider, claims: Mapping[str, Any]) -> Person:
    """Whom a login is about.

    Raises:
        ValueError: It names nobody in the form that this provider does.
    """
    issuer, subject, shape = claims["iss"], claims["sub"], _SUBJECT
    if provider is Provider.TELEGRAM:
        subject, shape = claims["id"], _NUMBER
        if type(subject) is int and 0 < subject < 10**18:
            subject = str(subject)
    if not (isinstance(subject, str) and len(subject) <= SUBJECT_MAX and shape.fullmatch(subject)):
        raise ValueError("no subject")
    if not (isinstance(issuer, str) and _SUBJECT.fullmatch(issuer)):
        raise ValueError("no issuer")
    return Person(provider, issuer, subject)


@contextmanager
def _trouble_told(client: Any) -> Iterator[None]:
    """Whatever goes wrong between us and a provider is told as a sign-in that stopped.

    What it answers runs through libraries of others, which have an error of their own for each
    thing that can be wrong with it, and none for the rest.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the outside world begins here
        stopped = _stopped(error)
    else:
        return
    if stopped.result == UNAVAILABLE:
        # Its description of itself is kept for good. If that was the odd answer, the next
        # visitor shall not suffer from it.
        for name in ("_loaded_at", "jwks"):
            client.server_metadata.pop(name, None)
    raise stopped


def _stopped(error: Exception) -> SignInStopped:
    # The words of an error may hold what the provider or the visitor sent: only those that
    # are known go further.
    named = str(getattr(error, "error", ""))
    if named in OUTCOMES:
        return SignInStopped(OUTCOMES[named], named)
    return SignInStopped(UNAVAILABLE, type(error).__name__)

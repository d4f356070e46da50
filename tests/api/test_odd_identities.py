"""Providers of identities that answer anything: a page that says so, never a bug of ours."""

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from starlette.requests import Request

from api_routes.auth.providers import ANSWER_MAX_BYTES, Person, Providers, _person
from api_routes.auth.sign_in_context import SignInContext
from api_routes.auth.sign_in_results import UNAVAILABLE, SignInStopped
from jiema_app.domain.identity.provider import Provider
from jiema_app.settings import GoogleSettings, Settings
from tests.support import hostile

KEY = RSAKey.generate_key(2048, parameters={"kid": "k"}, private=True)
DESCRIPTION = "/.well-known/openid-configuration"
FRESH = b"as it should be"


@dataclass
class OddProvider:
    """A provider on a socket: what it answers to each path, whole or byte by byte."""

    answers: dict[str, bytes] = field(default_factory=dict)
    headers: bytes = b""
    origin: str = ""
    written: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split()[1].decode()
        body = self.answers[path]
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n" + self.headers)
        writer.write(b"content-type: application/json\r\n\r\n")
        try:
            for start in range(0, len(body), 65_536):
                writer.write(body[start : start + 65_536])
                await writer.drain()
                self.written += 65_536
        except ConnectionError:
            return
        finally:
            writer.close()

    def describe(self) -> dict[str, Any]:
        return {
            "issuer": self.origin,
            "authorization_endpoint": f"{self.origin}/authorize",
            "token_endpoint": f"{self.origin}/token",
            "jwks_uri": f"{self.origin}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def be_well(self) -> None:
        self.answers = {
            DESCRIPTION: json.dumps(self.describe()).encode(),
            "/keys": json.dumps({"keys": [KEY.as_dict(private=False)]}).encode(),
            "/token": FRESH,
        }

    def token(self, claims: dict[str, Any]) -> dict[str, Any]:
        now = int(time.time())
        known = {"iss": self.origin, "aud": "client", "sub": "1", "iat": now, "exp": now + 60}
        signed = jwt.encode({"alg": "RS256", "kid": "k"}, known | claims, KEY)
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}


@pytest.fixture
async def odd() -> AsyncIterator[OddProvider]:
    provider = OddProvider()
    server = await asyncio.start_server(provider.serve, "127.0.0.1", 0)
    provider.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield provider


@pytest.fixture
def providers(odd: OddProvider) -> Providers:
    google = GoogleSettings(
        client_id="client",
        client_secret=SecretStr("secret"),
        metadata_url=f"{odd.origin}{DESCRIPTION}",
    )
    return Providers(Settings(google=google))


def request_of(session: dict[str, Any], **query: str) -> Request:
    return Request({
        "type": "http", "method": "GET", "path": "/", "headers": [], "session": session,
        "query_string": urlencode(query).encode(),
    })  # fmt: skip


async def sign_in(odd: OddProvider, providers: Providers, claims: dict[str, Any]) -> Person:
    """From the button to the end, with a token that has these claims."""
    session: dict[str, Any] = {}
    url = await providers.begin(request_of(session), Provider.GOOGLE, SignInContext("/en", "en"))
    sent = dict(parse_qsl(urlsplit(url).query))
    if odd.answers["/token"] == FRESH:
        odd.answers["/token"] = json.dumps(odd.token({"nonce": sent["nonce"]} | claims)).encode()
    back = request_of(session, state=sent["state"], code="c")
    return await providers.complete(back, Provider.GOOGLE)


async def test_a_provider_that_is_well_vouches_for_somebody(
    odd: OddProvider, providers: Providers
) -> None:
    odd.be_well()
    found = await sign_in(odd, providers, {"sub": "104711"})
    assert found == Person(Provider.GOOGLE, odd.origin, "104711")


@pytest.mark.parametrize("path", [DESCRIPTION, "/keys", "/token"])
async def test_no_answer_of_a_provider_is_a_bug_of_ours(
    odd: OddProvider, providers: Providers, path: str
) -> None:
    """And whatever it was, the next visitor is signed in."""
    odd.be_well()
    good = json.loads(odd.answers[path]) if path != "/token" else odd.token({})
    bodies = [*hostile.VALUES[::6], b"", b"\xff\xfe{", b"<html>", b"x" * (ANSWER_MAX_BYTES + 1)]
    bodies += [
        hostile.put(good, way, value)
        for way in hostile.places(good)
        for value in (b"[]", b"1" * 5000)
    ]
    told = set()
    for body in bodies:
        odd.be_well()
        odd.answers[path] = body
        try:
            await sign_in(odd, providers, {})
        except SignInStopped as stopped:
            told.add(stopped.result)
    assert told == {UNAVAILABLE}
    odd.be_well()
    assert (await sign_in(odd, providers, {"sub": "7"})).subject == "7"


@pytest.mark.parametrize(
    "subject",
    [None, True, 5, 1.5, [], {}, "", " ", "a\0", "a b", "é", "x" * 256, "n" * 100_000],
    ids=lambda subject: repr(subject)[:20],
)
async def test_nobody_is_signed_in_under_an_odd_name(
    odd: OddProvider, providers: Providers, subject: Any
) -> None:
    odd.be_well()
    with pytest.raises(SignInStopped):
        await sign_in(odd, providers, {"sub": subject})


@pytest.mark.parametrize("number", [True, 0, -1, 1.5, "٣", "0x1", "9" * 19, 10**18, None, "1 "])
def test_telegram_names_people_by_a_number(number: Any) -> None:
    with pytest.raises(ValueError, match="no subject"):
        _person(Provider.TELEGRAM, {"iss": "https://t", "sub": "s", "id": number})


async def test_an_answer_without_end_is_given_up(odd: OddProvider, providers: Providers) -> None:
    odd.be_well()
    odd.answers[DESCRIPTION] = b" " * 100_000_000
    with pytest.raises(SignInStopped):
        await sign_in(odd, providers, {})
    assert odd.written < 30_000_000


async def test_an_answer_that_is_packed_is_not_unpacked(
    odd: OddProvider, providers: Providers
) -> None:
    odd.be_well()
    odd.headers = b"content-encoding: gzip\r\n"
    odd.answers[DESCRIPTION] = gzip.compress(b" " * 50_000_000)
    with pytest.raises(SignInStopped):
        await sign_in(odd, providers, {})


async def test_a_description_names_no_arguments_of_ours(
    odd: OddProvider, providers: Providers
) -> None:
    """authlib would hand them to its client: certificates would not be looked at."""
    odd.be_well()
    evil = {"verify": False, "proxy": "http://x", "client_id": "x", "event_hooks": {}, "timeout": 0}
    described = json.loads(odd.answers[DESCRIPTION]) | evil | {"jwks": {"keys": []}}
    odd.answers[DESCRIPTION] = json.dumps(described).encode()
    assert (await sign_in(odd, providers, {"sub": "7"})).subject == "7"

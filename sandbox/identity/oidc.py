"""OpenID Connect, code flow: what both providers have in common, and where they differ."""

import asyncio
import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from sandbox.identity.faults import IdentityFaults
from sandbox.identity.pages import choose_page, refusal_page
from sandbox.identity.persons import KEY_BITS, People, Person

CODE_LIFE_S: Final = 600
TOKEN_LIFE_S: Final = 3600
CODES_MAX: Final = 10_000
CARRIED: Final = ("response_type", "client_id", "redirect_uri", "scope", "state", "nonce",
                  "code_challenge", "code_challenge_method")  # fmt: skip
LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Manner:
    """How one provider does it.

    Attributes:
        authorize_path: Of its page, below its origin.
        is_post_allowed: Whether the client may prove itself in the body of the form.
        is_pkce_required: Whether a request without a challenge is refused.
        is_nonce_echoed: Whether the token carries the nonce.
    """

    name: str
    title: str
    client_id: str
    client_secret: str
    authorize_path: str
    token_path: str
    jwks_path: str
    scopes: tuple[str, ...]
    is_post_allowed: bool
    is_pkce_required: bool
    is_nonce_echoed: bool

    @property
    def callback_path(self) -> str:
        """The only path of ours that it sends people back to."""
        return f"/api/auth/{self.name}/callback"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code stands for."""

    person: Person
    redirect_uri: str
    scopes: tuple[str, ...]
    nonce: str
    challenge: str
    ends_at: float


class OidcProvider:
    """One provider: its pages, its tokens, its faults."""

    def __init__(self, manner: Manner, origin: str, people: People, faults: IdentityFaults) -> None:
        self.manner, self.people, self.faults = manner, people, faults
        self.issuer = f"{origin}/{manner.name}"
        self.sign_ins = 0
        self._codes: dict[str, Grant] = {}

    def router(self) -> APIRouter:
        """Its routes."""
        router, manner = (
            APIRouter(include_in_schema=False, prefix=f"/{self.manner.name}"),
            self.manner,
        )
        add = router.add_api_route
        add("/.well-known/openid-configuration", self.discovery, methods=["GET"])
        add(manner.jwks_path, self.jwks, methods=["GET"])
        add(manner.authorize_path, self.ask, methods=["GET"], response_model=None)
        add(manner.authorize_path, self.answer, methods=["POST"], response_model=None)
        add(manner.token_path, self.token, methods=["POST"])
        return router

    async def discovery(self) -> Response:
        """What a client needs to know."""
        if self.faults.strikes(self.manner.name, "down"):
            return _down()
        manner, issuer = self.manner, self.issuer
        methods = ["client_secret_basic"] + ["client_secret_post"] * manner.is_post_allowed
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": issuer + manner.authorize_path,
                "token_endpoint": issuer + manner.token_path,
                "jwks_uri": issuer + manner.jwks_path,
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": list(manner.scopes),
                "token_endpoint_auth_methods_supported": methods,
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def jwks(self) -> Response:
        """The public key."""
        if self.faults.strikes(self.manner.name, "down"):
            return _down()
        return JSONResponse(self.people.jwks(self.manner.name))

    async def ask(self, request: Request) -> Response:
        """The page that asks a person who they are."""
        wish = {name: request.query_params.get(name, "") for name in CARRIED}
        if self.faults.strikes(self.manner.name, "down"):
            return _down()
        refusal = self._refusal(wish)
        if refusal is not None:
            return refusal
        return choose_page(
            self.manner.title,
            self.people.to_choose_from(self.manner.name),
            action=f"/{self.manner.name}{self.manner.authorize_path}",
            hidden=wish,
            asks=urlsplit(wish["redirect_uri"]).netloc,
        )

    async def answer(self, request: Request) -> Response:
        """The person chose: send them back, with a code or with their no."""
        form = await request.form()
        wish = {name: str(form.get(name, "")) for name in CARRIED}
        refusal = self._refusal(wish)
        if refusal is not None:
            return refusal
        choice = str(form.get("person", ""))
        if choice == "deny":
            return _back(wish, {"error": "access_denied"})
        name = self.manner.name
        person = self.people.add(name) if choice == "new" else self.people.find(name, choice)
        if person is None:
            return refusal_page(self.manner.title, "There is no such person.")
        return _back(wish, {"code": self._make_code(person, wish)})

    async def token(self, request: Request) -> Response:
        """Trade a code for a token: once, to the right client, for the right verifier."""
        name = self.manner.name
        if self.faults.strikes(name, "down"):
            return _down()
        await asyncio.sleep(self.faults.strikes(name, "slow"))
        form = {key: str(value) for key, value in (await request.form()).items()}
        if not self._is_our_client(request, form):
            challenge = {"WWW-Authenticate": f'Basic realm="{name}"'}
            return JSONResponse({"error": "invalid_client"}, 401, challenge)
        if form.get("grant_type") != "authorization_code":
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        grant = self._codes.pop(form.get("code", ""), None)
        if grant is None or not _fits(grant, form):
            return JSONResponse({"error": "invalid_grant"}, 400)
        self.sign_ins += 1
        access_token = secrets.token_urlsafe(24)
        return JSONResponse(
            {
                "access_token": access_token,
                "token_type": "Bearer",
                "expires_in": TOKEN_LIFE_S,
                "scope": " ".join(grant.scopes),
                "id_token": self._id_token(grant, access_token),
            },
            headers={"Cache-Control": "no-store"},
        )

    def claims_of(self, grant: Grant) -> dict[str, Any]:
        """What the token says of the person; Google with `openid` alone says no more."""
        return {"sub": grant.person.sub}

    def reset(self) -> None:
        """Forget every code."""
        self._codes.clear()

    def _refusal(self, wish: dict[str, str]) -> Response | None:
        """Whom it will not serve: told on its own page, unless the way back is known good."""
        manner = self.manner
        if wish["client_id"] != manner.client_id:
            return refusal_page(manner.title, "invalid_client: there is no such client.")
        if not is_ours(wish["redirect_uri"], manner.callback_path):
            return refusal_page(manner.title, "redirect_uri_mismatch: it is not on the list.")
        if wish["response_type"] != "code":
            return _back(wish, {"error": "unsupported_response_type"})
        if "openid" not in wish["scope"].split():
            return _back(wish, {"error": "invalid_scope"})
        has_challenge = bool(wish["code_challenge"])
        if (manner.is_pkce_required and not has_challenge) or (
            has_challenge and wish["code_challenge_method"] != "S256"
        ):
            return _back(wish, {"error": "invalid_request"})
        return None

    def _make_code(self, person: Person, wish: dict[str, str]) -> str:
        if len(self._codes) >= CODES_MAX:
            self._codes.clear()
        code = secrets.token_urlsafe(24)
        self._codes[code] = Grant(
            person=person,
            redirect_uri=wish["redirect_uri"],
            scopes=tuple(scope for scope in wish["scope"].split() if scope in self.manner.scopes),
            nonce=wish["nonce"],
            challenge=wish["code_challenge"],
            ends_at=time.time() + CODE_LIFE_S,
        )
        return code

    def _is_our_client(self, request: Request, form: dict[str, str]) -> bool:
        client, secret = _basic(request.headers.get("authorization", ""))
        if not client and self.manner.is_post_allowed:
            client, secret = form.get("client_id", ""), form.get("client_secret", "")
        expected = f"{self.manner.client_id}:{self.manner.client_secret}"
        return hmac.compare_digest(f"{client}:{secret}".encode(), expected.encode())

    def _id_token(self, grant: Grant, access_token: str) -> str:
        # The world's clock, not the sandbox's: the shop compares it with its own.
        name, now = self.manner.name, int(time.time())
        strikes = self.faults.strikes
        is_wrong, is_old = strikes(name, "wrong_audience"), strikes(name, "expired_id_token")
        key = self.people.key_of(name)
        if strikes(name, "bad_signature"):
            key = rsa.generate_private_key(65537, KEY_BITS)
        issued = now - 2 * TOKEN_LIFE_S if is_old else now
        claims = {
            "iss": self.issuer,
            "aud": "somebody-else" if is_wrong else self.manner.client_id,
            "iat": issued,
            "exp": issued + TOKEN_LIFE_S,
            "at_hash": _half_hash(access_token),
            **self.claims_of(grant),
        }
        if grant.nonce and self.manner.is_nonce_echoed:
            claims["nonce"] = grant.nonce
        return jwt.encode(claims, key, "RS256", headers={"kid": f"{name}-1"})


def is_ours(address: str, path: str) -> bool:
    """Whether an address is a callback of a shop on this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and host in LOCAL_HOSTS
        and parts.path == path
        and not (parts.query or parts.fragment or parts.username)
    )


def _fits(grant: Grant, form: dict[str, str]) -> bool:
    if grant.ends_at < time.time() or form.get("redirect_uri") != grant.redirect_uri:
        return False
    return not grant.challenge or hmac.compare_digest(
        _b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest()), grant.challenge
    )


def _back(wish: dict[str, str], result: dict[str, str]) -> Response:
    query = urlencode({**result, "state": wish["state"]})
    return RedirectResponse(f"{wish['redirect_uri']}?{query}", 303, {"Cache-Control": "no-store"})


def _basic(header: str) -> tuple[str, str]:
    kind, _, value = header.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        client, _, secret = base64.b64decode(value).decode().partition(":")
    except ValueError:
        return "", ""
    return unquote(client), unquote(secret)


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _half_hash(token: str) -> str:
    return _b64(hashlib.sha256(token.encode()).digest()[:16])


def _down() -> Response:
    return JSONResponse({"error": "temporarily_unavailable"}, 503)

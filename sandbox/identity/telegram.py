"""Telegram: OpenID Connect as oauth.telegram.org does it, and the older login widget."""

import hashlib
import hmac
import time
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from sandbox.identity.oidc import Grant, Manner, OidcProvider, is_ours
from sandbox.identity.pages import choose_page, refusal_page
from sandbox.identity.persons import People, Person

BOT_TOKEN: Final = "123456789:AAE-sandbox-bot-token-of-nobody"  # noqa: S105 - protects nothing
CLIENT_ID: Final = BOT_TOKEN.partition(":")[0]
CLIENT_SECRET: Final = "sandbox-telegram-secret"  # noqa: S105 - likewise

TELEGRAM: Final = Manner(
    name="telegram",
    title="Log in with Telegram",
    client_id=CLIENT_ID,
    client_secret=CLIENT_SECRET,
    authorize_path="/auth",
    token_path="/token",  # noqa: S106 - an address
    jwks_path="/.well-known/jwks.json",
    scopes=("openid", "profile", "phone", "telegram:bot_access"),
    is_post_allowed=False,
    is_pkce_required=True,
    is_nonce_echoed=False,
)


class TelegramProvider(OidcProvider):
    """Its `sub` is an opaque number; the user id that bots know comes with `profile`."""

    def claims_of(self, grant: Grant) -> dict[str, Any]:
        """See `OidcProvider`."""
        person, claims = grant.person, super().claims_of(grant)
        if "profile" in grant.scopes:
            claims |= {
                "id": person.number,
                "name": person.name,
                "given_name": person.first_name,
                "family_name": person.last_name,
                "preferred_username": person.username,
            }
        return claims


def create_widget_router(people: People) -> APIRouter:
    """Return the stand-in of the page that the older widget opens."""
    router = APIRouter(include_in_schema=False, prefix="/telegram")
    path = "/telegram/widget"

    @router.get("/widget", response_model=None)
    async def ask(auth_url: str = "", bot: str = "") -> Response:
        """Ask a person who they are."""
        if not is_ours(_bare(auth_url), TELEGRAM.callback_path):
            return refusal_page(TELEGRAM.title, "Bot domain invalid")
        hidden = {"auth_url": auth_url}
        return choose_page(
            TELEGRAM.title,
            people.to_choose_from("telegram"),
            action=path,
            hidden=hidden,
            asks=f"@{bot}",
        )

    @router.post("/widget", response_model=None)
    async def answer(request: Request) -> Response:
        """Send the person back with a signed statement, or with nothing after their no."""
        form = await request.form()
        auth_url, choice = str(form.get("auth_url", "")), str(form.get("person", ""))
        if not is_ours(_bare(auth_url), TELEGRAM.callback_path):
            return refusal_page(TELEGRAM.title, "Bot domain invalid")
        if choice == "deny":
            return RedirectResponse(auth_url, 303)
        person = people.add("telegram") if choice == "new" else people.find("telegram", choice)
        if person is None:
            return refusal_page(TELEGRAM.title, "There is no such person.")
        mark = "&" if "?" in auth_url else "?"
        return RedirectResponse(f"{auth_url}{mark}{urlencode(statement_of(person))}", 303)

    return router


def _bare(address: str) -> str:
    """An address without its query: the widget takes one that has any, and adds to it."""
    return address.partition("?")[0]


def statement_of(person: Person) -> dict[str, str]:
    """What the widget says of a person, signed with the bot's token."""
    fields = {
        "id": str(person.number),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "username": person.username,
        "auth_date": str(int(time.time())),
    }
    checked = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hashlib.sha256(BOT_TOKEN.encode()).digest()
    return {**fields, "hash": hmac.new(key, checked.encode(), "sha256").hexdigest()}

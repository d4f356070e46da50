"""A browser that signs in: cookies of the shop, and the pages of the sandbox's providers."""

import html
import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Browser:
    """One visitor.

    Attributes:
        api: The shop; its own jar of cookies.
        outside: The sandbox.
    """

    api: httpx.AsyncClient
    outside: httpx.AsyncClient
    headers: dict[str, str] = field(default_factory=lambda: {"User-Agent": PHONE})

    async def get(self, address: str, **headers: str) -> httpx.Response:
        """Ask the shop, wherever the address says it is."""
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return await self.api.get(path, headers={**self.headers, **headers})

    async def post(self, path: str, **headers: str) -> httpx.Response:
        """Send a form of one of our own pages."""
        return await self.api.post(path, headers={**self.headers, **OWN_PAGE, **headers})

    async def start(self, provider: str, query: str = "") -> str:
        """Press a button of the sign-in page; returns where it leads."""
        answer = await self.get(f"/api/auth/{provider}{query}")
        assert answer.status_code == 302, answer.headers.get("location")
        return str(answer.headers["location"])

    async def choose(self, page: str, person: str = "new") -> str:
        """Choose somebody at the provider; returns where that leads."""
        shown = await self.outside.get(page)
        assert shown.status_code == 200, shown.text
        fields = {name: html.unescape(value) for name, value in HIDDEN.findall(shown.text)}
        action = page.partition("?")[0]
        answer = await self.outside.post(action, data={**fields, "person": person})
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def sign_in(self, provider: str, person: str = "new", query: str = "") -> httpx.Response:
        """All of it."""
        return await self.get(await self.choose(await self.start(provider, query), person))

    async def who(self) -> str | None:
        """The name that the shop knows this browser by."""
        answer = await self.get("/api/auth/session")
        return answer.json()["data"]["displayName"] if answer.status_code == 200 else None

    async def persons(self, provider: str) -> list[dict[str, Any]]:
        """Everybody with an account at a provider."""
        state = (await self.outside.get("/control/state")).json()
        found: list[dict[str, Any]] = state["identity"]["providers"][provider]["persons"]
        return found

    async def fault(self, provider: str, kind: str, **how: Any) -> None:
        """Have something go wrong at a provider."""
        body = {"provider": provider, "kind": kind, **how}
        (await self.outside.post("/control/identity/faults", json=body)).raise_for_status()


def cookies_set(answer: httpx.Response) -> dict[str, Any]:
    """The cookies of an answer, by name, with their attributes."""
    jar: SimpleCookie = SimpleCookie()
    for value in answer.headers.get_list("set-cookie"):
        jar.load(value)
    return dict(jar)


def outcome(answer: httpx.Response) -> tuple[str, str | None]:
    """Path of the page that an answer leads to, and the error it shall explain."""
    assert answer.status_code == 303, answer.text
    parts = urlsplit(answer.headers["location"])
    return parts.path, dict(parse_qsl(parts.query)).get("error")

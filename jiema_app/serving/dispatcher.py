"""The outermost ASGI application: decides who answers, and answers for pages itself.

The API is called directly, round the layers that Reflex puts before an application it
mounts: that doubles the API's throughput.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jiema_app.serving.account_language import AccountLanguage
from jiema_app.serving.heads import is_too_long, refuse_head, with_plain_cookies
from jiema_app.serving.language_choice import choose_locale, chosen_locale, guess_cookie
from jiema_app.serving.member_pages import find_member_page
from jiema_app.serving.mini_app_page import MiniAppPage
from jiema_app.serving.page_server import Moved, PageServer, Reader
from jiema_app.serving.page_socket import PageSocket
from jiema_app.serving.paths import EVENTS, belongs_to_api, belongs_to_reflex
from jiema_app.serving.renewal import Renewal
from jiema_app.serving.responses import send_file, send_method_not_allowed, send_redirect
from jiema_app.serving.search_files import searched_text
from jiema_app.serving.server_error import note_page_fault, server_error_html
from jiema_app.serving.static_files import StaticFile, static_file
from jiema_app.serving.ticket_pages import find_ticket_page

READS: Final = frozenset({"GET", "HEAD"})

IN_PATHS: Final = "/!$&'()*+,;=:@"
"""Stand for themselves in a path (RFC 3986); servers hand paths over decoded."""


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Pages from memory, the API directly, the rest to Reflex."""

    reflex: ASGIApp
    """Reflex's backend with FastAPI in front: uploads, lifespans."""
    events: PageSocket
    """Where pages open their WebSocket."""
    api: ASGIApp
    """FastAPI itself."""
    api_state: Mapping[str, Any]
    """What FastAPI's lifespan left for its requests."""
    pages: PageServer
    mini_app: MiniAppPage
    files: Mapping[str, StaticFile]
    """Assets by address."""
    not_found: Mapping[str, StaticFile]
    """The page for unknown addresses, by locale."""
    locales: tuple[str, ...]
    renewal: Renewal
    account: AccountLanguage
    allowed_origins: frozenset[str]
    """Origins other than the request's own that may open a WebSocket."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] != "websocket":
            await self.reflex(scope, receive, send)
        elif is_too_long(scope):
            await self.events.refuse(receive, send, "head")
        elif scope["path"].startswith(EVENTS) and self._is_own_page(scope):
            await self.events(scope, receive, send)
        else:
            await self.events.refuse(receive, send, "origin")

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if belongs_to_api(path):
            scope["state"] = {**scope.get("state", {}), **self.api_state}
            await self.api(scope, receive, send)
            return
        if is_too_long(scope):
            await refuse_head(send)
            return
        scope = with_plain_cookies(scope)
        if path.startswith(EVENTS):
            # WebSockets alone. Reflex would refuse the rest too, some of it with a stack trace.
            await self._send_not_found(scope, send)
            return
        if belongs_to_reflex(path):
            await self.reflex(scope, receive, send)
            return
        if path in self.files:
            await self._send_file(scope, send, self.files[path])
            return
        if self.mini_app.knows(path):
            named = self.mini_app.named_locale(scope.get("query_string", b""))
            locale = named or self._best_locale(scope, self.locales)
            await self._send_file(scope, send, await self.mini_app.find(locale))
            return
        await self._page_or_apology(scope, send)

    async def _page_or_apology(self, scope: Scope, send: Send) -> None:
        has_begun = False

        async def watch(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._page(scope, watch)
        except Exception as error:
            request_id = note_page_fault(error, scope["path"])
            if has_begun:
                raise  # half an answer is out: cutting it off is all that is left
            html = server_error_html(self._locale(scope), request_id)
            apology = static_file(html, "/500.html")
            await self._send_file(scope, send, apology, status=HTTPStatus.INTERNAL_SERVER_ERROR)

    async def _page(self, scope: Scope, send: Send) -> None:
        if scope["method"] not in READS:
            await send_method_not_allowed(send)
            return
        query, cookies = scope.get("query_string", b""), _header(scope, b"cookie")
        own = await find_member_page(self.pages, scope["path"], query, cookies)
        if own is not None:
            await self._send_file(scope, send, own)
            return
        ticket = await find_ticket_page(self.pages, scope["path"], query)
        if isinstance(ticket, str):
            await send_redirect(send, ticket, HTTPStatus.SEE_OTHER)
            return
        if ticket is not None:
            await self._send_file(scope, send, ticket.file, ticket.status)
            return
        reader = Reader(_header(scope, b"accept-encoding"), _header(scope, b"if-none-match"))
        if text := searched_text(query):
            searched = await self.pages.find_searched(scope["path"], text, reader)
            if searched is not None:
                send = await self.renewal.wrap(scope, send, cookies)
                await self._send_file(scope, send, searched)
                return
        found = await self.pages.find(scope["path"], reader)
        if isinstance(found, StaticFile):
            send = await self.renewal.wrap(scope, send, cookies)
            await self._send_file(scope, send, found)
        elif isinstance(found, Moved):
            await send_redirect(send, found.address + _query(scope), 308)
        elif not await self._redirected(scope, send):
            await self._send_not_found(scope, send)

    async def _send_not_found(self, scope: Scope, send: Send) -> None:
        """Nobody else is asked: FastAPI and Reflex know their addresses, and paths.py all of them."""
        file = self.not_found[self._locale(scope)]
        await self._send_file(scope, send, file, HTTPStatus.NOT_FOUND)

    async def _send_file(
        self, scope: Scope, send: Send, file: StaticFile, status: int = HTTPStatus.OK
    ) -> None:
        if scope["method"] not in READS:
            await send_method_not_allowed(send)
            return
        await send_file(
            send,
            file,
            status=status,
            accept_encoding=_header(scope, b"accept-encoding"),
            if_none_match=_header(scope, b"if-none-match"),
            query=scope.get("query_string", b""),
            head_only=scope["method"] == "HEAD",
        )

    async def _redirected(self, scope: Scope, send: Send) -> bool:
        """Send the client to the address it meant: without a final slash, with a locale."""
        path = scope["path"]
        tail = _query(scope)
        bare = path.rstrip("/")
        if bare and bare != path and self._is_page(bare):
            await send_redirect(send, quote(bare, IN_PATHS) + tail, 308)
            return True
        # A page may exist in some languages only.
        locales = tuple(each for each in self.locales if self._is_page(f"/{each}{bare}"))
        if locales:
            locale, cookies = await self._locale_of_visitor(scope, locales)
            await send_redirect(
                send,
                f"/{locale}{quote(bare, IN_PATHS)}{tail}",
                302,
                (b"vary", b"accept-language, cookie"),
                *cookies,
            )
            return True
        return False

    async def _locale_of_visitor(
        self, scope: Scope, locales: tuple[str, ...]
    ) -> tuple[str, tuple[tuple[bytes, bytes], ...]]:
        """The best language for a visitor, and a note in their browser if it is only our guess."""
        cookies, languages = _header(scope, b"cookie"), _header(scope, b"accept-language")
        if (chosen := chosen_locale(cookies, locales)) is not None:
            return chosen, ()
        own = await self.account.find(cookies)
        if own in locales:
            return own, ()
        locale = choose_locale(cookies, languages, locales)
        note = guess_cookie(locale, is_secure=self.account.cookie.is_secure)
        return locale, ((b"set-cookie", note),)

    def _is_page(self, path: str) -> bool:
        return self.pages.knows(path)

    def _locale(self, scope: Scope) -> str:
        """The language that an address names, or else the visitor's best."""
        # Not every address has a slash: "*" is one of HTTP's.
        first = scope["path"].removeprefix("/").partition("/")[0]
        return first if first in self.locales else self._best_locale(scope, self.locales)

    def _best_locale(self, scope: Scope, locales: tuple[str, ...]) -> str:
        return choose_locale(_header(scope, b"cookie"), _header(scope, b"accept-language"), locales)

    def _is_own_page(self, scope: Scope) -> bool:
        """Whether a WebSocket is opened by one of our pages, or by no page at all.

        Browsers always send an Origin, and send our cookies with it whoever asks.
        """
        origin = _header(scope, b"origin")
        if not origin:
            return True
        try:
            host = urlsplit(origin).netloc
        except ValueError:  # what no browser writes: http://[
            return False
        return host == _header(scope, b"host") or origin in self.allowed_origins


def _query(scope: Scope) -> str:
    """The query as it stands in the address, with its question mark; empty when there is none."""
    query = scope.get("query_string", b"").decode("latin-1")
    return f"?{query}" if query else ""


def _header(scope: Scope, name: bytes) -> str:
    # Several Cookie headers are legal in HTTP/2; they mean one list.
    separator = "; " if name == b"cookie" else ", "
    return separator.join(value.decode("latin-1") for key, value in scope["headers"] if key == name)

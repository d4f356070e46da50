"""The door of the pages' WebSockets: who may connect, how much they may send, and what.

Anybody may open one, with any words in the handshake and in every frame. What reaches the
libraries behind this door is bounded and known: a handshake is written anew of the parts
that are needed, frames are read by ``page_frames.py``, and an address gets no more than its
share (``crowd.py``).
"""

import asyncio
import hashlib
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs

import structlog
from prometheus_client import Counter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jiema_app.processes.memory import give_back_memory
from jiema_app.serving.crowd import Crowd
from jiema_app.serving.event_arguments import EventRules, Refused
from jiema_app.serving.message_limits import bounded
from jiema_app.serving.page_frames import POLICY, TOKEN, Broken, Frames
from jiema_app.serving.paths import EVENTS
from jiema_app.serving.session_cookie import SessionCookie
from jiema_app.serving.unread_bytes import Sender, UnreadBytes

log = structlog.get_logger()

REFUSALS: Final = Counter(
    "jiema_page_refusals_total", "What pages' connections sent and was refused", ["reason"]
)

JOIN_S: Final = 10.0
"""Given to a connection to say which tab it is."""
SEND_S: Final = 20.0
"""Given to a browser to read what it is sent."""
TOLD_EVERY_S: Final = 60.0
"""Between two lines of the log about refusals, however many there are."""

MANY: Final = 20
TIDY_AFTER_S: Final = 40.0
"""How many connections end before memory is given back, and how long after that."""

QUERY_MAX: Final = 512
KEPT: Final = frozenset({b"host", b"origin", b"connection", b"upgrade", b"sec-websocket-protocol"})
"""Of the handshake's headers. Reflex keeps them with the tab's state."""
PROTOCOL_MAX: Final = 32


@dataclass(slots=True)
class _Told:
    """When refusals were last written about, and how many there were since."""

    at: float = -TOLD_EVERY_S
    count: int = 0


class PageSocket:
    """Serves the WebSockets of pages."""

    def __init__(
        self,
        events: ASGIApp,
        *,
        rules: EventRules,
        crowd: Crowd,
        cookie: SessionCookie,
        address_of: Callable[[Scope], str],
        counts_as: Callable[[str], str] = str,
        join_s: float = JOIN_S,
        send_s: float = SEND_S,
    ) -> None:
        """Put the door before the endpoint of Reflex.

        Args:
            events: The endpoint.
            rules: What pages may have the server do.
            crowd: Who is connected, and how much they do.
            cookie: How the session's cookie is read.
            address_of: Who is behind a connection, by the rule of the trusted proxies. States
                are told this address, and not that of the proxy.
            counts_as: Whom an address counts for.
            join_s: Given to a connection to say which tab it is.
            send_s: Given to a browser to read what it is sent.
        """
        self._events: Final = events
        self._rules: Final = rules
        self._crowd: Final = crowd
        self._cookie: Final = cookie
        self._address_of: Final = address_of
        self._counts_as: Final = counts_as
        self._join_s: Final = join_s
        self._send_s: Final = send_s
        self._told: Final = _Told()
        self._unread: Final = UnreadBytes(lambda: self.note("unread"))
        self._ended = 0
        self._ended_at = 0.0
        self._tidying: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        client = self._address_of(scope)
        known = self._known(scope, client)
        address = self._counts_as(client)
        if known is None:
            await self.refuse(receive, send, "handshake")
        elif not await self._crowd.enter(address):
            await self.refuse(receive, send, "crowd")
        else:
            try:
                with self._unread.watched(scope) as sender:
                    connection = _Connection(self, address, sender, receive, send)
                    await self._events(known, connection.receive, connection.send)
            finally:
                self._crowd.leave(address)
                self._ended += 1
                self._ended_at = time.monotonic()
                if self._ended >= MANY and self._tidying is None:
                    self._tidying = asyncio.create_task(self._tidy())

    async def _tidy(self) -> None:
        """Give back what many connections took, when some time has passed and at the end."""
        await asyncio.sleep(TIDY_AFTER_S)
        await asyncio.to_thread(give_back_memory)
        is_over = time.monotonic() - self._ended_at >= TIDY_AFTER_S
        self._ended = 0 if is_over else MANY
        self._tidying = None if is_over else asyncio.create_task(self._tidy())

    async def refuse(self, receive: Receive, send: Send, reason: str) -> None:
        """Turn away a connection that no page of ours opens."""
        # Before the handshake is accepted, so the browser sees a plain 403.
        self.note(reason)
        await receive()
        await send({"type": "websocket.close", "code": POLICY})

    def _known(self, scope: Scope, client: str) -> Scope | None:
        """The handshake of what is known of it; None when it is not a page's."""
        query = scope.get("query_string", b"")
        if len(query) > QUERY_MAX or scope["path"].rstrip("/") != EVENTS:
            return None
        given = parse_qs(query.decode("latin-1"))
        token = given.get("token", [""])
        protocols = scope.get("subprotocols") or []
        is_known = (
            given.get("EIO") == ["4"]
            and given.get("transport") == ["websocket"]
            and "sid" not in given
            and len(token) == 1
            and TOKEN.fullmatch(token[0])
            and len(protocols) <= 1
            and all(len(name) <= PROTOCOL_MAX for name in protocols)
        )
        if not is_known:
            return None
        cookies = "; ".join(
            value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"
        )
        headers = [(name, value) for name, value in scope["headers"] if name in KEPT]
        session = self._cookie.read(cookies)
        if session is not None:
            headers.append((b"cookie", f"{self._cookie.name}={session}".encode("latin-1")))
        return {
            **scope,
            "path": f"{EVENTS}/",
            "query_string": f"EIO=4&transport=websocket&token={tab_of(token[0], session)}".encode(),
            "headers": headers,
            "client": (client, (scope.get("client") or ("", 0))[1]),
        }

    def note(self, reason: str) -> None:
        """Count a refusal, and say from time to time that there are some."""
        REFUSALS.labels(reason).inc()
        told, now = self._told, time.monotonic()
        told.count += 1
        if now - told.at >= TOLD_EVERY_S:
            log.info("refused what pages' connections sent", latest=reason, count=told.count)
            told.at, told.count = now, 0


class _Connection:
    """One accepted connection: what comes in is read, what goes out is taken in time."""

    def __init__(
        self, door: PageSocket, address: str, sender: Sender, receive: Receive, send: Send
    ) -> None:
        self._door: Final = door
        self._address: Final = address
        self._sender: Final = sender
        self._send: Final = send
        self._receive: Final = bounded(receive, send)
        self._frames: Final = Frames(door._rules)  # noqa: SLF001 - two halves of one
        self._join_by = time.monotonic() + door._join_s  # noqa: SLF001
        self._is_over = False

    async def receive(self) -> Message:
        while not self._is_over:
            message = await self._next()
            if message["type"] != "websocket.receive":
                return message
            said = message.get("text") or message.get("bytes") or ""
            self._sender.hear(_bytes_of(said))
            try:
                text = self._frames.read(said)
            except Refused as error:
                self._door.note(str(error))
                continue
            except Broken as error:
                self._door.note(error.reason)
                return await self._end(error.code)
            if await self._door._crowd.admit_event(self._address):  # noqa: SLF001
                return {"type": "websocket.receive", "text": text}
            self._door.note("events")
            return await self._end(POLICY)
        return {"type": "websocket.disconnect", "code": POLICY}

    async def _next(self) -> Message:
        if self._frames.has_joined:
            return await self._receive()
        try:
            async with asyncio.timeout(max(0.0, self._join_by - time.monotonic())):
                return await self._receive()
        except TimeoutError:
            self._door.note("silent")
            return await self._end(POLICY)

    async def send(self, message: Message) -> None:
        if self._is_over:
            return
        try:
            async with asyncio.timeout(self._door._send_s):  # noqa: SLF001
                await self._send(message)
        except TimeoutError:
            self._is_over = True
            self._door.note("not read")

    async def _end(self, code: int) -> Message:
        if not self._is_over:
            self._is_over = True
            try:
                async with asyncio.timeout(1):
                    await self._send({"type": "websocket.close", "code": code})
            except TimeoutError:
                pass
        return {"type": "websocket.disconnect", "code": code}


def tab_of(token: str, session: str | None) -> str:
    """What Reflex calls a tab: its own token and its session's in one, which give away neither.

    Reflex sends whatever is for a tab to whoever names it. So who names another one's tab and
    has not its session is in a tab of their own.
    """
    digest = hashlib.sha256(f"{token} {session or ''}".encode("latin-1")).digest()
    return str(uuid.UUID(bytes=digest[:16]))


def _bytes_of(said: str | bytes) -> int:
    """How much was sent for this."""
    return (
        len(said)
        if isinstance(said, bytes) or said.isascii()
        else len(said.encode("utf-8", "surrogatepass"))
    )


def crowd_of(limits: Any) -> Crowd:
    """The crowd of a process, by the settings."""
    return Crowd(
        pages=limits.pages_per_address,
        openings_per_minute=limits.page_openings_per_minute,
        events_per_minute=limits.page_events_per_minute,
    )

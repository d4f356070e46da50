"""One node: its pace, how long to leave it alone, and whether an answer is one.

Everything a node can do but answer is ``ChainUnavailable``. Its words are never quoted,
for refusals name keys, and httpx's errors are never chained, for they hold the request.
"""

import asyncio
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Self

import httpx
import orjson

from jiema_app.domain.chain.port import ChainUnavailable
from jiema_app.integrations import outside
from jiema_app.integrations.connections import (
    BodyTooLarge,
    Connection,
    Connections,
    exchange,
    open_connections,
)
from jiema_app.integrations.pacing import PaceExceeded, Pacer, Urgency
from jiema_app.integrations.tron.backoff import Backoff
from jiema_app.integrations.tron.metrics import REQUESTS, SECONDS

CONNECTIONS: Final = 12
CONNECT_S: Final = 3.0
PATIENCE_S: Final = 30.0
"""Longest wait for a turn: a hundred receipts at a modest pace take this long. With a node's
``timeout_s`` that is the longest that a call can take."""

ANSWER_MAX_BYTES: Final = 64 * 1024 * 1024
"""Of one answer. A full block of transactions takes a few megabytes, but what one of them may
log is bounded by its energy only: some 40 MB. Whoever makes such a block must not stop us."""

WORD_MAX_BYTES: Final = 256 * 1024
"""Of an answer that holds one number."""

PARTS_MAX: Final = 3_000_000
"""Values in one answer. A hundred full blocks have a million; 64 MB of ``{"a":0},`` would be
eight million objects, and two gigabytes of memory."""

NOT_SENT_OUTCOME: Final = "not_sent"
NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
USER_AGENT: Final = "jiema/1.0"

_SUSPENDED: Final = re.compile(rb"suspended for (\d{1,6}) ?s")
_OK, _FORBIDDEN, _TOO_MANY, _SERVER_ERRORS = 200, 403, 429, 500
_WORDS_BYTES = 2000


class NotAsked(ChainUnavailable):
    """Not a byte of the call was sent."""


class _Trouble(Exception):
    """A request that brought no answer."""

    def __init__(self, outcome: str, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Node:
    """Asks one node.

    Attributes:
        name: For logs and metrics: its address may hold a key.
        url: Base address, no slash at the end; it may have a path.
        headers: Of every request. May hold a key.
        timeout_s: From a request's turn to its whole answer.
    """

    name: str
    url: str = field(repr=False)
    headers: httpx.Headers = field(repr=False)
    timeout_s: float
    connections: Connections = field(repr=False)
    pacer: Pacer = field(repr=False)
    backoff: Backoff = field(repr=False)

    @classmethod
    def connect(
        cls,
        name: str,
        url: str,
        headers: Mapping[str, str],
        *,
        timeout_s: float,
        requests_per_second: float,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> Self:
        """Make one; nothing is sent yet.

        Args:
            name: How to call it.
            url: Base address of its HTTP API.
            headers: Of every request.
            timeout_s: For one answer.
            requests_per_second: Its pace; 0 is none.
            transport: Instead of the network, in tests.

        Raises:
            ValueError: A header cannot be sent.
        """
        own = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": USER_AGENT,
        }
        if not all(text.isascii() for pair in headers.items() for text in pair):
            raise ValueError("a header of the node is not ASCII")
        every = httpx.Headers(own)
        every.update(headers)
        return cls(
            name=name,
            url=url.rstrip("/"),
            headers=every,
            timeout_s=timeout_s,
            connections=open_connections(transport, CONNECTIONS),
            pacer=Pacer(requests_per_second),
            backoff=Backoff(),
        )

    async def ask(
        self,
        path: str,
        urgency: Urgency = Urgency.URGENT,
        most_bytes: int = ANSWER_MAX_BYTES,
        **body: Any,
    ) -> Any:
        """Make a call and return its decoded answer.

        Args:
            path: Of the call.
            urgency: Whether it goes before others.
            most_bytes: More than this is no answer.
            body: Of the call.

        Raises:
            ChainUnavailable: There is none.
        """
        return await self.send(path, orjson.dumps(body), urgency, most_bytes)

    async def send(
        self,
        path: str,
        content: bytes,
        urgency: Urgency = Urgency.URGENT,
        most_bytes: int = ANSWER_MAX_BYTES,
    ) -> Any:
        """Make a call whose body is given byte for byte, once, and return its decoded answer.

        Args:
            path: Of the call.
            content: Its body, JSON.
            urgency: Whether it goes before others.
            most_bytes: More than this is no answer.

        Raises:
            NotAsked: The node was left alone, or not reached.
            ChainUnavailable: There is no answer; the node may have done what it was asked.
        """
        connection = await self._wait_for_turn(path, urgency)
        trouble: _Trouble
        started = time.perf_counter()
        try:
            answer = _read(await self._exchange(connection, path, content, most_bytes))
        except _Refused as error:
            self.pacer.slow_down(self.backoff.note_refusal(error.asked_s))
            trouble = _Trouble("turned_away", str(error))
        except _Trouble as error:
            self.backoff.note_trouble()
            trouble = error
        else:
            self.backoff.note_success()
            REQUESTS.labels(self.name, path, "ok").inc()
            return answer
        finally:
            self.connections.leave(connection)
            SECONDS.labels(self.name, path).observe(time.perf_counter() - started)
        REQUESTS.labels(self.name, path, trouble.outcome).inc()
        refusal = NotAsked if trouble.outcome == NOT_SENT_OUTCOME else ChainUnavailable
        raise refusal(f"{self.name} node, {path}: {trouble}")

    async def aclose(self) -> None:
        """Close every connection."""
        await self.connections.aclose()

    async def _wait_for_turn(self, path: str, urgency: Urgency) -> Connection:
        """Wait for the pace and a connection.

        Raises:
            NotAsked: The node is left alone for now, or too many wait.
        """
        if not self.backoff.held_s:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    if not self.pacer.is_free:
                        await self.pacer.admit(urgency, PATIENCE_S)
                    connection = await self.connections.enter()
            except (PaceExceeded, TimeoutError):
                pass
            else:
                # Those before us may have learned that the node is not well.
                if not self.backoff.held_s:
                    return connection
                self.connections.leave(connection)
        REQUESTS.labels(self.name, path, "held_back").inc()
        held_s = self.backoff.held_s
        reason = f"left alone for {held_s:.1f} s" if held_s else "too many calls wait"
        raise NotAsked(f"{self.name} node, {path}: {reason}")

    async def _exchange(
        self, connection: Connection, path: str, content: bytes, most_bytes: int
    ) -> "_Reply":
        """Send a call and read its reply.

        Raises:
            _Trouble: There is no whole reply.
        """
        try:
            request = httpx.Request(
                "POST",
                f"{self.url}/{path}",
                content=content,
                headers=self.headers,
                extensions={
                    "timeout": {
                        "connect": min(CONNECT_S, self.timeout_s),
                        "read": self.timeout_s,
                        "write": self.timeout_s,
                        "pool": CONNECT_S,
                    }
                },
            )
            async with asyncio.timeout(self.timeout_s):
                response, found = await exchange(connection, request, most_bytes)
            return _Reply(response.status_code, found, response.headers.get("retry-after"))
        except NOT_SENT as error:
            trouble = _Trouble(NOT_SENT_OUTCOME, type(error).__name__)
        except (httpx.HTTPError, httpx.InvalidURL, BodyTooLarge, TimeoutError) as error:
            trouble = _Trouble("lost", type(error).__name__)
        except AttributeError:
            # A connection that dies while it is opened (see integrations/supplier/gateway).
            trouble = _Trouble("lost", "connection lost while it was opened")
        except Exception as error:  # noqa: BLE001 - a node may answer anything; the next one is asked
            trouble = _Trouble("lost", type(error).__name__)
        raise trouble


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    body: bytes = field(repr=False)
    retry_after: str | None


class _Refused(_Trouble):
    """The node is tired of us."""

    def __init__(self, reason: str, asked_s: float | None) -> None:
        super().__init__("turned_away", reason)
        self.asked_s = asked_s


def _read(reply: _Reply) -> Any:
    """The answer in a reply.

    Raises:
        _Refused: Too many requests.
        _Trouble: Any other failure; a node also reports them with status 200.
    """
    if reply.status in {_TOO_MANY, _FORBIDDEN}:
        raise _Refused(f"HTTP {reply.status}", _asked_hold_s(reply))
    if reply.status != _OK:
        raise _Trouble("failed", f"HTTP {reply.status}")
    if sum(map(reply.body.count, b",[{")) > PARTS_MAX:
        raise _Trouble("unreadable", "the answer has more parts than any block")
    answer: Any = None
    # Strictly: with something left out of it a block would look like one without it.
    with suppress(outside.NotJson):
        answer = outside.read_json(reply.body)
    if not isinstance(answer, dict | list):
        raise _Trouble("unreadable", "the answer is no JSON object")
    if isinstance(answer, dict) and ("Error" in answer or "error" in answer):
        if _SUSPENDED.search(reply.body[:_WORDS_BYTES]):
            raise _Refused("suspended", _asked_hold_s(reply))
        raise _Trouble("failed", "an error with HTTP 200")
    return answer


def _asked_hold_s(reply: _Reply) -> float | None:
    """Seconds that a refusal asks for, in a header or in its words."""
    asked_s = outside.delay_s(reply.retry_after)
    if asked_s:
        return asked_s
    named = _SUSPENDED.search(reply.body[:_WORDS_BYTES])
    return float(named[1]) if named else None

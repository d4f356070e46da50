"""One supplier's door: pace, circuit, sending, and what the caller may conclude.

Everything here is about HTTP and nothing about a supplier's language: the adapter brings
a reader that turns a reply into its answer, or says why it cannot.

exceptions of a reader
├── TurnedAway    the request was not looked at (limits, an edge server): no effect
└── Unreadable    the reply says nothing: there may be an effect
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol, TypeVar

import httpx
import structlog

from jiema_app.domain.orders.supplier import OutcomeUnknown, SupplierError, SupplierUnavailable
from jiema_app.integrations import outside
from jiema_app.integrations.connections import BodyTooLarge, Connection, Connections, exchange
from jiema_app.integrations.pacing import PaceExceeded, Pacer, Urgency
from jiema_app.integrations.supplier.breaker import Breaker, CircuitState
from jiema_app.integrations.supplier.metrics import REQUESTS, SECONDS

log = structlog.get_logger()

ANSWER_MAX_BYTES: Final = 512 * 1024
"""Of an answer about one thing. Lists are longer, and their callers say so."""

CONNECT_S: Final = 3.0
RETRY_PAUSE_S: Final = 0.2
NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
"""What httpx raises before a byte of the request is under way."""


class TurnedAway(Exception):
    """The request was turned away unread.

    Attributes:
        hold_s: How long to leave the supplier alone, and be slower after; None when
            that would not help.
    """

    def __init__(self, reason: str, hold_s: float | None = None) -> None:
        super().__init__(reason)
        self.hold_s = hold_s


class Unreadable(Exception):
    """The reply says nothing. The message describes it and never quotes it."""


class _NotSent(Exception):
    """No byte of the request left."""


class PassingTrouble(SupplierUnavailable):
    """No answer to something that may be asked again."""


class Reply(NamedTuple):
    """An HTTP response."""

    status: int
    body: bytes
    retry_after_s: float | None = None


class Answer(Protocol):
    """What a reader makes of a reply."""

    @property
    def outcome(self) -> str:
        """``ok`` or ``refused``, for the metrics."""
        ...


AnswerT = TypeVar("AnswerT", bound=Answer)


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    Attributes:
        action: Its name in metrics and errors.
        url: Complete, with the key: never shown.
        has_effect: Something may change at the supplier: never sent twice.
        patience_s: It is not sent when its turn does not come within this.
        timeout_s: For the whole of an urgent call, its waiting included; for a bulk call
            from its turn on.
        body_max_bytes: Of its answer; a longer one counts as none.
        headers: Instead of the gateway's own.
    """

    action: str
    url: str = field(repr=False)
    urgency: Urgency
    patience_s: float
    timeout_s: float
    has_effect: bool = False
    body_max_bytes: int = ANSWER_MAX_BYTES
    headers: httpx.Headers | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Gateway:
    """Sends calls to one supplier.

    Attributes:
        name: The supplier's, for metrics.
        headers: Sent with every request that brings none.
    """

    name: str
    connections: Connections
    pacer: Pacer
    breaker: Breaker
    headers: httpx.Headers = field(repr=False)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    @property
    def circuit(self) -> CircuitState:
        """Whether calls are let through now."""
        return self.breaker.state

    async def send(self, call: Call, read: Callable[[Reply], AnswerT]) -> AnswerT:
        """Make a call; one without effect is made again once when its answer was lost.

        Raises:
            SupplierUnavailable: No effect.
            OutcomeUnknown: Only of a call with an effect: there may be one.
        """
        try:
            return await self._send_once(call, read)
        except PassingTrouble:
            if call.has_effect:
                raise
        await self.sleep(RETRY_PAUSE_S)
        return await self._send_once(call, read)

    async def aclose(self) -> None:
        """Close every connection."""
        await self.connections.aclose()

    async def _send_once(self, call: Call, read: Callable[[Reply], AnswerT]) -> AnswerT:
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        connection = await self._wait_for_turn(call)
        begins_at = asked_at if call.urgency is Urgency.URGENT else loop.time()
        trouble: SupplierError
        started = time.perf_counter()
        try:
            reply = await self._exchange(connection, call, begins_at + call.timeout_s)
            answer = read(reply)
        except TurnedAway as error:
            self.breaker.note_success()
            if error.hold_s is not None:
                self.pacer.slow_down(error.hold_s)
            outcome, trouble = "turned_away", SupplierUnavailable(f"{call.action}: {error}")
        except _NotSent as error:
            self.breaker.note_failure()
            outcome, trouble = "not_sent", PassingTrouble(f"{call.action}: {error}")
        except Unreadable as error:
            self.breaker.note_failure()
            outcome, trouble = "lost", _lost(call, str(error))
        except Exception as error:  # noqa: BLE001 - it was sent: whatever this is, there may be an effect
            self.breaker.note_failure()
            log.error("a reply fails our reader", call=call.action, error=type(error).__name__)  # noqa: TRY400 - never quoted
            outcome, trouble = "lost", _lost(call, "a reply that our reader fails on")
        except BaseException:
            self.breaker.note_abandoned()
            raise
        else:
            self.breaker.note_success()
            REQUESTS.labels(self.name, call.action, answer.outcome).inc()
            return answer
        finally:
            self.connections.leave(connection)
            SECONDS.labels(self.name, call.action).observe(time.perf_counter() - started)
        REQUESTS.labels(self.name, call.action, outcome).inc()
        # Raised here and not above: httpx's errors hold the request, thus the key.
        raise trouble

    async def _wait_for_turn(self, call: Call) -> Connection:
        """Wait for the pace, a connection and the circuit.

        Raises:
            SupplierUnavailable: Not within the call's patience. Nothing was sent.
        """
        reason = "circuit open"
        if not self.breaker.refuses:
            try:
                connection = await self._wait_for_connection(call)
            except PaceExceeded:
                reason = "too many calls wait for their turn"
            else:
                if self.breaker.admit():
                    return connection
                self.connections.leave(connection)
        REQUESTS.labels(self.name, call.action, "held_back").inc()
        raise SupplierUnavailable(f"{call.action}: {reason}")

    async def _wait_for_connection(self, call: Call) -> Connection:
        if not self.pacer.is_free:
            await self.pacer.admit(call.urgency, call.patience_s)
        if not self.connections.is_full:
            return await self.connections.enter()
        try:
            async with asyncio.timeout(call.patience_s):
                return await self.connections.enter()
        except TimeoutError:
            raise PaceExceeded from None

    async def _exchange(self, connection: Connection, call: Call, deadline: float) -> Reply:
        """Send a call and read its reply.

        Raises:
            _NotSent: No byte left.
            Unreadable: It was sent, wholly or in part, and there is no whole reply.
        """
        request = httpx.Request(
            "GET",
            call.url,
            headers=call.headers or self.headers,
            extensions={
                "timeout": {
                    "connect": min(CONNECT_S, call.timeout_s),
                    "read": call.timeout_s,
                    "write": call.timeout_s,
                    "pool": CONNECT_S,
                }
            },
        )
        failure: _NotSent | Unreadable
        try:
            async with asyncio.timeout_at(deadline):
                response, body = await exchange(connection, request, call.body_max_bytes)
            retry_after_s = outside.delay_s(response.headers.get("retry-after"))
            return Reply(response.status_code, body, retry_after_s)
        except NOT_SENT as error:
            failure = _NotSent(type(error).__name__)
        except (httpx.HTTPError, BodyTooLarge, TimeoutError) as error:
            failure = Unreadable(type(error).__name__)
        except AttributeError:
            # httpcore asks a fresh connection about TLS, and anyio then its socket, which
            # uvloop has taken away when the peer died in that very moment (anyio 4.16).
            failure = Unreadable("connection lost while it was opened")
        raise failure


def _lost(call: Call, why: str) -> SupplierError:
    """What may be concluded from a call that was sent and brought no answer."""
    return (OutcomeUnknown if call.has_effect else PassingTrouble)(f"{call.action}: {why}")

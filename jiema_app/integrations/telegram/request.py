"""How calls of the Bot API travel: bounded, over connections of our own, and never logged.

The token stands in every address, so nothing that logs addresses is in the way. What is raised
says the one thing that matters for what comes next: whether the call may have arrived.
"""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import httpx
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData

from jiema_app.integrations.connections import BodyTooLarge, Connections, exchange
from jiema_app.integrations.outside import NotJson, read_json, whole

CONNECT_S: Final = 5.0
WRITE_S: Final = 10.0
READ_S: Final = 15.0
CALL_S: Final = 25.0
"""A whole call, whatever dribbles in."""

ANSWER_MAX_BYTES: Final = 8 * 1024 * 1024
"""Hundred updates are the longest answer."""

RETRY_MAX_S: Final = 24 * 3600
"""What is longer is no pause that anybody could wait for: asked again after this."""
TOO_FAST_S: Final = 5
"""When Telegram says that we are too fast, and not for how long."""


class NotDelivered(NetworkError):
    """The call did not arrive."""


class AnswerLost(NetworkError):
    """The call may have arrived."""


class AnswerTooLong(AnswerLost):
    """It arrived; its answer is longer than any that is read."""


class ServerTrouble(NetworkError):
    """Telegram says that something is wrong with it."""


class TooFast(TelegramError):
    """Nothing is to be sent for so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too fast")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Refusal:
    """What Telegram said no with."""

    status: int
    description: str
    moved_to: int | None = None


class Refused(TelegramError):
    """Telegram understood the call and does not do it."""

    def __init__(self, refusal: Refusal) -> None:
        # Its words may quote what people wrote: they are not this error's message.
        super().__init__(f"refused ({refusal.status})")
        self.refusal = refusal


NOT_ARRIVED: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
)


class BotRequest(BaseRequest):
    """Makes the requests of `telegram.Bot`."""

    __slots__ = ("_connections",)

    def __init__(self, connections: Connections) -> None:
        """Take connections to the Bot API."""
        self._connections = connections

    @property
    def read_timeout(self) -> float | None:
        """See `BaseRequest`."""
        return READ_S

    async def initialize(self) -> None:
        """See `BaseRequest`."""

    async def shutdown(self) -> None:
        """See `BaseRequest`."""
        await self._connections.aclose()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """See `BaseRequest`; what cannot be read is not written into the log."""
        try:
            told = read_json(payload)
        except NotJson:
            told = None
        if not isinstance(told, dict) or "result" not in told:
            raise AnswerLost("not an answer")
        return told

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """See `BaseRequest`. A longer `read_timeout` makes the whole call longer by as much."""
        del write_timeout, connect_timeout, pool_timeout
        read_s = read_timeout if isinstance(read_timeout, int | float) else READ_S
        request = httpx.Request(
            method,
            url,
            data=request_data.json_parameters if request_data else None,
            files=request_data.multipart_data if request_data else None,
            headers={"User-Agent": self.USER_AGENT, "Accept-Encoding": "gzip"},
            extensions={
                "timeout": {
                    "connect": CONNECT_S,
                    "read": read_s,
                    "write": WRITE_S,
                    "pool": CONNECT_S,
                }
            },
        )
        status, body = await self._exchange(request, CALL_S + max(0.0, read_s - READ_S))
        if status != HTTPStatus.OK:
            raise _error(status, body)
        return status, body

    async def _exchange(self, request: httpx.Request, seconds: float) -> tuple[int, bytes]:
        has_begun = False
        try:
            async with asyncio.timeout(seconds):
                connection = await self._connections.enter()
                has_begun = True
                try:
                    response, body = await exchange(connection, request, ANSWER_MAX_BYTES)
                finally:
                    self._connections.leave(connection)
        except NOT_ARRIVED as error:
            raise NotDelivered(type(error).__name__) from None
        except TimeoutError:
            raise (AnswerLost if has_begun else NotDelivered)("too slow") from None
        except BodyTooLarge:
            raise AnswerTooLong("BodyTooLarge") from None
        except (httpx.HTTPError, OSError) as error:
            raise AnswerLost(type(error).__name__) from None
        return response.status_code, body


def _error(status: int, body: bytes) -> TelegramError:
    try:
        told = read_json(body)
    except NotJson:
        told = None
    told = told if isinstance(told, dict) else {}
    parameters = told.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        seconds = whole(parameters.get("retry_after"))
        return TooFast(TOO_FAST_S if seconds is None else min(seconds, RETRY_MAX_S))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or "description" not in told:
        # Without Telegram's envelope it is somebody's on the way.
        return ServerTrouble(f"status {status}")
    moved_to = parameters.get("migrate_to_chat_id")
    return Refused(
        Refusal(
            status,
            str(told["description"])[:300],
            moved_to if type(moved_to) is int and abs(moved_to) < 2**53 else None,
        )
    )

"""The node's HTTP face: which path is which call, how errors read, and what goes wrong."""

import asyncio
from typing import Any, Final
from urllib.parse import parse_qsl

import httpx
import orjson

from sandbox.asgi import Receive, Scope, Send, answer, drop_connection, read_body
from sandbox.tron.addresses import AddressError
from sandbox.tron.broadcasts import Broadcasts
from sandbox.tron.calls import READING, WALLET, WALLET_CALLS
from sandbox.tron.errors import ILLEGAL, NOT_JSON, NodeError
from sandbox.tron.faults import Fault, Faults
from sandbox.tron.listings import NAMES, find_listing
from sandbox.tron.paging import BadOption, Options
from sandbox.tron.query import Query
from sandbox.tron.spoiling import refusal, spoil_rows, thinned
from sandbox.tron.view import View
from sandbox.tron.wire import WireError

_MOST_BODY: Final = 4_194_304
_MOST_OPTIONS: Final = 100
_JSON = [(b"content-type", b"application/json")]
_TEXT = [(b"content-type", b"text/plain;charset=utf-8")]


class NodeApi:
    """Answers /wallet, /walletsolidity and /v1."""

    def __init__(
        self, view: View, faults: Faults, broadcasts: Broadcasts, prefix: str, *, served: bool
    ) -> None:
        self.requests: dict[str, int] = {}
        self._view = view
        self._faults = faults
        self._prefix = prefix
        self._served = served
        taking = {"broadcasttransaction": broadcasts.take, "broadcasthex": broadcasts.take_hex}
        self._calls = {"wallet": WALLET_CALLS | taking, "walletsolidity": READING}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] not in {"GET", "POST"}:
            await answer(send, *_words(httpx.codes.METHOD_NOT_ALLOWED), _TEXT)
            return
        path = str(scope["path"]).removeprefix(self._prefix)
        service, *rest = path.strip("/").split("/")
        path = f"{service}/{_known(service, rest)}"
        self.requests[path] = self.requests.get(path, 0) + 1
        body = b""
        if scope["method"] == "POST":
            body = await read_body(receive, _MOST_BODY + 1)
        if len(body) > _MOST_BODY:
            await answer(send, *_words(httpx.codes.REQUEST_ENTITY_TOO_LARGE), _TEXT)
            return
        self._view.chain.tick()
        if self._view.switches.latency_ms:
            await asyncio.sleep(self._view.switches.latency_ms / 1000)
        fault = self._faults.take(path)
        if fault is not None and await self._refused(fault, send):
            return
        if service == "v1":
            status, content = self._list(rest, scope, fault)
        else:
            status, content = self._answer(service, rest, scope, body, fault)
        if fault is not None and await self._spoiled(fault, content, send):
            return
        await answer(send, status, content, _JSON)

    async def _refused(self, fault: Fault, send: Send) -> bool:
        """Let a fault strike before anything is done."""
        if fault.kind in {"hang", "drop_before"}:
            if fault.kind == "hang":
                await asyncio.sleep(fault.seconds)
            await drop_connection(send, served=self._served)
            return True
        refused = refusal(fault)
        if refused is None:
            return False
        status, content = refused
        await answer(send, status, content, _JSON if content[:1] in {b"{", b"["} else _TEXT)
        return True

    async def _spoiled(self, fault: Fault, content: bytes, send: Send) -> bool:
        """Let a fault strike after everything was done."""
        if fault.kind in {"applied_then_504", "accepted_then_504"}:
            await answer(send, httpx.codes.GATEWAY_TIMEOUT, b"gateway timeout", _TEXT)
        elif fault.kind == "timeout_after_commit":
            await asyncio.sleep(fault.seconds)
            await drop_connection(send, served=self._served)
        elif fault.kind == "truncated":
            await answer(send, httpx.codes.OK, content[: len(content) // 2], _JSON)
        else:
            return False
        return True

    def _answer(
        self, service: str, rest: list[str], scope: Scope, body: bytes, fault: Fault | None
    ) -> tuple[int, bytes]:
        call = self._calls.get(service, {}).get("/".join(rest))
        if call is None:
            return httpx.codes.NOT_FOUND, _UNAVAILABLE
        try:
            values = _options(scope) | _posted(body)
            found = call(Query(self._view, values, service == "walletsolidity"))
            content = found if isinstance(found, bytes) else orjson.dumps(found)
        except NodeError as error:
            content = _error(str(error))
        except (AddressError, WireError) as error:
            content = _error(f"class {ILLEGAL} : {error}")
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            # A client of a node in Java is not to see how ours stumbles.
            content = _error(f"class {ILLEGAL} : null")
        return httpx.codes.OK, thinned(content, fault)

    def _list(self, rest: list[str], scope: Scope, fault: Fault | None) -> tuple[int, bytes]:
        try:
            options = Options.read(_options(scope), _address(scope))
            named = find_listing(self._view, rest, options)
        except AddressError:
            return _v1_error(httpx.codes.BAD_REQUEST, "A valid account address is required.")
        except (BadOption, NodeError) as error:
            return _v1_error(httpx.codes.BAD_REQUEST, str(error))
        if named is None:
            return _v1_error(httpx.codes.NOT_FOUND, "Not found")
        found = named[1]
        if fault is not None:
            spoil_rows(found, fault)
        return httpx.codes.OK, orjson.dumps(found)


_UNAVAILABLE = b'{"Error":"this API is unavailable due to config"}'
"""What a node says of a call that its operator switched off."""


def _known(service: str, rest: list[str]) -> str:
    """The last part of a path if it names something, for faults and counters."""
    name = rest[-1] if rest else ""
    if service != "v1":
        return name if name in WALLET else "other"
    if name in NAMES:
        return name
    return rest[0] if rest and rest[0] in NAMES else "other"


def _words(status: httpx.codes) -> tuple[int, bytes]:
    return status, httpx.codes.get_reason_phrase(status).encode()


def _error(words: str) -> bytes:
    return orjson.dumps({"Error": words})


def _options(scope: Scope) -> dict[str, Any]:
    """The options in a URL.

    Raises:
        NodeError: More of them than anybody needs.
    """
    try:
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=_MOST_OPTIONS)
    except ValueError:
        raise NodeError(ILLEGAL, "too many parameters") from None
    return dict(pairs)


def _posted(body: bytes) -> dict[str, Any]:
    """The object in a body, if there is a body.

    Raises:
        NodeError: It is no object.
    """
    if not body.strip():
        return {}
    posted: Any = None
    try:
        posted = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # Where, and not what a library calls it.
        raise NodeError(NOT_JSON, f"syntax error, pos {error.pos}") from None
    if not isinstance(posted, dict):
        raise NodeError(NOT_JSON, "can not cast to JSONObject.")
    return posted


def _address(scope: Scope) -> str:
    """The address that was asked for, without its options."""
    named = next((value for name, value in scope["headers"] if name == b"host"), b"127.0.0.1")
    return f"{scope.get('scheme', 'http')}://{named.decode('latin-1')}{scope['path']}"


def _v1_error(status: int, message: str) -> tuple[int, bytes]:
    body = {"success": False, "error": message, "statusCode": int(status)}
    return status, orjson.dumps(body)

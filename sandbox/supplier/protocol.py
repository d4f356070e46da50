"""handler_api.php: a raw ASGI endpoint, because every purchase and poll passes here."""

import asyncio
import logging
import re
import time
from hmac import compare_digest
from urllib.parse import parse_qsl

from sandbox.asgi import Receive, Scope, Send, answer, drop_connection, read_body
from sandbox.supplier.actions.context import Request
from sandbox.supplier.actions.table import DIALECTS
from sandbox.supplier.dialects import KEYLESS, Reply, render
from sandbox.supplier.engine import Supplier, ban
from sandbox.supplier.faults import AFTER_COMMIT, Fault
from sandbox.supplier.money import to_wire
from sandbox.supplier.refusals import RefusedError, invalid
from sandbox.supplier.webhooks import WebhookSender

PATH = "/stubs/handler_api.php"
_HTML = (b"content-type", b"text/html; charset=UTF-8")
_PLAIN = (b"content-type", b"text/plain; charset=UTF-8")
_GARBAGE = b"<html><body><h1>It works!</h1><br />\n<b>Warning</b>: Undefined offset"
_EDGE = {"edge_403": b"error code: 1010", "edge_1020": b"error code: 1020"}
_REFUSALS = {
    "no_numbers": "NO_NUMBERS",
    "no_balance": "NO_BALANCE",
    "http429": "RATE_LIMIT",
    "http500": "SERVER_ERROR",
}
_log = logging.getLogger("sandbox.supplier")


class HandlerApi:
    """The endpoint: reads the query, applies faults, runs the action, answers."""

    def __init__(self, supplier: Supplier, webhooks: WebhookSender) -> None:
        """Serve one supplier."""
        self._supplier = supplier
        self._webhooks = webhooks
        self._window = (0, 0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        params = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        if scope["method"] == "POST":
            body = await read_body(receive)
            if body:
                form = parse_qsl(body.decode("utf-8", "replace"))
                params = {**dict(form), **params}
        elif scope["method"] not in {"GET", "HEAD"}:
            await answer(send, 405, b"", [_HTML])
            return
        state = self._supplier.state
        if self._supplier.tick():
            self._webhooks.wake()
        action = params.get("action", "")
        dialect = state.behaviour.dialect
        state.requests[action if action in DIALECTS[dialect] else "unknown"] += 1
        if state.behaviour.latency_ms:
            await asyncio.sleep(state.behaviour.latency_ms / 1000)
        fault = self._take_fault(action) if state.faults else None
        if fault is not None:
            await self._answer_faulty(fault, params, action, send)
            return
        await _send_reply(send, self._run(params, action))

    def _run(self, params: dict[str, str], action: str) -> Reply:
        """Carry out one request; never raises."""
        dialect = self._supplier.state.behaviour.dialect
        try:
            self._check_rate()
            self._check_key(params, action)
            perform = DIALECTS[dialect].get(action, _unknown)
            legacy = dialect == "legacy"
            return perform(Request(self._supplier, params, action, legacy))
        except RefusedError as refusal:
            reply = render(dialect, refusal, action)
            if self._supplier.state.behaviour.refusals_at_200:
                return reply._replace(status=200)
            return reply
        except Exception as error:  # noqa: BLE001 -- the edge: answer like the real one
            _log.error("%s failed: %r", action, error)
            return render(dialect, RefusedError("SERVER_ERROR"), action)

    def _check_rate(self) -> None:
        limit = self._supplier.state.behaviour.rate_limit_per_second
        if limit is None:
            return
        second = int(time.monotonic())
        started, used = self._window
        used = used + 1 if started == second else 1
        self._window = (second, used)
        if used > limit:
            raise RefusedError("RATE_LIMIT")

    def _check_key(self, params: dict[str, str], action: str) -> None:
        key = params.get("api_key")
        state = self._supplier.state
        if not key:
            if action in KEYLESS and state.behaviour.dialect == "hero":
                return
            raise invalid("api_key", "REQUIRED")
        if not compare_digest(key.encode(), state.settings.supplier_key.encode()):
            raise RefusedError("BAD_KEY")

    def _take_fault(self, action: str) -> Fault | None:
        state = self._supplier.state
        fault = state.faults.take(action)
        if fault is not None:
            if fault.count is None:
                state.counters["faults"] += 1
            else:
                # Used up for good: a restart must not bring it back.
                state.record("fault_used", fault.action, fault.kind, fault.count, fault.seconds)
        return fault

    async def _answer_faulty(
        self, fault: Fault, params: dict[str, str], action: str, send: Send
    ) -> None:
        served = self._supplier.state.settings.served
        if fault.kind in AFTER_COMMIT:
            reply = self._run(params, action)
            if fault.kind == "garbage":
                await _send_reply(send, Reply(200, _GARBAGE))
                return
            if fault.kind == "truncated":
                await _send_reply(send, reply._replace(body=reply.body[: len(reply.body) // 2]))
                return
        if fault.kind in {"timeout_after_commit", "drop_before", "hang"}:
            await asyncio.sleep(fault.seconds)
            await drop_connection(send, served=served)
            return
        if fault.kind in _EDGE:
            await answer(send, 403, _EDGE[fault.kind], [_PLAIN])
            return
        await _send_reply(send, self._refuse(fault, params, action))

    def _refuse(self, fault: Fault, params: dict[str, str], action: str) -> Reply:
        state = self._supplier.state
        now = state.clock.now()
        if fault.kind == "banned":
            refusal = ban("global", now + 1800, now)
        elif fault.kind == "channels_limit":
            count = len(state.activations.open)
            info = {"current_threads": count, "max_allowed": count}
            refusal = RefusedError("CHANNELS_LIMIT", info)
        elif fault.kind == "wrong_max_price":
            refusal = RefusedError("WRONG_MAX_PRICE", {"min": self._raised_price(params)})
        else:
            refusal = RefusedError(_REFUSALS[fault.kind])
        reply = render(state.behaviour.dialect, refusal, action)
        if fault.kind == "http500":
            return reply._replace(status=500)
        if fault.kind == "http429":
            return reply._replace(retry_after_s=max(1, int(fault.seconds)))
        return reply

    def _raised_price(self, params: dict[str, str]) -> int | float:
        """Return twice the pair's list price: the market moved after the listing."""
        country = params.get("country", "0")
        offer = None
        if re.fullmatch(r"[0-9]{1,4}", country):
            offer = self._supplier.state.market.find(params.get("service", ""), int(country))
        return to_wire(offer.ladder.default_micro * 2 if offer else 1_000_000)


def _unknown(_: Request) -> Reply:
    raise RefusedError("BAD_ACTION")


async def _send_reply(send: Send, reply: Reply) -> None:
    headers = [_HTML]
    if reply.retry_after_s is not None:
        headers.append((b"retry-after", b"%d" % reply.retry_after_s))
    await answer(send, reply.status, reply.body, headers)

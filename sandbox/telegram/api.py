"""`/bot<token>/<method>` and `/file/bot<token>/<path>`: the wire."""

import inspect
import re
import time
from collections import Counter, deque
from typing import Any, Final

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request

from sandbox.asgi import Receive, Scope, Send, answer, drop_connection
from sandbox.telegram.arguments import Arguments, read_arguments
from sandbox.telegram.errors import Refused, forbidden, too_many
from sandbox.telegram.faults import AFTER, Fault
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.methods import BY_SMALL_NAME, METHODS
from sandbox.telegram.update_calls import Said
from sandbox.telegram.world import TOKEN

CALLS_KEPT: Final = 5000
NEVER_BY_RETURN: Final = frozenset({"setwebhook", "deletewebhook", "close", "logout"})
"""Together with everything that begins with `get`: what a webhook's answer cannot ask for."""
_JSON: Final = [(b"content-type", b"application/json")]
_PATH: Final = re.compile(r"/bot([^/]{1,200})/([A-Za-z0-9_]{1,64})")
_FILE: Final = re.compile(r"/file/bot([^/]{1,200})/([A-Za-z0-9_./-]{1,200})")
_TOKEN: Final = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{1,80}")
_UNAUTHORIZED: Final = Refused(401, "Unauthorized")
_NOT_FOUND: Final = Refused(404, "Not Found")
_BAD_GATEWAY: Final = Refused(502, "Bad Gateway")
_OK: Final = 200


class BotApi:
    """The application behind both paths.

    Attributes:
        calls: The latest calls: method, chat, status, when; no arguments besides.
    """

    def __init__(self, messenger: Messenger, *, served: bool) -> None:
        self._messenger, self._served = messenger, served
        self.calls: deque[dict[str, Any]] = deque(maxlen=CALLS_KEPT)
        self.counts: Counter[str] = Counter()
        messenger.sender.carry_out = self.carry_out

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["path"].startswith("/file/"):
            await self._serve_file(scope, send)
            return
        found = _PATH.fullmatch(scope["path"])
        try:
            name = _method(found)
            if self._messenger.faults.is_down():
                raise _BAD_GATEWAY
            args = await read_arguments(Request(scope, receive))
        except HTTPException:
            await _refuse(send, Refused(400, "Bad Request: can't parse the request"))
            return
        except Refused as refusal:
            await _refuse(send, refusal)
            return
        await self._serve(send, name, args)

    async def carry_out(self, name: str, args: Arguments) -> None:
        """Carry out the call that a webhook's answer holds; nobody learns how it went."""
        name = name.lower()
        if name in NEVER_BY_RETURN or name.startswith("get"):
            return
        if name in BY_SMALL_NAME:
            body = await self._outcome(name, args)
            self._note(name, args, body, is_reply=True)

    async def _serve(self, send: Send, name: str, args: Arguments) -> None:
        fault = self._messenger.faults.strike(name, args.text("chat_id"))
        if fault is not None and fault.kind not in AFTER:
            await self._fail(send, name, args, fault)
            return
        body = await self._outcome(name, args)
        if name == "getupdates" and self._messenger.faults.is_down():
            # Whoever was waiting when Telegram went down is told nothing either.
            await _refuse(send, _BAD_GATEWAY)
            return
        status = body.get("error_code", _OK)
        self._note(name, args, body)
        if fault is not None:
            await self._messenger.pause(fault.seconds)
            if fault.kind in {"timeout_after_doing", "drop_after"}:
                await drop_connection(send, served=self._served)
                return
            if fault.kind == "http502_after":
                await _refuse(send, _BAD_GATEWAY)
                return
        await answer(send, status, orjson.dumps(body), _JSON)

    async def _outcome(self, name: str, args: Arguments) -> dict[str, Any]:
        try:
            self._messenger.rates.count(name, args.text("chat_id"))
            result = BY_SMALL_NAME[name](self._messenger, args)
            if inspect.isawaitable(result):
                result = await result
        except Refused as refusal:
            return refusal.to_json()
        if isinstance(result, Said):
            return {"ok": True, "result": result.result, "description": result.description}
        return {"ok": True, "result": result}

    async def _fail(self, send: Send, name: str, args: Arguments, fault: Fault) -> None:
        if fault.seconds:
            await self._messenger.pause(fault.seconds)
        if fault.kind == "drop":
            await drop_connection(send, served=self._served)
            return
        refusal = Refused(500, "Internal Server Error")
        if fault.kind == "http429":
            refusal = too_many(fault.retry_after)
        elif fault.kind == "blocked":
            refusal = forbidden("bot was blocked by the user")
        self._note(name, args, refusal.to_json())
        await _refuse(send, refusal)

    def _note(
        self, name: str, args: Arguments, body: dict[str, Any], *, is_reply: bool = False
    ) -> None:
        status = body.get("error_code", _OK)
        self.counts[name if status == _OK else f"{name} {status}"] += 1
        if name == "getupdates":
            return
        result = body.get("result")
        message_id = result.get("message_id") if isinstance(result, dict) else None
        call = {
            "method": _SPELLED[name],
            "chat": args.text("chat_id")[:64],
            "messageId": message_id,
            "status": status,
            "at": time.time(),
        }
        self.calls.append({**call, "reply": True} if is_reply else call)

    async def _serve_file(self, scope: Scope, send: Send) -> None:
        found = _FILE.fullmatch(scope["path"])
        row = self._messenger.files.at(found[2]) if found and found[1] == TOKEN else None
        content = self._messenger.files.content(row) if row else None
        if self._messenger.faults.is_down():
            await _refuse(send, _BAD_GATEWAY)
        elif content is None:
            await _refuse(send, _NOT_FOUND)
        else:
            # As Telegram does: the type is never told.
            headers = [(b"content-type", b"application/octet-stream")]
            await answer(send, _OK, content, headers)


def _method(found: re.Match[str] | None) -> str:
    """The method in small letters.

    Raises:
        Refused: The token is not this bot's, or there is no such method.
    """
    if found is None or not _TOKEN.fullmatch(found[1]):
        raise _NOT_FOUND
    if found[1] != TOKEN:
        raise _UNAUTHORIZED
    name = found[2].lower()
    if name not in BY_SMALL_NAME:
        raise Refused(404, "Not Found: method not found")
    return name


_SPELLED: Final = {name.lower(): name for name in METHODS}


async def _refuse(send: Send, refusal: Refused) -> None:
    headers = list(_JSON)
    if "retry_after" in refusal.parameters:
        headers.append((b"retry-after", str(refusal.parameters["retry_after"]).encode()))
    await answer(send, refusal.code, orjson.dumps(refusal.to_json()), headers)

"""The arguments of one call, from whichever place a client put them in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from starlette.datastructures import UploadFile
from starlette.requests import Request

from sandbox.telegram.errors import Refused, bad_request

UPLOAD_MAX_BYTES: Final = 50 * 1024 * 1024
_BODY_MAX_BYTES: Final = UPLOAD_MAX_BYTES + (1 << 20)
_TRUE: Final = frozenset({"true", "yes", "1"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Arguments:
    """What was said: values as texts (query, form) or as JSON has them."""

    values: Mapping[str, Any]
    files: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A text; empty when it is not there."""
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, str) else json.dumps(value)

    def has(self, name: str) -> bool:
        """Whether something was said at all."""
        return self.text(name) != ""

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number; what is none counts as not said, as at Telegram."""
        text = self.text(name).strip()
        try:
            return int(text[:20])
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """A yes."""
        return self.text(name).strip().lower() in _TRUE

    def document(self, name: str) -> Any:
        """JSON, already read or still a text; None when it is not there.

        Raises:
            Refused: It is no JSON.
        """
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            words = name.replace("_", " ").replace("reply markup", "reply keyboard markup")
            raise bad_request(f"can't parse {words} JSON object") from None


async def read_arguments(request: Request) -> Arguments:
    """Read query and body together; the body wins.

    Raises:
        Refused: The body is too large, or not what its type says.
    """
    values: dict[str, Any] = dict(request.query_params)
    if int(request.headers.get("content-length") or 0) > _BODY_MAX_BYTES:
        raise Refused(413, "Request Entity Too Large")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method != "POST":
        return Arguments(values)
    if kind == "application/json":
        body = await request.body()
        if not body.strip():
            return Arguments(values)
        try:
            read = orjson.loads(body)
        except orjson.JSONDecodeError:
            read = None
        if not isinstance(read, dict):
            raise bad_request("can't parse JSON object")
        return Arguments({**values, **read})
    files: dict[str, Upload] = {}
    if kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        async with request.form(max_part_size=1 << 20) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    content = await value.read()
                    media = value.content_type or "application/octet-stream"
                    files[name] = Upload(value.filename or name, media, content)
                else:
                    values[name] = value
    return Arguments(values, files)


async def arguments_of(kind: str, body: bytes) -> Arguments:
    """Read a body by itself, such as that of a webhook's answer.

    Args:
        kind: Its content type, with the boundary if it has one.
        body: What it holds.

    Raises:
        Refused: It is not what its type says.
    """
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    scope = {"type": "http", "method": "POST", "query_string": b"", "headers": headers}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return await read_arguments(Request(scope, receive))

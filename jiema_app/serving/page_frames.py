"""The few things that our pages say over their WebSocket, and nothing else.

Behind us three libraries read what a page sends: they accept binary attachments, other
namespaces, acknowledgements, texts of megabytes, and print what they do not understand. So a
frame is read here first, and what goes on is written anew of the parts that we know.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn
from urllib.parse import parse_qsl, urlencode

from jiema_app.serving.event_arguments import EventRules, Refused, is_text

FRAME_MAX: Final = 16 * 1024
"""Characters. The longest that a page of ours sends holds a form, 1 KB."""

JOIN: Final = "40/_event,"
LEAVE: Final = "41/_event,"
EVENT: Final = "42/_event,"
PONG: Final = "3"

TOKEN: Final = re.compile(r"[0-9A-Za-z-]{16,64}")
"""Names a tab, and is its secret: a UUID."""
SCHEMA: Final = re.compile(r"[\x21-\x7e]{1,128}")
NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")

PATH_MAX: Final = 512
QUERY_MAX: Final = 1024
PARTS_MAX: Final = 10
VALUE_MAX: Final = 300

POLICY: Final = 1008
TOO_LONG: Final = 1009
"""Codes of closing (RFC 6455, 7.4.1)."""

PAGE_ERROR: Final = "handle_frontend_exception"
"""How Reflex' script tells of an error in the browser, with words that may be anybody's."""


class Broken(Exception):
    """No page of ours says this: its connection is of no use."""

    def __init__(self, reason: str, code: int = POLICY) -> None:
        super().__init__(reason)
        self.reason, self.code = reason, code


@dataclass(slots=True)
class Frames:
    """Reads the frames of one connection."""

    rules: EventRules
    has_joined: bool = False

    def read(self, frame: object) -> str:
        """A frame as it may go on.

        Raises:
            Broken: The connection must end.
            Refused: The frame is dropped, and the connection stays.
        """
        if not isinstance(frame, str):
            raise Broken("binary")
        if len(frame) > FRAME_MAX:
            raise Broken("too long", TOO_LONG)
        if frame == PONG:
            return frame
        if frame.startswith(JOIN):
            return self._join(frame[len(JOIN) :])
        if not self.has_joined:
            raise Broken("not joined")
        if frame.startswith(EVENT):
            return EVENT + _write(["event", self._event(_read(frame[len(EVENT) :]))])
        if frame == LEAVE:
            return frame
        raise Broken("unknown")

    def _join(self, text: str) -> str:
        # Each joining makes a tab of its own.
        if self.has_joined:
            raise Broken("joined twice")
        data = _read(text) if text else {}
        if not isinstance(data, dict):
            raise Broken("malformed")
        known: dict[str, Any] = {}
        try:
            if data.get("event") is not None:
                known["event"] = self._clean(data["event"])
        except Refused as error:
            raise Broken(str(error)) from None
        schema = data.get("state_schema")
        if isinstance(schema, str) and SCHEMA.fullmatch(schema):
            known["state_schema"] = schema
        self.has_joined = True
        return JOIN + _write(known)

    def _event(self, data: object) -> dict[str, Any]:
        if not isinstance(data, list) or not data:
            raise Broken("malformed")
        if data[0] != "event" or len(data) != len(("event", "what it is")):
            raise Refused("page error" if data[0] == "client_error" else "name")
        return self._clean(data[1])

    def _clean(self, event: object) -> dict[str, Any]:
        if not isinstance(event, dict):
            raise Refused("event")
        name, payload = event.get("name"), event.get("payload", {})
        if isinstance(name, str) and name.endswith(PAGE_ERROR):
            raise Refused("page error")
        name, payload = self.rules.clean(name, payload)
        return {
            "name": name,
            "payload": payload,
            "router_data": clean_address(event.get("router_data")),
        }


def clean_address(data: object) -> dict[str, Any]:
    """Where a page says it is, of what Reflex reads of it.

    Raises:
        Refused: It is no address of a page.
    """
    if not isinstance(data, dict):
        raise Refused("address")
    path: Any = data.get("pathname")
    address: Any = data.get("asPath")
    if not (_is_path(path, PATH_MAX) and _is_path(address, PATH_MAX + QUERY_MAX)):
        raise Refused("address")
    query = address.partition("#")[0].partition("?")[2]
    pairs = [pair for pair in parse_qsl(query[:QUERY_MAX]) if _is_part(*pair)][:PARTS_MAX]
    clean: dict[str, Any] = {
        "pathname": path,
        "asPath": f"{path}?{urlencode(pairs)}" if pairs else path,
    }
    parts = data.get("query")
    if isinstance(parts, Mapping):
        known = [pair for pair in list(parts.items())[:PARTS_MAX] if _is_part(*pair)]
        if known:
            clean["query"] = dict(known)
    return clean


def _is_path(path: Any, length_max: int) -> bool:
    return (
        is_text(path, length_max)
        and path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and path.isprintable()
    )


def _is_part(name: object, value: object) -> bool:
    return isinstance(name, str) and bool(NAME.fullmatch(name)) and is_text(value, VALUE_MAX)


def _read(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Broken("malformed") from None


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError


def _write(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))

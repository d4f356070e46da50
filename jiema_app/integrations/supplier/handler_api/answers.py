"""Reading any answer of the family into one shape.

The order matters: HTTP status first, then the edge server's own pages, then the body by
its looks. The content type says nothing: JSON, text and errors are all ``text/html``.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from jiema_app.integrations import outside
from jiema_app.integrations.supplier.gateway import Reply, TurnedAway, Unreadable
from jiema_app.integrations.supplier.handler_api.words import DONE, OVERLOADED, is_breakdown

HOLD_S: Final = 10.0
"""Pause after too many requests when the supplier names none, or nothing that can be read; its
own block lasts as long."""

HOLD_MIN_S: Final = 1.0
"""Whoever turns us away and asks for less is not taken at their word."""

_WORD: Final = re.compile(r"[A-Z][A-Z0-9_]{1,60}")
_WORD_LENGTH: Final = 61
_REST_LENGTH: Final = 40_000
"""Of what follows a word: more than one SMS can have."""

_SENTENCE_LENGTH: Final = 200
_EDGE_CODE: Final = re.compile(rb"error code: (1\d{3})")
_EDGE_LIMIT: Final = b"1020"
_SENTENCES: Final = {
    "service is incorrect": "BAD_SERVICE",
    "country is incorrect": "BAD_COUNTRY",
}
_OK, _NO_CONTENT, _BAD_REQUEST, _FORBIDDEN = 200, 204, 400, 403
_REQUEST_TIMEOUT, _TOO_MANY, _CLIENT_CLOSED = 408, 429, 499
_SERVER_ERRORS = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer.

    Attributes:
        status: The HTTP status.
        word: The token of a text, or the code of a JSON error. Empty for JSON that is
            not an error, and for 204.
        rest: What follows the word's first colon. May hold a code: never shown.
        data: The decoded JSON; None for text.
        info: Further facts of a JSON error.
    """

    status: int
    word: str = ""
    rest: str = field(default="", repr=False)
    data: Any = field(default=None, repr=False)
    info: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_done(self) -> bool:
        """Whether an action without a result was carried out."""
        if self.word:
            return self.word in DONE
        says_so = isinstance(self.data, dict) and self.data.get("status") == "success"
        return self.status == _NO_CONTENT or says_so

    @property
    def outcome(self) -> str:
        """For the metrics."""
        if not self.word or self.word.startswith(("ACCESS_", "STATUS_")):
            return "ok"
        return "refused"


def read_answer(reply: Reply) -> Answer:
    """Read a reply.

    Raises:
        TurnedAway: Too many requests, or an edge server in front said no.
        Unreadable: The supplier failed, or this is not its language.
    """
    if reply.status >= _SERVER_ERRORS:
        raise Unreadable(f"HTTP {reply.status}")
    if reply.status == _TOO_MANY:
        raise TurnedAway("HTTP 429", _hold_s(reply))
    if reply.status == _NO_CONTENT:
        return Answer(_NO_CONTENT)
    body = _trim(reply.body)
    if reply.status in {_BAD_REQUEST, _FORBIDDEN}:
        _refuse_edge_page(reply.status, body)
    answer = _read_json(reply.status, body) if body[:1] in {b"{", b"["} else _read_text(reply, body)
    if is_breakdown(answer.word):
        raise Unreadable(answer.word)
    if answer.word in OVERLOADED:
        raise TurnedAway(answer.word, _hold_s(reply))
    return answer


def _hold_s(reply: Reply) -> float:
    return HOLD_S if reply.retry_after_s is None else max(HOLD_MIN_S, reply.retry_after_s)


def _trim(body: bytes) -> bytes:
    """Strip what PHP and proxies wrap around an answer."""
    body = body.removeprefix(b"\xef\xbb\xbf").strip()
    if body[:1] == b'"' and body[-1:] == b'"':
        try:
            inner = outside.read_json(body)
        except outside.NotJson:
            return body[1:-1].strip()
        return inner.encode().strip() if isinstance(inner, str) else body
    if len(body) > 1 and body[:1] == b"'" and body[-1:] == b"'":
        return body[1:-1].strip()
    return body


def _refuse_edge_page(status: int, body: bytes) -> None:
    """Refuse an answer of the edge server, which the supplier itself never saw.

    Raises:
        TurnedAway: It is one. Its code 1020 also stands for too many requests.
    """
    code = _EDGE_CODE.search(body[:2000]) if body[:1] not in {b"{", b"["} else None
    if code is not None:
        hold_s = HOLD_S if code[1] == _EDGE_LIMIT else None
        raise TurnedAway(f"edge {code[1].decode()}", hold_s)
    if body[:1] == b"<":
        raise TurnedAway(f"edge HTTP {status}")


def _read_text(reply: Reply, body: bytes) -> Answer:
    head, _, rest = body[:_REST_LENGTH].decode("utf-8", "replace").partition(":")
    if len(head) <= _WORD_LENGTH and _WORD.fullmatch(head):
        return Answer(reply.status, head, rest.strip())
    return _without_word(reply.status)


def _read_json(status: int, body: bytes) -> Answer:
    try:
        data = outside.read_json_leniently(body)
    except outside.NotJson:
        return _without_word(status)
    if not isinstance(data, dict):
        return Answer(status, data=data)
    word, info = _error_word(data), data.get("info")
    if word is None:
        return Answer(status, data=data) if status == _OK else _without_word(status, data)
    return Answer(status, word, "", data, info if isinstance(info, dict) else {})


def _error_word(data: dict[str, Any]) -> str | None:
    """The code of a JSON error; None when it is not an error."""
    title = data.get("title")
    if isinstance(title, str) and (found := _WORD.match(title)):
        return found[0]
    status = data.get("status")
    if status is not False and (not isinstance(status, str) or status not in {"false", "error"}):
        return None
    for name in ("error", "message", "msg", "code"):
        value = data.get(name)
        if isinstance(value, str):
            value = value[:_SENTENCE_LENGTH].strip()
            found = _WORD.match(_SENTENCES.get(value.lower(), value))
            if found:
                return found[0]
    return "UNNAMED_ERROR"


def _without_word(status: int, data: Any = None) -> Answer:
    """An answer that says nothing beyond its status.

    Raises:
        Unreadable: Neither does the status.
    """
    refused = _BAD_REQUEST <= status < _SERVER_ERRORS
    if not refused or status in {_REQUEST_TIMEOUT, _CLIENT_CLOSED}:
        raise Unreadable(f"HTTP {status} with a body that cannot be read")
    return Answer(status, f"HTTP_{status}", data=data)

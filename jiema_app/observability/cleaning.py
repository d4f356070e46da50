"""Taking out of a log line what must not be in it, in bounded time.

What strangers send ends up in messages of libraries. So every value, and all of a line
together, is cut to a bound before a pattern sees it, and each pattern takes time in
proportion to its text: after a secret's beginning it takes whatever follows, and needs
nothing behind that.
"""

import re
from collections.abc import Mapping
from itertools import count, islice
from typing import Any, Final

HIDDEN: Final = "[hidden]"
CUT: Final = "…"

VALUE_MAX: Final = 2_000
"""Characters of one value."""
TRACEBACK_MAX: Final = 6_000
TRACEBACK_LINE_MAX: Final = 500
"""Characters of a traceback and of one line of it."""
LINE_MAX: Final = 8_000
"""Characters of all values of a line together."""
ITEMS_MAX: Final = 50
"""Entries of one mapping or list."""
DEPTH_MAX: Final = 6
NAME_MAX: Final = 100
"""Characters of a name that are looked at."""
BITS_MAX: Final = 256
"""Of an integer. Python refuses to write numbers of thousands of digits."""

_FORBIDDEN_NAMES: Final = frozenset(
    {"body", "text", "code", "sid", "hostsid", "headers", "nodeheaders", "xpub", "accountxpub", "xprv", "privatekey",
     "mnemonic", "seed", "initdata", "tgwebappdata", "codeverifier"}
)  # fmt: skip
_FORBIDDEN_PARTS: Final = re.compile(
    r"apikey|token|secret|password|authorization|cookie|phone|sms", re.ASCII
)
"""Without case and punctuation: ``api_key``, ``apiKey`` and ``X-API-Key`` are meant alike."""

_SECRETS: Final = re.compile(
    r"j[lm]_[A-Za-z0-9_-]{4,}|eyJ[\w.-]{4,}"
    r"|\bx(?:pub|prv)[1-9A-HJ-NP-Za-km-z]{40,}"
    r"|(?<!\d)\d{6,12}:[\w-]{30,}"
    r"|(?<=/webhooks/supplier/)[^/?\s'\"]+"
    r"|(?<=://)[^/?#\s'\"]+(?=@)"
    r"|(?i:(?<=Bearer )\S+|(?<=ApiKey )\S+|(?<=Basic )\S+)",
    re.ASCII,
)
"""By their looks: our keys, tokens of sign-in, wallets' keys, Telegram's bots; and by their
place: in addresses and in headers."""
_ASSIGNED: Final = re.compile(
    r"""((?:
        (?:api[_-]?key|token|secret|password|authorization|cookie|phone(?:_?number)?|sms(?:_?text|_?code)?)
        s?(?:\s{0,3}:\s{0,3})?
        |sid|hash|signature|query_id|init_?data|tgwebappdata|code_verifier|state|nonce|text|code)
    (?:(?<=[:\s])|=\s{0,3}|%3D|\\?["']\s{0,3}:\s{0,3}))
    (?:\\?"[^"]*|\\?'[^']*|[^&;,\s'"]+)""",
    re.IGNORECASE | re.VERBOSE,
)
"""In addresses, cookies, headers, Telegram's ``initData``, and objects that somebody printed."""
_EVENTS: Final = re.compile(
    r"(Event\(name='[^']{0,200}'|[Ee]vent data\b|Event data must be|with value\b).*", re.DOTALL
)
"""How Reflex prints what a page has sent and it cannot serve: forms, cookies, addresses."""
_PHONES: Final = re.compile(r"(?:[+\uff0b]|%2B)\d(?:[ ().-]{0,2}\d){7,14}")
"""As they are dialled, and as people write them."""
_SHOWN_BEFORE: Final = 4
_SHOWN_AFTER: Final = 2

_CONTROLS: Final = {number: f"\\x{number:02x}" for number in (*range(32), *range(127, 160))}
"""What would begin a new line, or steer a terminal."""


class Cleaner:
    """Cleans the values of one line, which share a bound."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = LINE_MAX

    def clean(self, value: Any, *, name: object = "", depth: int = 0) -> Any:
        """A value that may be written, with its text bounded; what it is called may hide it."""
        if _is_forbidden(name):
            return HIDDEN
        if value is None or isinstance(value, (bool, float)):
            return value
        if isinstance(value, int):
            return int(value) if value.bit_length() <= BITS_MAX else f"(number{CUT})"
        if isinstance(value, (Mapping, list, tuple, set, frozenset)):
            if depth >= DEPTH_MAX or self._left <= 0:
                return CUT
            return self._several(value, depth + 1)
        return self._text(_words_of(value))

    def _several(self, value: Any, depth: int) -> Any:
        first = islice(value.items() if isinstance(value, Mapping) else value, ITEMS_MAX)
        if not isinstance(value, Mapping):
            return [self.clean(inner, depth=depth) for inner in first]
        return {
            self._text(_words_of(key)): self.clean(inner, name=key, depth=depth)
            for key, inner in first
        }

    def traceback(self, text: str) -> str:
        """A traceback: the beginning of each line, and of the lines the last, where the error is."""
        kept: list[str] = []
        room = TRACEBACK_MAX
        for line in reversed(text.split("\n")):
            cleaned = hide_in_text(line, TRACEBACK_LINE_MAX)
            room -= len(cleaned) + 1
            if room < 0:
                kept.append(CUT)
                break
            kept.append(cleaned)
        return "\n".join(reversed(kept))

    def _text(self, text: str) -> str:
        room = min(VALUE_MAX, max(self._left, 0))
        self._left -= min(len(text), room)
        return hide_in_text(text, room)


def hide_in_text(text: str, length_max: int = VALUE_MAX) -> str:
    """The beginning of a text, without what looks like a key, a token or a phone number."""
    cut = text[:length_max]
    cleaned = _EVENTS.sub(rf"\1 {HIDDEN}", _ASSIGNED.sub(rf"\1{HIDDEN}", _SECRETS.sub(HIDDEN, cut)))
    cleaned = _PHONES.sub(_mask, cleaned)
    cleaned = cleaned.translate(_CONTROLS).encode(errors="backslashreplace").decode()
    return cleaned if len(cut) == len(text) else cleaned + CUT


def _is_forbidden(name: object) -> bool:
    plain = "".join(filter(str.isalpha, _words_of(name)[:NAME_MAX].lower()))
    return plain in _FORBIDDEN_NAMES or _FORBIDDEN_PARTS.search(plain) is not None


def _mask(match: re.Match[str]) -> str:
    digits = sum(map(str.isdigit, match[0]))
    hidden = range(_SHOWN_BEFORE + 1, digits - _SHOWN_AFTER + 1)
    number = count(1)
    return "".join(
        "*" if character.isdigit() and next(number) in hidden else character
        for character in match[0]
    )


def _words_of(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray)):
        return value[: 4 * VALUE_MAX].decode(errors="replace")
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - a log line must not fail on what it is given
        return f"({type(value).__name__})"

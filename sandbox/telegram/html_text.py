"""`parse_mode=HTML`, read as Telegram's server reads it, with its refusals."""

from typing import Final

from sandbox.telegram.entities import Entity
from sandbox.telegram.errors import Refused, bad_request

_KINDS: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "blockquote": "blockquote",
}
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_CODE_POINTS: Final = 0x10FFFF
_SURROGATES: Final = range(0xD800, 0xE000)


def parse_html(text: str) -> tuple[str, list[Entity]]:
    """Return plain text and entities.

    Raises:
        Refused: The markup is malformed.
    """
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.out: list[str] = []
        self.units = 0
        self.open: list[tuple[str, str, int, int]] = []
        self.spans: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.text):
            here = self.text[self.at]
            if here == "&":
                self._emit(self._reference() or self._next())
            elif here != "<":
                self._emit(self._next())
            elif self._peek(1) == "/":
                self._end_tag()
            else:
                self._start_tag()
        if self.open:
            tag = self.open[-1][0]
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{tag}"')
        return "".join(self.out), _joined(self.spans)

    def _peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.text[place] if place < len(self.text) else ""

    def _next(self) -> str:
        self.at += 1
        return self.text[self.at - 1]

    def _emit(self, characters: str) -> None:
        self.out.append(characters)
        self.units += sum(2 if character > "\uffff" else 1 for character in characters)

    def _byte(self, place: int) -> int:
        return len(self.text[:place].encode())

    def _reference(self) -> str:
        """Read `&lt;`, `&#38;`, `&#x26;`; empty when there is none, and nothing was read."""
        end = self.text.find(";", self.at, self.at + 12)
        name = self.text[self.at + 1 : end] if end > 0 else ""
        character = _NAMED.get(name, "")
        if name.startswith("#"):
            digits, base = (name[2:], 16) if name[1:2] in {"x", "X"} else (name[1:], 10)
            try:
                code = int(digits, base) if digits.isalnum() else 0
            except ValueError:
                code = 0
            if 0 < code <= _CODE_POINTS and code not in _SURROGATES:
                character = chr(code)
        if character:
            self.at = end + 1
        return character

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        while self._peek() and not self._peek().isspace() and self._peek() != ">":
            self.at += 1
        if not self._peek():
            raise _cannot(f"Unclosed start tag at byte offset {self._byte(begin)}")
        tag = self.text[begin + 1 : self.at].lower()
        if tag not in _KINDS:
            raise _cannot(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        argument = ""
        while True:
            self._skip_space()
            if self._peek() == ">":
                break
            argument = self._attribute(tag, begin) or argument
        if tag == "span" and argument != "spoiler":
            words = f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}'
            raise _cannot(words)
        self.at += 1
        self.open.append((tag, argument, self.units, len(self.out)))
        self.spans.append({"tag": tag})

    def _attribute(self, tag: str, begin: int) -> str:
        started = self.at
        while self._peek() and not self._peek().isspace() and self._peek() not in "=>":
            self.at += 1
        name = self.text[started : self.at].lower()
        where = f'"{tag}" at byte offset {self._byte(begin)}'
        if not name and self._peek():
            raise _cannot(f"Empty attribute name in the tag {where}")
        self._skip_space()
        if tag == "blockquote" and name == "expandable" and self._peek() != "=":
            return "expandable"
        if not self._peek():
            raise _cannot(f"Unclosed start tag {where}")
        if self._peek() != "=":
            raise _cannot(f"Expected equal sign in declaration of an attribute of the tag {where}")
        self.at += 1
        self._skip_space()
        value = self._value(where)
        return _argument(tag, name, value)

    def _value(self, where: str) -> str:
        quote, started = self._peek(), self.at
        if quote not in {"'", '"'}:
            while self._peek() and (self._peek().isalnum() or self._peek() in ".-"):
                self.at += 1
            if self._peek() and not self._peek().isspace() and self._peek() != ">":
                words = f"Unexpected end of name token at byte offset {self._byte(started)}"
                raise _cannot(words)
            value = self.text[started : self.at].lower()
        else:
            self.at += 1
            characters = []
            while self._peek() and self._peek() != quote:
                is_reference = self._peek() == "&"
                characters.append((is_reference and self._reference()) or self._next())
            self.at += 1
            value = "".join(characters)
        if not self._peek():
            raise _cannot(f"Unclosed start tag {where}")
        return value

    def _end_tag(self) -> None:
        begin = self.at
        offset = self._byte(begin)
        if not self.open:
            raise _cannot(f"Unexpected end tag at byte offset {offset}")
        self.at += 2
        while self._peek() and not self._peek().isspace() and self._peek() != ">":
            self.at += 1
        found = self.text[begin + 2 : self.at].lower()
        self._skip_space()
        if self._peek() != ">":
            raise _cannot(f"Unclosed end tag at byte offset {offset}")
        self.at += 1
        tag, argument, started, first = self.open.pop()
        if found and found != tag:
            words = f'expected "</{tag}>", found "</{found}>"'
            raise _cannot(f"Unmatched end tag at byte offset {offset}, {words}")
        # The entity takes the place that its start tag kept for it.
        place = next(i for i in reversed(range(len(self.spans))) if self.spans[i] == {"tag": tag})
        written = "".join(self.out[first:])
        self.spans[place] = _entity(tag, argument, started, self.units - started, written)

    def _skip_space(self) -> None:
        while self._peek().isspace():
            self.at += 1


def _argument(tag: str, name: str, value: str) -> str:
    match tag, name:
        case ("a", "href") | ("tg-emoji", "emoji-id"):
            return value
        case "code", "class" if value.startswith("language-"):
            return value.removeprefix("language-")
        case "span", "class" if value.startswith("tg-"):
            return value.removeprefix("tg-")
        case "blockquote", "expandable":
            return "expandable"
    return ""


def _entity(tag: str, argument: str, offset: int, length: int, written: str) -> Entity:
    place: Entity = {"offset": offset, "length": length}
    if length <= 0:
        return {}
    if tag == "a":
        return _link(argument or written, place)
    if tag == "tg-emoji":
        return {"type": "custom_emoji", **place, "custom_emoji_id": argument}
    if tag == "blockquote" and argument:
        return {"type": "expandable_blockquote", **place}
    if tag == "code" and argument:
        return {"type": "code", **place, "language": argument}
    return {"type": _KINDS[tag], **place}


def _link(address: str, place: Entity) -> Entity:
    number = address.removeprefix("tg://user?id=")
    if number != address and number.isdigit():
        user = {"id": int(number[:18]), "is_bot": False, "first_name": "User"}
        return {"type": "text_mention", **place, "user": user}
    is_address = address.startswith(("http://", "https://", "tg://", "ton://", "tonsite://"))
    if not is_address and ("." not in address or " " in address):
        return {}
    return {"type": "text_link", **place, "url": address if is_address else f"http://{address}/"}


def _joined(spans: list[Entity]) -> list[Entity]:
    """`<pre><code class="language-x">` is one entity, and `code` alone has no language."""
    kept = [span for span in spans if "type" in span]
    for outer in [span for span in kept if span["type"] == "pre"]:
        where = (outer["offset"], outer["length"])
        for inner in kept:
            if inner["type"] == "code" and (inner["offset"], inner["length"]) == where:
                kept.remove(inner)
                if "language" in inner:
                    outer["language"] = inner["language"]
                break
    for span in kept:
        if span["type"] == "code":
            span.pop("language", None)
    return kept


def _cannot(words: str) -> Refused:
    return bad_request(f"can't parse entities: {words}")

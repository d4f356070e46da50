"""The two dialects of Markdown of the Bot API, as far as bots use them."""

from typing import Final

from sandbox.telegram.entities import Entity, utf16
from sandbox.telegram.errors import Refused, bad_request

_RESERVED: Final = frozenset("_*[]()~`>#+-=|{}.!")
_MARKS: Final = {
    "||": ("spoiler", "Spoiler"),
    "__": ("underline", "Underline"),
    "*": ("bold", "Bold"),
    "_": ("italic", "Italic"),
    "~": ("strikethrough", "Strikethrough"),
}
_LEGACY: Final = {"*": ("bold", "Bold"), "_": ("italic", "Italic")}


def parse_markdown_v2(text: str) -> tuple[str, list[Entity]]:
    """Return plain text and entities.

    Raises:
        Refused: A reserved character stands alone, or something is not closed.
    """
    return _Reader(text, _MARKS, is_strict=True).read()


def parse_markdown(text: str) -> tuple[str, list[Entity]]:
    """The older dialect: nothing nests.

    Raises:
        Refused: Something is not closed.
    """
    return _Reader(text, _LEGACY, is_strict=False).read()


class _Reader:
    def __init__(self, text: str, marks: dict[str, tuple[str, str]], *, is_strict: bool) -> None:
        self.text, self.marks, self.is_strict = text, marks, is_strict
        self.at, self.out = 0, ""
        self.spans: list[Entity] = []
        self.open: list[tuple[str, int, int]] = []

    def read(self) -> tuple[str, list[Entity]]:
        steps = (self._escaped, self._code, self._mark, self._link, self._quote)
        while self.at < len(self.text):
            if any(step() for step in steps):
                continue
            here = self.text[self.at]
            if self.is_strict and here in _RESERVED:
                words = f"Character '{here}' is reserved and must be escaped"
                raise _cannot(f"{words} with the preceding '\\'")
            self.out += here
            self.at += 1
        if self.open:
            mark, _, begun = self.open[-1]
            kind = "a URL" if mark == "[" else f"{self.marks[mark][1]} entity"
            if not self.is_strict:
                kind = "the entity starting"
            raise _cannot(f"Can't find end of {kind} at byte offset {begun}")
        return self.out, [span for span in self.spans if span["length"] > 0]

    def _begin(self, mark: str) -> None:
        self.open.append((mark, utf16(self.out), self._byte()))
        self.at += len(mark)

    def _byte(self) -> int:
        return len(self.text[: self.at].encode())

    def _escaped(self) -> bool:
        follows = self.text[self.at + 1 : self.at + 2]
        if self.text[self.at] != "\\" or not follows or follows not in (_RESERVED | {"\\"}):
            return False
        self.out += follows
        self.at += 2
        return True

    def _code(self) -> bool:
        if self.text[self.at] != "`":
            return False
        fence = "```" if self.text.startswith("```", self.at) else "`"
        end = self.text.find(fence, self.at + len(fence))
        while self.is_strict and end > 0 and self.text[end - 1] == "\\":
            end = self.text.find(fence, end + 1)
        if end < 0:
            name = "PreCode" if fence == "```" else "Code"
            raise _cannot(f"Can't find end of {name} entity at byte offset {self._byte()}")
        body = self.text[self.at + len(fence) : end]
        offset, kind, more = utf16(self.out), "code", {}
        if fence == "```":
            kind = "pre"
            first, newline, rest = body.partition("\n")
            if newline and first and first.isalnum():
                body, more = rest, {"language": first}
            elif newline and not first:
                body = rest
        self.out += body.replace("\\`", "`").replace("\\\\", "\\")
        self.spans.append({**_span(kind, offset, self.out), **more})
        self.at = end + len(fence)
        return True

    def _mark(self) -> bool:
        mark = next((one for one in self.marks if self.text.startswith(one, self.at)), None)
        if mark is None:
            return False
        if self.open and self.open[-1][0] == mark:
            _, offset, _ = self.open.pop()
            self.spans.append(_span(self.marks[mark][0], offset, self.out))
            self.at += len(mark)
        else:
            self._begin(mark)
        return True

    def _link(self) -> bool:
        here = self.text[self.at]
        if here == "[":
            self._begin("[")
            return True
        if here != "]" or not self.open or self.open[-1][0] != "[":
            return False
        _, offset, begun = self.open.pop()
        end = self.text.find(")", self.at) if self.text.startswith("](", self.at) else -1
        if end < 0:
            raise _cannot(f"Can't find end of a URL at byte offset {begun}")
        address = self.text[self.at + 2 : end]
        self.spans.append({**_span("text_link", offset, self.out), "url": address})
        self.at = end + 1
        return True

    def _quote(self) -> bool:
        is_at_start = not self.out or self.out.endswith("\n")
        if not self.is_strict or self.text[self.at] != ">" or not is_at_start:
            return False
        end = self.text.find("\n", self.at)
        line = self.text[self.at + 1 : end if end >= 0 else len(self.text)]
        offset = utf16(self.out)
        plain, inner = _Reader(line, self.marks, is_strict=True).read()
        self.spans += [{**one, "offset": one["offset"] + offset} for one in inner]
        self.out += plain
        self.spans.append(_span("blockquote", offset, self.out))
        self.at += 1 + len(line)
        return True


def _span(kind: str, offset: int, out: str) -> Entity:
    return {"type": kind, "offset": offset, "length": utf16(out) - offset}


def _cannot(words: str) -> Refused:
    return bad_request(f"can't parse entities: {words}")

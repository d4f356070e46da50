"""The product's published documents, read as a developer does: commands and answers."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).with_name("documents")
DOCUMENTS: Final = tuple(sorted(FOLDER.glob("*.txt")))
HOST: Final = "https://jiema.my"
KEY: Final = re.compile(r"jm_xxx(?:\.\.\.)?")
ORDER: Final = re.compile(r"(?<=/orders/)c[a-z]+x+")

COMMENT: Final = re.compile(r"//[^\n]*")
ELLIPSIS: Final = re.compile(r",?\s*\.\.\.\s*,?(?=\s*[\]}])")
ALTERNATIVE: Final = re.compile(r"\s\|\snull")


@dataclass(frozen=True, slots=True)
class Example:
    """One command of a document, and the answer printed below it.

    Attributes:
        number: Its place in the document, from 0.
        command: As printed.
        answer: None when the document shows none.
    """

    document: str
    number: int
    command: str
    answer: Any

    @property
    def label(self) -> str:
        """For messages and test ids: ASCII, one line."""
        first = self.command.splitlines()[0].removeprefix("curl ")
        return f"{self.document} {self.number} {first.split(' -H')[0]}"

    @property
    def is_about_an_order(self) -> bool:
        """Whether it names an order by an illustrative id."""
        return ORDER.search(self.command) is not None

    def runnable(self, host: str, key: str, order_id: str = "") -> str:
        """The command with nothing replaced but host, key and the illustrative id."""
        command = self.command.replace(HOST, host)
        return ORDER.sub(order_id, KEY.sub(key, command))


def examples() -> Iterator[Example]:
    """Every curl example of every document."""
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        starts = [match.start() for match in re.finditer(r"^curl ", text, re.MULTILINE)]
        for number, start in enumerate(starts):
            command = _command(text[start:])
            end = starts[number + 1] if number + 1 < len(starts) else len(text)
            below = text[start + len(command) : end]
            yield Example(path.stem[:3], number, command, _answer(below))


def error_codes(path: Path) -> Iterator[tuple[int, str]]:
    """Status and code of every line of a document's tables of errors."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            codes, status = line.split("|")[1:3]
            if status.strip().isdigit():
                yield from ((int(status), code) for code in re.findall(r"`([A-Z_]+)`", codes))
        elif match := re.match(r"[|\s]*(4\d\d|500)[|\s]*(?=[A-Z_]{3})", line):
            # In two of them the meaning follows the code without a space: "FORBIDDENBanned".
            for code in line[match.end() :].split(" / "):
                if found := re.match(r"[A-Z_]{3,}(?=[A-Z][a-z']|\s|$)", code):
                    yield int(match[1]), found[0]


def _command(text: str) -> str:
    lines = []
    for line in text.splitlines():
        lines.append(line)
        if not line.endswith("\\"):
            break
    return "\n".join(lines)


def _answer(text: str) -> Any:
    start = text.find('{ "ok"') if '{ "ok"' in text else text.find('{\n  "ok"')
    if start < 0:
        return None
    bare = ALTERNATIVE.sub("", ELLIPSIS.sub("", COMMENT.sub("", text[start:])))
    return json.JSONDecoder().raw_decode(bare)[0]

"""Compiled files, taken apart where a language's own belongs.

A file is a list of pieces: text as it stands, tokens with the place they stand in, and names of
files that each language has as its own. That is found out once, by parsing; to write a file in a
language is then to join its pieces.
"""

import json
import re
import subprocess
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, cast

from jiema_app.i18n.tokens import TOKEN, TORN_TOKEN, Recipe
from jiema_app.processes.localising.places import ABSENT_IN, Place
from jiema_app.processes.paths import PROGRAMS, WORKSHOP

SCRIPT_READER: Final = Path(__file__).with_name("read_scripts.mjs")
READ_IN_S: Final = 60

MARKUP: Final = re.compile(
    r"<!--.*?-->|<(?P<raw>script|style)\b(?P<head>[^<>]*)>(?P<body>.*?)</(?P=raw)>|<[^<>]*>",
    re.DOTALL,
)
ATTRIBUTE: Final = re.compile(r' (?P<name>[\w:-]+)="(?P<value>[^"]*)"')
DATA: Final = re.compile(r'type="(?:application/(?:ld\+)?json|speculationrules)"')


class TextMisplaced(RuntimeError):
    """A text stands where no text can: in no language could it be put in."""


@dataclass(frozen=True, slots=True)
class Token:
    """Where a language's own text belongs."""

    token: str
    place: Place
    in_html: bool = False
    attribute: str = ""
    """The name of the whole attribute that it is."""


@dataclass(frozen=True, slots=True)
class FileName:
    """Where the name belongs that a language gave to its own form of a file."""

    name: str


Piece: TypeAlias = str | Token | FileName
Pieces: TypeAlias = tuple[Piece, ...]


class Reader:
    """Takes files apart: all of a build, for whatever parses scripts is started once."""

    def __init__(self, recipes: Mapping[str, Recipe], names: Collection[str]) -> None:
        """Prepare.

        Args:
            recipes: What tokens stand for.
            names: Names of files that each language has as its own.
        """
        self._recipes = recipes
        self._names = frozenset(names)
        alternatives = [*map(re.escape, sorted(names, key=len, reverse=True)), TOKEN.pattern]
        self._mark = re.compile("|".join(alternatives))

    def read(self, pages: Mapping[str, str], scripts: Mapping[str, str]) -> dict[str, Pieces]:
        """Pages and scripts, by name, as pieces.

        Raises:
            TextMisplaced: See its message.
        """
        inline = {
            f"{name}#{found.start()}": found["body"]
            for name, html in pages.items()
            for found in MARKUP.finditer(html)
            if found["raw"] == "script" and self._mark.search(found["body"])
            if not DATA.search(found["head"])
        }
        read = self._parsed({**scripts, **inline})
        pieces = {name: self._checked(name, read[name]) for name in scripts}
        for name, html in pages.items():
            pieces[name] = self._checked(name, tuple(self._of_page(name, html, read)))
        return pieces

    def read_json(self, name: str, text: str) -> Pieces:
        """JSON as pieces: whatever stands in it stands in one of its strings."""
        return self._checked(name, tuple(self._split(text, "json")))

    def _parsed(self, scripts: Mapping[str, str]) -> dict[str, Pieces]:
        marked = {name: source for name, source in scripts.items() if self._mark.search(source)}
        if not marked:
            return {name: (source,) for name, source in scripts.items()}
        request = {"scripts": marked, "token": TOKEN.pattern, "names": sorted(self._names)}
        finished = subprocess.run(
            [str(PROGRAMS / "node"), str(SCRIPT_READER)],
            input=json.dumps(request),
            capture_output=True,
            check=False,
            cwd=WORKSHOP,
            text=True,
            encoding="utf-8",
            timeout=READ_IN_S,
        )
        if finished.returncode != 0:
            raise TextMisplaced(self._with_words(finished.stderr.strip()))
        answer = cast("dict[str, list[str | list[str]]]", json.loads(finished.stdout))
        return {name: (source,) for name, source in scripts.items()} | {
            name: tuple(_from_list(piece, in_html="#" in name) for piece in pieces)
            for name, pieces in answer.items()
        }

    def _of_page(self, name: str, html: str, read: Mapping[str, Pieces]) -> Iterator[Piece]:
        end = 0
        for found in MARKUP.finditer(html):
            yield from self._split(html[end : found.start()], "text")
            end = found.end()
            if not self._mark.search(found[0]):
                yield found[0]
            elif found["raw"] == "script":
                yield from self._tag(name, f"<script{found['head']}>")
                if DATA.search(found["head"]):
                    yield from self._split(found["body"], "json", in_html=True)
                else:
                    yield from read[f"{name}#{found.start()}"]
                yield "</script>"
            elif found["raw"] or found[0].startswith("<!--"):
                self._refuse(name, found[0])
            else:
                yield from self._tag(name, found[0])
        yield from self._split(html[end:], "text")

    def _tag(self, name: str, tag: str) -> Iterator[Piece]:
        """An element's beginning. A text can stand in the value of an attribute."""
        end = 0
        for found in ATTRIBUTE.finditer(tag):
            recipe = self._recipes.get(found["value"])
            is_whole = recipe is not None and recipe.may_be_absent
            begin, after = found.span() if is_whole else found.span("value")
            yield self._without_tokens(name, tag[end:begin])
            end = after
            if is_whole:
                yield Token(found["value"], "attribute", in_html=True, attribute=found["name"])
            else:
                yield from self._split(found["value"], "text")
        yield self._without_tokens(name, tag[end:])

    def _split(self, text: str, place: Place, *, in_html: bool = False) -> Iterator[Piece]:
        end = 0
        for found in self._mark.finditer(text):
            yield text[end : found.start()]
            end = found.end()
            if found[0] in self._names:
                yield FileName(found[0])
            else:
                yield Token(found[0], place, in_html=in_html)
        yield text[end:]

    def _without_tokens(self, name: str, text: str) -> str:
        if self._mark.search(text):
            self._refuse(name, text)
        return text

    def _checked(self, name: str, pieces: Pieces) -> Pieces:
        """Join what stands side by side, and see that no token is unknown or torn."""
        joined: list[Piece] = []
        for piece in pieces:
            if isinstance(piece, Token):
                recipe = self._recipes.get(piece.token)
                if recipe is None:
                    raise TextMisplaced(f"{name}: nothing is known of the token {piece.token}")
                if recipe.may_be_absent and piece.place not in ABSENT_IN:
                    raise TextMisplaced(f"{name}: {recipe} stands inside of another text")
            if isinstance(piece, str) and joined and isinstance(joined[-1], str):
                joined[-1] += piece
            elif piece:
                joined.append(piece)
        for piece in joined:
            if isinstance(piece, str):
                refuse_tokens(name, piece.encode(), self._recipes)
        return tuple(joined)

    def _refuse(self, name: str, text: str) -> None:
        found = self._mark.search(text)
        mark = found[0] if found else text
        raise TextMisplaced(self._with_words(f"{mark} stands in no text: {name}"))

    def _with_words(self, message: str) -> str:
        return with_words(message, self._recipes)


def refuse_tokens(name: str, content: bytes, recipes: Mapping[str, Recipe]) -> None:
    """See that nothing is left of any token.

    Raises:
        TextMisplaced: A token stands where none may, or a part of one: somebody cut a text.
    """
    found = TORN_TOKEN.search(content)
    if found is not None:
        around = content[max(0, found.start() - 40) : found.end() + 40].decode(errors="replace")
        raise TextMisplaced(
            with_words(
                f"{name}: a text stands where no language can put its own: {around}", recipes
            )
        )


def with_words(message: str, recipes: Mapping[str, Recipe]) -> str:
    """A message in which tokens are followed by what they stand for."""
    return TOKEN.sub(lambda found: f"{found[0]} ({recipes.get(found[0], 'unknown')})", message)


def _from_list(piece: str | list[str], *, in_html: bool) -> Piece:
    if isinstance(piece, str):
        return piece
    kind, name, *place = piece
    if cast("Literal['token', 'file']", kind) == "file":
        return FileName(name)
    return Token(name, cast("Place", place[0]), in_html=in_html)

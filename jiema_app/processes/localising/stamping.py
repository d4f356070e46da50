"""Compiled pages in one language: files with its own words, and names that fit their content."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Final

from jiema_app.i18n.page_texts import LOCALE
from jiema_app.i18n.tokens import TOKEN, TokenUnknown, in_language, value_of
from jiema_app.processes.localising.compiled import MANIFEST_START, Compiled, CompiledPage
from jiema_app.processes.localising.pieces import (
    FileName,
    Pieces,
    Reader,
    TextMisplaced,
    Token,
    with_words,
)
from jiema_app.processes.localising.places import absent, spelled

NAME: Final = re.compile(r"(?P<stem>.+)-[\w-]{8}\.js")
"""As the bundler names scripts; the last part is of their content."""


@dataclass(slots=True)
class Language:
    """Writes files in one language."""

    compiled: Compiled
    locale: str
    _values: dict[str, str | None] = field(default_factory=dict)
    _spelled: dict[Token, str] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def files(self) -> dict[str, str]:
        """All files of the language that it does not share, by path.

        Raises:
            TextMisplaced: A token is left over.
        """
        pages = [page for page in self.compiled.pages if page.is_in(self.locale)]
        if not pages:
            return {}
        files: dict[str, str] = {}
        manifest = self._manifest(pages)
        # A language may have few pages, and needs no script of the others.
        needed = _named_in(manifest)
        for name, pieces in reversed(tuple(self.compiled.scripts.items())):
            if name in needed:
                needed |= _named_in(pieces)
        for name, pieces in self.compiled.scripts.items():
            if name in needed:
                text = self._joined(name, pieces)
                self._names[name] = renamed(in_language(name, self.locale), text)
                files[f"assets/{self._names[name]}"] = text
        name = self._name_of(manifest)
        files[f"assets/{name}"] = self._joined(name, manifest)
        for page in pages:
            path = f"{self.locale}/{page.built_path}".rstrip("/") + ".html"
            files[path] = self._joined(path, page.pieces)
        return files

    def _manifest(self, pages: list[CompiledPage]) -> Pieces:
        """React Router's list of pages: those of this language alone.

        One list of all would be 200 KB of script, of which one line is used.
        """
        own = {f"{LOCALE}/{page.route}".rstrip("/") for page in pages}
        manifest = dict(self.compiled.manifest)
        manifest["routes"] = {
            route: about
            for route, about in manifest["routes"].items()
            if LOCALE not in route or about["path"] in own
        }
        names = {*self.compiled.scripts, self.compiled.manifest_name}
        listed = json.dumps(manifest, separators=(",", ":"))
        reader = Reader(self.compiled.recipes, names)
        return reader.read_json("manifest", f"{MANIFEST_START}{listed};")

    def _name_of(self, manifest: Pieces) -> str:
        """The list's own name, which it holds itself: after its content without that."""
        old = self.compiled.manifest_name
        self._names[old] = old
        digest = _digest(self._joined(old, manifest))
        self._names[old] = f"{old.rpartition('-')[0]}-{digest}-{self.locale}.js"
        return self._names[old]

    def _joined(self, name: str, pieces: Pieces) -> str:
        text = "".join(
            piece if isinstance(piece, str) else self._own(name, piece) for piece in pieces
        )
        if TOKEN.search(text):
            words = with_words(TOKEN.findall(text)[0], self.compiled.recipes)
            raise TextMisplaced(f"{name}: left over in {self.locale}: {words}")
        return text

    def _own(self, name: str, piece: Token | FileName) -> str:
        if isinstance(piece, FileName):
            return self._names[piece.name]
        if piece not in self._spelled:
            try:
                self._spelled[piece] = self._spell(piece)
            except TokenUnknown as error:
                raise TextMisplaced(f"{name}: {error}") from error
        return self._spelled[piece]

    def _spell(self, piece: Token) -> str:
        if piece.token not in self._values:
            value = value_of(piece.token, self.locale, self.compiled.recipes)
            self._values[piece.token] = value
        value = self._values[piece.token]
        if value is None:
            return absent(piece.place)
        text = spelled(value, piece.place, in_html=piece.in_html)
        return f' {piece.attribute}="{text}"' if piece.place == "attribute" else text


def _named_in(pieces: Pieces) -> set[str]:
    return {piece.name for piece in pieces if isinstance(piece, FileName)}


def renamed(name: str, content: str) -> str:
    """A script's name, after its content."""
    found = NAME.fullmatch(name)
    assert found is not None, name
    return f"{found['stem']}-{_digest(content)}.js"


def _digest(content: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest())[:8].decode()

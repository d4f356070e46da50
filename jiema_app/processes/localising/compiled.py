"""Pages as they were compiled: once for all languages, taken apart and kept.

A folder of it holds ``files``, which all languages share, and ``compiled.json``: every page, and
every file that each language has as its own, in pieces.
"""

import json
import re
import shutil
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, Final, Protocol

from jiema_app.i18n.page_texts import LOCALE
from jiema_app.i18n.tokens import TOKEN, Recipe
from jiema_app.processes.built_files import BuildChanged
from jiema_app.processes.localising import FILES
from jiema_app.processes.localising.pieces import (
    FileName,
    Piece,
    Pieces,
    Reader,
    Token,
    refuse_tokens,
)

DATA: Final = "compiled.json"

MANIFEST_START: Final = "window.__reactRouterManifest="
VARIABLE_PART: Final = re.compile(r"\[(\w+)\]")

DRAWINGS: Final = frozenset({".svg", ".png", ".ico"})
"""Files that no text can get into."""


class BuiltPage(Protocol):
    """A page, as far as its address goes."""

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def built_path(self) -> str: ...  # noqa: D102
    @property
    def address(self) -> str: ...  # noqa: D102
    @property
    def locales(self) -> tuple[str, ...] | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class CompiledPage:
    """A page, before it is of any language."""

    built_path: str
    """Below the locale."""
    route: str
    """As React Router writes it, below the locale."""
    locales: tuple[str, ...] | None
    """In which it exists. None: in all."""
    pieces: Pieces

    def is_in(self, locale: str) -> bool:
        """Whether it exists in a language."""
        return self.locales is None or locale in self.locales


@dataclass(frozen=True, slots=True)
class Compiled:
    """What is made into languages."""

    folder: Path
    recipes: Mapping[str, Recipe]
    pages: tuple[CompiledPage, ...]
    scripts: Mapping[str, Pieces]
    """Scripts that differ by language, each after those that it names."""
    manifest_name: str
    manifest: Mapping[str, Any]
    """React Router's list of pages."""

    @property
    def files(self) -> Path:
        """The folder of what all languages share."""
        return self.folder / FILES


def take_apart(
    client: Path,
    folder: Path,
    recipes: Mapping[str, Recipe],
    pages: Collection[BuiltPage],
) -> None:
    """Make a folder of compiled pages out of what Reflex built.

    Args:
        client: The files that Reflex built.
        folder: To be made.
        recipes: What the tokens in them stand for.
        pages: All that there are.

    Raises:
        TextMisplaced: A text stands where none can be put in.
        BuildChanged: The files are not as we know them.
    """
    built = {page.built_path: client / f"{page.address.strip('/')}.html" for page in pages}
    missing = [path for path, file in built.items() if not file.exists()]
    if missing:
        raise BuildChanged(f"Pages were not prerendered: {missing}")
    scripts = {file.name: file.read_text(encoding="utf-8") for file in client.glob("assets/*.js")}
    manifest_name = next((name for name in scripts if name.startswith("manifest-")), "")
    manifest = _read_manifest(scripts.pop(manifest_name, ""))
    of_a_language = _of_a_language(scripts)
    reader = Reader(recipes, {*of_a_language, manifest_name})
    pieces = reader.read(
        {path: file.read_text(encoding="utf-8") for path, file in built.items()},
        {name: scripts[name] for name in of_a_language},
    )
    shutil.copytree(
        client,
        folder / FILES,
        ignore=lambda _, names: [
            name
            for name in names
            if name.endswith(".html") or name in {LOCALE, manifest_name, *of_a_language}
        ],
    )
    for file in (folder / FILES).rglob("*"):
        if file.is_file() and file.suffix not in DRAWINGS:
            refuse_tokens(file.relative_to(folder / FILES).as_posix(), file.read_bytes(), recipes)
    data = {
        "recipes": {token: recipe.as_json() for token, recipe in recipes.items()},
        "pages": [
            {
                "built_path": page.built_path,
                "route": VARIABLE_PART.sub(r":\1", page.path),
                "locales": page.locales,
                "pieces": _plain(pieces[page.built_path]),
            }
            for page in pages
        ],
        "scripts": [[name, _plain(pieces[name])] for name in of_a_language],
        "manifest_name": manifest_name,
        "manifest": manifest,
    }
    (folder / DATA).write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def load(folder: Path) -> Compiled:
    """Read a folder of compiled pages."""
    data = json.loads((folder / DATA).read_text(encoding="utf-8"))
    return Compiled(
        folder=folder,
        recipes={token: Recipe.from_json(each) for token, each in data["recipes"].items()},
        pages=tuple(
            CompiledPage(
                each["built_path"], each["route"], each["locales"], _pieces(each["pieces"])
            )
            for each in data["pages"]
        ),
        scripts={name: _pieces(pieces) for name, pieces in data["scripts"]},
        manifest_name=data["manifest_name"],
        manifest=data["manifest"],
    )


def _read_manifest(text: str) -> Mapping[str, Any]:
    text = text.rstrip().rstrip(";")
    if not text.startswith(MANIFEST_START):
        raise BuildChanged("assets/manifest-*.js is not the list of pages that we know.")
    manifest: Mapping[str, Any] = json.loads(text.removeprefix(MANIFEST_START))
    return manifest


def _of_a_language(scripts: Mapping[str, str]) -> list[str]:
    """The scripts that hold a token or load one that does, each after those that it loads.

    A script is named after its content, so whoever loads one that differs, differs.
    """
    loads = {
        name: {other for other in scripts if other != name and other in text}
        for name, text in scripts.items()
    }
    found = {name for name, text in scripts.items() if TOKEN.search(text)}
    while more := {name for name in scripts if loads[name] & found} - found:
        found |= more
    try:
        order = TopologicalSorter({name: loads[name] & found for name in sorted(found)})
        return list(order.static_order())
    except CycleError as error:
        raise BuildChanged(f"Scripts with texts load each other: {error.args[1]}") from error


def _plain(pieces: Pieces) -> list[str | dict[str, Any]]:
    return [piece if isinstance(piece, str) else asdict(piece) for piece in pieces]


def _pieces(plain: list[str | dict[str, Any]]) -> Pieces:
    return tuple(_piece(each) for each in plain)


def _piece(plain: str | dict[str, Any]) -> Piece:
    if isinstance(plain, str):
        return plain
    return FileName(**plain) if "name" in plain else Token(**plain)

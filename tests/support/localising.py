"""Small compiled pages, made into languages, and what a browser would make of them."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from jiema_app.i18n.page_texts import LOCALE
from jiema_app.i18n.tokens import Recipe, known_recipes
from jiema_app.processes.localising.compiled import MANIFEST_START, load, take_apart
from jiema_app.processes.localising.stamping import Language
from jiema_app.processes.paths import PROGRAMS, WORKSHOP

MANIFEST = "manifest-00000000.js"


@dataclass(frozen=True)
class SmallPage:
    """A page, as far as its address goes."""

    path: str
    locales: tuple[str, ...] | None = None

    @property
    def built_path(self) -> str:
        return self.path.replace("[slug]", "_")

    @property
    def address(self) -> str:
        return f"/{LOCALE}/{self.built_path}".rstrip("/")


def recipe_of(text: str) -> Recipe:
    """What ``t(text)`` stands for: the text itself, in English."""
    return Recipe("t", (text,))


def localised(
    folder: Path,
    pages: Mapping[SmallPage, str],
    scripts: Mapping[str, str],
    recipes: tuple[Recipe, ...] = (),
    locale: str = "en",
) -> dict[str, str]:
    """The files of a language, by path.

    Args:
        folder: To be used.
        pages: Their HTML.
        scripts: By name. The manifest, which lists them all, is made here.
        recipes: What tokens stand for, besides those that pages always have.
        locale: The language.
    """
    client = folder / "client"
    (client / "assets").mkdir(parents=True, exist_ok=True)
    (client / "sw.js").write_text("__BUILD__")
    for page, html in pages.items():
        file = client / f"{page.address.strip('/')}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(html, encoding="utf-8")
    manifest = {
        "url": f"/assets/{MANIFEST}",
        "routes": {
            "root": {"id": "root", "path": "", "imports": []},
            **{
                f"routes/[{LOCALE}].{page.path}": {
                    "path": f"{LOCALE}/{page.path}".replace("[slug]", ":slug"),
                    "module": f"/assets/{name}",
                }
                for page, name in zip(pages, scripts, strict=False)
            },
        },
    }
    for name, source in scripts.items():
        (client / "assets" / name).write_text(source, encoding="utf-8")
    (client / "assets" / MANIFEST).write_text(f"{MANIFEST_START}{json.dumps(manifest)};")
    known = {**known_recipes(), **{recipe.token: recipe for recipe in recipes}}
    compiled = folder / "compiled"
    compiled.mkdir()
    take_apart(client, compiled, known, tuple(pages))
    return Language(load(compiled), locale).files()


def run_script(source: str, **globals_: Any) -> Any:
    """What a module exports as ``found``, as JSON."""
    program = (
        "const [source, globals] = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "Object.assign(globalThis, globals);"
        "const address = 'data:text/javascript;charset=utf-8,' + encodeURIComponent(source);"
        "import(address).then(made => process.stdout.write(JSON.stringify(made.found)));"
    )
    finished = subprocess.run(
        [str(PROGRAMS / "node"), "--input-type=commonjs", "-e", program],
        input=json.dumps([source, globals_]),
        capture_output=True,
        check=True,
        cwd=WORKSHOP,
        encoding="utf-8",
    )
    return json.loads(finished.stdout)


class Browser(HTMLParser):
    """What a browser finds in a page: texts, attributes and scripts."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: dict[str, str] = {}
        self.attributes: dict[str, dict[str, str | None]] = {}
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("id") or tag
        self._open.append(name)
        self.attributes[name] = dict(attrs)

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self.texts[self._open[-1]] = self.texts.get(self._open[-1], "") + data

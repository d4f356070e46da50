"""The JavaScript that a built page loads before anything is clicked."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import brotli

_IN_PAGE: Final = re.compile(r"/(assets/[\w.-]+\.js)")
_IMPORTED: Final = re.compile(r"""(?:from|import)\s*["']\./([\w.-]+\.js)["']""")
OWN_FOLDER: Final = "js"
"""Scripts that the server adds. No page has all of them: what is counted is the most it can be."""


def pages_of(build: Path) -> Iterator[str]:
    """Every built page, as a path below the build."""
    for path in sorted(build.rglob("*.html")):
        name = path.relative_to(build).as_posix()
        if path.name not in {"index.html", "404.html", "__spa-fallback.html"}:
            yield name


def first_load_bytes(build: Path, page: str) -> int:
    """Bytes that a page makes a browser load, brotli-compressed as the server sends them."""
    html = (build / page).read_text(encoding="utf-8")
    own = {path.relative_to(build).as_posix() for path in (build / OWN_FOLDER).glob("*.js")}
    waiting = {*_IN_PAGE.findall(html), *own}
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        text = (build / name).read_text(encoding="utf-8")
        waiting |= {f"assets/{other}" for other in _IMPORTED.findall(text)} - seen
    return sum(_compressed(build / name) for name in seen)


def _compressed(path: Path) -> int:
    made = path.with_name(f"{path.name}.br")
    return made.stat().st_size if made.exists() else len(brotli.compress(path.read_bytes()))

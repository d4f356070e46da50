"""The JavaScript that a built page loads before anything is clicked."""

import re
from pathlib import Path
from typing import Final

import brotli

from jiema_app.site.pages.page import Page

_IN_PAGE: Final = re.compile(r"/(assets/[\w.-]+\.js)")
_IMPORTED: Final = re.compile(r"""(?:from|import)\s*["']\./([\w.-]+\.js)["']""")


def first_load_bytes(build: Path, page: Page, locale: str) -> int:
    """Bytes that a page makes a browser load, brotli-compressed as the server sends them."""
    html = built_file(build, page, locale).read_text(encoding="utf-8")
    # The server adds scripts of its own to what Reflex built.
    own = {f"js/{name}.js" for name in ("shop", *page.scripts)}
    waiting = {*_IN_PAGE.findall(html), *own}
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        text = (build / name).read_text(encoding="utf-8")
        folder = name.partition("/")[0]
        waiting |= {f"{folder}/{other}" for other in _IMPORTED.findall(text)} - seen
    return sum(_compressed(build / name) for name in seen)


def built_file(build: Path, page: Page, locale: str) -> Path:
    """The HTML of a page, or of the template of many."""
    return build / f"{page.href_in(locale).removeprefix('/')}.html"


def _compressed(path: Path) -> int:
    made = path.with_name(f"{path.name}.br")
    if made.exists():
        return made.stat().st_size
    return len(brotli.compress(path.read_bytes(), quality=6))  # as web/static_files.py does

"""Which folder holds what was made of the sources as they are.

Pages are made in two steps, and each has its own: compiling takes half a minute and hangs on
everything that pages are made of but words; putting a language's words in takes seconds.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from jiema_app.processes.paths import BUILDS, COMPILED, ROOT
from jiema_app.settings import get_settings

COMPILED_FROM: Final = (
    "assets",
    "jiema_app/domain/catalog/data/countries.json",
    "jiema_app/domain/catalog/data/icons.json",
    "jiema_app/i18n/page_texts.py",
    "jiema_app/i18n/tokens.py",
    "jiema_app/jiema_app.py",
    "jiema_app/processes/artwork_files.py",
    "jiema_app/processes/built_files.py",
    "jiema_app/processes/compile_pages.py",
    "jiema_app/processes/localising",
    "jiema_app/site",
    "requirements.txt",
    "rxconfig.py",
)
"""What pages are made of. Services behind them are not: pages only hold their names."""

LOCALISED_FROM: Final = ("jiema_app/i18n",)
"""Words, and how figures are written."""

NOT_SOURCES: Final = frozenset({"__pycache__", "external"})
"""Folders: Reflex links the assets of libraries into ``assets/external`` while it builds."""
LONG_TEXT: Final = ".md"
"""Put into its page when that is served."""


def compiled_folder() -> Path:
    """Where the pages are that were compiled of the present sources. It may not exist yet."""
    return COMPILED / _of_sources(COMPILED_FROM, *_said_of_the_deployment())


def current_build(locales: Iterable[str]) -> Path:
    """The build of the present sources in some languages. It may not exist yet."""
    pseudo = "pseudo" if get_settings().pseudo_words else ""
    return BUILDS / _of_sources(LOCALISED_FROM, compiled_folder().name, pseudo, *locales)


def _said_of_the_deployment() -> tuple[str, ...]:
    settings = get_settings()
    return (repr(settings.contact), repr(settings.limits.api_keys))


def _of_sources(names: Iterable[str], *more: str) -> str:
    digest = hashlib.sha256("\0".join(more).encode())
    for file in _files(names):
        digest.update(f"\0{file.relative_to(ROOT)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _files(names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        path = ROOT / name
        if path.is_file():
            yield path
        for file in sorted(path.rglob("*")):
            if file.is_file() and file.suffix != LONG_TEXT and not NOT_SOURCES & set(file.parts):
                yield file

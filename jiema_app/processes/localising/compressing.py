"""Compressed forms of built files, made once and as small as can be.

The server sends them as they are. Both libraries let other threads run meanwhile, so all
processors are used.
"""

import gzip
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import brotli

SUFFIXES: Final = frozenset({".js", ".css", ".html", ".json", ".svg", ".xml", ".txt"})
SMALL: Final = 256
"""Below this many bytes nothing is gained."""

FORMS: Final = (".br", ".gz")

SMALLEST: Final = (11, 22)
"""Brotli's best quality and its usual window, for what all languages share: compressed once."""
QUICK: Final = (9, 16)
"""For what each language has as its own: scripts of 20 to 60 KB, so a window of 64 KB is enough,
and filling a large one is what takes the time. 0.3 KB more of a page's 145, in a fiftieth of it."""


class Compressor:
    """Writes compressed forms beside files while others are made; done when its block ends."""

    def __init__(self, effort: tuple[int, int]) -> None:
        """Begin.

        Args:
            effort: Brotli's quality and window.
        """
        self._effort = effort
        self._pool = ThreadPoolExecutor(os.cpu_count())
        self._begun: list[Future[None]] = []

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait until all is written."""
        self._pool.shutdown(cancel_futures=error is not None)
        if error is None:
            for each in self._begun:
                each.result()

    def add(self, file: Path) -> None:
        """Compress a file, if it is of a kind and a size that gains by it."""
        if file.suffix in SUFFIXES and file.stat().st_size >= SMALL:
            self._begun.append(self._pool.submit(_compress, file, self._effort))

    def add_all(self, folder: Path) -> None:
        """Compress the files of a folder, the largest first: the last must not take long."""
        files = [file for file in folder.rglob("*") if file.is_file()]
        for file in sorted(files, key=lambda file: file.stat().st_size, reverse=True):
            self.add(file)


def _compress(file: Path, effort: tuple[int, int]) -> None:
    content, (quality, window) = file.read_bytes(), effort
    forms = (
        brotli.compress(content, quality=quality, lgwin=window),
        gzip.compress(content, compresslevel=9, mtime=0),
    )
    for suffix, form in zip(FORMS, forms, strict=True):
        write_whole(file.with_name(file.name + suffix), form)


def write_whole(file: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees a part of it: two languages may have the same one."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}-{threading.get_ident()}")
    fresh.write_bytes(content)
    fresh.replace(file)

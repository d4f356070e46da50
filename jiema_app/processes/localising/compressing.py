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

SMALLEST: Final = 11
"""Brotli's best, for what all languages share: it is compressed once."""
QUICK: Final = 10
"""For what each language has as its own: a quarter of the time, for two hundredths more bytes."""


class Compressor:
    """Writes compressed forms beside files while others are made; done when its block ends."""

    def __init__(self, quality: int) -> None:
        """Begin.

        Args:
            quality: Brotli's.
        """
        self._quality = quality
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
            self._begun.append(self._pool.submit(_compress, file, self._quality))

    def add_all(self, folder: Path) -> None:
        """Compress the files of a folder, the largest first: the last must not take long."""
        files = [file for file in folder.rglob("*") if file.is_file()]
        for file in sorted(files, key=lambda file: file.stat().st_size, reverse=True):
            self.add(file)


def _compress(file: Path, quality: int) -> None:
    content = file.read_bytes()
    forms = (
        brotli.compress(content, quality=quality),
        gzip.compress(content, compresslevel=9, mtime=0),
    )
    for suffix, form in zip(FORMS, forms, strict=True):
        write_whole(file.with_name(file.name + suffix), form)


def write_whole(file: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees a part of it: two languages may have the same one."""
    fresh = file.with_name(f"{file.name}.{os.getpid()}-{threading.get_ident()}")
    fresh.write_bytes(content)
    fresh.replace(file)

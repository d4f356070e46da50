"""Pages of every language, made out of pages that were compiled once.

Languages know nothing of each other, so each processor takes its share of them.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from jiema_app.processes.built_files import stamped_worker
from jiema_app.processes.localising import FILES
from jiema_app.processes.localising.compressing import FORMS, QUICK, Compressor, write_whole
from jiema_app.processes.parent_death import die_with_parent
from jiema_app.processes.paths import ROOT

SERVICE_WORKER: Final = "sw.js"


class LocalisingFailed(RuntimeError):
    """A language could not be put in; the message says why."""


def localise(
    compiled: Path,
    locales: Sequence[str],
    target: Path,
    *,
    earlier: Sequence[Path] = (),
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Make a folder of pages in some languages.

    Args:
        compiled: The compiled pages.
        locales: The languages.
        target: To be made.
        earlier: Builds that may hold files of the same names, compressed already.
        tell: Told how far it is.

    Raises:
        LocalisingFailed: See its message.
    """
    _share(compiled / FILES, target)
    _share_out(compiled, locales, target, earlier, tell)
    assets = [file.name for file in (target / "assets").iterdir() if file.suffix not in FORMS]
    worker = (compiled / FILES / SERVICE_WORKER).read_text(encoding="utf-8")
    write_whole(target / SERVICE_WORKER, stamped_worker(worker, assets).encode())
    with Compressor(QUICK) as compressor:
        compressor.add(target / SERVICE_WORKER)


def _share_out(
    compiled: Path,
    locales: Sequence[str],
    target: Path,
    earlier: Sequence[Path],
    tell: Callable[[str], None],
) -> None:
    """Have processes write the languages, and wait for them."""
    shares = [locales[first :: os.cpu_count()] for first in range(os.cpu_count() or 1)]
    done = 0
    failures: list[str] = []
    with ExitStack() as open_files:
        # One pipe for all: who has finished a language says so.
        reading, writing = os.pipe()
        said = open_files.enter_context(os.fdopen(reading))
        with os.fdopen(writing, "w") as saying:
            processes = [
                open_files.enter_context(
                    subprocess.Popen(
                        [
                            sys.executable,
                            "-m",
                            "jiema_app.processes.localising",
                            str(compiled),
                            str(target),
                            ",".join(share),
                            *map(str, earlier),
                        ],
                        cwd=ROOT,
                        stdin=subprocess.DEVNULL,
                        stdout=saying,
                        stderr=subprocess.PIPE,
                        text=True,
                        preexec_fn=die_with_parent(),  # noqa: PLW1509 - one call into libc
                    )
                )
                for share in shares
                if share
            ]
        try:
            for _ in said:
                done += 1
                tell(f"{done} of {len(locales)}")
            for process in processes:
                _, words = process.communicate()
                if process.returncode != 0:
                    failures.append(words.strip())
        except BaseException:
            for process in processes:
                process.kill()
            raise
    if failures:
        raise LocalisingFailed("\n".join(failures))


def _share(files: Path, target: Path) -> None:
    """Have a build hold what all languages share, without a second copy of it."""

    def link(source: str, destination: str) -> None:
        try:
            os.link(source, destination)
        except OSError:  # another disk, or one that knows no links
            shutil.copyfile(source, destination)

    # What is written anew must not be the same file.
    own = {SERVICE_WORKER, *(f"{SERVICE_WORKER}{form}" for form in FORMS)}
    shutil.copytree(
        files,
        target,
        copy_function=link,
        ignore=lambda _, names: own.intersection(names),
    )

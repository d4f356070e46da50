"""Building the web pages when, and only when, something they are made of changed."""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from jiema_app.processes.parent_death import die_with_parent
from jiema_app.processes.paths import BUILD_LOCK, BUILDS, ROOT, WORKSHOP
from jiema_app.processes.progress import Progress
from jiema_app.processes.reflex_environment import building_environment
from jiema_app.settings import get_settings

SOURCES: Final = (
    "assets",
    "jiema_app/domain/catalog/data/countries.json",
    "jiema_app/domain/catalog/data/icons.json",
    "jiema_app/i18n",
    "jiema_app/jiema_app.py",
    "jiema_app/processes/artwork_files.py",
    "jiema_app/processes/built_files.py",
    "jiema_app/site",
    "requirements.txt",
    "rxconfig.py",
)
"""What pages are made of. Services behind them are not: pages only hold their names."""

BUILDS_KEPT: Final = 4
"""Side-by-side copies may differ in their languages."""

RADIX_WARNING: Final = "Implicit Radix Themes"


class BuildFailed(RuntimeError):
    """The pages could not be built; the message holds the end of the build's output."""


def current_build(locales: Iterable[str]) -> Path:
    """Folder of the build that belongs to the sources as they are. It may not exist yet."""
    digest = hashlib.sha256("\0".join(locales).encode())
    settings = get_settings()
    if settings.pseudo_words:
        digest.update(b"\0pseudo")
    # What built pages say of the deployment.
    digest.update(f"\0{settings.contact!r} {settings.limits.api_keys}".encode())
    for file in _source_files():
        digest.update(f"\0{file.relative_to(ROOT)}\0".encode())
        digest.update(file.read_bytes())
    return BUILDS / digest.hexdigest()[:16]


def ensure_built(locales: Iterable[str], *, force: bool = False) -> Path:
    """Build the pages unless the current build is there already.

    Returns:
        The folder to serve.

    Raises:
        BuildFailed: See its message.
    """
    locales = tuple(locales)
    build = current_build(locales)
    if build.exists() and not force:
        return build
    with _exclusively() as held:
        if build.exists() and not force:  # somebody built while we waited
            return build
        with Progress().step(f"building the web pages ({len(locales)} languages)"):
            _compile(locales, held)
            _publish(build)
    return build


def _source_files() -> Iterator[Path]:
    for name in SOURCES:
        path = ROOT / name
        if path.is_file():
            yield path
        # Reflex links the assets of libraries into assets/external while it builds.
        for file in sorted(path.rglob("*")):
            if file.is_file() and not {"__pycache__", "external"} & set(file.parts):
                yield file


@contextmanager
def _exclusively() -> Iterator[int]:
    """One build at a time; the number of the locked file."""
    BUILD_LOCK.parent.mkdir(parents=True, exist_ok=True)
    with BUILD_LOCK.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()


def _compile(locales: tuple[str, ...], held: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "jiema_app.processes.compile_pages"],
        cwd=ROOT,
        env=building_environment() | {"JIEMA_LOCALES": ",".join(locales)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A group of its own: npm and its children end with it.
        start_new_session=True,
        # If we are killed nobody else begins before that group has ended.
        pass_fds=(held,),
        preexec_fn=die_with_parent(),  # noqa: PLW1509 - one call into libc, prepared before
    )
    try:
        output, _ = process.communicate()
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if process.returncode != 0:
        raise BuildFailed("\n".join(output.splitlines()[-40:]))
    if RADIX_WARNING in output:
        raise BuildFailed(
            "A Radix Themes component crept in: it doubles what every page loads. "
            "Use rx.el and our own components.\n" + output
        )


def _publish(build: Path) -> None:
    """Put the finished build in its place, whole or not at all."""
    fresh = BUILDS / f"new-{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(WORKSHOP / "build" / "client", fresh)
    shutil.rmtree(build, ignore_errors=True)
    fresh.rename(build)
    others = sorted(
        (path for path in BUILDS.iterdir() if path != build),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    # A server holds its build in memory, so a running one loses nothing.
    for old in others[BUILDS_KEPT - 1 :]:
        shutil.rmtree(old, ignore_errors=True)

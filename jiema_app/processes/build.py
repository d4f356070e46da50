"""Building the web pages when, and only when, something they are made of changed.

Twice over: compiled pages are made of everything but words, and serve all languages; a build is
made of compiled pages and words. So a changed word, or one more language, takes seconds.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from jiema_app.processes.fingerprints import compiled_folder, current_build
from jiema_app.processes.parent_death import die_with_parent
from jiema_app.processes.paths import BUILD_LOCK, ROOT
from jiema_app.processes.progress import Progress, Step
from jiema_app.processes.reflex_environment import building_environment

KEPT: Final = 4
"""Builds, and folders of compiled pages. Side-by-side copies may differ in their languages."""

RADIX_WARNING: Final = "Implicit Radix Themes"

PHASES: Final = {
    "Compiling:": "bundling them",
    "Creating Production Build:": "drawing icons and flags",
    "take apart": "taking them apart",
    "compress": "compressing",
}
"""What the process says at a time, and what is done from then on. Reflex says it at the end."""


class BuildFailed(RuntimeError):
    """The pages could not be built; the message holds the end of the build's output."""


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
        compiled, progress = compiled_folder(), Progress()
        if force or not compiled.exists():
            with progress.step("compiling the web pages") as step:
                _publish(compiled, lambda fresh: _compile(fresh, held, step))
        words = "1 language" if len(locales) == 1 else f"{len(locales)} languages"
        with progress.step(f"putting {words} into the pages") as step:
            _publish(build, lambda fresh: _localise(compiled, locales, fresh, step))
    return build


@contextmanager
def _exclusively() -> Iterator[int]:
    """One build at a time; gives the number of the locked file."""
    BUILD_LOCK.parent.mkdir(parents=True, exist_ok=True)
    with BUILD_LOCK.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()


def _compile(
    folder: Path | None, held: int, step: Step | None = None, more: Mapping[str, str] | None = None
) -> None:
    """Compile pages.

    Args:
        folder: To be made. Without one, what Reflex built is left where it is.
        held: A locked file's number. If we are killed, nobody else begins before all has ended.
        step: Told how far it is.
        more: Of the environment.
    """
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "jiema_app.processes.compile_pages",
            *([] if folder is None else [str(folder)]),
        ],
        cwd=ROOT,
        env=building_environment() | dict(more or {}),
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
    assert process.stdout is not None
    lines: list[str] = []
    if step is not None:
        step.at("drawing them")
    try:
        with process.stdout:
            for line in process.stdout:
                lines.append(line.rstrip("\n"))
                if step is not None:
                    _tell_phase(line, step)
        process.wait()
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if process.returncode != 0:
        raise BuildFailed("\n".join(lines[-40:]))
    if any(RADIX_WARNING in line for line in lines):
        raise BuildFailed(
            "A Radix Themes component crept in: it doubles what every page loads. "
            "Use rx.el and our own components.\n" + "\n".join(lines)
        )


def _tell_phase(line: str, step: Step) -> None:
    for sign, phase in PHASES.items():
        if line.startswith(sign):
            step.at(phase)


def _localise(compiled: Path, locales: tuple[str, ...], folder: Path, step: Step) -> None:
    # Late: who only asks whether pages are built needs none of it.
    from jiema_app.processes.built_files import BuildChanged
    from jiema_app.processes.localising.localise import LocalisingFailed, localise

    try:
        localise(compiled, locales, folder, earlier=_others(folder), tell=step.at)
    except (LocalisingFailed, BuildChanged) as error:
        raise BuildFailed(str(error)) from error


def _publish(folder: Path, make: Callable[[Path], None]) -> None:
    """Put a finished folder in its place, whole or not at all."""
    fresh = folder.with_name(f"new-{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    try:
        make(fresh)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    folder.touch()
    # A server holds its build in memory, so a running one loses nothing.
    for old in _others(folder)[KEPT - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def _others(folder: Path) -> list[Path]:
    """Folders beside one, the newest first."""
    return sorted(
        (path for path in folder.parent.iterdir() if path != folder),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )

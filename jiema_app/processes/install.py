"""Make the virtual environment and install the pinned requirements, when they changed.

Runs under the machine's own Python: it may use the standard library alone.
"""

import fcntl
import hashlib
import platform
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
ENVIRONMENT: Final = ROOT / ".venv"
PYTHON: Final = ENVIRONMENT / "bin" / "python"
LOCK: Final = ROOT / ".web" / "install.lock"

RUNTIME: Final = ("requirements.txt",)
DEVELOPMENT: Final = ("requirements.txt", "requirements-dev.txt")


def main(arguments: list[str]) -> int:
    """Install what is missing; ``--dev`` adds the tools of tests and checks."""
    if sys.version_info < (3, 11):
        print(f"error: Python 3.11 or newer is needed, this is {platform.python_version()}")
        return 1
    files = DEVELOPMENT if "--dev" in arguments else RUNTIME
    if _is_installed(files):
        return 0
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("a") as lock:
        # Two copies started at once share one checkout.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_installed(files):
            return 0
        return _make_environment() or _install(files)


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


def _make_environment() -> int:
    if PYTHON.exists():
        return 0
    print("creating .venv …", flush=True)
    finished = subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=False)
    if finished.returncode != 0:
        print("error: python -m venv failed (on Debian and Ubuntu: apt install python3-venv)")
    return finished.returncode


def _install(files: tuple[str, ...]) -> int:
    print(f"installing {' and '.join(files)} …", flush=True)
    command = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    for name in files:
        command += ["-r", str(ROOT / name)]
    finished = subprocess.run(command, check=False)
    if finished.returncode == 0:
        for name in files:
            _stamp(name).write_text(_fingerprint(name))
    return finished.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

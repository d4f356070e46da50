"""Which process serves a cluster, whether it is still there, and what it said."""

from contextlib import suppress
from pathlib import Path
from typing import Final

from jiema_app.integrations.postgres.embedded_files import EmbeddedFiles

DEAD: Final = frozenset("ZX")
"""States of a process that has ended and was not buried yet."""


def written_pid(files: EmbeddedFiles) -> int | None:
    """The process that wrote ``postmaster.pid``; it may be dead, and its number another's."""
    with suppress(OSError, ValueError, IndexError):
        return int((files.cluster / "postmaster.pid").read_text().splitlines()[0])
    return None


def is_server(files: EmbeddedFiles, pid: int) -> bool:
    """Whether a process is this cluster's server, and not dead. Knows it on Linux alone."""
    process = Path("/proc") / str(pid)
    try:
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        return state not in DEAD and (process / "cwd").readlink() == files.cluster
    except OSError:
        return False


def log_of(files: EmbeddedFiles) -> Path:
    """Where it writes what happens."""
    return files.cluster / "jiema.log"


def last_words(files: EmbeddedFiles) -> str:
    """The end of that; nothing when there is none."""
    try:
        return "\n".join(log_of(files).read_text(errors="replace").splitlines()[-8:])
    except OSError:
        return ""

"""Let a process load its code while the database is still being prepared.

The supervisor holds a lock until the tables are there; whoever needs them waits for
it. The kernel frees the lock when the supervisor dies.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jiema_app.integrations.postgres.embedded_files import make_open_folder


def _lock(data_dir: Path) -> Path:
    return data_dir / "preparing.lock"


@contextmanager
def preparing(data_dir: Path) -> Iterator[None]:
    """Keep the gate closed during the block."""
    make_open_folder(data_dir)
    with _lock(data_dir).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def wait_until_prepared(data_dir: Path) -> None:
    """Wait while the gate is closed. Without a supervisor there is none."""
    path = _lock(data_dir)
    if path.exists():
        with path.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)

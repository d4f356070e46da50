"""Files that hold what nobody else may read."""

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path


class SecretFileExists(Exception):
    """A file is there already. It was not touched."""


def write_secrets(files: Sequence[Path], make: Callable[[], Sequence[str]]) -> None:
    """Make secrets, and write each into a new file that only its owner may read.

    Nothing is left behind when something fails; nothing that was there is touched.

    Args:
        files: One for each secret.
        make: Called once all files could be made.

    Raises:
        SecretFileExists: One of them is there already.
        OSError: One of them cannot be written.
    """
    with ExitStack() as undo:
        opened = []
        for file in files:
            opened.append(_create(file))
            undo.callback(file.unlink, missing_ok=True)
        for descriptor, secret in zip(opened, make(), strict=True):
            with os.fdopen(descriptor, "w", encoding="ascii") as target:
                target.write(f"{secret}\n")
                target.flush()
                os.fsync(target.fileno())
        undo.pop_all()


def _create(file: Path) -> int:
    try:
        return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    raise SecretFileExists(str(file))

"""Files and folders that nobody but this process's user may touch."""

import os
import stat
from pathlib import Path
from typing import Final

from signer.errors import SignerError

OTHERS_MAY_NOTHING: Final = 0o077
OTHERS_MAY_READ: Final = 0o022
"""Permission bits of the group and of everybody that must not be set."""


class FileRefused(SignerError):
    """Somebody else may read or change a file, or it is none."""


def ensure_private_folder(folder: Path, forbidden: int = OTHERS_MAY_NOTHING) -> None:
    """Make a folder for us alone, or see to it that the one that is there is so.

    One that others may enter is not corrected: what is in it may have been read or replaced,
    and that is for a person to judge.

    Args:
        folder: The folder.
        forbidden: Permission bits that it must not have.

    Raises:
        FileRefused: It belongs to somebody else, or others may do what they must not.
        OSError: It cannot be made.
    """
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        # Whatever the umask is, nobody else may put something into what is above it.
        missing.mkdir(0o700 if missing == folder else 0o755, exist_ok=True)
    found = folder.stat()
    if not stat.S_ISDIR(found.st_mode):
        raise FileRefused(f"{folder} is no folder")
    _refuse_others(folder, found, forbidden)


def read_private_file(file: Path, size_max: int) -> bytes:
    """What is in a file that only we may read.

    Raises:
        FileRefused: There is none, it is no plain file, it is larger, or others may read it.
    """
    problem = None
    try:
        # Without O_NONBLOCK a pipe of that name would keep us waiting for its writer.
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        problem = error.strerror
    if problem is not None:
        raise FileRefused(f"{file}: {problem}")
    try:
        refuse_shared_file(file, descriptor)
        with os.fdopen(descriptor, "rb", closefd=False) as opened:
            data = opened.read(size_max + 1)
    finally:
        os.close(descriptor)
    if len(data) > size_max:
        raise FileRefused(f"{file} is larger than {size_max} bytes: this is something else")
    return data


def refuse_shared_file(file: Path, descriptor: int) -> None:
    """See to it that an open file is ours alone.

    Raises:
        FileRefused: It is no plain file, somebody else's, or open to others.
    """
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise FileRefused(f"{file} is no plain file")
    _refuse_others(file, found, OTHERS_MAY_NOTHING)


def replace_private_file(file: Path, data: bytes) -> None:
    """Put data into a file at once: whoever reads it finds all of the old or all of the new.

    The data is on the disk when this returns. A crash leaves at most a file whose name begins
    with a dot, which the next call removes. Only one caller at a time may write a file.

    Raises:
        OSError: It could not be written; what was there is still there.
    """
    fresh = file.with_name(f".{file.name}.new")
    fresh.unlink(missing_ok=True)
    write_private_file(fresh, data)
    fresh.replace(file)
    sync_folder(file.parent)


def write_private_file(file: Path, data: bytes) -> None:
    """Write a new file for us alone, down to the disk. Its name is not on the disk yet.

    Raises:
        OSError: There is one already, or it cannot be written.
    """
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_others(path: Path, found: os.stat_result, forbidden: int) -> None:
    if found.st_uid != os.geteuid():
        raise FileRefused(f"{path} belongs to another user")
    if found.st_mode & forbidden:
        mode = stat.S_IMODE(found.st_mode)
        raise FileRefused(f"{path} is open to others (mode {mode:04o}): see who did that, and why")

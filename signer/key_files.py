"""Where sealed keys lie: a folder with one file for each purpose and version.

``hot-1.json``, ``hot-2.json``, ``pool-1.json``. The newest version of a purpose signs; older
ones stay, because money may still be at their addresses. A file is never changed in place.
"""

import fcntl
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from signer.errors import SignerError
from signer.private_files import ensure_private_folder, read_private_file, replace_private_file
from signer.sealing import SEALED_MAX, BadSeal, Purpose, SealedSecret, parse_sealed

FILES_MAX: Final = 1000

_NAME: Final = re.compile(r"(hot|pool)-([1-9][0-9]{0,5})\.json")


class KeysRefused(SignerError):
    """What should be done with the sealed keys cannot be. None was changed."""


class KeyFolder:
    """The sealed keys of this machine."""

    def __init__(self, folder: Path) -> None:
        """Look at the folder, and make it when there is none.

        Raises:
            FileRefused: Others may look into it, or it is somebody else's.
            OSError: It cannot be made.
        """
        ensure_private_folder(folder)
        self.folder: Final = folder

    def list_sealed(self) -> Sequence[SealedSecret]:
        """All of them, by purpose, the oldest version first.

        Raises:
            KeysRefused: One of the files is not what its name says, or there are too many.
            FileRefused: Others may read one of them.
        """
        found = sorted(self._names())
        if len(found) > FILES_MAX:
            raise KeysRefused(f"{self.folder} holds more than {FILES_MAX} keys")
        return [self._read(*one) for one in found]

    def next_version(self, purpose: Purpose) -> int:
        """The number that the next key of a purpose has."""
        return max((version for one, version in self._names() if one is purpose), default=0) + 1

    @contextmanager
    def changing(self) -> Iterator["KeyChanges"]:
        """Hold the folder against other commands that would change it.

        Raises:
            KeysRefused: One is at work.
        """
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _lock(descriptor, self.folder)
            yield KeyChanges(self)
        finally:
            os.close(descriptor)

    def file_of(self, sealed: SealedSecret) -> Path:
        """Where a sealed key lies."""
        return self.folder / f"{sealed.label.purpose}-{sealed.label.key_version}.json"

    def _names(self) -> Iterator[tuple[Purpose, int]]:
        for file in self.folder.iterdir():
            match = _NAME.fullmatch(file.name)
            if match is not None:
                yield Purpose(match[1]), int(match[2])

    def _read(self, purpose: Purpose, version: int) -> SealedSecret:
        file = self.folder / f"{purpose}-{version}.json"
        problem = None
        try:
            sealed = parse_sealed(read_private_file(file, SEALED_MAX))
        except BadSeal as error:
            problem = str(error)
        if problem is not None:
            raise KeysRefused(f"{file}: {problem}")
        if (sealed.label.purpose, sealed.label.key_version) != (purpose, version):
            # An old key under a new name would sign in the place of the newest.
            raise KeysRefused(f"{file}: it is the {sealed.label}: somebody has renamed it")
        return sealed


class KeyChanges:
    """What whoever holds the folder may do to it."""

    def __init__(self, keys: KeyFolder) -> None:
        self._keys = keys

    def add(self, sealed: SealedSecret) -> None:
        """Keep a new key, beside those that there are.

        Raises:
            KeysRefused: There is one of this purpose and version.
        """
        file = self._keys.file_of(sealed)
        if file.exists():
            raise KeysRefused(f"{file} is there already")
        replace_private_file(file, sealed.to_json())

    def replace(self, sealed: SealedSecret) -> None:
        """Put the same key, sealed anew, in the place of the one that is there.

        Raises:
            KeysRefused: Another key is there, or none.
        """
        label = sealed.label
        there = self._keys._read(label.purpose, label.key_version)  # noqa: SLF001 - our own folder
        if there.label != label:
            raise KeysRefused(f"{self._keys.file_of(sealed)} is of another key")
        replace_private_file(self._keys.file_of(sealed), sealed.to_json())


def _lock(descriptor: int, folder: Path) -> None:
    is_ours = False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_ours = True
    except BlockingIOError:
        pass
    if not is_ours:
        raise KeysRefused(f"another command is changing the keys in {folder}")

"""Files that people and the bot send: named by ids, fetched under /file."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sandbox.telegram.arguments import Upload
from sandbox.telegram.errors import bad_request
from sandbox.telegram.store import Store

_TABLE: Final = "files"
FILES_MAX: Final = 2000
TOTAL_MAX_BYTES: Final = 256 * 1024 * 1024
DOWNLOAD_MAX_BYTES: Final = 20 * 1024 * 1024
"""What a bot can fetch; it can send more."""
_FOLDERS: Final = {"photo": "photos", "video": "videos", "voice": "voice", "audio": "music"}


class Files:
    """Contents lie on disk where there is a directory, else in memory."""

    def __init__(self, store: Store, directory: Path | None) -> None:
        self._store, self._directory = store, directory
        self._memory: dict[str, bytes] = {}

    def keep(self, kind: str, upload: Upload) -> dict[str, Any]:
        """Keep a file; returns what is known of it.

        Raises:
            Refused: It is empty.
        """
        if not upload.content:
            raise bad_request("file must be non-empty")
        unique = secrets.token_urlsafe(11)
        file_id = f"BQAC{secrets.token_urlsafe(42)}"
        number = len(self._store.table(_TABLE))
        suffix = Path(upload.name).suffix[:10] or (".jpg" if kind == "photo" else "")
        row = {
            "file_id": file_id,
            "file_unique_id": unique,
            "file_size": len(upload.content),
            "file_name": upload.name[:200],
            "mime_type": upload.kind[:100],
            "kind": kind,
            "file_path": f"{_FOLDERS.get(kind, 'documents')}/file_{number}_{unique[:6]}{suffix}",
        }
        if self._directory is None:
            self._memory[unique] = upload.content
        else:
            self._directory.mkdir(parents=True, exist_ok=True)
            (self._directory / unique).write_bytes(upload.content)
        self._store.put(_TABLE, file_id, row)
        self._forget_oldest()
        return row

    def find(self, file_id: str) -> dict[str, Any] | None:
        """What is known of a file, or None."""
        found: dict[str, Any] | None = self._store.get(_TABLE, file_id)
        return found

    def at(self, path: str) -> dict[str, Any] | None:
        """The file with such a `file_path`, or None."""
        rows: Mapping[str, dict[str, Any]] = self._store.table(_TABLE)
        return next((row for row in rows.values() if row["file_path"] == path), None)

    def content(self, row: Mapping[str, Any]) -> bytes | None:
        """What a file holds; None when it is gone."""
        if self._directory is None:
            return self._memory.get(row["file_unique_id"])
        try:
            path: Path = self._directory / row["file_unique_id"]
            return path.read_bytes()
        except OSError:
            return None

    def clear(self) -> None:
        """Forget all contents."""
        self._memory.clear()
        if self._directory is not None and self._directory.is_dir():
            for path in self._directory.iterdir():
                path.unlink(missing_ok=True)

    def _forget_oldest(self) -> None:
        rows: Mapping[str, dict[str, Any]] = self._store.table(_TABLE)
        total = sum(row["file_size"] for row in rows.values())
        while len(rows) > 1 and (len(rows) > FILES_MAX or total > TOTAL_MAX_BYTES):
            file_id, row = next(iter(rows.items()))
            total -= row["file_size"]
            self._memory.pop(row["file_unique_id"], None)
            if self._directory is not None:
                (self._directory / row["file_unique_id"]).unlink(missing_ok=True)
            self._store.drop(_TABLE, file_id)

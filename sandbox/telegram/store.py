"""The documents of the stand-in, by table and key; every change is journaled at once."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sandbox.journal import COMPACT_ABOVE_BYTES, Event, Journal

_NOTHING: Final[Mapping[str, Any]] = {}


class Store:
    """Tables of JSON documents.

    Attributes:
        version: Grows with every change, so that a page sees cheaply that nothing is new.
    """

    def __init__(self, journal: Journal | None) -> None:
        """Replay the journal, if any, and write it down compactly."""
        self._journal = journal
        self._tables: dict[str, dict[str, Any]] = {}
        self.version = 0
        for event in journal.replay() if journal else ():
            self._apply(event)
        if journal:
            journal.rewrite(self._snapshot())

    def table(self, name: str) -> Mapping[str, Any]:
        """The documents of a table by key, the oldest first."""
        return self._tables.get(name, _NOTHING)

    def tables(self, prefix: str) -> Iterator[str]:
        """The names of the tables that begin so."""
        return (name for name in list(self._tables) if name.startswith(prefix))

    def get(self, table: str, key: object) -> Any:
        """One document, or None. Whoever changes it puts it again."""
        return self._tables.get(table, _NOTHING).get(str(key))

    def put(self, table: str, key: object, document: Any) -> None:
        """Keep a document."""
        self._tables.setdefault(table, {})[str(key)] = document
        self._record(["put", table, str(key), document])

    def drop(self, table: str, key: object) -> Any:
        """Forget a document; returns it."""
        rows = self._tables.get(table)
        if rows is None or str(key) not in rows:
            return None
        document = rows.pop(str(key))
        if not rows:
            del self._tables[table]
        self._record(["drop", table, str(key)])
        return document

    def keep_latest(self, table: str, most: int) -> int:
        """Forget the oldest documents of a table beyond so many; returns how many went."""
        rows = self._tables.get(table, {})
        gone = 0
        while len(rows) > most:
            self.drop(table, next(iter(rows)))
            gone += 1
        return gone

    def clear(self) -> None:
        """Forget everything, on disk too."""
        self._tables.clear()
        self.version += 1
        if self._journal:
            self._journal.rewrite(())

    def close(self) -> None:
        """Release the journal."""
        if self._journal:
            self._journal.close()

    def _record(self, event: Event) -> None:
        self.version += 1
        if self._journal is None:
            return
        self._journal.append(event)
        if self._journal.size_bytes > COMPACT_ABOVE_BYTES:
            self._journal.rewrite(self._snapshot())

    def _snapshot(self) -> Iterator[Event]:
        for name, rows in self._tables.items():
            for key, document in rows.items():
                yield ["put", name, key, document]

    def _apply(self, event: Event) -> None:
        match event:
            case ["put", str(table), str(key), document]:
                self._tables.setdefault(table, {})[key] = document
            case ["drop", str(table), str(key)]:
                rows = self._tables.get(table, {})
                rows.pop(key, None)
                if not rows:
                    self._tables.pop(table, None)

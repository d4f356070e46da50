"""A database that tells of every statement that writes: before it, after it, and once it is stored.

What is told can be refused by raising, and whoever is told may end the process at that moment.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import TracebackType
from typing import Any, Final

from jiema_app.domain.transaction import Database

AWAITED: Final = frozenset({"fetch", "fetchrow", "fetchval", "execute"})


class Phase(StrEnum):
    """How far a step has come."""

    BEFORE = "before"
    """Nothing of it is done."""
    DONE = "done"
    """Done in a transaction that is open: nobody else sees it."""
    STORED = "stored"
    """Committed."""


Told = Callable[[str, Phase], None]


class WatchedDatabase:
    """The real database, and somebody who is told.

    Attributes:
        steps: Statements that are told of, by name.
        tell: Whom to tell.
    """

    def __init__(self, real: Database, steps: Mapping[str, str], tell: Told) -> None:
        self.real, self.tell = real, tell
        self.names = {text: name for name, text in steps.items()}

    def connection(self) -> Any:
        return _WatchedBlock(self, self.real.connection(), is_transaction=False)

    def transaction(self) -> Any:
        return _WatchedBlock(self, self.real.transaction(), is_transaction=True)


class _WatchedBlock:
    def __init__(self, database: WatchedDatabase, block: Any, *, is_transaction: bool) -> None:
        self._database, self._block = database, block
        self._done: list[str] | None = [] if is_transaction else None

    async def __aenter__(self) -> Any:
        return _WatchedConnection(self._database, await self._block.__aenter__(), self._done)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._block.__aexit__(kind, error, trace)
        if error is None:
            for name in self._done or ():
                self._database.tell(name, Phase.STORED)


class _WatchedConnection:
    def __init__(self, database: WatchedDatabase, real: Any, done: list[str] | None) -> None:
        self._database, self._real, self._done = database, real, done

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._real, name)
        if name not in AWAITED:
            return method

        async def call(statement: str, *arguments: Any, **options: Any) -> Any:
            step = self._database.names.get(statement)
            if step is not None:
                self._database.tell(step, Phase.BEFORE)
            answer = await method(statement, *arguments, **options)
            if step is not None:
                self._tell_done(step)
            return answer

        return call

    def _tell_done(self, step: str) -> None:
        if self._done is None:
            self._database.tell(step, Phase.STORED)
            return
        self._done.append(step)
        self._database.tell(step, Phase.DONE)

"""A database that fails at a chosen await, with a chosen error, and is well again after that."""

from types import TracebackType
from typing import Any, Final

from jiema_app.domain.transaction import Database, sorted_errors
from jiema_app.integrations.postgres.pool import connect

AWAITED: Final = frozenset(
    {"fetch", "fetchrow", "fetchval", "execute", "executemany", "add_listener"}
)


class Fault:
    """Strikes once, at the n-th await after it was armed."""

    def __init__(self) -> None:
        self._error: BaseException | None = None
        self._left = 0

    @property
    def has_struck(self) -> bool:
        return self._error is None

    def arm(self, error: BaseException, calls: int) -> None:
        self._error, self._left = error, calls

    def disarm(self) -> None:
        self._error = None

    def pass_by(self) -> None:
        if self._error is None:
            return
        self._left -= 1
        if self._left == 0:
            error, self._error = self._error, None
            # A new one each time: the same one would gather the traces of all.
            raise type(error)(*error.args)


class FaultyConnection:
    """A real connection, of which each await may be the one that fails."""

    def __init__(self, real: Any, fault: Fault) -> None:
        self._real, self._fault = real, fault

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._real, name)
        if name not in AWAITED:
            return method

        async def call(*arguments: Any, **options: Any) -> Any:
            self._fault.pass_by()
            return await method(*arguments, **options)

        return call


class _FaultyBlock:
    def __init__(self, real: Any, fault: Fault) -> None:
        self._real, self._fault = real, fault

    async def __aenter__(self) -> Any:
        with sorted_errors():
            self._fault.pass_by()
        return FaultyConnection(await self._real.__aenter__(), self._fault)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._real.__aexit__(kind, error, trace)


class FaultyDatabase:
    """The real database, whose next connection or statement may be the one that fails."""

    def __init__(self, real: Database, fault: Fault) -> None:
        self._real, self._fault = real, fault

    def connection(self) -> Any:
        return _FaultyBlock(self._real.connection(), self._fault)

    def transaction(self) -> Any:
        return _FaultyBlock(self._real.transaction(), self._fault)


def faulty_connect(fault: Fault) -> Any:
    """Opens connections that fail as the fault says; opening one counts too."""

    async def open_one(*address: Any, **options: Any) -> Any:
        fault.pass_by()
        return FaultyConnection(await connect(*address, **options), fault)

    return open_one

"""Reaching the database. Nobody but these two blocks begins or ends a transaction.

They are also the one place where the driver's errors are sorted. What says that the database
is in trouble leaves a block as `DatabaseTrouble`, whatever class the driver gave it; what says
that we asked for nonsense, or that a rule of the schema was broken, leaves it as it is.
"""

import asyncio
import re
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from types import TracebackType
from typing import Final, Protocol, TypeAlias

import asyncpg
from asyncpg.pgproto.pgproto import BufferError as ProtocolBufferError

Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

ACQUIRE_S: Final = 5.0
"""Waiting for a connection ends after this, unless a process is told otherwise."""

GIVE_BACK_S: Final = 2.0
"""Given to a rollback, and to a statement that was cut off: then the connection is closed. A
server that stands still would otherwise keep whoever gives up on it."""


class DatabaseTrouble(Exception):
    """The database is restarting, overloaded, out of reach or not to be had: try again later.

    It tells the driver's name for the trouble and none of its words, which may quote what was
    to be stored. They are in ``__cause__``.
    """


DATABASE_TROUBLES: Final[tuple[type[Exception], ...]] = (DatabaseTrouble,)
"""What to catch when the database may be away: worth a retry, not a bug."""

TROUBLED_CLASSES: Final = frozenset(
    {
        "08",  # connection exception
        "28",  # invalid authorization: a refused password, a role that may not log in
        "3D",  # invalid catalogue name: the database is not there (yet)
        "40",  # transaction rollback: deadlocks, serialisation, an outcome lost with the server
        "53",  # insufficient resources: too many connections, a full disk, no memory
        "57",  # operator intervention: shutting down, starting, a statement cut off
        "58",  # system error: the server's own input and output
        "72",  # snapshot too old
        "F0",  # configuration file error
    }
)
"""Classes of SQLSTATE that speak of the server, not of what it was asked."""

TROUBLED_STATES: Final = frozenset(
    {
        "25006",  # read-only: a standby, or a server that was told to refuse writes
        "25P03",  # idle in a transaction for too long
        "25P04",  # a transaction that took too long
        "55006",  # object in use
        "55P03",  # lock not available
    }
)
"""Further ones, of classes that are bugs otherwise."""

FATAL: Final = frozenset({"FATAL", "PANIC"})
"""With these the server ends the connection, whatever the reason."""

TROUBLED_DRIVER: Final[tuple[type[Exception], ...]] = (
    asyncpg.InternalClientError,  # "unexpected": an answer cut off in the middle
    asyncpg.InvalidCachedStatementError,  # a migration passed: prepared anew, it goes well
    ProtocolBufferError,
    OSError,  # refused, reset, timed out, no such host, no such socket, TLS
    EOFError,
)
"""Errors without an SQLSTATE that are trouble, with all that is made of them."""

CHAIN_MAX: Final = 10
"""Errors that are looked at, of those that led to one another."""

QUOTES: Final = re.compile('[:"]')
"""Before one of them a message of the server says what is wrong, and behind it with what."""

LOOP_SAYS: Final = "unable to perform operation on"
"""How uvloop begins its bare RuntimeError about a transport that was closed."""


def is_trouble(error: BaseException) -> bool:
    """Whether an error of the driver says that the database is in trouble.

    A cancellation never is: whoever cancels knows why.
    """
    if isinstance(error, (DatabaseTrouble, *TROUBLED_DRIVER)):
        return True
    if isinstance(error, asyncpg.InterfaceError):
        # The class itself is about connections that were closed; what is made of it, about
        # arguments and features.
        return type(error) is asyncpg.InterfaceError
    if isinstance(error, asyncpg.PostgresError):
        severity = getattr(error, "severity_en", None) or getattr(error, "severity", None)
        state = error.sqlstate or ""
        return state[:2] in TROUBLED_CLASSES or state in TROUBLED_STATES or severity in FATAL
    return type(error) is RuntimeError and str(error).startswith(LOOP_SAYS)


def name_of(error: BaseException) -> str:
    """What a log may say of an error: a name, and never its words."""
    return str(error) if isinstance(error, DatabaseTrouble) else type(error).__name__


def trouble_in(error: Exception) -> DatabaseTrouble | None:
    """What to raise in place of an error of the driver; None when it is to be raised itself."""
    if isinstance(error, DatabaseTrouble) or not is_trouble(error):
        return None
    return DatabaseTrouble(type(error).__name__)


def forget_rows(error: BaseException | None) -> None:
    """Take out of the driver's errors what they quote of rows and arguments.

    A rule of the schema that is broken is told with the whole row: the text of a message, a
    phone number. Whoever logs the error would write it into the log.
    """
    for _ in range(CHAIN_MAX):
        if error is None:
            return
        if isinstance(error, asyncpg.PostgresError):
            error.detail = None
        if isinstance(error, asyncpg.DataError):
            # 'invalid input syntax for type integer: "x"', 'value "x" is out of range'.
            error.args = (QUOTES.split(str(error), maxsplit=1)[0].rstrip(),)
        error = error.__cause__ or error.__context__


@contextmanager
def sorted_errors() -> Iterator[None]:
    """Raise the driver's errors within as `DatabaseTrouble` where they are trouble.

    For those that speak to the driver themselves; the blocks of a database do it anyway.
    """
    try:
        yield
    except Exception as error:
        trouble = trouble_in(error)
        if trouble is None:
            raise
        raise trouble from error


class Database(Protocol):
    """The database as the services see it."""

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        """One connection, each statement its own transaction.

        Raises:
            DatabaseTrouble: There is none to be had, or it was lost.
        """
        ...

    def transaction(self) -> AbstractAsyncContextManager[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises.

        Never await the network inside one: a slow peer must not hold locks.

        Raises:
            DatabaseTrouble: There is no connection to be had, or it was lost.
        """
        ...


class PooledDatabase:
    """A database behind a pool of connections."""

    def __init__(self, pool: Pool, acquire_s: float = ACQUIRE_S) -> None:
        """Take a pool.

        Args:
            pool: The connections of this process.
            acquire_s: Nobody waits longer for one of them, nor for a new one to be opened.
        """
        self.pool = pool
        self._acquire_s = acquire_s

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        """See `Database`."""
        return _Block(self.pool, self._acquire_s, in_transaction=False)

    def transaction(self) -> AbstractAsyncContextManager[Connection]:
        """See `Database`."""
        return _Block(self.pool, self._acquire_s, in_transaction=True)


class _Block:
    """Holds one connection. A class, not a generator: it stands in the way of every request."""

    __slots__ = ("_acquire_s", "_connection", "_in_transaction", "_pool", "_transaction")

    _connection: Connection
    _transaction: "asyncpg.transaction.Transaction | None"

    def __init__(self, pool: Pool, acquire_s: float, *, in_transaction: bool) -> None:
        self._pool = pool
        self._acquire_s = acquire_s
        self._in_transaction = in_transaction
        self._transaction = None

    async def __aenter__(self) -> Connection:
        try:
            # Not the pool's own time limit, which makes a task of each acquisition.
            async with asyncio.timeout(self._acquire_s):
                self._connection = connection = await self._pool.acquire()
            if self._in_transaction:
                self._transaction = connection.transaction()
                try:
                    await self._transaction.start()
                except BaseException as error:
                    await self._give_back(error)
                    raise
        except Exception as error:
            trouble = trouble_in(error)
            if trouble is None:
                raise
            raise trouble from error
        return connection

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        failed = error
        forget_rows(error)
        try:
            if self._transaction is not None:
                if error is None:
                    await self._transaction.commit()
                else:
                    await self._roll_back(self._transaction, error)
        except BaseException as failure:
            failed = failure
            forget_rows(failure)
            trouble = trouble_in(failure) if isinstance(failure, Exception) else None
            if trouble is None:
                raise
            raise trouble from failure
        finally:
            await self._give_back(failed)
        if isinstance(error, Exception):
            trouble = trouble_in(error)
            if trouble is not None:
                raise trouble from error

    async def _roll_back(
        self, transaction: "asyncpg.transaction.Transaction", error: BaseException
    ) -> None:
        """Undo what was done; closing the connection does it too, a moment later."""
        if isinstance(error, TimeoutError):
            return
        try:
            async with asyncio.timeout(GIVE_BACK_S):
                await transaction.rollback()
        except Exception:  # noqa: BLE001 - whatever it was, the transaction ends with its connection
            self._connection.terminate()

    async def _give_back(self, error: BaseException | None) -> None:
        if isinstance(error, TimeoutError):
            # The server cuts slow statements off by itself, and earlier: it stands still, or
            # is out of reach.
            self._connection.terminate()
        try:
            await self._pool.release(self._connection, timeout=GIVE_BACK_S)
        except Exception as failure:
            # What was done is done: such a connection was closed by the pool.
            if not is_trouble(failure):
                raise

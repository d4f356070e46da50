"""``python -m signer run``: the process that signs. One is at work; others wait for its place."""

import asyncio
import ctypes
import resource
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog
import uvloop

from jiema_app.domain.transaction import DATABASE_TROUBLES, PooledDatabase, sorted_errors
from jiema_app.integrations.postgres.address import DatabaseNotRunning, current_address
from jiema_app.integrations.postgres.notifications import Notifications
from jiema_app.integrations.postgres.pool import connect, open_pool
from jiema_app.integrations.tron.registry import build_payout_chain
from jiema_app.observability.errors import configure_error_reports
from jiema_app.observability.logs import configure_logs
from jiema_app.observability.output import capture_output
from jiema_app.settings import SettingsRefused
from jiema_app.supervised_tasks import SupervisedTasks
from signer.composition import build_signer, held_journal
from signer.errors import SignerError
from signer.key_ring import KeyRing
from signer.opening import open_keys
from signer.settings import Configuration, read_configuration
from signer.turns import LOCK, Signer

if TYPE_CHECKING:
    import asyncpg

log = structlog.get_logger()

PR_SET_DUMPABLE: Final = 4

POOL_SIZE: Final = 4
BUSY_S: Final = 0.3
"""Between two turns while something is under way: a block comes every 3 s."""
IDLE_S: Final = 2.0
AGAIN_S: Final = 2.0
"""After trouble."""


async def work(configuration: Configuration, ring: KeyRing) -> None:
    """Sign until the process is asked to stop."""
    stopping = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stopping.set)
    while not stopping.is_set():
        try:
            await _work_until(stopping, configuration, ring)
        except (*DATABASE_TROUBLES, DatabaseNotRunning) as trouble:  # type: ignore[misc]
            log.warning("the signer waits for the database", error=type(trouble).__name__)
        except SignerError as trouble:
            log.error("the signer cannot sign", reason=str(trouble)[:500])  # noqa: TRY400 - said in words
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), AGAIN_S)


async def _work_until(stopping: asyncio.Event, configuration: Configuration, ring: KeyRing) -> None:
    """Hold the place of the one signer, and take turns."""
    address = current_address()
    with sorted_errors():
        place = await connect(address, timeout=10, command_timeout=10)
    try:
        if not await _take_place(place, stopping):
            return
        pool = await open_pool(address, name="signer", size=POOL_SIZE, statement_timeout_s=20)
        try:
            async with (
                held_journal(configuration) as journal,
                build_payout_chain(configuration.product) as chain,
            ):
                database = PooledDatabase(pool)
                signer = build_signer(configuration, database, chain, ring, journal)
                await _take_turns(stopping, place, signer, address)
        finally:
            with suppress(TimeoutError):
                await asyncio.wait_for(pool.close(), 3)
            pool.terminate()
    finally:
        place.terminate()


async def _take_place(place: "asyncpg.Connection[asyncpg.Record]", stopping: asyncio.Event) -> bool:
    """Wait until no other signer of this database is at work; False when asked to stop."""
    said = False
    while not stopping.is_set():
        with sorted_errors():
            if await place.fetchval(LOCK):
                return True
        if not said:
            log.info("another signer is at work: waiting for its place")
            said = True
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), AGAIN_S)
    return False


async def _take_turns(
    stopping: asyncio.Event,
    place: "asyncpg.Connection[asyncpg.Record]",
    signer: Signer,
    address: str,
) -> None:
    woken = asyncio.Event()
    notifications = Notifications(address, {"payout_queued": lambda _: woken.set()}, woken.set)
    async with SupervisedTasks() as tasks:
        tasks.start("notifications", notifications.follow)
        log.info("signer at work", holder=signer.holder)
        while not stopping.is_set():
            with sorted_errors():
                # Whoever has lost this connection has lost its place with it.
                await place.fetchval("select 1")
            woken.clear()
            is_busy = await signer.turn()
            waits = [asyncio.create_task(one.wait()) for one in (stopping, woken)]
            await asyncio.wait(
                waits, timeout=BUSY_S if is_busy else IDLE_S, return_when=asyncio.FIRST_COMPLETED
            )
            for one in waits:
                one.cancel()
    log.info("signer stopped", holder=signer.holder)


def _keep_memory_private() -> None:
    """Have no core file written of this process, and nobody of its user read its memory."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        log.warning("the signer's memory could not be closed to others")


def main() -> None:
    """Configure this process, open its keys and run it."""
    try:
        configuration = read_configuration()
    except SettingsRefused as refused:
        raise SystemExit(
            "\n".join(f"error: settings: {complaint}" for complaint in refused.complaints)
        ) from None
    settings = configuration.product
    configure_logs(form=settings.log_format, level=settings.log_level, process="signer")
    capture_output()
    configure_error_reports(settings, "signer")
    _keep_memory_private()
    try:
        ring = open_keys(configuration)
    except SignerError as refused:
        raise SystemExit(f"error: {refused}") from None
    with suppress(KeyboardInterrupt):
        uvloop.run(work(configuration, ring))

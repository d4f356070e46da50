"""``python -m backend_jobs``: one worker. Any number may run, on any machines."""

import asyncio
import os
import secrets
import signal
import socket
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Final

import structlog
import uvloop
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from prometheus_client import start_http_server

from backend_jobs.beats import follow_clock
from backend_jobs.offers import OfferRefresh
from backend_jobs.runner import JobRunner
from backend_jobs.schedule import fill, timetable
from backend_jobs.telegram import BotWork
from jiema_app.bootstrap import (
    START_PATIENCE_S,
    Services,
    listening,
    running_services,
)
from jiema_app.bootstrap_bot import Bot, open_bot_of
from jiema_app.bootstrap_database import patiently
from jiema_app.domain.orders.codes import read_vocabulary
from jiema_app.domain.transaction import DatabaseTrouble
from jiema_app.observability.errors import configure_error_reports
from jiema_app.observability.logs import configure_logs
from jiema_app.observability.output import capture_output
from jiema_app.settings import Settings, get_settings

log = structlog.get_logger()

CONFIRMATIONS: Final = 8
"""Runs at once that confirm webhook calls."""

FINISH_S: Final = 4.0
"""Given to the runs that are under way when the worker is asked to stop."""

RELEASE_S: Final = 1.0
"""Given to the database to free the leases, which run out by themselves otherwise."""


async def work(settings: Settings) -> None:
    """Run the timetable until the process is asked to stop."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
    async with (
        running_services(settings, "worker", patience_s=START_PATIENCE_S) as services,
        open_bot_of(services, holder) as bot,
    ):
        await asyncio.to_thread(read_vocabulary)
        # It may have gone away again since it was reached.
        await patiently(services.payouts.house.keep, START_PATIENCE_S)
        # Not earlier: who waits for the database has nothing to finish, and ends at once.
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, stopping.set)
        await _run_until(stopping, services, holder, bot)


async def _run_until(
    stopping: asyncio.Event, services: Services, holder: str, bot: Bot | None
) -> None:
    offers = OfferRefresh(services)
    runner = JobRunner(services.jobs, holder)
    scheduler = AsyncIOScheduler(timezone="UTC")
    fill(scheduler, runner, timetable(services, offers))

    noticed = asyncio.Event()

    def on_notice(supplier: str) -> None:
        offers.note_stir(supplier)
        noticed.set()

    def on_payment_claimed(_payload: str) -> None:
        if services.chain is not None and services.chain.scanner.nudge():
            scheduler.modify_job("sightings", next_run_time=datetime.now(UTC))

    channels = {"supplier_notice": on_notice, "chain_look": on_payment_claimed}
    bot_work = None if bot is None else BotWork(services, bot, runner)
    if bot_work is not None:
        channels |= bot_work.channels()

    def on_gap(_payload: str) -> None:
        noticed.set()
        if bot_work is not None:
            bot_work.hear_gap()

    async with listening(services, channels, on_gap) as tasks:
        scheduler.start()
        if bot_work is not None:
            bot_work.start(tasks)
        tasks.start("clock", partial(follow_clock, scheduler))
        tasks.start("confirmations", partial(_confirm_at_once, services, runner, noticed))
        log.info("worker started", holder=holder, jobs=len(scheduler.get_jobs()))
        await stopping.wait()
        scheduler.pause()
        if bot_work is None:
            await runner.finish(FINISH_S)
        else:
            await asyncio.gather(runner.finish(FINISH_S), bot_work.finish(FINISH_S))
        await tasks.stop()
        try:
            async with asyncio.timeout(RELEASE_S):
                await services.jobs.release(holder)
        except (TimeoutError, DatabaseTrouble):
            log.warning("leases not released")
    # It cancels runs, with an error in the log for each: none is left. And what is heard may
    # ask something of it until nothing is heard any more.
    scheduler.shutdown(wait=False)
    log.info("worker stopped", holder=holder)


async def _confirm_at_once(services: Services, runner: JobRunner, noticed: asyncio.Event) -> None:
    """Confirm webhook calls within milliseconds; the timetable catches what is missed.

    A call does not wait for those before it to be confirmed: each run takes what nobody
    has taken yet.
    """
    semaphore = asyncio.Semaphore(CONFIRMATIONS)

    async def confirm() -> None:
        try:
            await runner.run_shared("webhook-inbox", services.webhook_inbox.confirm, interval_s=1)
        finally:
            semaphore.release()

    async with asyncio.TaskGroup() as group:
        while True:
            await noticed.wait()
            await semaphore.acquire()
            noticed.clear()
            group.create_task(confirm())


def main() -> None:
    """Configure this process and run it."""
    settings = get_settings()
    configure_logs(form=settings.log_format, level=settings.log_level, process="worker")
    capture_output()
    configure_error_reports(settings, "worker")
    if settings.worker_metrics_port:
        start_http_server(settings.worker_metrics_port, addr="127.0.0.1")
    with suppress(KeyboardInterrupt):
        uvloop.run(work(settings))


if __name__ == "__main__":
    main()

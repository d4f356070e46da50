"""The whole timetable on one screen."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from backend_jobs.beats import Beat
from backend_jobs.books import verify_books
from backend_jobs.offers import OfferRefresh
from backend_jobs.outbox_sinks import SINKS
from backend_jobs.payouts import WATCH, PayoutWatching, sweep_pool
from backend_jobs.reconciliation import reconcile, reconcile_house
from backend_jobs.runner import JobRunner
from backend_jobs.supplier_sync import sync_supplier
from jiema_app.bootstrap import Services
from jiema_app.bootstrap_chain import ChainServices

HEARTBEAT_JOB: Final = "heartbeat"


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the timetable.

    Attributes:
        alone: Whether it runs in one worker only, under a lease.
        lease_s: For such a job: how long after its last run another worker takes over.
        ask_s: For a rare job: how often workers ask for it, so that one that died does
            not delay it by a whole interval.
    """

    name: str
    every_s: float
    work: Callable[..., Awaitable[Any]]
    alone: bool = False
    lease_s: float = 0.0
    ask_s: float | None = None


def timetable(services: Services, offers: OfferRefresh) -> list[Job]:
    """Every job of a worker.

    Jobs that claim rows run in every worker at once; the others hold a lease.
    """
    s = services
    return [
        Job(HEARTBEAT_JOB, 2, _beat),
        Job("expire", 1, s.expiry.run),
        Job("webhook-inbox", 1, s.webhook_inbox.confirm),
        Job("supplier-calls", 1, s.tasks.run),
        Job("outbox", 1, partial(s.outbox.publish, SINKS)),
        Job("referrals", 1, s.referrals.run),
        Job("purge", 60, partial(_purge, s)),
        Job("give-up", 30, partial(_give_up, s)),
        *(
            Job(f"sync:{name}", 1, partial(sync_supplier, s, name), alone=True, lease_s=6)
            for name in s.suppliers
        ),
        *(
            Job(f"offers:{name}", 15, partial(offers.run, name), alone=True, lease_s=60)
            for name in s.suppliers
        ),
        *_chain_jobs(s),
        *_chat_jobs(s),
        Job("figures", 300, partial(_count_figures, s), alone=True, lease_s=300, ask_s=30),
        Job("ledger", 300, partial(verify_books, s), alone=True, lease_s=300, ask_s=30),
        Job("links", 86_400, s.referrals.look_at_links, alone=True, lease_s=300, ask_s=60),
        Job("sweep", 3600, partial(_sweep, s), alone=True, lease_s=60, ask_s=60),
    ]


def _chat_jobs(services: Services) -> list[Job]:
    """Jobs about the channel and support, where there are such."""
    jobs = []
    if services.channel.digests.channel is not None:
        jobs.append(Job("channel", 10, partial(_tell_channel, services), alone=True, lease_s=60))
    if services.support.desk.group is not None:
        jobs.append(Job("support", 10, partial(_keep_support, services), alone=True, lease_s=60))
    return jobs


def _chain_jobs(services: Services) -> list[Job]:
    """Jobs about money on the chain."""
    pool, chain = services.pool, services.chain
    jobs = [
        Job("wallets", 1, pool.take_back),
        Job("wallet-stock", 10, partial(_keep_stock, services), alone=True, lease_s=60),
    ]
    if chain is not None:
        jobs += [
            Job("chain", 1, partial(_scan, chain), alone=True, lease_s=10),
            Job("sightings", 5, partial(_look_ahead, chain), alone=True, lease_s=15),
            Job("reconcile-house", 30, partial(reconcile_house, chain), alone=True, lease_s=90),
            Job("reconcile", 600, partial(reconcile, chain), alone=True, lease_s=300, ask_s=30),
            Job(WATCH, 15, PayoutWatching(services).run, alone=True, lease_s=60),
            Job(
                "pool-sweep", 600, partial(sweep_pool, services), alone=True, lease_s=300, ask_s=30
            ),
        ]
    return jobs


def fill(scheduler: AsyncIOScheduler, runner: JobRunner, jobs: list[Job]) -> None:
    """Put the timetable into a scheduler. A run that is late is made once, not caught up."""
    for job in jobs:
        if job.alone:
            run = partial(
                runner.run_alone,
                job.name,
                job.work,
                interval_s=job.every_s,
                lease_s=job.lease_s,
                rest_s=0.0 if job.ask_s is None else job.every_s,
            )
        else:
            run = partial(runner.run_shared, job.name, job.work, interval_s=job.every_s)
        scheduler.add_job(
            partial(_keep_up, run, job.ask_s or job.every_s),
            Beat(job.ask_s or job.every_s),
            id=job.name,
            name=job.name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            next_run_time=datetime.now(scheduler.timezone),
        )


async def _keep_up(run: Callable[[], Awaitable[None]], every_s: float) -> None:
    """Run a job, and again at once for as long as it takes longer than its interval.

    The next moment of the timetable may be nearly an interval away: with 10,000 open
    orders a sync takes 2.3 s, and codes would be seen every 3 s only.
    """
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        await run()
        if loop.time() - began < every_s:
            return


async def _beat() -> None:
    """Nothing but a pulse: the worker is alive and reaches the database."""


async def _purge(services: Services) -> None:
    await services.retention.purge()
    await services.abuse_reports.forget()
    await services.referrals.marks.forget()


async def _give_up(services: Services) -> None:
    for reconciliation in services.reconciliations.values():
        await reconciliation.give_up()


async def _scan(chain: ChainServices, _started: datetime) -> datetime | None:
    return await chain.scanner.run()


async def _look_ahead(chain: ChainServices, _started: datetime) -> None:
    await chain.sightings.run()


async def _keep_stock(services: Services, _started: datetime) -> None:
    await services.pool.keep_stock()


async def _count_figures(services: Services, _started: datetime) -> None:
    await services.route_figures.run()


async def _tell_channel(services: Services, _started: datetime) -> None:
    await services.channel.digests.run()


async def _keep_support(services: Services, _started: datetime) -> None:
    await services.support.keeping.run()


async def _sweep(services: Services, _started: datetime) -> None:
    await services.retention.sweep()
    await services.sessions.sweep()
    await services.deliveries.sweep()
    await services.payouts.confirmations.sweep()
    if services.telegram is not None:
        await services.telegram.inbox.sweep()
    await services.support.keeping.forget()

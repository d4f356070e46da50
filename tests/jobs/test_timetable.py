"""The whole timetable, run again and again: twice is once."""

import asyncio
import re
from pathlib import Path

import pytest

from backend_jobs.offers import OfferRefresh
from backend_jobs.runner import JobRunner
from backend_jobs.schedule import Job, timetable
from jiema_app.bootstrap import Services, build_services
from jiema_app.domain.errors import UpstreamError
from jiema_app.domain.ledger import service as ledger
from jiema_app.integrations.tron.registry import build_chain
from jiema_app.settings import Settings, SupplierSettings
from tests.support.shop import SUPPLIER, Shop

OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
LINE = re.compile(
    r"^\| `([\w:-]+)` \| (\d+ \w+) \| (?:all.*?|one, lease (\d+ \w+)) \|", re.MULTILINE
)
SECONDS = {"s": 1, "min": 60, "h": 3600}

EVIDENCE = ("orders", "order_sms", "ledger_transfers", "ledger_entries", "ledger_balances")


@pytest.fixture
def settings() -> Settings:
    return Settings(supplier=SupplierSettings(breaker_failures=1_000, requests_per_second=0))


class Worker:
    """A worker process, driven by hand."""

    def __init__(self, services: Services, holder: str = "ann") -> None:
        self.runner = JobRunner(services.jobs, holder)
        self.jobs = timetable(services, OfferRefresh(services))

    async def run_all(self) -> None:
        """Every job once, in the order of the timetable."""
        for job in self.jobs:
            await self.run(job)

    async def run(self, job: Job) -> None:
        run_alone, run_shared = self.runner.run_alone, self.runner.run_shared
        if job.alone:
            await run_alone(job.name, job.work, interval_s=job.every_s, lease_s=job.lease_s)
        else:
            await run_shared(job.name, job.work, interval_s=job.every_s)


async def state_of(shop: Shop) -> list[str]:
    """All that money and orders consist of, here and at the supplier."""
    tables = [
        await shop.fetchval(f"select string_agg(t::text, chr(10) order by t) from {name} t")
        for name in EVIDENCE
    ]
    upstream = (await shop.supplier.state(limit="200"))["activations"]
    return [*tables, str([(row["id"], row["status"]) for row in upstream])]


async def a_busy_day(shop: Shop) -> None:
    """One order in every state that a job has something to do about."""
    ann = await shop.customer()
    expired, completed, cancelled, lost = [await shop.place(ann) for _ in range(4)]
    await shop.deliver(completed, "Code 11111")
    await shop.services.orders.cancel(ann.id, cancelled.id)
    assert lost.phone is not None
    await shop.supplier.take_back(lost.phone)
    await shop.supplier.fault("getNumberV2", "timeout_after_commit", count=1)
    with pytest.raises(UpstreamError):
        await shop.place(ann)
    await shop.age(expired, 1_000)
    await shop.age(completed, 1_000)
    await shop.age(cancelled, 150)
    noticed = await shop.place(ann)
    assert noticed.phone is not None
    await shop.supplier.sms(noticed.phone, "Code 22222")
    await shop.services.webhook_inbox.note(SUPPLIER, noticed.activation_id or "")
    await shop.services.jobs.release("test")


async def test_no_job_fails_on_a_busy_day(shop: Shop) -> None:
    await a_busy_day(shop)
    worker = Worker(shop.services)
    for _ in range(3):
        await worker.run_all()
    errors = {pulse.job: pulse.last_error for pulse in await shop.services.jobs.list_pulses()}
    assert {job: error for job, error in errors.items() if error} == {}
    assert len(errors) == len(worker.jobs)


async def test_a_busy_day_ends_as_it_should(shop: Shop) -> None:
    await a_busy_day(shop)
    worker = Worker(shop.services)
    for _ in range(3):
        await worker.run_all()
        await shop.pass_time(30)
    assert await shop.statuses() == [
        ("CANCELLED", "EXPIRED"),
        ("COMPLETED", "EXPIRED"),
        ("CANCELLED", "USER"),
        ("FAILED", "UPSTREAM_LOST"),
        ("FAILED", "UPSTREAM_UNKNOWN"),
        ("RECEIVED", None),
    ]


async def test_running_every_job_again_changes_nothing(shop: Shop) -> None:
    await a_busy_day(shop)
    worker = Worker(shop.services)
    for _ in range(4):
        await worker.run_all()
        await shop.pass_time(40)
    await worker.run_all()
    settled = await state_of(shop)
    for _ in range(2):
        await worker.run_all()
    assert await state_of(shop) == settled


async def test_two_workers_at_once_do_what_one_does(shop: Shop) -> None:
    await a_busy_day(shop)
    workers = [Worker(shop.services, "ann"), Worker(shop.another_process(), "bob")]
    for _ in range(4):
        await asyncio.gather(*(worker.run_all() for worker in workers))
        await shop.pass_time(40)
    assert [reason for _, reason in await shop.statuses()] == [
        "EXPIRED",
        "EXPIRED",
        "USER",
        "UPSTREAM_LOST",
        "UPSTREAM_UNKNOWN",
        None,
    ]
    assert (await shop.verify()).ok


async def test_wrong_books_are_reported_by_their_job(shop: Shop) -> None:
    await shop.customer()
    await shop.execute("update ledger_balances set balance_micro = balance_micro + 1")
    await Worker(shop.services).run_all()
    pulses = {pulse.job: pulse for pulse in await shop.services.jobs.list_pulses()}
    assert pulses["ledger"].last_error == "BooksDoNotBalance"
    await shop.execute("update ledger_balances set balance_micro = balance_micro - 1")


async def test_a_dead_supplier_is_turbulence_and_stops_no_other_job(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.supplier.fault("*", "http500", rate=1)
    await shop.age(order, 1_000)
    await Worker(shop.services).run_all()
    assert await shop.statuses() == [("CANCELLED", "EXPIRED")]
    pulses = {pulse.job: pulse for pulse in await shop.services.jobs.list_pulses()}
    assert pulses["sync:primary"].last_error is not None
    assert pulses["heartbeat"].last_error is None
    async with shop.services.database.connection() as connection:
        assert await ledger.get_balance(connection, ann.id) == 50_000_000


def seconds(words: str) -> float:
    number, unit = words.split()
    return float(number) * SECONDS[unit]


async def test_the_documented_timetable_is_the_one_that_runs(shop: Shop) -> None:
    documented = {
        job: (seconds(every), seconds(lease) if lease else 0.0)
        for job, every, lease in LINE.findall(OPERATIONS.read_text(encoding="utf-8"))
    }
    database, suppliers = shop.services.database, shop.services.suppliers
    async with build_chain(shop.settings) as chain:
        worker = Worker(build_services(shop.settings, database, suppliers, chain=chain))
    assert documented == {job.name: (job.every_s, job.lease_s) for job in worker.jobs}

"""Who holds a job, and what its pulse says."""

import asyncio

from tests.support.shop import Shop

JOB = "only-once"


async def test_a_job_is_held_by_one_worker(shop: Shop) -> None:
    jobs = shop.services.jobs
    assert await jobs.acquire(JOB, "ann", lease_s=60, interval_s=1) is not None
    assert await jobs.acquire(JOB, "bob", lease_s=60, interval_s=1) is None


async def test_of_many_workers_at_once_one_gets_the_job(shop: Shop) -> None:
    got = await asyncio.gather(
        *(
            shop.services.jobs.acquire(JOB, f"worker {n}", lease_s=60, interval_s=1)
            for n in range(10)
        )
    )
    assert sum(started is not None for started in got) == 1


async def test_the_holder_renews(shop: Shop) -> None:
    jobs = shop.services.jobs
    first = await jobs.acquire(JOB, "ann", lease_s=60, interval_s=1)
    second = await jobs.acquire(JOB, "ann", lease_s=60, interval_s=1)
    assert first is not None
    assert second is not None
    assert first <= second


async def test_an_expired_lease_is_taken_over(shop: Shop) -> None:
    jobs = shop.services.jobs
    await jobs.acquire(JOB, "ann", lease_s=60, interval_s=1)
    await shop.pass_time(61)
    assert await jobs.acquire(JOB, "bob", lease_s=60, interval_s=1) is not None
    assert await jobs.acquire(JOB, "ann", lease_s=60, interval_s=1) is None


async def test_a_stopping_worker_lets_go_of_everything_it_holds(shop: Shop) -> None:
    jobs = shop.services.jobs
    await jobs.acquire(JOB, "ann", lease_s=60, interval_s=1)
    await jobs.acquire("another", "bob", lease_s=60, interval_s=1)
    await jobs.release("ann")
    assert await jobs.acquire(JOB, "bob", lease_s=60, interval_s=1) is not None
    assert await jobs.acquire("another", "ann", lease_s=60, interval_s=1) is None


async def test_different_jobs_may_be_held_by_different_workers(shop: Shop) -> None:
    jobs = shop.services.jobs
    assert await jobs.acquire("one", "ann", lease_s=60, interval_s=1) is not None
    assert await jobs.acquire("two", "bob", lease_s=60, interval_s=1) is not None


async def test_a_job_s_lag_counts_from_its_last_success(shop: Shop) -> None:
    jobs = shop.services.jobs
    started = await jobs.start_shared(JOB, interval_s=1_000)
    assert (await jobs.list_pulses())[0].lag_s is None
    await jobs.succeed(JOB, started)
    assert (await jobs.list_pulses())[0].lag_s == 0
    await shop.pass_time(2_500)
    lag = (await jobs.list_pulses())[0].lag_s
    assert lag is not None
    assert 1_500 - 1 <= lag <= 2_000


async def test_a_failure_is_noted_until_the_next_success(shop: Shop) -> None:
    jobs = shop.services.jobs
    started = await jobs.start_shared(JOB, interval_s=1)
    await jobs.fail(JOB, "SupplierUnavailable")
    assert (await jobs.list_pulses())[0].last_error == "SupplierUnavailable"
    await jobs.succeed(JOB, started)
    assert (await jobs.list_pulses())[0].last_error is None


async def test_a_success_without_a_watermark_keeps_the_last_one(shop: Shop) -> None:
    jobs = shop.services.jobs
    started = await jobs.start_shared(JOB, interval_s=1)
    await jobs.succeed(JOB, started, watermark=started)
    await jobs.succeed(JOB, started)
    assert await shop.fetchval("select watermark_at from job_states") == started


async def test_a_worker_that_was_overtaken_does_not_set_the_clock_back(shop: Shop) -> None:
    jobs = shop.services.jobs
    old = await jobs.acquire(JOB, "ann", lease_s=60, interval_s=1)
    await shop.execute("update job_states set lease_expires_at = now() - interval '1 s'")
    new = await jobs.acquire(JOB, "bob", lease_s=60, interval_s=1)
    assert old is not None
    assert new is not None
    await jobs.succeed(JOB, new, watermark=new)
    await jobs.succeed(JOB, old, watermark=old)
    assert await shop.fetchval("select watermark_at from job_states") == new

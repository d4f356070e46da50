"""Whether the shop can take an order now: everything an order needs, looked at."""

import pytest

from tests.support.shop import SUPPLIER, Shop

JOBS = ("heartbeat", f"sync:{SUPPLIER}")


async def run_jobs(shop: Shop) -> None:
    """A worker that has just been round."""
    for job in JOBS:
        started = await shop.services.jobs.start_shared(job, interval_s=1)
        await shop.services.jobs.succeed(job, started)
    await shop.read_chain()


async def not_ready(shop: Shop) -> set[str]:
    """What stands in the way of an order."""
    return {check.name for check in await shop.services.readiness.check() if not check.ok}


async def test_a_shop_with_a_worker_is_ready(shop: Shop) -> None:
    await run_jobs(shop)
    assert await not_ready(shop) == set()


async def test_a_shop_whose_worker_never_ran_is_not_ready(shop: Shop) -> None:
    assert await not_ready(shop) == {"worker", "supplier", "chain"}


@pytest.mark.parametrize(("job", "name"), [("heartbeat", "worker"), (JOBS[1], "supplier")])
async def test_a_job_that_never_succeeded_is_not_taken_for_a_punctual_one(
    shop: Shop, job: str, name: str
) -> None:
    await run_jobs(shop)
    await shop.execute("update job_states set last_succeeded_at = null where job = $1", job)
    await shop.services.jobs.fail(job, "SupplierUnavailable")
    assert await not_ready(shop) == {name}


async def test_a_worker_that_stopped_is_noticed(shop: Shop) -> None:
    await run_jobs(shop)
    await shop.pass_time(17)
    assert await not_ready(shop) == {"worker", "supplier"}


async def test_an_empty_catalogue_is_noticed(shop: Shop) -> None:
    await run_jobs(shop)
    await shop.execute("delete from offers")
    await shop.services.live_catalog.reload()
    assert await not_ready(shop) == {"catalogue"}


async def test_a_database_that_was_not_migrated_is_noticed(shop: Shop) -> None:
    await run_jobs(shop)
    await shop.execute("update alembic_version set version_num = '0001'")
    assert await not_ready(shop) == {"migrations"}


async def test_a_chain_that_stands_still_is_noticed(shop: Shop) -> None:
    await run_jobs(shop)
    await shop.execute("update chain_cursors set block_time = now() - interval '6 min'")
    assert await not_ready(shop) == {"chain"}


async def test_a_chain_that_contradicts_itself_is_noticed(shop: Shop) -> None:
    await run_jobs(shop)
    await shop.execute("update chain_cursors set halted_because = 'another parent'")
    assert await not_ready(shop) == {"chain"}
    [found] = [check for check in await shop.services.readiness.check() if check.name == "chain"]
    # Everybody may read the one, and only those who run the shop the other.
    assert (found.detail, found.in_full) == ("halted", "halted: another parent")

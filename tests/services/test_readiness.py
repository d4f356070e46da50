"""Whether the shop can take an order now: everything an order needs, looked at."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from jiema_app import bootstrap
from jiema_app.domain.operations import readiness
from jiema_app.domain.operations.lookout import Lookout
from jiema_app.domain.operations.readiness import Check, as_json
from tests.support.cluster import Cluster
from tests.support.polling import until_told
from tests.support.shop import SUPPLIER, Shop, now

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


async def test_a_node_that_stands_still_is_noticed_before_its_last_block_is_old(
    shop: Shop,
) -> None:
    await run_jobs(shop)
    started = await shop.services.jobs.start_shared("chain", interval_s=1)
    await shop.services.jobs.succeed("chain", started)
    assert await not_ready(shop) == set()
    await shop.services.jobs.fail("chain", "ChainUnavailable")
    await shop.execute(
        "update job_states set last_succeeded_at = now() - interval '65 s' where job = 'chain'"
    )
    [found] = [check for check in await shop.services.readiness.check() if not check.ok]
    assert (found.name, found.why) == ("chain", "ChainUnavailable")
    assert "ChainUnavailable" not in found.detail


async def test_a_catalogue_that_is_not_followed_any_more_is_noticed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run_jobs(shop)
    live = shop.services.live_catalog
    live.current = replace(live.current, generated_at=now() - timedelta(seconds=301))
    assert await not_ready(shop) == {"catalogue"}
    live.current = replace(live.current, generated_at=now())
    # A change that is announced and not read yet is nothing; one that stays unread is.
    live.announce_change()
    assert await not_ready(shop) == set()
    monkeypatch.setattr(readiness, "CATALOGUE_BEHIND_MAX_S", -1.0)
    assert await not_ready(shop) == {"catalogue"}


async def test_a_listener_without_a_connection_is_noticed(
    shop: Shop, cluster: Cluster, database_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run_jobs(shop)
    monkeypatch.setattr(bootstrap, "current_address", lambda: database_address)
    monkeypatch.setattr(bootstrap, "DEAF_MAX_S", 0.0)

    async def is_heard() -> bool:
        return await not_ready(shop) == set()

    async def is_deaf() -> bool:
        return await not_ready(shop) == {"notifications"}

    name = await shop.fetchval("select current_database()")
    administrator = await asyncpg.connect(cluster.address)
    async with bootstrap.listening(shop.services, {}, lambda _: None):
        await until_told(is_heard)
        # Nobody else may connect; those who are connected stay, but for the listener.
        await administrator.execute(f'alter database "{name}" allow_connections false')
        await shop.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name = 'jiema-listener' and datname = current_database()"
        )
        await until_told(is_deaf)
        await administrator.execute(f'alter database "{name}" allow_connections true')
        await until_told(is_heard)
    await administrator.close()
    assert shop.services.readiness.probes == []


async def test_a_flood_of_questions_costs_one_look_a_second(shop: Shop) -> None:
    looks = []

    async def probe() -> Check:
        looks.append(1)
        await asyncio.sleep(0.01)
        return Check("counted", ok=True, detail="counted")

    shop.services.readiness.probes.append(probe)
    lookout = Lookout(shop.services.readiness, fresh_s=3_600.0)
    first = asyncio.create_task(lookout.look())
    await asyncio.sleep(0)
    first.cancel()  # one who goes away takes nothing from the others
    answers = await asyncio.gather(*(lookout.look() for _ in range(500)))
    answers += [await lookout.look() for _ in range(500)]
    assert len(looks) == 1
    assert all(answer is answers[0] for answer in answers)
    lookout.fresh_s = 0.0
    await lookout.look()
    assert len(looks) == 2


async def test_everybody_reads_what_is_missing_and_no_words_of_errors(shop: Shop) -> None:
    secret = "postgresql://jiema:secret@db.internal/jiema"
    await run_jobs(shop)
    for job in (*JOBS, "chain"):
        await shop.services.jobs.fail(job, secret)
    await shop.pass_time(100)
    checks = await shop.services.readiness.check()
    assert secret in " ".join(check.in_full for check in checks)
    assert "secret" not in str(as_json(checks))


async def test_a_chain_that_contradicts_itself_is_noticed(shop: Shop) -> None:
    await run_jobs(shop)
    await shop.execute("update chain_cursors set halted_because = 'another parent'")
    assert await not_ready(shop) == {"chain"}
    [found] = [check for check in await shop.services.readiness.check() if check.name == "chain"]
    # Everybody may read the one, and only those who run the shop the other.
    assert (found.detail, found.in_full) == ("halted", "halted: another parent")

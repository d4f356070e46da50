"""Limits that several web processes keep together, in a real Redis."""

import asyncio
import multiprocessing
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.api.hammer import LIMIT, PROCESSES, USERS, hammer, requests_at, schedule
from tests.support.cluster import Cluster
from tests.support.live import PATIENT_API, LiveStack, live_stack, redis_program
from tests.support.polling import PATIENCE_S, until_told
from tests.support.ports import free_port
from tests.support.processes import Program
from tests.support.shop import Customer

CLIENTS = 8
SEED = 20_261_120
LOST = "shared rate limits out of reach"
FOUND = "shared rate limits are back"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live-redis")]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[tuple[Program, str]]:
    """A Redis server and its address."""
    port = free_port()
    program = redis_program(port, tmp_path)
    program.start()
    yield program, f"redis://127.0.0.1:{port}/0"
    program.stop()


@pytest.fixture(scope="module")
def crowd(cluster: Cluster) -> Iterator[LiveStack]:
    """Four web processes with the limits of the contract."""
    with live_stack(cluster, webs=4, redis=True, application=PATIENT_API) as stack:
        yield stack


def by_hand(seed: int) -> Counter[tuple[int, str]]:
    """What a single counter would let through: never more than the limit in 60 seconds."""
    passed: Counter[tuple[int, str]] = Counter()
    times: dict[str, list[float]] = {user: [] for user in USERS}
    for step, moment in enumerate(schedule(seed)):
        for process in range(PROCESSES):
            for user in requests_at(seed, process, step):
                if sum(one > moment - 60 for one in times[user]) < LIMIT:
                    times[user].append(moment)
                    passed[step, user] += 1
    return passed


def test_four_processes_together_let_exactly_the_limit_through(
    redis: tuple[Program, str],
) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(PROCESSES, context) as pool:
        together = manager.Barrier(PROCESSES)
        jobs = [
            pool.submit(hammer, redis[1], SEED, process, together) for process in range(PROCESSES)
        ]
        passed = Counter(one for job in jobs for one in job.result(timeout=PATIENCE_S))
    expected = by_hand(SEED)
    assert sum(expected.values()) > 100
    assert passed == expected


async def count_together(live: LiveStack) -> None:
    """Wait until every process has found Redis again."""
    bob = await live.customer()
    for number, web in enumerate(live.webs):
        async with live.client(bob, web=number) as api:

            async def is_back(api: httpx.AsyncClient = api, web: Program = web) -> bool:
                assert (await api.get("/api/v1/account")).status_code in {200, 429}
                return web.output.count(FOUND) == web.output.count(LOST)

            await until_told(is_back)


async def ask_everywhere(
    live: LiveStack, ann: Customer, each: int, *, reads: bool
) -> list[Counter[int]]:
    """Statuses, by process, of what eight clients ask of four processes at the same time."""
    by_process: list[Counter[int]] = [Counter() for _ in live.webs]

    async def client(number: int) -> None:
        process = number % len(live.webs)
        async with live.client(ann, web=process) as api:
            for _ in range(each):
                answer = await (
                    api.get("/api/v1/account") if reads else api.post("/api/v1/orders/cnone/cancel")
                )
                by_process[process][answer.status_code] += 1

    await asyncio.gather(*map(client, range(CLIENTS)))
    return by_process


async def test_eight_clients_at_four_processes_share_one_limit(crowd: LiveStack) -> None:
    ann = await crowd.customer()
    reads, writes = await asyncio.gather(
        ask_everywhere(crowd, ann, 12, reads=True), ask_everywhere(crowd, ann, 6, reads=False)
    )
    assert sum(reads, Counter()) == {200: 60, 429: 36}
    assert sum(writes, Counter()) == {404: 10, 429: 38}


async def test_the_shop_stays_open_without_redis_and_finds_it_again(crowd: LiveStack) -> None:
    assert crowd.redis is not None
    ann = await crowd.customer()
    before = await ask_everywhere(crowd, ann, 3, reads=False)
    assert sum(before, Counter()) == {404: 10, 429: 14}
    lost_before = [web.output.count(LOST) for web in crowd.webs]
    crowd.redis.kill()
    # Each process counts for itself now: looser, but never without a limit.
    after = await ask_everywhere(crowd, ann, 12, reads=False)
    assert after == [{404: 10, 429: 14}] * len(crowd.webs)
    lost = [web.output.count(LOST) for web in crowd.webs]
    assert [now - then for now, then in zip(lost, lost_before, strict=True)] == [1] * len(lost)
    crowd.redis.start()
    await count_together(crowd)


async def test_a_redis_that_hangs_holds_nobody_up(crowd: LiveStack) -> None:
    assert crowd.redis is not None
    ann = await crowd.customer()
    crowd.redis.send(signal.SIGSTOP)
    try:
        async with asyncio.timeout(PATIENCE_S):
            answers = await ask_everywhere(crowd, ann, 10, reads=True)
    finally:
        crowd.redis.send(signal.SIGCONT)
    await count_together(crowd)
    assert answers == [{200: 20}] * len(crowd.webs)

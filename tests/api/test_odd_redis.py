"""What callers get while the Redis that several processes share is slow, odd, or away."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from limits import RateLimitItemPerDay, RateLimitItemPerMinute
from redis.asyncio import Redis

from api_routes import redis_link, shared_windows
from api_routes.shared_windows import SharedWindows
from api_routes.window_script import SCRIPT
from tests.support.live import redis_program
from tests.support.odd_redis import OddRedis, odd_redis, trips
from tests.support.polling import PATIENCE_S, until, until_told
from tests.support.ports import free_port
from tests.support.processes import Program

LIMIT = RateLimitItemPerMinute(60)
PLENTY = RateLimitItemPerMinute(1_000_000)
SOON_S = 0.3
"""How long an answer is waited for, where none will come."""
CHUNK = 65_536
OFTEN_S = 0.02
NEVER_S = 3_600.0

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("odd-redis")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Program, int]]:
    """A Redis server and its port."""
    port = free_port()
    program = redis_program(port, tmp_path_factory.mktemp("redis"))
    program.start()
    yield program, port
    program.stop()


@pytest.fixture
async def redis(server: tuple[Program, int]) -> AsyncIterator[Redis]:
    """A client of it, empty."""
    async with Redis(port=server[1]) as client:
        await client.flushall()
        await client.config_resetstat()
        yield client


@pytest.fixture
async def odd(server: tuple[Program, int], redis: Redis) -> AsyncIterator[OddRedis]:
    """A way to it that can be odd."""
    async with odd_redis(server[1]) as way:
        yield way


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is given up because the machine is busy, and who is away is soon asked again."""
    monkeypatch.setattr(redis_link, "REDIS_TIMEOUT_S", PATIENCE_S)
    monkeypatch.setattr(shared_windows, "PROBE_S", PATIENCE_S)
    monkeypatch.setattr(shared_windows, "SHUN_S", OFTEN_S)


async def passed(windows: SharedWindows, who: str, tries: int = 90) -> int:
    """How many of so many requests at the same moment are let through."""
    verdicts = await asyncio.gather(*(windows.hit(LIMIT, "read", who) for _ in range(tries)))
    return sum(verdict.allowed for verdict in verdicts)


async def left(windows: SharedWindows, who: str) -> int:
    """How many more a caller has after one request."""
    return (await windows.hit(LIMIT, "read", who)).remaining


def is_lost(windows: SharedWindows) -> bool:
    """Whether it counts for itself, now."""
    return windows.is_lost


async def until_back(windows: SharedWindows) -> None:
    """Ask, as callers do, until windows are shared again."""

    async def is_back() -> bool:
        await windows.hit(PLENTY, "read", "somebody")
        return not windows.is_lost

    await until_told(is_back)


async def lose_patience(windows: SharedWindows, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for answers for a moment only, from the next connection on."""
    await windows.close()
    monkeypatch.setattr(redis_link, "REDIS_TIMEOUT_S", SOON_S)


@pytest.mark.parametrize("processes", [2, 4])
async def test_ninety_at_once_are_sixty_while_others_ask_too(odd: OddRedis, processes: int) -> None:
    every = [SharedWindows(odd.url) for _ in range(processes)]

    async def others(windows: SharedWindows) -> int:
        found = 0
        for number in range(40):
            found += await passed(windows, f"other-{number}", 3)
        return found

    told = await asyncio.gather(
        *(others(windows) for windows in every),
        *(passed(windows, "ann", 90 // processes + 1) for windows in every),
    )
    assert told[:processes] == [min(60 * 40, 120)] * processes
    assert sum(told[processes:]) == 60
    for windows in every:
        await windows.close()


async def test_a_limit_of_a_day_keeps_its_window_beside_those_of_a_minute(
    odd: OddRedis, redis: Redis
) -> None:
    windows, day = SharedWindows(odd.url), RateLimitItemPerDay(2)
    # In one trip.
    reports, reads_left = await asyncio.gather(
        asyncio.gather(*(windows.hit(day, "report", "ann") for _ in range(3))),
        left(windows, "ann"),
    )
    assert [one.allowed for one in reports] == [True, True, False]
    assert 86_000 < reports[2].reset_s <= 86_400
    assert reads_left == 59
    assert 86_000 < await redis.ttl("limit:report/ann") <= 86_400
    assert await redis.ttl("limit:read/ann") <= 60
    again = await windows.hit(day, "report", "ann")
    assert not again.allowed
    assert again.reset_s > 86_000
    assert await windows.is_full(day, "report", "ann")
    await windows.close()


async def test_all_of_one_turn_make_one_trip(odd: OddRedis, redis: Redis) -> None:
    windows = SharedWindows(odd.url)
    await left(windows, "ann")
    before = await trips(redis)
    assert await passed(windows, "ann", 200) == 59
    assert await trips(redis) - before == 1
    everybody = [windows.hit(LIMIT, "read", f"user-{number}") for number in range(600)]
    assert {verdict.remaining for verdict in await asyncio.gather(*everybody)} == {59}
    assert await trips(redis) - before == 1 + 3
    await windows.close()


async def test_who_is_refused_costs_no_trip(odd: OddRedis, redis: Redis) -> None:
    windows = SharedWindows(odd.url)
    assert await passed(windows, "ann") == 60
    before = await trips(redis)
    for _ in range(200):
        refused = await windows.hit(LIMIT, "read", "ann")
        assert (refused.allowed, refused.remaining) == (False, 0)
        assert 1 <= refused.reset_s <= 60
    assert await windows.is_full(LIMIT, "read", "ann")
    assert await trips(redis) == before
    assert not await windows.is_full(LIMIT, "write", "ann")
    assert await trips(redis) == before + 1
    await windows.close()


async def test_what_is_remembered_of_the_refused_has_an_end(
    odd: OddRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_windows, "REFUSED_MAX", 50)
    windows, one = SharedWindows(odd.url), RateLimitItemPerMinute(1)
    for number in range(300):
        for _ in range(2):
            await windows.hit(one, "anonymous", f"address-{number}")
        assert len(windows._full) <= 50
    await windows.close()


async def test_whoever_goes_away_takes_nobody_elses_answer(odd: OddRedis) -> None:
    windows = SharedWindows(odd.url)
    await left(windows, "ann")
    odd.behave(delay_s=0.05)
    asked = [asyncio.ensure_future(left(windows, f"user-{number % 7}")) for number in range(70)]
    await asyncio.sleep(0)
    for task in asked[::2]:
        task.cancel()
    told = await asyncio.gather(*asked, return_exceptions=True)
    # All were counted, in the order in which they asked.
    expected = [59 - number // 7 for number in range(70)]
    assert [one for one in told if isinstance(one, int)] == expected[1::2]
    await windows.close()


async def test_a_slow_redis_is_waited_for_and_exact(odd: OddRedis) -> None:
    every = [SharedWindows(odd.url) for _ in range(2)]
    odd.behave(delay_s=0.2)
    waves = []
    for _ in range(3):
        waves += [asyncio.ensure_future(passed(windows, "ann", 15)) for windows in every]
        await asyncio.sleep(0.05)
    assert sum(await asyncio.gather(*waves)) == 60
    assert not any(windows.is_lost for windows in every)
    for windows in every:
        await windows.close()


SWAPPED = b"$13\r\n" + (7_777).to_bytes(4) + b"\x01" + (1).to_bytes(4) + (1).to_bytes(4) + b"\r\n"

ODD_ANSWERS = {
    "another protocol": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "another word": b"$5\r\nhello\r\n",
    "no word": b"+OK\r\n",
    "nothing": b"$-1\r\n",
    "a number": b":1\r\n",
    "a list": b"*2\r\n:1\r\n:2\r\n",
    "lists without end": b"*1\r\n" * 20_000,
    "a list of a thousand million": b"*1000000000\r\n:1\r\n",
    "a word of a hundred thousand million": b"$100000000000\r\n",
    "less than no length": b"$-7\r\n",
    "no length": b"$\xb2\r\n",
    "a line without end": b"+" * 300_000,
    "bytes": os.urandom(4096),
    "zeros": bytes(100_000),
    "of another trip": SWAPPED,
    "it has forgotten the script, always": b"-NOSCRIPT No matching script.\r\n",
    "it writes nothing": b"-READONLY You can't write against a read only replica.\r\n",
    "it is full": b"-OOM command not allowed when used memory > 'maxmemory'.\r\n",
    "it is loading": b"-LOADING Redis is loading the dataset in memory\r\n",
    "it wants a password": b"-NOAUTH Authentication required.\r\n",
    "it has gone to another place": b"-MOVED 3999 127.0.0.1:6381\r\n",
    "an error of bytes": b"-\xff\xfe\r\n",
}


async def ensure_bob_is_counted_here_and_ann_there_again(
    odd: OddRedis, windows: SharedWindows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While Redis is odd a process counts by itself, and afterwards goes on where Redis was."""
    assert await passed(windows, "bob") == 60
    assert windows.is_lost
    monkeypatch.setattr(redis_link, "REDIS_TIMEOUT_S", PATIENCE_S)
    odd.behave()
    await until_back(windows)
    assert await left(windows, "ann") == 58
    await windows.close()


@pytest.mark.parametrize("said", ODD_ANSWERS.values(), ids=ODD_ANSWERS.keys())
async def test_rubbish_leaves_each_process_to_count_for_itself(
    odd: OddRedis, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    windows = SharedWindows(odd.url)
    assert await left(windows, "ann") == 59
    await lose_patience(windows, monkeypatch)
    odd.behave(instead=said)
    await ensure_bob_is_counted_here_and_ann_there_again(odd, windows, monkeypatch)


@pytest.mark.parametrize("then", ["nothing", "hangs up"])
@pytest.mark.parametrize("cuts_at", [0, 1, 3, 5, 9, 17])
async def test_part_of_an_answer_is_none(
    odd: OddRedis, monkeypatch: pytest.MonkeyPatch, cuts_at: int, then: str
) -> None:
    windows = SharedWindows(odd.url)
    assert await left(windows, "ann") == 59
    await lose_patience(windows, monkeypatch)
    odd.behave(cuts_at=cuts_at, hangs_up=then == "hangs up")
    await ensure_bob_is_counted_here_and_ann_there_again(odd, windows, monkeypatch)


async def test_nobody_waits_for_a_redis_that_is_known_to_hang(
    odd: OddRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = SharedWindows(odd.url)
    assert await left(windows, "ann") == 59
    await lose_patience(windows, monkeypatch)
    monkeypatch.setattr(shared_windows, "SHUN_S", NEVER_S)
    odd.behave(is_silent=True)
    assert await passed(windows, "bob") == 60
    heard, connections = odd.heard, odd.connections
    # It would take the answers' time, were it asked.
    monkeypatch.setattr(redis_link, "REDIS_TIMEOUT_S", NEVER_S)
    for number in range(500):
        assert await passed(windows, f"user-{number}", 1) == 1
    assert (odd.heard, odd.connections) == (heard, connections)
    await windows.close()


async def test_what_it_says_too_much_is_not_kept(odd: OddRedis) -> None:
    windows = SharedWindows(odd.url)
    for announced in (b"$100000000000\r\n", b"*1000000000\r\n", b"+"):
        await until_back(windows)
        said = odd.said
        odd.behave(instead=announced + bytes(CHUNK), flood=1_000_000_000)
        assert await passed(windows, f"user {announced!r}") == 60
        assert windows.is_lost
        odd.behave()
        await until(lambda: not odd._tasks or not windows.is_lost)
        # What fits into buffers of the system on the way, and not what was announced.
        assert odd.said - said < 64_000_000
    await windows.close()


async def test_a_redis_that_refuses_or_shuts_is_not_stormed(
    odd: OddRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = SharedWindows(odd.url)
    monkeypatch.setattr(shared_windows, "SHUN_S", NEVER_S)
    odd.behave(shuts=True)
    for number in range(300):
        assert await passed(windows, f"user-{number}", 2) == 2
    assert is_lost(windows)
    assert odd.connections == 1
    monkeypatch.setattr(shared_windows, "SHUN_S", OFTEN_S)
    odd.behave()
    assert await windows.answers()
    assert not is_lost(windows)
    monkeypatch.setattr(shared_windows, "SHUN_S", NEVER_S)
    connections = odd.connections
    await odd.refuse()
    for number in range(300):
        assert await passed(windows, f"another-{number}", 2) == 2
    assert is_lost(windows)
    assert odd.connections == connections
    await odd.listen()
    assert await windows.answers()
    assert await left(windows, "ann") == 59
    await windows.close()


async def test_a_connection_that_ends_while_nobody_asks_is_no_loss(
    odd: OddRedis, redis: Redis
) -> None:
    windows = SharedWindows(odd.url)
    assert await passed(windows, "ann") == 60
    for _ in range(5):
        before = windows._link._connection
        await redis.client_kill_filter(_type="normal", skipme=True)
        await until(lambda before=before: windows._link._connection is not before)  # type: ignore[misc]
        assert not await passed(windows, "ann", 3)
    assert not windows.is_lost
    await windows.close()


async def test_one_that_forgot_the_script_is_given_it_again(odd: OddRedis, redis: Redis) -> None:
    every = [SharedWindows(odd.url) for _ in range(2)]
    found = 0
    for _ in range(9):
        await redis.script_flush()
        found += sum(await asyncio.gather(*(passed(windows, "ann", 5) for windows in every)))
    assert found == 60
    assert not any(windows.is_lost for windows in every)
    for windows in every:
        await windows.close()


async def test_one_that_comes_back_empty_begins_anew(
    server: tuple[Program, int], odd: OddRedis, redis: Redis
) -> None:
    every = [SharedWindows(odd.url) for _ in range(2)]
    assert sum([await passed(windows, "ann", 45) for windows in every]) == 60
    await redis.flushall()
    assert sum([await passed(windows, "bob", 45) for windows in every]) == 60
    server[0].restart()
    for windows in every:
        await until_back(windows)
    # Each may have counted some for itself meanwhile, and asks about nobody's refusal of before.
    assert sum([await passed(windows, "ann", 45) for windows in every]) == 60
    for windows in every:
        await windows.close()


async def test_passwords_and_numbers_of_databases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_windows, "SHUN_S", NEVER_S)
    port = free_port()
    program = redis_program(port, tmp_path)
    program.command = [*program.command, "--requirepass", "open sesame"]
    program.start()
    try:
        right = SharedWindows(f"redis://:open%20sesame@127.0.0.1:{port}/3")
        assert await passed(right, "ann") == 60
        assert not right.is_lost
        async with Redis(port=port, db=3, password="open sesame") as redis:
            assert len(await redis.lrange("limit:read/ann", 0, -1)) == 60  # type: ignore[misc]
            assert 0 < await redis.pttl("limit:read/ann") <= 60_000
        for url in (f"redis://127.0.0.1:{port}/3", f"redis://:wrong@127.0.0.1:{port}/3"):
            shut_out = SharedWindows(url)
            assert await passed(shut_out, "bob") == 60
            assert shut_out.is_lost
            await shut_out.close()
        await right.close()
        # As operations.md has it.
        async with Redis(port=port, password="open sesame") as redis:
            rights = (
                "+eval +evalsha +script|load +time +lindex +lpop +rpush +rpop +llen +del +pexpire"
            )
            await redis.acl_setuser(
                "shop",
                enabled=True,
                passwords="+sesame",
                keys=["limit:*"],
                commands=rights.split(),
            )
        least = SharedWindows(f"redis://shop:sesame@127.0.0.1:{port}/0")
        assert await passed(least, "ann") == 60
        assert await least.answers()
        assert not least.is_lost
        await least.close()
    finally:
        program.stop()


async def test_a_clock_of_redis_that_is_set_back_keeps_nobody_out(redis: Redis) -> None:
    ahead = "9" * 16
    await redis.rpush("limit:read/ann", *[ahead] * 60)  # type: ignore[misc]
    script = redis.register_script(SCRIPT)
    told = await script(["limit:read/ann"], [1, 60, 1, 60_000_000])
    assert told[4] == 1
    assert len(await redis.lrange("limit:read/ann", 0, -1)) == 1  # type: ignore[misc]

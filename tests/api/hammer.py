"""One of several processes that count in one Redis, all on the same made-up clock."""

import asyncio
import hashlib
import random
import time
from threading import Barrier
from typing import Final

import time_machine
from limits import RateLimitItemPerMinute
from redis.asyncio import Redis

from api_routes import redis_link, shared_windows, window_script
from api_routes.shared_windows import SharedWindows
from tests.support.polling import PATIENCE_S

LIMIT: Final = 10
USERS: Final = ("ann", "bob")
BEGIN: Final = 1_900_000_000.25
PROCESSES: Final = 4

CLOCK: Final = "made-up-clock"
"""Redis looks here for the time, in place of its own clock."""

Passed = list[tuple[int, str]]
"""Step and user of each request that was let through."""


def schedule(seed: int) -> list[float]:
    """The moments at which every process makes requests."""
    dice, moment, moments = random.Random(seed), BEGIN, []
    for _ in range(60):
        moment += dice.choice((0.5, 1, 5, 7, 13, 29.5, 59.5, 60.5))
        moments.append(moment)
    return moments


def requests_at(seed: int, process: int, step: int) -> list[str]:
    """Whose requests a process makes at one moment, in order."""
    dice = random.Random(f"{seed}.{process}.{step}")
    return [dice.choice(USERS) for _ in range(dice.randrange(5))]


def use_the_made_up_clock() -> None:
    """Have the script of this process read the time that a test has set."""
    script = window_script.SCRIPT.replace(
        b"call('TIME')", b"call('LRANGE', '%b', 0, 1)" % CLOCK.encode()
    )
    assert script != window_script.SCRIPT
    sha = hashlib.sha1(script, usedforsecurity=False).hexdigest().encode()
    vars(redis_link).update(SCRIPT=script, SHA=sha, REDIS_TIMEOUT_S=PATIENCE_S)
    # What was refused is remembered by the process's clock, which is made up likewise.
    vars(shared_windows)["monotonic"] = time.time


async def set_the_made_up_clock(redis: Redis, moment: float) -> None:
    """Say what time it is."""
    seconds, fraction = divmod(moment, 1)
    async with redis.pipeline() as together:
        together.delete(CLOCK)
        together.rpush(CLOCK, int(seconds), round(fraction * 1_000_000))
        await together.execute()


def hammer(redis_url: str, seed: int, process: int, together: Barrier) -> Passed:
    """Make the requests of one process, each moment together with the others.

    The barrier is a manager's: a proxy that looks like threading's.
    """
    item = RateLimitItemPerMinute(LIMIT)
    passed: Passed = []
    use_the_made_up_clock()

    async def run() -> None:
        windows, redis = SharedWindows(redis_url), Redis.from_url(redis_url)
        with time_machine.travel(BEGIN, tick=False) as clock:
            for step, moment in enumerate(schedule(seed)):
                if process == 0:
                    await set_the_made_up_clock(redis, moment)
                await asyncio.to_thread(together.wait, PATIENCE_S)
                clock.move_to(moment)
                users = requests_at(seed, process, step)
                verdicts = await asyncio.gather(
                    *(windows.hit(item, "write", user) for user in users)
                )
                passed.extend(
                    (step, user)
                    for user, verdict in zip(users, verdicts, strict=True)
                    if verdict.allowed
                )
                # Nobody's clock goes on while somebody still counts at this moment.
                await asyncio.to_thread(together.wait, PATIENCE_S)
        assert not windows.is_lost
        await windows.close()
        await redis.aclose()

    asyncio.run(run())
    return passed

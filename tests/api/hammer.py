"""One of several processes that count in one Redis, each on the same made-up clock."""

import asyncio
import random
from threading import Barrier
from typing import Final

import time_machine
from limits import RateLimitItemPerMinute

from api_routes import rate_limits
from tests.support.polling import PATIENCE_S

LIMIT: Final = 10
USERS: Final = ("ann", "bob")
BEGIN: Final = 1_900_000_000.25
PROCESSES: Final = 4

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


def hammer(redis_url: str, seed: int, process: int, together: Barrier) -> Passed:
    """Make the requests of one process, each moment together with the others.

    The barrier is a manager's: a proxy that looks like threading's.
    """
    item = RateLimitItemPerMinute(LIMIT)
    passed: Passed = []

    async def run() -> None:
        vars(rate_limits)["REDIS_TIMEOUT_S"] = PATIENCE_S
        windows = rate_limits.SharedWindows(redis_url)
        with time_machine.travel(BEGIN, tick=False) as clock:
            for step, moment in enumerate(schedule(seed)):
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

    asyncio.run(run())
    return passed

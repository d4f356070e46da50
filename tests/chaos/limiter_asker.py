"""``python -m tests.chaos.limiter_asker``: one web process' half of the limiter drill."""

import asyncio
import sys
import time

import orjson
from pydantic import SecretStr

from api_routes import rate_limits, redis_link
from jiema_app.settings import Settings

PAUSE_S = 0.01
REFUSALS_KEPT_EVERY_S = 0.2


async def ask(redis_url: str, users: int, seconds: float) -> None:
    """Ask for every user again and again; print what was answered as one JSON line."""
    # It is the limit that is tried here, and not how fast a busy machine is.
    vars(redis_link)["REDIS_TIMEOUT_S"] = 30.0
    limits = rate_limits.build_rate_limits(Settings(REDIS_URL=SecretStr(redis_url)))
    hits: list[tuple[str, float, float, int | None]] = []
    kept_at: dict[str, float] = {}
    ends_at = time.time() + seconds
    while time.time() < ends_at:
        for number in range(users):
            user = f"user-{number}"
            sent = time.time()
            verdict = await limits.count_read(user)
            answered = time.time()
            if verdict.allowed:
                hits.append((user, sent, answered, None))
            elif answered - kept_at.get(user, 0.0) >= REFUSALS_KEPT_EVERY_S:
                kept_at[user] = answered
                hits.append((user, sent, answered, verdict.reset_s))
        await asyncio.sleep(PAUSE_S)
    sys.stdout.write(orjson.dumps(hits).decode() + "\n")


if __name__ == "__main__":
    asyncio.run(ask(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))

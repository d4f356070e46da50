"""The same wish, sent many times at once with one key, is one order."""

import asyncio
import random
import time
from collections import Counter, defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from tests.chaos.result import Result
from tests.chaos.stack import BreakableStack, breakable_stack
from tests.support.live import LiveStack
from tests.support.shop import Customer

USERS: Final = 20
KEYS_AT_ONCE: Final = 12
SERVICE: Final = "tg"
COUNTRY: Final = 7
OTHER_COUNTRY: Final = 6
REPEATED: Final = 100
"""Keys that are tried again after every web process was killed."""

SETTINGS: Final = {"LIMIT_OPEN_ORDERS": "100000"}

COUNTS: Final = """
select count(*) as orders, count(distinct idempotency_key) as keys,
       count(*) filter (where status = 'WAITING') as waiting
from orders
"""


@dataclass
class Askers:
    """Customers in front of every web process, and what they were answered."""

    live: LiveStack
    customers: list[Customer]
    owners: dict[str, int]
    clients: list[httpx.AsyncClient] = field(default_factory=list)
    bodies: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    statuses: Counter[str] = field(default_factory=Counter)

    async def ask(self, key: str, web: int, *, country: int = COUNTRY) -> httpx.Response:
        """Place the order of a key."""
        return await self.clients[web % len(self.clients)].post(
            "/api/v1/orders",
            json={"service": SERVICE, "country": country},
            headers={
                **self.customers[self.owners[key]].headers,
                "Idempotency-Key": key,
            },
        )

    async def ask_at_once(self, key: str, copies: int, semaphore: asyncio.Semaphore) -> None:
        """Place it many times in the same moment."""
        async with semaphore:
            for answer in await asyncio.gather(*(self.ask(key, web) for web in range(copies))):
                self.statuses[str(answer.status_code)] += 1
                self.bodies[key].add(answer.text)


def run_idempotency(seed: int, *, keys: int = 1000, copies: int = 20) -> Result:
    """Send each of ``keys`` wishes ``copies`` times at once, over two web processes."""
    with breakable_stack(SETTINGS) as stack:
        return asyncio.run(_run(seed, stack, keys, copies))


async def _run(seed: int, stack: BreakableStack, keys: int, copies: int) -> Result:
    live, chance, began = stack.live, random.Random(seed), time.monotonic()
    customers = [await live.customer(cents=1_000_000) for _ in range(USERS)]
    owners = {f"key-{seed}-{number}": chance.randrange(USERS) for number in range(keys)}
    semaphore = asyncio.Semaphore(KEYS_AT_ONCE)
    async with live.supplier() as supplier, AsyncExitStack() as clients:
        await supplier.behave(smsDelaySeconds=None)
        askers = Askers(live, customers, owners)
        for web in range(len(live.webs)):
            client = live.client(web=web)
            askers.clients.append(await clients.enter_async_context(client))
        await asyncio.gather(*(askers.ask_at_once(key, copies, semaphore) for key in owners))
        for program in live.webs:
            program.restart()
        repeated = chance.sample(sorted(owners), min(REPEATED, keys))
        await asyncio.gather(*(askers.ask_at_once(key, 2, semaphore) for key in repeated))
        changed = [await askers.ask(key, 0, country=OTHER_COUNTRY) for key in repeated]
        purchases = (await supplier.state(limit="0"))["counters"]["purchases"]
    result = Result("idempotency", {"keys": keys, "posts": keys * copies, "purchases": purchases})
    await _judge(result, askers, changed)
    result.figures["seconds"] = time.monotonic() - began
    return result


async def _judge(result: Result, askers: Askers, changed: list[httpx.Response]) -> None:
    keys = len(askers.owners)
    async with askers.live.database() as database, database.connection() as connection:
        counts: Any = await connection.fetchrow(COUNTS)
    result.figures["orders"] = counts["orders"]
    differing = sum(len(bodies) != 1 for bodies in askers.bodies.values())
    accepted = [answer for answer in changed if code_of(answer) != "IDEMPOTENCY_CONFLICT"]
    books = await askers.live.verify()
    for holds, otherwise in (
        (set(askers.statuses) == {"200"}, f"answers: {dict(askers.statuses)}"),
        (differing == 0, f"{differing} keys were answered in different words"),
        (len(askers.bodies) == keys, f"{len(askers.bodies)} keys were answered"),
        (set(counts.values()) == {keys}, f"{dict(counts)} in the database"),
        (result.figures["purchases"] == keys, "the supplier sold another number of numbers"),
        (not accepted, f"{len(accepted)} changed wishes were not refused"),
        (books.ok, f"the books do not balance: {books.as_json()}"),
    ):
        if not holds:
            result.broken.append(otherwise)


def code_of(answer: httpx.Response) -> str:
    """The stable code of an error, or its status."""
    return str(answer.json().get("code", answer.status_code))

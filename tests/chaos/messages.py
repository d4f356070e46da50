"""Updates that come several times, and out of order, while everybody who deals with them is killed.

And Telegram is unwell. Each is handled once, no reply is lost, and none is said twice. In each chat
one message follows what was handled, and says the newest in the end.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx
import orjson

from jiema_app.domain.notifications.sender import CALLS
from tests.chaos.result import Result
from tests.support.cluster import Cluster
from tests.support.live import LiveStack, live_stack
from tests.support.processes import Program

WORKER: Final = "tests.chaos.messages_worker"
SECRET: Final = "a-secret-of-the-drill-alone"
FIRST_UPDATE: Final = 10**9
"""The sandbox numbers its own from 1 on."""

FIRST_CHAT: Final = 820_000_000
LANES: Final = 12
RETRY_S: Final = 0.3
LIFE_S: Final = (1.0, 4.0)
DRAIN_S: Final = 600.0
SHOWN_MAX: Final = 10

FAULTS: Final[Sequence[tuple[str, float]]] = (
    ("http500", 0.02),
    ("drop", 0.005),
    ("drop_after", 0.005),
)
"""Of calls that send, and of edits. What came of the last two nobody can know; edits are repeated."""

FAULTY: Final = ("sendMessage", "editMessageText")

LOST_RATE: Final = sum(rate for kind, rate in FAULTS if kind != "http500")
LOST_MIN: Final = 10
"""Answers that are lost beyond twice of what is to be expected, in a drill of any size."""

LEFT: Final = """
select (select count(*) from telegram_updates where handled_at is null)
    + (select count(*) from deliveries where state in ('QUEUED', 'SENDING'))
"""

STATES: Final = """
select key, state, error from deliveries where key like 'update:1000%'
"""

FOLLOWING: Final = """
select recipient, state from deliveries where kind = 'drill.newest'
"""

HANDLED: Final = """
select outcome, count(*) as number from telegram_updates where update_id >= $1 group by outcome
"""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of it."""

    updates: int = 10_000
    chats: int = 150
    kills: int = 50


FULL: Final = Scale()
SHORT: Final = Scale(updates=300, chats=20, kills=3)


def run_messages(seed: int, scale: Scale, cluster: Cluster) -> Result:
    """The whole drill."""
    settings = {"TELEGRAM_WEBHOOK_SECRET": SECRET}
    with live_stack(cluster, workers=2, worker=WORKER, settings=settings) as stack:
        return asyncio.run(_run(seed, scale, stack))


async def _run(seed: int, scale: Scale, stack: LiveStack) -> Result:
    chance, began = random.Random(seed), time.monotonic()
    result = Result("messages")
    async with httpx.AsyncClient(
        base_url=f"{stack.sandbox_origin}/control/telegram", timeout=60, trust_env=False
    ) as control:
        for number in range(scale.chats):
            order = {"from": FIRST_CHAT + number, "text": "/start"}
            (await control.post("/message", json=order)).raise_for_status()
        for method in FAULTY:
            for kind, rate in FAULTS:
                fault = {"method": method, "kind": kind, "rate": rate, "seconds": 0}
                (await control.post("/faults", json=fault)).raise_for_status()
        pushing = asyncio.create_task(_push_all(chance, scale, stack))
        kills = await _kill(chance, scale.kills, [*stack.webs, *stack.workers], pushing)
        result.figures["pushed"] = await pushing
        result.figures["kills"] = kills
        left = await _drain(stack)
        if left:
            result.broken.append(f"{left} are left after {DRAIN_S:.0f} s")
        await _judge(stack, control, scale, result, kills)
    result.figures["seconds"] = time.monotonic() - began
    return result


async def _push_all(chance: random.Random, scale: Scale, stack: LiveStack) -> int:
    """Push each one to three times, out of order, until each push was answered with 200."""
    pushes = [number for number in range(scale.updates) for _ in range(chance.randint(1, 3))]
    # Out of order as Telegram's are: by some places, and some much later.
    pushes.sort(key=lambda number: number + chance.gauss(0, 30) + chance.choice((0, 0, 0, 500)))
    waiting = iter(pushes)
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with httpx.AsyncClient(timeout=20, trust_env=False, headers=headers) as client:

        async def lane() -> None:
            for number in waiting:
                body = orjson.dumps(_update(number, scale.chats))
                while True:
                    if await _push(client, f"{stack.origin}/webhooks/telegram", body):
                        break
                    await asyncio.sleep(RETRY_S)

        await asyncio.gather(*(lane() for _ in range(LANES)))
    return len(pushes)


async def _push(client: httpx.AsyncClient, url: str, body: bytes) -> bool:
    try:
        return (await client.post(url, content=body)).is_success
    except httpx.HTTPError:
        return False


def _update(number: int, chats: int) -> dict[str, Any]:
    person = {"id": FIRST_CHAT + number % chats, "is_bot": False, "first_name": "Ada"}
    chat = {"id": person["id"], "type": "private", "first_name": "Ada"}
    about = {"message_id": number + 1, "date": 1, "chat": chat, "from": person, "text": "hello"}
    return {"update_id": FIRST_UPDATE + number, "message": about}


async def _kill(
    chance: random.Random, kills: int, victims: Sequence[Program], pushing: "asyncio.Task[int]"
) -> int:
    """Kill and start again, in moments that nobody chose."""
    done = 0
    while done < kills:
        await asyncio.sleep(chance.uniform(*LIFE_S))
        victim = chance.choice(victims)
        await asyncio.to_thread(victim.kill)
        victim.launch()
        done += 1
    await pushing
    for victim in victims:
        await asyncio.to_thread(victim.await_ready)
    return done


async def _drain(stack: LiveStack) -> int:
    """Wait until everything is handled and sent; how much is not."""
    deadline = time.monotonic() + DRAIN_S
    async with stack.database() as database:
        while True:
            async with database.connection() as connection:
                left = int(await connection.fetchval(LEFT))
            if not left or time.monotonic() > deadline:
                return left
            await asyncio.sleep(1)


async def _judge(
    stack: LiveStack, control: httpx.AsyncClient, scale: Scale, result: Result, kills: int
) -> None:
    async with stack.database() as database, database.connection() as connection:
        rows = await connection.fetch(STATES)
        following = await connection.fetch(FOLLOWING)
        outcomes = await connection.fetch(HANDLED, FIRST_UPDATE)
    handled = {row["outcome"]: row["number"] for row in outcomes}
    if handled != {"done": scale.updates}:
        result.broken.append(f"handled: {handled}, of {scale.updates}")
    states = {row["key"]: row["state"] for row in rows}
    wanted = {
        f"update:{FIRST_UPDATE + number}:{half}"
        for number in range(scale.updates)
        for half in (1, 2)
    }
    if states.keys() != wanted:
        result.broken.append(f"{len(states.keys() ^ wanted)} replies too many or too few")
    said = await _said(control, scale)
    for key, state in states.items():
        _, update, half = key.split(":")
        times = said[f"{update}{'ab'[int(half) - 1]}"]
        if state == "SENT" and times == 1:
            continue
        if state == "UNKNOWN" and times <= 1:
            continue
        result.broken.append(f"{key} is {state} and was said {times} times")
    result.broken += _badly_followed(
        {row["recipient"]: row["state"] for row in following}, said, scale
    )
    result.broken += _parked_for_nothing(rows, kills)
    counts = Counter(states.values())
    result.figures |= {"updates": scale.updates, "replies": len(states)}
    result.figures |= {"sent": counts["SENT"], "unknown": counts["UNKNOWN"]}
    del result.broken[SHOWN_MAX:]


def _badly_followed(states: dict[str, str], said: Counter[str], scale: Scale) -> list[str]:
    """Chats whose one message does not say the newest, or that have another number of them."""
    newest = {number % scale.chats: number for number in range(scale.updates)}
    broken = []
    for place, number in newest.items():
        chat = str(FIRST_CHAT + place)
        texts = Counter({text: n for text, n in said.items() if text.startswith(f"{chat} has ")})
        state, wanted = states.get(chat), f"{chat} has {FIRST_UPDATE + number}"
        is_well = texts == Counter({wanted: 1}) if state == "SENT" else texts.total() <= 1
        if state not in {"SENT", "UNKNOWN"} or not is_well:
            broken.append(f"{chat} is {state}, and says {dict(texts)} instead of {number}")
    return broken


def _parked_for_nothing(rows: Sequence[Any], kills: int) -> list[str]:
    """What was parked without an answer that was lost, or a sender that was killed."""
    why = Counter(row["error"] for row in rows if row["state"] == "UNKNOWN")
    bounds = {"answer lost": LOST_MIN + 2 * LOST_RATE * len(rows), "sender lost": CALLS * kills}
    return [
        f"{number} are unknown: {error}, of {bounds.get(error, 0):.0f} at most"
        for error, number in why.items()
        if number > bounds.get(error, 0)
    ]


async def _said(control: httpx.AsyncClient, scale: Scale) -> Counter[str]:
    """How often each reply stands in a chat."""
    said: Counter[str] = Counter()
    for number in range(scale.chats):
        query = {"chat": FIRST_CHAT + number, "limit": 1000}
        told = (await control.get("/chats", params=query)).raise_for_status().json()
        for chat in told["chats"]:
            said.update(one["text"] for one in chat["messages"] if one["byBot"])
    return said

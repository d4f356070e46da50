"""The bot: updates that Telegram pushes, and codes on their way into chats."""

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, Final, TypeAlias

import httpx
import orjson

from benchmarks.arena import Arena, Process, Web, environment_of, must, services_on
from benchmarks.people import Customer, make_customers, place_orders, stock
from benchmarks.report import Row
from jiema_app.bootstrap import Services
from jiema_app.domain.orders.supplier import IncomingSms
from jiema_app.domain.orders.views import OrderView

UPDATES_PER_S: Final = 200
UPDATES_S: Final = 20
CHATS: Final = 400
UPDATES_P99_MS: Final = 50.0

ORDERS: Final = 200
CODES_PER_S: Final = 8
"""Each is an edit and a message of its own; Telegram bears 25 calls a second."""

CODES_P99_MS: Final = 1000.0
CONNECTIONS: Final = 40
"""As many as we allow Telegram."""

Wire: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]

FIRST_CHAT: Final = 810_000_000
PATIENCE_S: Final = 120.0
HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
SECRET: Final = "a-secret-of-the-benchmark-alone"


async def measure_updates(arena: Arena, tell: Callable[[str], None], *, quick: bool) -> list[Row]:
    """How long an update takes that is pushed, from its sending to the answer."""
    seconds = UPDATES_S // 4 if quick else UPDATES_S
    address = await arena.new_database()
    other = await arena.new_database()
    async with arena.sandbox() as control:
        environment = environment_of(address, control, supplier_pace=0)
        environment = {**environment, "TELEGRAM_WEBHOOK_SECRET": SECRET}
        by_hand = {"BENCH_DATABASE": other, "BENCH_SECRET": SECRET}
        async with (
            arena.web(environment) as ours,
            arena.baseline(by_hand, "benchmarks.telegram_baseline:app", "/healthz") as baseline,
        ):
            took: dict[str, list[float]] = {"ours": [], "baseline": []}
            for part in range(2):
                tell(f"{UPDATES_PER_S} updates a second, {part + 1} of 2")
                for name, web in (("ours", ours), ("baseline", baseline)):
                    took[name] += await _push(web, seconds, first=part * 10**6)
    return [
        _row(f"update kept and answered, {UPDATES_PER_S} a second (p50 / p99)",
             took["ours"], took["baseline"], UPDATES_P99_MS)
    ]  # fmt: skip


async def _push(web: Web, seconds: int, *, first: int) -> list[float]:
    """Milliseconds of each, sent at its own moment whatever became of those before it."""
    took: list[float] = []
    free: asyncio.LifoQueue[Wire] = asyncio.LifoQueue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", web.port))

    async def push(number: int) -> None:
        began = time.perf_counter()
        wire = await free.get()
        try:
            await _post(wire, orjson.dumps(_update(number)))
        except (asyncio.IncompleteReadError, ConnectionError):
            # Long idle, and closed by the server in this very moment.
            wire = await asyncio.open_connection("127.0.0.1", web.port)
            await _post(wire, orjson.dumps(_update(number)))
        took.append((time.perf_counter() - began) * 1000)
        free.put_nowait(wire)

    begin = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(UPDATES_PER_S * seconds):
            wait = begin + number / UPDATES_PER_S - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            group.create_task(push(first + number))
    while not free.empty():
        free.get_nowait()[1].close()
    # The first ones meet code that never ran.
    return took[UPDATES_PER_S:]


async def _post(wire: Wire, body: bytes) -> None:
    """Push as Telegram does, by hand: a client of comfort takes longer than the server."""
    reader, writer = wire
    head = (
        f"POST /webhooks/telegram HTTP/1.1\r\nHost: shop\r\n{HEADER}: {SECRET}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200"), answer
    assert await reader.readexactly(2) == b"ok"


def _update(number: int) -> dict[str, Any]:
    person = {"id": FIRST_CHAT + number % CHATS, "is_bot": False, "first_name": "Ada"}
    chat = {"id": person["id"], "type": "private", "first_name": "Ada"}
    about = {"message_id": number, "date": 1_790_000_000, "chat": chat, "from": person}
    return {"update_id": number, "message": {**about, "text": "telegram malaysia " + "x" * 100}}


async def measure_codes(arena: Arena, tell: Callable[[str], None], *, quick: bool) -> list[Row]:
    """How long a code takes, from its recording to the edit at the Bot API."""
    count = ORDERS // 4 if quick else ORDERS
    async with AsyncExitStack() as stack:
        address = await arena.new_database()
        control = await stack.enter_async_context(arena.sandbox())
        services = await stack.enter_async_context(services_on(address, control))
        await stock(services)
        tell(f"placing {count} orders in {count} chats")
        customers = await make_customers(services, count)
        await _put_into_chats(services, control, customers)
        orders = await place_orders(services, customers, count)
        await _execute(services, "update orders set api_key_id = null")
        environment = environment_of(address, control, supplier_pace=45)
        # Nobody writes to the bot here, and no web process would hear of it.
        environment = {**environment, "TELEGRAM_UPDATES": "off"}
        worker = stack.enter_context(arena.worker(environment))
        tell("waiting for their messages")
        await _until_sent(services, count)
        tell(f"{CODES_PER_S} codes a second")
        took = await _deliver(services, control, orders)
        tell("the same by hand: one edit, without rows, pace or words")
        by_hand = await _edit_by_hand(services, control, count)
        rates = (await control.get("/control/state")).json()["telegram"]["rates"]
        return [
            _row(f"code recorded until edited at the Bot API, {count} open orders (p50 / p99)",
                 took, by_hand, CODES_P99_MS, rates),
            _memory_row(worker),
        ]  # fmt: skip


async def _put_into_chats(
    services: Services, control: httpx.AsyncClient, customers: Sequence[Customer]
) -> None:
    """Everybody has started the bot."""
    for number, customer in enumerate(customers):
        chat = FIRST_CHAT + number
        await must(control.post("/control/telegram/message", json={"from": chat, "text": "/start"}))
        await _execute(
            services,
            "insert into identities (provider, subject, issuer, user_id) "
            "values ('telegram', $1, 'benchmark', $2)",
            str(chat),
            customer.buyer.user_id,
        )
        await _execute(
            services,
            "insert into telegram_chats (telegram_id, user_id, state, language_code, started_at) "
            "values ($1, $2, 'OPEN', 'en', now())",
            chat,
            customer.buyer.user_id,
        )


async def _execute(services: Services, statement: str, *values: object) -> None:
    async with services.database.connection() as connection:
        await connection.execute(statement, *values)


async def _until_sent(services: Services, count: int) -> None:
    question = "select count(*) from deliveries where state = 'SENT' and kind = 'order.live'"
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with services.database.connection() as connection:
                if await connection.fetchval(question) >= count:
                    return
            await asyncio.sleep(0.2)


async def _deliver(
    services: Services,
    control: httpx.AsyncClient,
    orders: Sequence[tuple[Customer, OrderView]],
) -> list[float]:
    """Milliseconds from recording to the call, which the sandbox notes the moment of."""
    async with services.database.connection() as connection:
        rows = await connection.fetch("select user_id, telegram_id from telegram_chats")
    chats = {row["user_id"]: str(row["telegram_id"]) for row in rows}
    recorded: dict[str, float] = {}

    async def record(customer: Customer, order: OrderView) -> None:
        recorded[chats[customer.buyer.user_id]] = time.time()
        sms = IncomingSms(f"Your code is {random.randint(10_000, 99_999)}", None, None)
        await services.settlement.record_sms(order.id, [sms])

    since = time.time()
    async with asyncio.TaskGroup() as group:
        for customer, order in random.sample(list(orders), len(orders)):
            group.create_task(record(customer, order))
            await asyncio.sleep(1 / CODES_PER_S)
    async with asyncio.timeout(PATIENCE_S):
        while True:
            edited = await _edits(control, since)
            if edited.keys() >= recorded.keys():
                break
            await asyncio.sleep(0.2)
    return sorted((edited[chat] - at) * 1000 for chat, at in recorded.items())


async def _edits(control: httpx.AsyncClient, since: float) -> Mapping[str, float]:
    """When each chat's message was edited first, after a moment."""
    told = (await control.get("/control/telegram/calls", params={"limit": 5000})).json()
    found: dict[str, float] = {}
    for call in told["calls"]:
        is_edit = call["method"] == "editMessageText" and call["status"] == 200
        if is_edit and call["at"] > since:
            found.setdefault(call["chat"], call["at"])
    return found


async def _edit_by_hand(services: Services, control: httpx.AsyncClient, count: int) -> list[float]:
    """Milliseconds from a recording to the answer of an edit, by whoever hears of it."""
    from sandbox.telegram.world import TOKEN  # noqa: PLC0415 - the sandbox is started by now

    async with services.database.connection() as connection:
        rows = await connection.fetch(
            "select recipient, message_id, subject_id from deliveries where kind = 'order.live' "
            "order by id limit $1",
            min(count, 100),
        )
    took = []
    for number, row in enumerate(rows):
        began = time.perf_counter()
        async with services.database.connection() as connection:
            await connection.execute(
                "update orders set version = version where id = $1", row["subject_id"]
            )
            await connection.fetchrow("select * from orders where id = $1", row["subject_id"])
        body = {
            "chat_id": row["recipient"],
            "message_id": row["message_id"],
            "text": f"Code {number}",
        }
        await must(control.post(f"/bot{TOKEN}/editMessageText", json=body))
        took.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(1 / CODES_PER_S)
    return sorted(took)


def _memory_row(worker: Process) -> Row:
    resident = worker.rss_mb()
    return Row("resident memory, worker with a bot", f"{resident:.0f} MB", "", None,
               "≤ 200 MB", resident <= 200)  # fmt: skip


def _row(
    figure: str,
    ours: Sequence[float],
    baseline: Sequence[float],
    p99_ms: float,
    details: Mapping[str, Any] | None = None,
) -> Row:
    p50, p99 = _quantiles(ours)
    other50, other99 = _quantiles(baseline)
    return Row(
        figure=figure,
        ours=f"{p50:.1f} / {p99:.1f} ms",
        baseline=f"{other50:.1f} / {other99:.1f} ms",
        ratio=p99 / other99,
        target=f"p99 ≤ {p99_ms:g} ms",
        is_met=p99 <= p99_ms,
        details={"p50_ms": p50, "p99_ms": p99, "max_ms": max(ours), "count": len(ours)}
        | dict(details or {}),
    )


def _quantiles(values: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(values)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]

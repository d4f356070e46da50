"""The worker after an outage: a backlog of full blocks, beside the barest reader of it."""

import asyncio
import itertools
import time
from collections.abc import Sequence
from typing import Any, Final

import asyncpg
import httpx
import orjson

from benchmarks.arena import Arena, environment_of, must
from benchmarks.chain_reading import TRANSFERS, receiver_of
from benchmarks.report import Row

TARGET: Final = 50.0
MEMORY_LIMIT_MB: Final = 200
OURS: Final = 2
"""Of the transfers of each block, so many pay somebody who waits here."""
PATIENCE_S: Final = 120.0
TOPIC: Final = "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
CURSOR: Final = "select block_number from chain_cursors"


async def measure_catching_up(
    arena: Arena, address: str, control: httpx.AsyncClient, waiting: Sequence[str], blocks: int
) -> list[Row]:
    """Blocks a second, and the memory of the worker that has read them."""
    first, last = await _fill(control, waiting, blocks)
    theirs = blocks / await _read_barely(address, control, first, blocks)
    environment = environment_of(address, control, supplier_pace=0)
    with arena.worker(environment) as worker:
        ours = await _await_block(address, last)
        await asyncio.sleep(1.0)
        memory = worker.rss_mb()
    transfers = blocks * TRANSFERS
    return [
        Row(
            figure=f"catching up, blocks of {TRANSFERS} transfers, by the worker",
            ours=f"{ours:.0f}/s",
            baseline=f"{theirs:.0f}/s",
            ratio=ours / theirs,
            target=f"≥ {TARGET:.0f}/s",
            is_met=ours >= TARGET,
            details={"blocks": blocks, "payments": blocks * OURS},
        ),
        Row(
            figure=f"resident memory of the worker after {transfers:,} transfers",
            ours=f"{memory:.0f} MB",
            baseline="",
            ratio=None,
            target=f"≤ {MEMORY_LIMIT_MB} MB",
            is_met=memory <= MEMORY_LIMIT_MB,
        ),
    ]


async def _fill(control: httpx.AsyncClient, waiting: Sequence[str], blocks: int) -> tuple[int, int]:
    """Make full blocks, all final; returns the numbers of the first and of the last final one."""
    mine, ours = "/control/tron/mine", itertools.cycle(waiting)
    began = (await must(control.post(mine, json={"blocks": 0, "auto": False}))).json()
    for at in range(blocks):
        transfers = [{"to": next(ours), "amount": "10"} for _ in range(OURS)]
        transfers += [
            {"to": receiver_of(at * TRANSFERS + one), "amount": "1.5"}
            for one in range(TRANSFERS - OURS)
        ]
        await must(control.post("/control/tron/transfers", json={"transfers": transfers}))
        await must(control.post(mine, json={"blocks": 1}))
    ended = (await must(control.post(mine, json={"blocks": 5}))).json()
    return int(began["head"]) + 1, int(ended["solid"])


async def _await_block(address: str, last: int) -> float:
    """Blocks a second, from the first move of the cursor to the last block."""
    connection = await asyncpg.connect(address)
    first = at = await connection.fetchval(CURSOR)
    began = 0.0
    try:
        async with asyncio.timeout(PATIENCE_S):
            while at < last:
                await asyncio.sleep(0.02)
                found = await connection.fetchval(CURSOR)
                if not began and found != at:
                    # What came with the first move was read before the clock started.
                    first, began = found, time.perf_counter()
                at = found
    finally:
        await connection.close()
    return float((last - first) / (time.perf_counter() - began)) if began else 0.0


async def _read_barely(address: str, control: httpx.AsyncClient, first: int, blocks: int) -> float:
    """Seconds of a reader as one would write it: block, receipts, rows, cursor; nothing checked."""
    connection = await asyncpg.connect(address)
    await connection.execute(
        "create temporary table bare (txid text, log_index int, block bigint, sender text, "
        "receiver text, amount numeric, primary key (txid, log_index)); "
        "create temporary table bare_cursor (block bigint); insert into bare_cursor values (0)"
    )
    began = time.perf_counter()
    for number in range(first, first + blocks):
        await _ask(control, "getblockbynum", number)
        rows = [
            (receipt["id"], at, number, log["topics"][1], log["topics"][2], int(log["data"], 16))
            for receipt in await _ask(control, "gettransactioninfobyblocknum", number)
            if receipt["receipt"].get("result") == "SUCCESS"
            for at, log in enumerate(receipt["log"])
            if log["topics"][0] == TOPIC
        ]
        async with connection.transaction():
            await connection.executemany("insert into bare values ($1,$2,$3,$4,$5,$6)", rows)
            await connection.execute("update bare_cursor set block = $1", number)
    took_s = time.perf_counter() - began
    await connection.close()
    return took_s


async def _ask(control: httpx.AsyncClient, call: str, number: int) -> Any:
    answer = await must(control.post(f"/walletsolidity/{call}", json={"num": number}))
    return orjson.loads(answer.content)

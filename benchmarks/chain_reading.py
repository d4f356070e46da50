"""Catching up with the chain, beside fetching the same answers without looking at them."""

import asyncio
import hashlib
import time
from collections.abc import Callable
from typing import Final

import base58
import httpx
import orjson
from pydantic import SecretStr

from benchmarks.arena import Arena, must
from benchmarks.report import Row
from jiema_app.integrations.connections import exchange, open_connections
from jiema_app.integrations.tron.registry import build_chain
from jiema_app.integrations.tron.source import RECEIPTS_AT_ONCE
from jiema_app.settings import Settings, TronSettings

TRANSFERS: Final = 200
"""In one block, each to somebody else: as many as USDT has on the real chain."""

BLOCKS: Final = 300
BLOCKS_QUICK: Final = 100
BATCH: Final = 100
TARGET: Final = 50.0
"""Blocks a second. A day without us is 28,800 blocks: ten minutes."""


async def measure_chain(arena: Arena, tell: Callable[[str], None], *, quick: bool) -> list[Row]:
    """Full blocks a second from a node on this machine."""
    blocks = BLOCKS_QUICK if quick else BLOCKS
    async with arena.sandbox() as control:
        tell(f"chain: making {blocks} blocks of {TRANSFERS} transfers")
        first = await _fill(control, blocks)
        tell("chain: reading them")
        url = str(control.base_url).rstrip("/")
        ours, theirs = 0.0, 0.0
        for _ in range(2):
            ours = max(ours, blocks / await _read(url, first, blocks))
            theirs = max(theirs, blocks / await _fetch(url, first, blocks))
    row = Row(
        figure=f"blocks of {TRANSFERS} transfers read",
        ours=f"{ours:.0f}/s",
        baseline=f"{theirs:.0f}/s only fetched",
        ratio=ours / theirs,
        target=f"≥ {TARGET:.0f}/s",
        is_met=ours >= TARGET,
        details={"blocks": blocks},
    )
    return [row]


async def _fill(control: httpx.AsyncClient, blocks: int) -> int:
    """Make full blocks, all final; returns the number of the first."""
    path = "/control/tron/mine"
    mined = (await must(control.post(path, json={"blocks": 0, "auto": False}))).json()
    for at in range(blocks):
        transfers = [
            {"to": receiver_of(at * TRANSFERS + one), "amount": "1.5"} for one in range(TRANSFERS)
        ]
        await must(control.post("/control/tron/transfers", json={"transfers": transfers}))
        await must(control.post(path, json={"blocks": 1}))
    await must(control.post(path, json={"blocks": 20}))
    return int(mined["head"]) + 1


def receiver_of(number: int) -> str:
    """The address of a stranger."""
    body = hashlib.sha256(str(number).encode()).digest()[:20]
    return base58.b58encode_check(b"\x41" + body).decode()


async def _read(url: str, first: int, blocks: int) -> float:
    """Seconds that our reader takes, checks and all."""
    tron = TronSettings(node_url=SecretStr(url), requests_per_second=0, timeout_s=60)
    async with build_chain(Settings(tron=tron)) as chain:
        await chain.ensure_right_chain()
        began, transfers = time.perf_counter(), 0
        for start in range(first, first + blocks, BATCH):
            found = await chain.read_final_blocks(start, BATCH)
            transfers += sum(len(block.transfers) for block in found)
        took_s = time.perf_counter() - began
    assert transfers >= blocks * TRANSFERS
    return took_s


async def _fetch(url: str, first: int, blocks: int) -> float:
    """Seconds for the same answers, decoded and thrown away."""
    connections = open_connections(count=RECEIPTS_AT_ONCE)
    semaphore = asyncio.Semaphore(RECEIPTS_AT_ONCE)

    async def ask(path: str, number: int) -> None:
        async with semaphore:
            connection = await connections.enter()
            request = httpx.Request("POST", f"{url}/walletsolidity/{path}", json={"num": number})
            try:
                _, body = await exchange(connection, request)
            finally:
                connections.leave(connection)
            orjson.loads(body)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(first, first + blocks):
            for path in ("getblockbynum", "gettransactioninfobyblocknum"):
                group.create_task(ask(path, number))
    took_s = time.perf_counter() - began
    await connections.aclose()
    return took_s

"""Two nodes of which one lies, and some ways to lie."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
import pytest

from jiema_app.domain.chain.agreement import Agreement
from jiema_app.domain.chain.port import ChainIncomplete, FinalBlock
from sandbox.app import create_app
from sandbox.tron.addresses import parse_address
from sandbox.tron.contracts import TRANSFER_TOPIC, address_word, word
from tests.services.chain_reader import Reader, make_scanner
from tests.services.tron_peers import FIRST, SECOND, USDT, Hosts, node_peer
from tests.support.arrivals import TEN
from tests.support.polling import PATIENCE_S
from tests.support.shop import Shop

Answer = Any


@dataclass(eq=False)
class Liar(httpx.AsyncBaseTransport):
    """Answers as a node does, and changes what it likes.

    Attributes:
        honest: What it changes.
        lie: Takes path, question and true answer; returns what is said.
    """

    honest: httpx.AsyncBaseTransport
    lie: Callable[[str, Any, Answer], Answer] = field(default=lambda _path, _asked, told: told)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.honest.handle_async_request(request)
        asked = orjson.loads(request.content or b"{}")
        told = self.lie(request.url.path, asked, orjson.loads(await response.aread()))
        return httpx.Response(200, content=orjson.dumps(told))


@dataclass
class Pair:
    """A shop that reads a liar first and an honest node second."""

    reader: Reader
    liar: Liar
    hosts: Hosts

    async def run(self, seconds: float = 0.3) -> None:
        await self.reader.scanner.run(seconds=seconds)

    async def agreed(self, blocks: Sequence[FinalBlock]) -> Sequence[FinalBlock]:
        """Which of some blocks both nodes tell, for a shop to which every transfer matters."""
        return await Agreement(self.reader.peer.chain).agreed(blocks, lambda _transfer: True)


@asynccontextmanager
async def open_pair(shop: Shop) -> AsyncIterator[Pair]:
    app = create_app(None)
    honest = httpx.ASGITransport(app=app)
    liar = Liar(honest)
    hosts = Hosts({FIRST: liar, SECOND: honest})
    async with node_peer(hosts, app, second_node_url=SECOND) as peer:
        reader = Reader(shop, peer, make_scanner(shop, peer))
        await reader.read()
        await shop.services.pool.grow(5)
        yield Pair(reader, liar, hosts)


def forged_log(address: str) -> dict[str, Any]:
    """Ten USDT that nobody sent."""
    sender = address_word(parse_address("TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC"))
    return {
        "address": parse_address(USDT)[2:],
        "topics": [TRANSFER_TOPIC, sender, address_word(parse_address(address))],
        "data": word(TEN),
    }


def up_to(number: int) -> Callable[[str, Any, Answer], Answer]:
    """A node to which nothing younger is final yet."""

    def lie(path: str, asked: Any, told: Answer) -> Answer:
        is_younger = path.endswith("walletsolidity/getblockbynum") and asked["num"] > number
        return {} if is_younger else told

    return lie


def without_logs(path: str, _asked: Any, told: Answer) -> Answer:
    """True blocks, with receipts that leave out what was logged."""
    if path.endswith("gettransactioninfobyblocknum"):
        return [{key: one[key] for key in one if key != "log"} for one in told]
    return told


def without_transactions(path: str, _asked: Any, told: Answer) -> Answer:
    """Blocks with their true ids, as if nothing was in them."""
    for one in told.get("block", [told]) if isinstance(told, dict) else []:
        if "getblockby" in path:
            one.pop("transactions", None)
            one["block_header"]["raw_data"]["txTrieRoot"] = "0" * 64
    return told


def an_hour_ago(path: str, _asked: Any, told: Answer) -> Answer:
    """Final blocks as if they were older than they are."""
    if path.endswith(("walletsolidity/getblockbynum", "walletsolidity/getnowblock")) and told:
        told["block_header"]["raw_data"]["timestamp"] -= 3_600_000
    return told


async def refused_with(pair: Pair, words: str) -> None:
    """Run until the reading is refused with these words: a node that was away is left alone first."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with pytest.raises(ChainIncomplete) as refused:
                await pair.run(PATIENCE_S)
            if words in str(refused.value):
                return


def told_once(number: int, *, txids: bool) -> Callable[..., Answer]:
    """One block under another id, with its transactions or as if it had none."""

    def lie(path: str, _asked: Any, told: Answer) -> Answer:
        if path.endswith("walletsolidity/getblockbynum") and told:
            raw = told["block_header"]["raw_data"]
            if raw.get("number") == number:
                told["blockID"] = told["blockID"][:16] + "ab" * 24
                if not txids:
                    told.pop("transactions", None)
                    raw["txTrieRoot"] = "0" * 64
        return told

    return lie


def told_otherwise(*, seconds: int = 0, parent: str | None = None) -> Callable[..., Answer]:
    """True blocks with their true ids, and another time or parent than they have."""

    def lie(_path: str, _asked: Any, told: Answer) -> Answer:
        blocks = told.get("block", [told]) if isinstance(told, dict) else []
        for raw in (one["block_header"]["raw_data"] for one in blocks if "block_header" in one):
            if raw.get("number"):
                raw["timestamp"] += 1000 * seconds
                raw["parentHash"] = parent or raw["parentHash"]
        for receipt in told if isinstance(told, list) else []:
            receipt["blockTimeStamp"] += 1000 * seconds
        return told

    return lie


def honest(_path: str, _asked: Any, told: Answer) -> Answer:
    return told


def forging(address: str) -> Callable[[str, Any, Answer], Answer]:
    def lie(path: str, _asked: Any, told: Answer) -> Answer:
        if path.endswith("gettransactioninfobyblocknum"):
            for receipt in told:
                receipt.setdefault("log", []).append(forged_log(address))
        return told

    return lie


def failing(kind: str, *, each: int) -> Callable[[str, Any, Answer], Answer]:
    """Every so manieth question of a kind has no answer."""
    asked_so_far = [0]

    def lie(path: str, _asked: Any, told: Answer) -> Answer:
        if path.endswith(kind):
            asked_so_far[0] += 1
            if asked_so_far[0] % each == 0:
                return {"Error": "busy"}
        return told

    return lie

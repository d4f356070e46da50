"""A node that tells blocks which nobody made, beside one that does not: reading stays on the chain."""

import asyncio
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from jiema_app.domain.chain import stepping_back
from jiema_app.domain.chain.block_polling import BACKLOG
from jiema_app.domain.chain.port import ChainError, ChainIncomplete
from jiema_app.integrations.tron import nodes
from sandbox.app import create_app
from tests.services.chain_reader import Reader, make_scanner
from tests.services.lying_nodes import Answer, Liar, open_pair
from tests.services.tron_peers import FIRST, SECOND, Hosts, node_peer
from tests.support.arrivals import TEN
from tests.support.polling import PATIENCE_S
from tests.support.shop import Customer, Shop


@dataclass
class Invention:
    """Empty blocks on top of a true one, without end, all of them some minutes old.

    Attributes:
        top: Number and id of the true one.
        most: Number of the last one that is told.
    """

    top: tuple[int, str]
    most: int = 10**9
    _ids: dict[int, str] = field(default_factory=dict)

    def lie(self, path: str, asked: Any, told: Answer) -> Answer:
        if path.endswith("walletsolidity/getblockbynum") and asked["num"] > self.top[0]:
            return self._block(asked["num"]) if asked["num"] <= self.most else {}
        first = asked.get("startNum", 0)
        if path.endswith("walletsolidity/getblockbylimitnext") and first > self.top[0]:
            end = min(asked["endNum"], self.most + 1)
            return {"block": list(map(self._block, range(first, end)))} if first < end else {}
        return told

    def _block(self, number: int) -> Answer:
        raw = {"number": number, "parentHash": self._id(number - 1), "txTrieRoot": "0" * 64}
        made = {"timestamp": int(time.time() - 400) * 1000}
        return {"blockID": self._id(number), "block_header": {"raw_data": raw | made}}

    def _id(self, number: int) -> str:
        if number == self.top[0]:
            return self.top[1]
        return self._ids.setdefault(number, f"{number:016x}" + secrets.token_hex(24))


@pytest.mark.parametrize("is_first", [True, False])
async def test_blocks_that_one_node_invents_do_not_lead_ahead_of_the_chain(
    shop: Shop, ann: Customer, *, is_first: bool
) -> None:
    """They did, thousands of them: nothing that was paid before the chain came there was read."""
    async with open_pair(shop) as pair:
        reader = pair.reader
        opened = await reader.open(ann)
        number = int((await reader.peer.state())["solid"])
        path = "/walletsolidity/getblockbynum"
        top = (await reader.peer.http.post(path, json={"num": number})).json()
        pair.liar.lie = Invention((number, top["blockID"])).lie
        if not is_first:
            # The honest one fails where it is asked first; a moment later it answers.
            pair.hosts.behind = {
                FIRST: Liar(pair.liar.honest, fails_each_second(path)),
                SECOND: pair.liar,
            }
        for _ in range(3):
            with suppress(ChainError):
                await pair.run()
        assert await reader.cursor() == number
        pair.liar.lie = lambda _path, _asked, told: told
        pair.hosts.behind = {FIRST: pair.liar.honest, SECOND: pair.liar}
        await reader.pay(opened)
        await reader.read()
        assert await reader.found() == [("CREDITED", None)]
        assert await reader.shop.balance(ann) == TEN


async def test_blocks_invented_while_the_other_node_is_silent_are_left_again(
    shop: Shop, ann: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They led beyond the end of the chain, and nothing more was read until it came there."""
    monkeypatch.setattr(stepping_back, "UNREACHED_S", 0.0)
    monkeypatch.setattr(nodes, "AWAY_S", 0.0)
    async with open_pair(shop) as pair:
        reader = pair.reader
        opened = await reader.open(ann)
        await reader.peer.mine(100)
        await reader.read()
        number = int((await reader.peer.state())["solid"])
        path = "/walletsolidity/getblockbynum"
        top = (await reader.peer.http.post(path, json={"num": number})).json()
        pair.liar.lie = Invention((number, top["blockID"])).lie
        pair.hosts.down.add(SECOND)
        reader.scanner._polling._unread = BACKLOG
        async with asyncio.timeout(PATIENCE_S):
            while (await reader.cursor() or 0) < number + 500:
                with suppress(ChainError):
                    await pair.run()
        await reader.pay(opened)
        pair.hosts.down.clear()
        pair.liar.lie = lambda _path, _asked, told: told
        with pytest.raises(ChainIncomplete, match="read again"):
            await pair.run(PATIENCE_S)
        await reader.read()
        assert await reader.found() == [("CREDITED", None)]
        assert await reader.shop.balance(ann) == TEN


@pytest.mark.parametrize(("led", "made"), [(110, 200), (400, 300)])
async def test_all_is_read_again_that_was_passed_over_while_the_other_node_was_silent(
    shop: Shop, ann: Customer, monkeypatch: pytest.MonkeyPatch, *, led: int, made: int
) -> None:
    """A part was, and what had been paid before that was never read."""
    monkeypatch.setattr(stepping_back, "UNREACHED_S", 0.0)
    monkeypatch.setattr(stepping_back, "AGAIN", 50)
    monkeypatch.setattr(nodes, "AWAY_S", 0.0)
    async with open_pair(shop) as pair:
        reader = pair.reader
        opened = await reader.open(ann)
        await reader.peer.mine(100)
        number = await reader.read()
        path = "/walletsolidity/getblockbynum"
        top = (await reader.peer.http.post(path, json={"num": number})).json()
        pair.liar.lie = Invention((number, top["blockID"]), most=number + led).lie
        pair.hosts.down.add(SECOND)
        reader.scanner._polling._unread = BACKLOG
        async with asyncio.timeout(PATIENCE_S):
            while await reader.cursor() != number + led:
                with suppress(ChainError):
                    await pair.run()
        await reader.pay(opened)
        await reader.peer.mine(made)
        pair.hosts.down.clear()
        pair.liar.lie = lambda _path, _asked, told: told
        async with asyncio.timeout(PATIENCE_S):
            while await reader.shop.balance(ann) != TEN:
                with suppress(ChainError):
                    await pair.run()
        assert await reader.found() == [("CREDITED", None)]


def fails_each_second(path: str) -> Callable[[str, Any, Answer], Answer]:
    asked_before = [False]

    def lie(asked_path: str, _asked: Any, told: Answer) -> Answer:
        if asked_path == path:
            asked_before[0] = not asked_before[0]
        return {"Error": "busy"} if asked_path == path and asked_before[0] else told

    return lie


@pytest.mark.parametrize("liar_at", [FIRST, SECOND])
async def test_reading_does_not_begin_at_a_block_that_one_node_invents(
    shop: Shop, ann: Customer, liar_at: str
) -> None:
    """Once it did, a billion blocks ahead, and waited for the next one for good."""
    app = create_app(None)
    honest = httpx.ASGITransport(app=app)
    liar = Liar(honest, far_ahead)
    hosts = Hosts({FIRST: honest, SECOND: honest} | {liar_at: liar})
    async with node_peer(hosts, app, second_node_url=SECOND) as peer:
        reader = Reader(shop, peer, make_scanner(shop, peer))
        if liar_at == FIRST:
            with pytest.raises(ChainIncomplete, match="do not tell the same block"):
                await reader.scanner.run(seconds=0.1)
            assert await reader.cursor() is None
        liar.lie = lambda _path, _asked, told: told
        await reader.read()
        await shop.services.pool.grow(5)
        await reader.pay(await reader.open(ann))
        await reader.read()
        assert await reader.found() == [("CREDITED", None)]


def far_ahead(path: str, _asked: Any, told: Answer) -> Answer:
    if path.endswith("walletsolidity/getnowblock"):
        number = 10**9
        told["block_header"]["raw_data"]["number"] = number
        told["blockID"] = f"{number:016x}" + told["blockID"][16:]
    return told


async def test_reading_begins_a_little_earlier_where_one_node_lags(shop: Shop) -> None:
    app = create_app(None)
    honest = httpx.ASGITransport(app=app)
    lagging = Liar(honest, lambda _path, asked, told: {} if asked.get("num", 0) > 30 else told)
    async with node_peer(
        Hosts({FIRST: honest, SECOND: lagging}), app, second_node_url=SECOND
    ) as peer:
        reader = Reader(shop, peer, make_scanner(shop, peer))
        await peer.mine(40)
        with suppress(ChainError):
            await reader.scanner.run(seconds=0.2)
        assert await reader.cursor() in range(20, 31)

"""A node that lies beside an honest one that fails single questions: how long that one is waited for."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest

from jiema_app.domain.chain import scanner, stepping_back
from jiema_app.domain.chain.cursor import ChainHalted
from jiema_app.domain.chain.port import ChainError, ChainIncomplete
from jiema_app.integrations.tron import nodes
from sandbox.app import create_app
from tests.services.chain_reader import Reader, make_scanner
from tests.services.lying_nodes import (
    Answer,
    Liar,
    Pair,
    forging,
    honest,
    up_to,
    without_logs,
)
from tests.services.tron_peers import FIRST, SECOND, Hosts, node_peer
from tests.support.polling import PATIENCE_S
from tests.support.shop import Customer, Shop

BLOCK, RECEIPTS = "walletsolidity/getblockbynum", "gettransactioninfobyblocknum"


class Failures:
    """A node that fails so many questions of a kind from now on."""

    def __init__(self) -> None:
        self.kind, self.left = BLOCK, 0

    def lie(self, path: str, _asked: Any, told: Answer) -> Answer:
        if self.left and path.endswith(self.kind):
            self.left -= 1
            return {"Error": "busy"}
        return told


@pytest.mark.parametrize("is_hidden", [False, True])
async def test_a_node_that_told_the_last_blocks_alone_is_waited_for(
    pair: Pair, ann: Customer, monkeypatch: pytest.MonkeyPatch, *, is_hidden: bool
) -> None:
    """It was not: it is asked first, so nobody had asked it beside the other for a while."""
    monkeypatch.setattr(nodes, "AWAY_S", 1.5)
    reader, failures = pair.reader, Failures()
    opened = await reader.open(ann)
    pair.hosts.behind = {FIRST: Liar(pair.liar.honest, failures.lie), SECOND: pair.liar}
    for _ in range(8):
        # No empty block among them: of those both are asked.
        await reader.peer.pay("1", to="bob", mine=True)
        reader.scanner._polling.hurry()
        await reader.read()
        await asyncio.sleep(0.25)
    await reader.peer.pay("10" if is_hidden else "1", to=opened.address if is_hidden else "bob")
    await reader.peer.mine()
    for _ in range(2):
        await reader.read()
        await reader.peer.pay("1", to="bob")
        pair.liar.lie = without_logs if is_hidden else forging(opened.address)
        failures.left = 2
        await reader.peer.mine()
        reader.scanner._polling.hurry()
        with suppress(ChainError):
            await pair.run()
        pair.liar.lie = honest
    await reader.read()
    assert await reader.found() == ([("CREDITED", None)] if is_hidden else [])


def withholding(number: int) -> Callable[[str, Any, Answer], Answer]:
    """A node that has not that block yet, and does not say how far it is."""
    before = up_to(number - 1)

    def lie(path: str, asked: Any, told: Answer) -> Answer:
        return {} if path.endswith("getnowblock") else before(path, asked, told)

    return lie


async def test_two_lost_answers_about_one_block_are_no_node_that_can_never_tell_it(
    pair: Pair, ann: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were: who lies had only to say between them that the block is not final yet."""
    monkeypatch.setattr(nodes, "AWAY_S", 1.5)
    reader, failures = pair.reader, Failures()
    failures.kind = RECEIPTS
    opened = await reader.open(ann)
    pair.hosts.behind = {FIRST: pair.liar, SECOND: Liar(pair.liar.honest, failures.lie)}
    await reader.peer.pay("1", to="bob")
    await reader.peer.mine(3)
    number = int((await reader.peer.state())["solid"])
    pair.liar.lie = forging(opened.address)
    for _ in range(2):
        failures.left = 1
        while failures.left:
            with suppress(ChainError):
                await pair.run(0.05)
        pair.liar.lie = withholding(number)
        for _ in range(6):
            with suppress(ChainError):
                # What else is asked goes well.
                await reader.peer.chain.read_again(number - 1)
            await asyncio.sleep(0.3)
        pair.liar.lie = forging(opened.address)
    assert await reader.found() == []


async def test_one_node_that_leaves_out_the_last_payment_halts_nothing(
    pair: Pair, ann: Customer
) -> None:
    """It did: while a false block was left, one word for it that money is gone was enough."""
    reader = pair.reader
    await reader.pay(await reader.open(ann))
    await reader.read()
    await reader.peer.mine(3)
    await reader.read()
    await reader.shop.execute("update chain_cursors set block_id = $1", "0" * 64)
    await reader.peer.mine(3)
    pair.liar.lie = without_logs
    with pytest.raises(ChainIncomplete, match="do not tell the same"):
        await pair.run(5)
    pair.liar.lie = honest
    with pytest.raises(ChainIncomplete, match="read again"):
        await pair.run(5)
    await reader.read()


async def test_a_payment_beyond_the_end_of_the_chain_is_for_a_person(
    pair: Pair, ann: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody was asked, and nothing could be resumed, until the chain was as long as that."""
    monkeypatch.setattr(stepping_back, "UNREACHED_S", 0.0)
    monkeypatch.setattr(stepping_back, "GONE_S", 1.0)
    reader = pair.reader
    another = await reader.open(await reader.shop.customer(cents=0))
    await reader.pay(await reader.open(ann))
    await reader.read()
    await reader.shop.execute(
        "update payments set block_number = block_number + 10000, txid = $1", "1" * 64
    )
    await reader.shop.execute(
        "update chain_cursors set block_number = block_number + 20000, block_id = $1", "0" * 64
    )
    async with asyncio.timeout(PATIENCE_S):
        while not await reader.shop.fetchval("select halted_because from chain_cursors"):
            with suppress(ChainIncomplete, ChainHalted):
                await pair.run()
    assert await reader.scanner.resume()
    await reader.pay(another)
    async with asyncio.timeout(PATIENCE_S):
        # What was paid to the first wallet is true, and was known by a false id.
        while len(await reader.found()) < 3:
            with suppress(ChainError):
                await pair.run()


def low_head(number: int) -> Callable[[str, Any, Answer], Answer]:
    """As if the chain had so many blocks only."""

    def lie(path: str, _asked: Any, told: Answer) -> Answer:
        if path.endswith("walletsolidity/getnowblock"):
            told["block_header"]["raw_data"]["number"] = number
            told["blockID"] = f"{number:016x}" + told["blockID"][16:]
        return told

    return lie


async def test_reading_does_not_begin_years_ago_where_one_node_says_that_the_chain_is_short(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanner, "FIRST_AGE_MAX", timedelta(seconds=2))
    app = create_app(None)
    inside = httpx.ASGITransport(app=app)
    liar = Liar(inside)
    hosts = Hosts({FIRST: liar, SECOND: inside})
    async with node_peer(hosts, app, second_node_url=SECOND) as peer:
        reader = Reader(shop, peer, make_scanner(shop, peer))
        await asyncio.sleep(2.5)
        await peer.mine(200)
        liar.lie = low_head(22)
        with pytest.raises(ChainIncomplete, match="too old"):
            await reader.scanner.run(seconds=0.1)
        assert await reader.cursor() is None
        liar.lie = honest
        with suppress(ChainError):
            await reader.scanner.run(seconds=0.1)
        assert (await reader.cursor() or 0) > 150


async def test_however_far_one_node_led_reading_does_not_go_back_to_the_beginning(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping_back, "UNREACHED_S", 0.0)
    reader = pair.reader
    await reader.peer.mine(1200)
    end = await reader.read()
    await reader.shop.execute(
        "update chain_cursors set block_number = $1, block_id = $2", 10**12, "0" * 64
    )
    async with asyncio.timeout(PATIENCE_S):
        while await reader.cursor() == 10**12:
            with suppress(ChainError):
                await pair.run(0.01)
    assert await reader.cursor() in range(
        end - 2 * stepping_back.AGAIN, end - stepping_back.AGAIN + 200
    )

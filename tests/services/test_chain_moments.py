"""A node that lies beside one that fails for a moment, or has not a block yet, or was away."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest

from jiema_app.domain.chain import stepping_back
from jiema_app.domain.chain.cursor import ChainHalted
from jiema_app.domain.chain.port import ChainError, ChainIncomplete
from jiema_app.integrations.tron import nodes
from tests.services.lying_nodes import (
    Answer,
    Liar,
    Pair,
    failing,
    forging,
    honest,
    told_once,
    told_otherwise,
    up_to,
)
from tests.services.supplier_peers import FakeTime
from tests.services.tron_peers import FIRST, SECOND, Script
from tests.support.arrivals import TEN
from tests.support.polling import PATIENCE_S
from tests.support.shop import Customer


@pytest.mark.parametrize("is_down", [False, True])
async def test_a_false_parent_that_the_other_cannot_contradict_yet_halts_nothing(
    pair: Pair, ann: Customer, *, is_down: bool
) -> None:
    """It did for good: the other node was one block behind, or failed in that moment."""
    reader = pair.reader
    opened = await reader.open(ann)
    number = int((await reader.peer.state())["solid"])
    pair.hosts.behind = {FIRST: pair.liar, SECOND: Liar(pair.liar.honest, up_to(number))}
    if is_down:
        pair.hosts.down.add(SECOND)
    await reader.peer.mine()
    pair.liar.lie = told_otherwise(parent="0" * 8 + "ab" * 28)
    for _ in range(2):
        with pytest.raises(ChainIncomplete, match="does not say now"):
            await pair.run(PATIENCE_S)
    pair.liar.lie = honest
    pair.hosts.down.clear()
    pair.hosts.behind = {FIRST: pair.liar, SECOND: pair.liar.honest}
    await reader.pay(opened)
    await reader.read()
    assert await reader.found() == [("CREDITED", None)]


@pytest.mark.parametrize("kind", ["gettransactioninfobyblocknum", "walletsolidity/getblockbynum"])
@pytest.mark.parametrize("liar_at", [FIRST, SECOND])
async def test_no_money_is_made_while_the_other_node_fails_for_a_moment(
    pair: Pair, ann: Customer, kind: str, liar_at: str
) -> None:
    """It was, as soon as one answer was lost: who lies has only to go on."""
    reader = pair.reader
    opened = await reader.open(ann)
    pair.liar.lie = forging(opened.address)
    pair.hosts.behind = {
        FIRST: Liar(pair.liar.honest, failing(kind, each=3)),
        SECOND: Liar(pair.liar.honest, failing(kind, each=3)),
    } | {liar_at: pair.liar}
    await reader.peer.pay("1", to="bob")
    await reader.peer.mine(3)
    for _ in range(8):
        with suppress(ChainError):
            await pair.run()
    assert await reader.found() == []
    pair.liar.lie = honest
    await reader.pay(opened)
    await reader.read()
    assert await reader.found() == [("CREDITED", None)]
    assert await reader.shop.balance(ann) == TEN


async def test_a_node_that_answers_anything_is_waited_for(
    pair: Pair, ann: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = pair.reader
    opened = await reader.open(ann)
    monkeypatch.setattr(nodes, "AWAY_S", 0.5)
    never = Liar(pair.liar.honest, failing("gettransactioninfobyblocknum", each=1))
    pair.hosts.behind = {FIRST: pair.liar, SECOND: never}
    await reader.pay(opened)
    for _ in range(6):
        await pair.run()
    assert await reader.found() == []
    pair.hosts.behind = {FIRST: pair.liar, SECOND: pair.liar.honest}
    await reader.read()
    assert await reader.found() == [("CREDITED", None)]


async def test_a_node_that_asks_for_peace_and_then_fails_once_is_waited_for(
    pair: Pair, ann: Customer
) -> None:
    """It was not: nothing is asked meanwhile, and all that time counted as its silence."""
    reader, time = pair.reader, FakeTime()
    opened = await reader.open(ann)
    second = reader.peer.chain.nodes.nodes[1]
    second.backoff._clock = second.pacer._clock = time.clock
    script = Script({"": httpx.Response(429, headers={"Retry-After": "150"})})
    pair.hosts.behind = {FIRST: pair.liar, SECOND: script}
    pair.liar.lie = forging(opened.address)
    await reader.peer.pay("1", to="bob")
    await reader.peer.mine(3)
    await pair.run()
    assert len(script.requests) == 1
    time.now += 170
    script.answers = {"": httpx.Response(500)}
    async with asyncio.timeout(PATIENCE_S):
        while len(script.requests) == 1:
            reader.scanner._polling.hurry()
            await pair.run()
    assert await reader.found() == []


async def tell_paid_block_falsely(pair: Pair, lie: Callable[[str, Any, Answer], Answer]) -> int:
    """The other node is away, and the block with a transaction has another id."""
    reader = pair.reader
    pair.hosts.down.add(SECOND)
    await reader.peer.mine(3)
    number = int((await reader.peer.state())["solid"])
    called = told_once(number, txids=True)
    pair.liar.lie = lambda path, asked, told: lie(path, asked, called(path, asked, told))
    while await reader.cursor() != number:
        with suppress(ChainError):
            await pair.run()
    pair.liar.lie = honest
    pair.hosts.down.clear()
    await reader.peer.mine(5)
    return number


async def read_on(pair: Pair) -> None:
    """Until everything is read: a node that was away is left alone for a moment first."""
    async with asyncio.timeout(PATIENCE_S):
        while await pair.reader.cursor() != (await pair.reader.peer.state())["solid"]:
            with suppress(ChainError):
                await pair.run()


async def test_a_true_payment_in_a_block_that_was_called_otherwise_halts_nothing(
    pair: Pair, ann: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It did for good, and no resuming helped, though the payment is where it was read."""
    monkeypatch.setattr(nodes, "AWAY_S", 0.0)
    opened = await pair.reader.open(ann)
    await pair.reader.peer.pay("10", to=opened.address)
    await tell_paid_block_falsely(pair, honest)
    await read_on(pair)
    assert await pair.reader.found() == [("CREDITED", None)]
    assert await pair.reader.shop.balance(ann) == TEN


@pytest.mark.parametrize("is_beyond", [False, True])
async def test_a_person_can_resume_after_a_payment_that_was_none(
    pair: Pair, ann: Customer, monkeypatch: pytest.MonkeyPatch, *, is_beyond: bool
) -> None:
    """They could not: the next block halted it again, or nothing was halted and nothing read."""
    monkeypatch.setattr(nodes, "AWAY_S", 0.0)
    monkeypatch.setattr(stepping_back, "UNREACHED_S", 0.0)
    reader = pair.reader
    opened = await reader.open(ann)
    another = await reader.open(await reader.shop.customer(cents=0))
    await reader.peer.pay("1", to="bob")
    number = await tell_paid_block_falsely(pair, forging(opened.address))
    if is_beyond:
        # Led on from there, and beyond the end.
        await reader.shop.execute(
            "update chain_cursors set block_number = $1, block_id = $2", number + 100, "0" * 64
        )
    with pytest.raises(ChainHalted):
        await read_on(pair)
    assert await reader.scanner.resume()
    await reader.pay(another)
    await read_on(pair)
    assert await reader.found() == [("CREDITED", None)] * 2


async def test_a_lie_about_the_last_payment_while_a_false_block_is_left_halts_nothing(
    pair: Pair, ann: Customer
) -> None:
    """It did for good: that both had told the block which follows was enough."""
    reader = pair.reader
    await reader.pay(await reader.open(ann))
    await reader.read()
    paid = await reader.shop.fetchval("select block_number from payments")
    await reader.peer.mine(3)
    await reader.read()
    await reader.shop.execute("update chain_cursors set block_id = $1", "0" * 64)
    await reader.peer.mine(3)
    pair.liar.lie = told_once(paid, txids=True)
    with pytest.raises(ChainIncomplete, match="do not tell the same block"):
        await pair.run(PATIENCE_S)
    pair.liar.lie = honest
    with pytest.raises(ChainIncomplete, match="read again"):
        await pair.run(PATIENCE_S)
    await reader.read()

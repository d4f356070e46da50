"""Two nodes, one of which tells false blocks: reading halts only when both contradict what was read."""

import asyncio
from typing import Any

import pytest

from jiema_app.domain.chain.cursor import ChainHalted
from jiema_app.domain.chain.port import ChainIncomplete
from jiema_app.domain.chain.stepping_back import AGAIN
from jiema_app.integrations.tron import nodes
from jiema_app.integrations.tron.nodes import COMPARE_EVERY
from tests.services.lying_nodes import (
    Answer,
    Liar,
    Pair,
    an_hour_ago,
    refused_with,
    told_once,
    told_otherwise,
)
from tests.services.tron_peers import FIRST, SECOND
from tests.support.arrivals import TEN
from tests.support.polling import PATIENCE_S
from tests.support.shop import Customer


async def test_one_liar_does_not_halt_the_reading_for_good(pair: Pair, ann: Customer) -> None:
    opened = await pair.reader.open(ann)

    def lie(path: str, _asked: Any, told: Answer) -> Answer:
        if path.endswith("walletsolidity/getblockbynum") and told:
            told["blockID"] = told["blockID"][:16] + "ab" * 24
            told["block_header"]["raw_data"]["parentHash"] = "cd" * 32
        return told

    await pair.reader.pay(opened)
    pair.liar.lie = lie
    with pytest.raises(ChainIncomplete, match="disagree"):
        await pair.run(PATIENCE_S)
    pair.liar.lie = lambda _path, _asked, told: told
    await pair.reader.read()
    assert await pair.reader.found() == [("CREDITED", None)]


async def test_both_nodes_on_another_fork_halt_as_before(pair: Pair, ann: Customer) -> None:
    """What brought money is not there any more: nothing is forgotten without a person."""
    await pair.reader.pay(await pair.reader.open(ann))
    await pair.reader.read()
    await pair.reader.shop.execute("update payments set block_id = $1, txid = $1", "0" * 64)
    await pair.reader.shop.execute("update chain_cursors set block_id = $1", "0" * 64)
    await pair.reader.peer.mine(3)
    with pytest.raises(ChainHalted):
        await pair.run(PATIENCE_S)


async def test_nothing_is_halted_while_one_of_two_nodes_does_not_say_which_block_is_true(
    pair: Pair, ann: Customer
) -> None:
    """It was, by one false block that was told while the other was away, until somebody looked."""
    reader = pair.reader
    await reader.pay(await reader.open(ann))
    paid = await reader.read()
    await reader.peer.mine(3)
    await reader.read()
    await reader.shop.execute("update chain_cursors set block_id = $1", "0" * 64)
    pair.hosts.down.add(SECOND)
    await reader.peer.mine(1)
    with pytest.raises(ChainIncomplete, match="does not say now"):
        await pair.run(PATIENCE_S)
    pair.hosts.down.clear()

    def forgets(path: str, asked: Any, told: Answer) -> Answer:
        is_old = path.endswith("walletsolidity/getblockbynum") and asked["num"] <= paid
        return {} if is_old else told

    pair.hosts.behind = {FIRST: Liar(pair.liar.honest, forgets), SECOND: pair.liar}
    pair.liar.lie = forgets
    await refused_with(pair, "do not tell the same block")
    pair.liar.lie = lambda _path, _asked, told: told
    pair.hosts.behind = {FIRST: pair.liar, SECOND: pair.liar}
    await refused_with(pair, "read again")
    await reader.peer.mine(1)
    await reader.read()
    assert await reader.found() == [("CREDITED", None)]


@pytest.mark.parametrize("is_paid", [False, True])
async def test_one_false_block_without_our_money_halts_nothing_and_hides_nothing(
    pair: Pair, ann: Customer, monkeypatch: pytest.MonkeyPatch, *, is_paid: bool
) -> None:
    """Once it did for good: the next true block did not follow it, and no resuming helped."""
    reader = pair.reader
    opened = await reader.open(ann)
    if is_paid:
        await reader.peer.pay("10", to=opened.address)
    await reader.peer.mine(3)
    false = int((await reader.peer.state())["solid"])
    # The first block after the two that were not final yet: a payment is in it.
    pair.liar.lie = told_once(false, txids=not is_paid)
    # Nobody contradicts: the other node is away.
    monkeypatch.setattr(nodes, "AWAY_S", 0.0)
    pair.hosts.down.add(SECOND)
    async with asyncio.timeout(PATIENCE_S):
        while await reader.cursor() != false:
            await pair.run()
    assert await reader.found() == []
    pair.liar.lie = lambda _path, _asked, told: told
    pair.hosts.down.clear()
    await reader.peer.mine(5)
    await refused_with(pair, "read again")
    if not is_paid:
        await reader.pay(opened)
    await reader.read()
    assert await reader.found() == [("CREDITED", None)]
    assert await reader.shop.balance(ann) == TEN


async def test_a_second_node_that_keeps_the_last_days_only_suffices(
    pair: Pair, ann: Customer
) -> None:
    reader = pair.reader
    await reader.pay(await reader.open(ann))
    await reader.read()
    paid = await reader.shop.fetchval("select block_number from payments")

    def forgets(path: str, asked: Any, told: Answer) -> Answer:
        is_old = path.endswith("walletsolidity/getblockbynum") and asked["num"] <= paid
        return {} if is_old else told

    pair.hosts.behind = {FIRST: pair.liar, SECOND: Liar(pair.liar.honest, forgets)}
    await reader.peer.mine(AGAIN + 1)
    await reader.read()
    await reader.shop.execute("update chain_cursors set block_id = $1", "0" * 64)
    await reader.peer.mine(3)
    with pytest.raises(ChainIncomplete, match="read again"):
        await pair.run(PATIENCE_S)


async def test_a_node_that_goes_on_telling_a_false_block_is_disputed(
    pair: Pair, ann: Customer
) -> None:
    reader = pair.reader
    opened = await reader.open(ann)
    false = int((await reader.peer.state())["solid"]) + 1
    pair.liar.lie = told_once(false, txids=True)
    await reader.peer.mine(5)
    for _ in range(2):
        with pytest.raises(ChainIncomplete, match="nodes disagree"):
            await pair.run(PATIENCE_S)
    assert await reader.cursor() == false - 1
    pair.liar.lie = lambda _path, _asked, told: told
    await reader.pay(opened)
    await reader.read()
    assert await reader.found() == [("CREDITED", None)]


@pytest.mark.parametrize("is_alone", [True, False])
async def test_a_block_of_the_day_after_tomorrow_ends_no_recharge(
    pair: Pair, ann: Customer, *, is_alone: bool
) -> None:
    """Once an empty block with a wrong time ended all of them, and gave away their wallets."""
    opened = await pair.reader.open(ann)

    def lie(path: str, _asked: Any, told: Answer) -> Answer:
        if "walletsolidity/getblock" in path:
            for block in told.get("block", [told]):
                if block:
                    block["block_header"]["raw_data"]["timestamp"] += 2 * 86_400_000
        return told

    pair.liar.lie = lie
    if is_alone:
        pair.hosts.behind = {FIRST: pair.liar, SECOND: pair.liar}
    await pair.reader.peer.mine(3)
    if is_alone:
        with pytest.raises(ChainIncomplete, match="ahead of our clock"):
            await pair.run(PATIENCE_S)
    else:
        await pair.run()
    await pair.reader.shop.services.pool.take_back()
    status = "select status from recharges where id = $1"
    assert await pair.reader.shop.fetchval(status, opened.id) == "OPEN"
    pair.liar.lie = lambda _path, _asked, told: told
    await pair.reader.peer.pay("10", to=opened.address)
    await pair.reader.peer.mine(3)
    await pair.reader.read()
    assert await pair.reader.shop.balance(ann) == TEN


@pytest.mark.parametrize("seconds", [-3600, 60])
async def test_a_true_block_with_another_time_is_not_believed(
    pair: Pair, ann: Customer, seconds: int
) -> None:
    opened = await pair.reader.open(ann)
    pair.liar.lie = told_otherwise(seconds=seconds)
    await pair.reader.pay(opened)
    with pytest.raises(ChainIncomplete, match="disagree"):
        await pair.run(PATIENCE_S)
    assert await pair.reader.found() == []
    pair.liar.lie = lambda _path, _asked, told: told
    await pair.reader.read()
    assert await pair.reader.found() == [("CREDITED", None)]


async def test_one_node_that_tells_another_parent_does_not_halt_the_reading(
    pair: Pair, ann: Customer
) -> None:
    opened = await pair.reader.open(ann)
    pair.liar.lie = told_otherwise(parent="0" * 8 + "ab" * 28)
    await pair.reader.pay(opened)
    with pytest.raises(ChainIncomplete, match="disagree"):
        await pair.run(PATIENCE_S)
    pair.liar.lie = lambda _path, _asked, told: told
    await pair.reader.read()
    assert await pair.reader.found() == [("CREDITED", None)]


async def test_one_false_time_does_not_keep_the_reading_from_going_on(
    pair: Pair, ann: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It did for as long as the worker lived: what was told once was what both had to tell."""
    monkeypatch.setattr(nodes, "AWAY_S", 0.0)
    reader = pair.reader
    opened = await reader.open(ann)

    # While nobody contradicts.
    pair.liar.lie = an_hour_ago
    pair.hosts.down.add(SECOND)
    # The first block that is kept to be compared, and one of each while after it.
    reader.peer.chain.nodes._compared = None
    await reader.peer.mine(1)
    await reader.read()
    pair.hosts.down.clear()
    pair.liar.lie = lambda _path, _asked, told: told
    await reader.pay(opened)
    await reader.peer.mine(COMPARE_EVERY + 5)
    await reader.read()
    assert await reader.found() == [("CREDITED", None)]

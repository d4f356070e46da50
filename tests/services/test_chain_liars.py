"""Two nodes, one of which lies about money: nothing is credited, or left out, on its word alone."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from jiema_app.domain.chain.block_polling import BACKLOG
from jiema_app.domain.chain.port import ChainIncomplete
from jiema_app.integrations.tron import nodes
from sandbox.tron.contracts import word
from tests.services.lying_nodes import (
    Answer,
    Liar,
    Pair,
    forged_log,
    honest,
    told_otherwise,
    up_to,
    without_logs,
    without_transactions,
)
from tests.services.tron_peers import FIRST, SECOND
from tests.support.arrivals import TEN
from tests.support.polling import PATIENCE_S
from tests.support.shop import Customer


async def test_a_payment_forged_into_a_true_block_is_not_believed(
    pair: Pair, ann: Customer
) -> None:
    opened = await pair.reader.open(ann)

    def lie(path: str, _asked: Any, told: Answer) -> Answer:
        if path.endswith("gettransactioninfobyblocknum"):
            for receipt in told:
                receipt.setdefault("log", []).append(forged_log(opened.address))
        return told

    pair.liar.lie = lie
    await pair.reader.peer.pay("1", to="bob")
    await pair.reader.peer.mine(3)
    with pytest.raises(ChainIncomplete, match="disagree"):
        await pair.run(PATIENCE_S)
    assert await pair.reader.found() == []
    assert await pair.reader.shop.balance(ann) == 0
    pair.liar.lie = lambda _path, _asked, told: told
    await pair.reader.read()
    assert await pair.reader.found() == []


def invented_block(after: Any, txid: str) -> dict[str, Any]:
    """A block on top of a true one, that no other node has."""
    raw = after["block_header"]["raw_data"]
    number = raw["number"] + 1
    return {
        "blockID": f"{number:016x}" + secrets.token_hex(24),
        "block_header": {
            "raw_data": raw | {"number": number, "parentHash": after["blockID"], "txTrieRoot": "1" * 64,
                               "timestamp": raw["timestamp"] + 3000}
        },
        "transactions": [{"txID": txid}],
    }  # fmt: skip


async def invent(pair: Pair, address: str) -> int:
    """Have the liar be one block ahead of the other node, with a payment in that block."""
    state = await pair.reader.peer.state()
    top = (
        await pair.reader.peer.http.post(
            "/walletsolidity/getblockbynum", json={"num": state["solid"]}
        )
    ).json()
    txid = secrets.token_hex(32)
    block = invented_block(top, txid)
    raw = block["block_header"]["raw_data"]

    def lie(path: str, asked: Any, told: Answer) -> Answer:
        if path.endswith("walletsolidity/getnowblock"):
            return block
        if asked.get("num") != raw["number"] or "walletsolidity" not in path:
            return told
        if path.endswith("getblockbynum"):
            return block
        return [
            {
                "id": txid,
                "blockNumber": raw["number"],
                "blockTimeStamp": raw["timestamp"],
                "receipt": {"result": "SUCCESS"},
                "log": [forged_log(address)],
            }
        ]

    pair.liar.lie = lie
    return int(raw["number"])


async def test_a_block_that_only_the_liar_has_brings_nothing(pair: Pair, ann: Customer) -> None:
    opened = await pair.reader.open(ann)
    number = await invent(pair, opened.address)
    for _ in range(3):
        await pair.run()
    assert await pair.reader.cursor() == number - 1
    assert await pair.reader.found() == []
    assert await pair.reader.shop.balance(ann) == 0
    # The other node gets another block of this number: the lie is seen, and nothing is stored.
    await pair.reader.peer.mine()
    with pytest.raises(ChainIncomplete, match="disagree"):
        await pair.run(PATIENCE_S)
    assert await pair.reader.found() == []
    pair.liar.lie = lambda _path, _asked, told: told
    await pair.reader.pay(opened)
    await pair.reader.read()
    assert await pair.reader.found() == [("CREDITED", None)]
    assert await pair.reader.shop.balance(ann) == TEN


async def test_a_true_payment_waits_until_the_other_node_has_it_and_is_credited_once(
    pair: Pair, ann: Customer
) -> None:
    opened = await pair.reader.open(ann)
    await pair.reader.pay(opened)
    pair.hosts.empty.add(SECOND)
    await pair.run()
    assert await pair.reader.found() == []
    pair.hosts.empty.clear()
    await pair.reader.read()
    assert await pair.reader.found() == [("CREDITED", None)]
    assert await pair.reader.shop.balance(ann) == TEN


async def test_blocks_before_the_one_that_waits_are_read(pair: Pair, ann: Customer) -> None:
    opened = await pair.reader.open(ann)
    first = (await pair.reader.peer.state())["solid"] + 1
    await pair.reader.peer.pay("1", to="bob", mine=True)
    await pair.reader.pay(opened)
    blocks = await pair.reader.peer.chain.read_final_blocks(first, 100)
    assert [len(block.transfers) for block in blocks] == [0, 0, 1, 1]
    knows = blocks[2].header.number
    pair.hosts.behind = {FIRST: pair.liar, SECOND: Liar(pair.liar.honest, up_to(knows))}
    agreed = await pair.agreed(blocks)
    assert agreed == blocks[:3]


@pytest.mark.parametrize("lie", [without_logs, without_transactions])
@pytest.mark.parametrize("is_behind", [True, False])
async def test_a_payment_that_one_node_leaves_out_is_not_passed_over(
    pair: Pair, ann: Customer, *, lie: Callable[[str, Any, Answer], Answer], is_behind: bool
) -> None:
    """Once it was for good: nobody asks for a block again that was read."""
    reader = pair.reader
    opened = await reader.open(ann)
    reader.scanner._polling._unread = BACKLOG if is_behind else 0
    pair.liar.lie = lie
    await reader.pay(opened)
    with pytest.raises(ChainIncomplete, match="disagree"):
        await pair.run(PATIENCE_S)
    pair.liar.lie = lambda _path, _asked, told: told
    await reader.read()
    assert await reader.found() == [("CREDITED", None)]
    assert await reader.shop.balance(ann) == TEN


async def test_a_quiet_block_waits_for_the_other_node_however_old_it_is_said_to_be(
    pair: Pair, ann: Customer
) -> None:
    await pair.reader.open(ann)
    first = (await pair.reader.peer.state())["solid"] + 1
    await pair.reader.peer.mine(3)
    blocks = await pair.reader.peer.chain.read_final_blocks(first, 100)
    pair.hosts.empty.add(SECOND)
    assert await pair.agreed(blocks) == []
    pair.liar.lie = told_otherwise(seconds=-86_400)
    assert await pair.agreed(await pair.reader.peer.chain.read_final_blocks(first, 100)) == []
    pair.liar.lie = honest
    pair.hosts.empty.clear()
    assert await pair.agreed(blocks) == blocks


async def test_a_second_node_that_is_silent_stops_nothing(
    pair: Pair, ann: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nodes, "AWAY_S", 1.0)
    opened = await pair.reader.open(ann)
    pair.hosts.down.add(SECOND)
    await pair.reader.pay(opened)
    await pair.reader.read()
    assert await pair.reader.found() == [("CREDITED", None)]


async def test_what_waits_for_the_other_node_is_not_asked_for_with_all_that_follows(
    pair: Pair, ann: Customer
) -> None:
    """Each look took a hundred blocks from both, all day long: more than nodes allow in one."""
    reader = pair.reader
    opened = await reader.open(ann)
    paid = await reader.read() + 3
    pair.hosts.behind = {FIRST: pair.liar, SECOND: Liar(pair.liar.honest, up_to(paid - 1))}
    await reader.pay(opened)
    await reader.peer.mine(60)
    reader.scanner._polling._unread = BACKLOG
    async with asyncio.timeout(PATIENCE_S):
        while await reader.cursor() != paid - 1:
            await pair.run(0.1)
    await pair.run(0.1)
    pair.hosts.asked.clear()
    cursor, _ = await reader.scanner._cursors.load() or pytest.fail("nothing was read")
    reader.scanner._polling._unread = BACKLOG
    assert await reader.scanner.step(cursor) is None
    assert sum(map(len, pair.hosts.asked.values())) <= 10


@pytest.mark.parametrize("amount", [10**18, 2**63 - 1, 2**63, 2**256 - 1])
async def test_more_than_there_is_waits_for_a_person_and_holds_nobody_up(
    pair: Pair, ann: Customer, amount: int
) -> None:
    opened = await pair.reader.open(ann)

    def lie(path: str, _asked: Any, told: Answer) -> Answer:
        if path.endswith("gettransactioninfobyblocknum"):
            for log in [log for receipt in told for log in receipt.get("log", [])]:
                log["data"] = word(amount)
        return told

    pair.liar.lie = lie
    pair.hosts.behind = {FIRST: pair.liar, SECOND: pair.liar}
    await pair.reader.pay(opened)
    await pair.reader.read()
    pair.liar.lie = lambda _path, _asked, told: told
    await pair.reader.pay(opened)
    await pair.reader.read()
    assert await pair.reader.found() == [("IN_REVIEW", "WRONG_TOKEN"), ("CREDITED", None)]

"""A node that is hostile, or stalls, over real sockets: every question ends, in time and in memory.

It ends as "nothing was learned", and afterwards the same node answers as before.
"""

import asyncio
import time
import tracemalloc
from dataclasses import replace
from typing import Any

import orjson
import pytest

from jiema_app.domain.chain.port import ChainUnavailable
from jiema_app.integrations.tron import node as node_module
from jiema_app.integrations.tron.backoff import Backoff
from jiema_app.integrations.tron.node import CONNECTIONS
from tests.services.hostile_nodes import (
    ATTACKS,
    ENDS_S,
    Attack,
    Writer,
    block_of,
    bomb,
    bomb_in_a_bomb,
    endless_body,
    hostile_node,
    many_parts,
    packed_blanks,
    patient,
    receipt_of,
    say,
    silence,
    slow_body,
    trusting,
    whole,
)
from tests.support.polling import PATIENCE_S


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
async def test_every_attack_ends_and_leaves_the_lanes_free(attack: Attack) -> None:
    async with hostile_node(**patient()) as (hostile, node):
        hostile.attack = attack
        started = time.monotonic()
        # Twice: the second time over whatever connection the first one left.
        for _ in range(2):
            with pytest.raises(ChainUnavailable) as refused:
                await node.ask("walletsolidity/getnowblock")
        assert time.monotonic() - started < ENDS_S
        assert not any("elsewhere" in line for line in hostile.asked)
        assert "127.0.0.1" not in str(refused.value)
        hostile.attack = None
        for _ in range(CONNECTIONS + 1):
            assert await node.ask("wallet/getnowblock") == {"whole": 1}


async def test_bombs_take_no_more_memory_than_an_answer_may() -> None:
    async with hostile_node(**patient()) as (hostile, node):
        packed_blanks()
        for attack in (bomb, bomb_in_a_bomb, endless_body, many_parts):
            hostile.attack = attack
            tracemalloc.start()
            with pytest.raises(ChainUnavailable):
                await node.ask("walletsolidity/getnowblock", most_bytes=16 * 1024 * 1024)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            # What the attacker itself packs and sends lies in this process too.
            assert peak < 500_000_000, attack.__name__


async def test_whoever_waits_for_a_stalled_node_waits_no_longer_than_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(node_module, "PATIENCE_S", 1.0)
    async with hostile_node(**patient()) as (hostile, node):
        hostile.attack = slow_body
        started = time.monotonic()
        # Ten times as many as there are lanes: one after the other they would take 5 s.
        asking = [node.ask("walletsolidity/getnowblock") for _ in range(10 * CONNECTIONS)]
        found = await asyncio.gather(*asking, return_exceptions=True)
        assert all(isinstance(one, ChainUnavailable) for one in found)
        assert len(hostile.asked) <= 4 * CONNECTIONS
        assert time.monotonic() - started < ENDS_S


async def test_those_who_waited_do_not_ask_a_node_that_failed_meanwhile() -> None:
    async with hostile_node() as (hostile, node):
        hostile.attack = silence
        asking = [node.ask("walletsolidity/getnowblock") for _ in range(20 * CONNECTIONS)]
        found = await asyncio.gather(*asking, return_exceptions=True)
        assert all(isinstance(one, ChainUnavailable) for one in found)
        assert len(hostile.asked) <= 2 * CONNECTIONS


async def test_ten_megabytes_of_logs_are_read() -> None:
    async def honest(writer: Writer) -> None:
        is_receipts = "gettransactioninfobyblocknum" in hostile.asked[-1]
        found: Any = [receipt_of(7, 5_000_000)] if is_receipts else block_of(7)
        await say(writer, whole(orjson.dumps(found)))

    async with hostile_node() as (hostile, node):
        hostile.attack = honest
        found = await trusting(replace(node, timeout_s=PATIENCE_S)).read_final_block(7)
    assert found is not None
    assert found.transfers == []


async def test_many_receipts_at_once_are_no_larger_together_than_one_may_be_alone() -> None:
    """Eight answers of ten megabytes are too much; a batch of one block is read."""

    async def honest(writer: Writer) -> None:
        asked = hostile.bodies[-1]
        if "startNum" in asked:
            found: Any = {
                "block": [block_of(at) for at in range(asked["startNum"], asked["endNum"])]
            }
        else:
            found = [receipt_of(asked["num"], 5_000_000)]
        await say(writer, whole(orjson.dumps(found)))

    async with hostile_node(**patient()) as (hostile, node):
        hostile.attack = honest
        chain = trusting(replace(node, timeout_s=PATIENCE_S))
        with pytest.raises(ChainUnavailable, match="BodyTooLarge"):
            await chain.read_final_blocks(1, 8)
        (found,) = await chain.read_final_blocks(1, 1)
    assert found.header.number == 1


@pytest.mark.parametrize("large", ["block", "receipts"])
async def test_blocks_beside_others_are_no_larger_together_than_one_may_be_alone(
    large: str,
) -> None:
    """Eight at once took two gigabytes, and the worker with them. The first is asked for alone."""

    async def honest(writer: Writer) -> None:
        number = hostile.bodies[-1]["num"]
        is_receipts = "gettransactioninfobyblocknum" in hostile.asked[-1]
        found: Any = [receipt_of(number, 5_000_000 if large == "receipts" else 1)]
        if not is_receipts:
            found = block_of(number) | {"more": "0" * (10_000_000 if large == "block" else 1)}
        await say(writer, whole(orjson.dumps(found)))

    async with hostile_node(**patient()) as (hostile, node):
        hostile.attack = honest
        other = replace(node, name="second", timeout_s=PATIENCE_S, backoff=Backoff())
        chain = trusting(replace(node, timeout_s=PATIENCE_S), other)
        header = (await chain.read_again(1))[0]
        assert header is not None
        told = [
            replace(header, header=replace(header.header, number=at), told_by="first")
            for at in range(1, 9)
        ]
        assert await chain.read_beside(told) == [[None]] * 8
        await asyncio.sleep(other.backoff.held_s)
        assert await chain.read_beside(told[:1]) == [[header]]

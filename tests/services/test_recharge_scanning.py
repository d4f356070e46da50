"""Reading the chain: nothing is skipped, nothing is done twice, nothing wrong is believed.

The sandbox's real node, over its wire; the real database.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import orjson
import pytest

from jiema_app.domain.chain.block_polling import BLOCK_S, MISSED_S
from jiema_app.domain.chain.cursor import ChainHalted
from jiema_app.domain.chain.judge import PaymentsNotJudged
from jiema_app.domain.chain.port import (
    ChainError,
    ChainIncomplete,
    ChainUnavailable,
    WrongChain,
)
from jiema_app.domain.chain.sightings import Sightings
from tests.services.chain_reader import Reader, make_scanner, open_reader
from tests.services.tron_peers import node_peer
from tests.support.arrivals import TEN
from tests.support.interrupted import Died, InterruptedDatabase
from tests.support.polling import PATIENCE_S, until_told
from tests.support.shop import Customer, Shop


@pytest.fixture
async def reader(shop: Shop) -> AsyncIterator[Reader]:
    async with open_reader(shop) as opened:
        yield opened


RECEIPTS = "walletsolidity/gettransactioninfobyblocknum"


@pytest.mark.parametrize("kind", ["empty_receipts", "partial_receipts"])
async def test_a_block_without_all_receipts_waits(reader: Reader, ann: Customer, kind: str) -> None:
    opened = await reader.open(ann)
    await reader.peer.fault(RECEIPTS, kind)
    await reader.peer.pay("1", to="bob")
    await reader.pay(opened)
    with pytest.raises(ChainIncomplete):
        await reader.scanner.run(seconds=PATIENCE_S)
    assert await reader.found() == []
    assert (await reader.cursor() or 0) < (await reader.peer.state())["solid"]
    await reader.peer.mend(RECEIPTS, kind)
    await reader.read()
    assert await reader.found() == [("CREDITED", None)]


@pytest.mark.parametrize("block", range(1, 8))
async def test_a_reader_that_dies_anywhere_loses_nothing(
    reader: Reader, ann: Customer, block: int
) -> None:
    await reader.pay(await reader.open(ann))
    database = InterruptedDatabase(reader.shop.services.database, block)
    with suppress(Died, PaymentsNotJudged):
        await reader.another(database).run(seconds=PATIENCE_S)
    assert database.died
    stored = await reader.shop.fetchval("select count(*) from payments")
    # The payment and the cursor behind it are there together, or neither is.
    paid_in = await reader.shop.fetchval("select max(block_number) from payments")
    assert not stored or (await reader.cursor() or 0) >= paid_in
    await reader.read()
    await reader.scanner.run(seconds=0.05)
    assert await reader.found() == [("CREDITED", None)]
    assert await reader.shop.balance(ann) == TEN


async def test_two_readers_at_once_do_everything_once(reader: Reader) -> None:
    users = [await reader.shop.customer(cents=0) for _ in range(10)]
    for user in users:
        await reader.pay(await reader.open(user))
    others = [reader.another() for _ in range(4)]
    await asyncio.gather(*(one.run(seconds=1) for one in others), return_exceptions=True)
    await reader.read()
    await reader.scanner.run(seconds=0.05)
    assert await reader.found() == [("CREDITED", None)] * 10
    for user in users:
        assert await reader.shop.balance(user) == TEN


async def test_another_parent_halts_reading_until_somebody_looks(
    reader: Reader, ann: Customer
) -> None:
    opened = await reader.open(ann)
    right = await reader.shop.fetchval("select block_id from chain_cursors")
    await reader.shop.execute("update chain_cursors set block_id = $1", "ab" * 32)
    await reader.pay(opened)
    for _ in range(2):
        with pytest.raises(ChainHalted):
            await reader.scanner.run(seconds=PATIENCE_S)
    assert await reader.found() == []
    assert await reader.shop.fetchval("select halted_because from chain_cursors") is not None
    await reader.shop.execute("update chain_cursors set block_id = $1", right)
    assert await reader.scanner.resume()
    assert not await reader.scanner.resume()
    await reader.read()
    assert await reader.found() == [("CREDITED", None)]


async def test_another_chain_is_refused(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jiema_app.domain.chain.scanner.RUN_S", 0.0)
    await reader.peer.control("behaviour", wrongGenesis=True)
    before = await reader.cursor()
    await reader.peer.mine(5)
    async with node_peer(app=reader.peer.app) as fresh:
        scanner = make_scanner(reader.shop, fresh)
        with pytest.raises(WrongChain):
            await scanner.run(seconds=PATIENCE_S)
    assert await reader.cursor() == before


async def test_while_nothing_becomes_final_nothing_is_credited(
    reader: Reader, ann: Customer
) -> None:
    await reader.peer.control("behaviour", stuckSolid=True)
    opened = await reader.open(ann)
    await reader.pay(opened)
    await reader.scanner.run(seconds=0.1)
    assert await reader.found() == []
    await reader.peer.control("behaviour", stuckSolid=False)
    await reader.peer.mine()
    await reader.read()
    assert await reader.found() == [("CREDITED", None)]


async def test_a_backlog_is_read_to_the_last_block(reader: Reader, ann: Customer) -> None:
    opened = await reader.open(ann)
    await reader.peer.fault("*", "http503")
    with pytest.raises(ChainUnavailable):
        await reader.another().run(seconds=PATIENCE_S)
    await reader.pay(opened)
    await reader.peer.mine(250)
    await reader.peer.mend("*", "http503")
    # Blocks of long ago, as after a night without us: the clock of the reader is ahead.
    await reader.shop.execute("update chain_cursors set block_time = now() - interval '2 hours'")
    scanner = reader.another()
    end = int((await reader.peer.state())["solid"])
    async with asyncio.timeout(PATIENCE_S):
        while (await reader.cursor() or 0) < end:
            try:
                await scanner.run(seconds=1)
            except ChainUnavailable:
                continue
    assert await reader.found() == [("CREDITED", None)]


async def test_a_backlog_is_read_though_every_fifth_answer_is_lost(
    reader: Reader, ann: Customer
) -> None:
    opened = await reader.open(ann)
    for _ in range(60):
        await reader.peer.pay("1", to="bob")
        await reader.peer.mine()
    await reader.pay(opened)
    await reader.shop.execute("update chain_cursors set block_time = now() - interval '2 hours'")
    await reader.peer.fault("*", "empty_object", rate=0.2)
    end = int((await reader.peer.state())["solid"])
    scanner = reader.another()
    async with asyncio.timeout(PATIENCE_S):
        while (await reader.cursor() or 0) < end:
            with suppress(ChainError):
                await scanner.run(seconds=1)
    await reader.peer.mend("*", "empty_object")
    await reader.read()
    assert await reader.found() == [("CREDITED", None)]


async def test_nobody_waits_so_nobody_looks_ahead(reader: Reader) -> None:
    before = await reader.peer.requests()
    await Sightings(reader.shop.services.database, reader.peer.chain).run()
    assert await reader.peer.requests() == before


async def test_a_block_costs_two_requests_whoever_waits(reader: Reader) -> None:
    for _ in range(5):
        await reader.open(await reader.shop.customer(cents=0))
    await reader.peer.pay("1", to="bob")
    await reader.peer.mine(3)
    scanner = reader.another()
    await scanner.run(seconds=0.05)
    await reader.peer.pay("1", to="bob")
    await reader.peer.mine(1)
    before = await reader.peer.requests()
    cursor = await reader.cursor()
    await reader.peer.mine(2)
    await reader.read(scanner)
    made = await reader.peer.requests() - before
    blocks = (await reader.cursor() or 0) - (cursor or 0)
    assert made["walletsolidity/getblockbynum"] <= blocks + 4
    assert made[RECEIPTS] <= 2


async def test_many_who_say_that_they_have_paid_cost_no_more_requests(reader: Reader) -> None:
    scanner = reader.another()
    await scanner.run(seconds=0.05)
    before = await reader.peer.requests()
    running = asyncio.create_task(scanner.run(seconds=1))
    while not running.done():
        scanner.nudge()
        await asyncio.sleep(0)
    made = await reader.peer.requests() - before
    # One for somebody's word, and those of a block that is overdue.
    assert made["walletsolidity/getblockbynum"] <= 1 + len(MISSED_S)


async def test_a_reader_that_was_away_for_some_blocks_reads_them_at_once(
    reader: Reader, ann: Customer
) -> None:
    # Fewer than are read in batches, and more than one every three seconds would do.
    await reader.scanner.run(seconds=0.05)
    await reader.peer.mine(8)
    await reader.shop.execute("update chain_cursors set updated_at = now()")
    at = await reader.cursor() or 0
    reading = asyncio.create_task(reader.scanner.run(seconds=PATIENCE_S))

    async def has_caught_up() -> bool:
        return (await reader.cursor() or 0) - at >= 6

    # One by one, as they are made, they would take longer than this.
    async with asyncio.timeout(4 * BLOCK_S):
        await until_told(has_caught_up)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


async def test_the_first_block_is_the_youngest_final_one_or_the_one_that_is_set(
    reader: Reader,
) -> None:
    await reader.peer.mine(5)
    await reader.shop.execute("delete from chain_cursors")
    first = reader.another(start_block=2)
    await first.run(seconds=0.0)
    assert await reader.cursor() == 1
    await reader.shop.execute("delete from chain_cursors")
    await reader.another().run(seconds=0.0)
    assert await reader.cursor() == (await reader.peer.state())["solid"]


class Liar(httpx.AsyncBaseTransport):
    """A node that has another block 5 than everybody else."""

    def __init__(self, real: httpx.AsyncBaseTransport) -> None:
        self._real = real

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Tell what the real one tells, and another parent."""
        answer = await self._real.handle_async_request(request)
        body = orjson.loads(await answer.aread())
        if isinstance(body, dict) and "block_header" in body:
            body["block_header"]["raw_data"]["parentHash"] = "cd" * 32
        return httpx.Response(answer.status_code, json=body)


async def test_a_node_that_lies_about_its_blocks_is_not_believed(
    reader: Reader, ann: Customer
) -> None:
    await reader.pay(await reader.open(ann))
    inside = httpx.ASGITransport(app=reader.peer.app)
    async with node_peer(Liar(inside), app=reader.peer.app) as liar:
        with pytest.raises((ChainHalted, ChainIncomplete)):
            await make_scanner(reader.shop, liar).run(seconds=PATIENCE_S)
    assert await reader.found() == []

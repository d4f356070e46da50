"""Reading the chain: nothing is skipped, nothing is done twice, nothing wrong is believed.

The sandbox's real node, over its wire; the real database.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
from structlog.testing import capture_logs

from jiema_app.bootstrap_chain import micro_of
from jiema_app.domain.recharges.chain import (
    ChainError,
    ChainIncomplete,
    ChainUnavailable,
    WrongChain,
)
from jiema_app.domain.recharges.judging import BATCH, Judging, PaymentsNotJudged
from jiema_app.domain.recharges.rhythm import MISSED_S
from jiema_app.domain.recharges.scanner import ChainHalted, ChainScanner
from jiema_app.domain.recharges.sightings import Sightings
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.transaction import Database
from tests.services.tron_peers import Peer, node_peer
from tests.support.arrivals import TEN
from tests.support.interrupted import Died, InterruptedDatabase
from tests.support.shop import Customer, Shop

RECEIPTS = "walletsolidity/gettransactioninfobyblocknum"


@dataclass
class Reader:
    """A shop whose chain is the sandbox's, and short ways to read it."""

    shop: Shop
    peer: Peer
    scanner: ChainScanner

    def another(self, database: Database | None = None, **changes: Any) -> ChainScanner:
        """Another process that reads the same chain."""
        return make_scanner(self.shop, self.peer, database, **changes)

    async def read(self, scanner: ChainScanner | None = None) -> int:
        """Read everything that is final; returns the last block."""
        solid = int((await self.peer.state())["solid"])
        while (at := await self.cursor()) is None or at < solid:
            await (scanner or self.scanner).run(seconds=0.05)
        return at

    async def cursor(self) -> int | None:
        found: int | None = await self.shop.fetchval("select block_number from chain_cursors")
        return found

    async def open(self, customer: Customer) -> RechargeView:
        return await self.shop.services.recharges.open(customer.id, TEN)

    async def pay(self, opened: RechargeView, amount: str = "10", **how: Any) -> str:
        """A payment in a final block."""
        txid = await self.peer.pay(amount, to=opened.address, **how)
        await self.peer.mine(3)
        return txid

    async def found(self) -> list[tuple[str, str | None]]:
        async with self.shop.services.database.connection() as connection:
            rows = await connection.fetch(
                "select status, oddity from payments order by block_number, block_position"
            )
        return [(row["status"], row["oddity"]) for row in rows]


def make_scanner(
    shop: Shop, peer: Peer, database: Database | None = None, **changes: Any
) -> ChainScanner:
    database, rules = database or shop.services.database, shop.settings.recharge
    judging = Judging(database, micro_of(rules.dust_usdt), rules.quarantine_s)
    return ChainScanner(database, shop.services.clock, peer.chain, judging, **changes)


@pytest.fixture
async def reader(shop: Shop) -> AsyncIterator[Reader]:
    async with node_peer() as peer:
        made = Reader(shop, peer, make_scanner(shop, peer))
        await made.read()
        await shop.services.pool.grow(5)
        yield made


@pytest.fixture
async def ann(shop: Shop) -> Customer:
    return await shop.customer(cents=0)


async def test_an_exact_payment_becomes_balance(reader: Reader, ann: Customer) -> None:
    await reader.pay(await reader.open(ann))
    await reader.read()
    assert await reader.found() == [("CREDITED", None)]
    assert await reader.shop.balance(ann) == TEN


@pytest.mark.parametrize(
    ("amount", "how", "found"),
    [
        ("9.999999", {}, [("IN_REVIEW", "UNDER")]),
        ("10.000001", {}, [("IN_REVIEW", "OVER")]),
        ("10", {"token": "fake"}, [("IN_REVIEW", "WRONG_TOKEN")]),
        ("0", {}, [("NOISE", None)]),
        ("10", {"fail": "revert"}, []),
        ("10", {"fail": "out_of_energy"}, []),
        ("10", {"fail": "out_of_time"}, []),
        ("10", {"from": "faucet", "method": "transferFrom"}, [("CREDITED", None)]),
    ],
)
async def test_each_kind_of_payment_is_told_apart(
    reader: Reader, ann: Customer, amount: str, how: dict[str, str], found: list[Any]
) -> None:
    await reader.pay(await reader.open(ann), amount, **how)
    await reader.read()
    assert await reader.found() == found


async def test_two_transfers_of_one_transaction_are_two_payments(
    reader: Reader, ann: Customer
) -> None:
    opened = await reader.open(ann)
    await reader.pay(opened, also=[{"to": opened.address, "amount": "10"}])
    await reader.read()
    assert await reader.found() == [("IN_REVIEW", "MULTI_TRANSFER")] * 2


async def test_one_transaction_may_pay_two_recharges(reader: Reader, ann: Customer) -> None:
    bob = await reader.shop.customer(cents=0)
    first, second = await reader.open(ann), await reader.open(bob)
    await reader.pay(first, also=[{"to": second.address, "amount": "10"}])
    await reader.read()
    assert await reader.found() == [("CREDITED", None)] * 2
    assert (await reader.shop.balance(ann), await reader.shop.balance(bob)) == (TEN, TEN)


async def test_the_second_payment_is_a_duplicate_and_dust_is_no_first(
    reader: Reader, ann: Customer
) -> None:
    opened = await reader.open(ann)
    for amount in ("0.009999", "10", "10"):
        await reader.pay(opened, amount)
    await reader.read()
    assert await reader.found() == [
        ("IN_REVIEW", "UNDER"),
        ("CREDITED", None),
        ("IN_REVIEW", "DUPLICATE"),
    ]


async def test_our_own_wallets_pay_nobody(reader: Reader, ann: Customer) -> None:
    bob = await reader.shop.customer(cents=0)
    first, second = await reader.open(ann), await reader.open(bob)
    await reader.pay(first)
    for wallet in (first, second):
        await reader.peer.control("faucet", address=wallet.address, trx="100")
    await reader.pay(second, **{"from": first.address})
    await reader.pay(second, "4", **{"from": first.address, "token": "fake"})
    await reader.peer.pay("3", to="alice", **{"from": second.address})
    await reader.read()
    assert ("IN_REVIEW", "OWN_TRANSFER") in await reader.found()
    assert await reader.shop.balance(bob) == 0


@pytest.mark.parametrize("kind", ["empty_receipts", "partial_receipts"])
async def test_a_block_without_all_receipts_waits(reader: Reader, ann: Customer, kind: str) -> None:
    opened = await reader.open(ann)
    await reader.peer.fault(RECEIPTS, kind)
    await reader.peer.pay("1", to="bob")
    await reader.pay(opened)
    with pytest.raises(ChainIncomplete):
        await reader.scanner.run(seconds=5)
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
        await reader.another(database).run(seconds=1)
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
            await reader.scanner.run(seconds=1)
    assert await reader.found() == []
    assert await reader.shop.fetchval("select halted_because from chain_cursors") is not None
    await reader.shop.execute("update chain_cursors set block_id = $1", right)
    assert await reader.scanner.resume()
    assert not await reader.scanner.resume()
    await reader.read()
    assert await reader.found() == [("CREDITED", None)]


async def test_another_chain_is_refused(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jiema_app.domain.recharges.scanner.RUN_S", 0.0)
    await reader.peer.control("behaviour", wrongGenesis=True)
    before = await reader.cursor()
    await reader.peer.mine(5)
    async with node_peer(app=reader.peer.app) as fresh:
        scanner = make_scanner(reader.shop, fresh)
        with pytest.raises(WrongChain):
            await scanner.run(seconds=1)
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
        await reader.another().run(seconds=1)
    await reader.pay(opened)
    await reader.peer.mine(250)
    await reader.peer.mend("*", "http503")
    # Blocks of long ago, as after a night without us: the clock of the reader is ahead.
    await reader.shop.execute("update chain_cursors set block_time = now() - interval '2 hours'")
    scanner = reader.another()
    end = int((await reader.peer.state())["solid"])
    async with asyncio.timeout(60):
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
    async with asyncio.timeout(60):
        while (await reader.cursor() or 0) < end:
            with suppress(ChainError):
                await scanner.run(seconds=1)
    await reader.peer.mend("*", "empty_object")
    await reader.read()
    assert await reader.found() == [("CREDITED", None)]


async def test_a_payment_that_was_seen_and_is_taken_back_is_no_longer_shown(
    reader: Reader, ann: Customer
) -> None:
    opened = await reader.open(ann)
    sightings = Sightings(reader.shop.services.database, reader.peer.chain)
    await sightings.run()
    await reader.peer.pay("10", to=opened.address)
    await reader.peer.mine()
    await sightings.run()
    recharges = reader.shop.services.recharges
    assert (await recharges.get(ann.id, opened.id)).seen_micro == TEN
    await reader.peer.control("reorg", depth=1, drop=True)
    await reader.peer.mine(4)
    await reader.read()
    await sightings.run()
    view = await recharges.get(ann.id, opened.id)
    assert (view.seen_micro, view.received_micro, view.is_open) == (None, 0, True)
    assert await reader.found() == []
    # What is not on its way can be cancelled again.
    await recharges.cancel(ann.id, opened.id)


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
    at = await reader.cursor()
    await reader.scanner.run(seconds=3)
    assert (await reader.cursor() or 0) - (at or 0) >= 6


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


async def test_a_payment_that_meets_a_change_is_judged_again(reader: Reader, ann: Customer) -> None:
    opened = await reader.open(ann)
    await reader.pay(opened)
    judges = [reader.another() for _ in range(3)]

    async def shake() -> None:
        for _ in range(30):
            await reader.shop.execute("update recharges set version = version + 1")

    await asyncio.gather(*(one.run(seconds=0.3) for one in judges), shake(), return_exceptions=True)
    await reader.read()
    await reader.scanner.run(seconds=0.05)
    assert await reader.found() == [("CREDITED", None)]


POISON = """
insert into payments (id, txid, log_index, block_number, block_position, block_id, block_time,
                      contract, is_genuine, from_address, to_address, amount)
select 'poison' || n, md5(n::text) || md5('x'), 0, 0, n, repeat('0', 64), now(), $1, true, $2, $3,
    power(10::numeric, 20)
from generate_series(1, $4::int) n
"""
"""Payments that nobody can judge: of more than there can be."""


async def test_a_payment_that_cannot_be_judged_holds_up_nobody_else(
    reader: Reader, ann: Customer
) -> None:
    opened = await reader.open(ann)
    await reader.pay(opened)
    address = await reader.shop.fetchval("select address from wallets where status = 'FREE'")
    token, stranger = reader.shop.settings.tron.token_contract, "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr3"
    await reader.shop.execute(POISON, token, stranger, address, BATCH + 1)
    with capture_logs(), pytest.raises(PaymentsNotJudged):
        await reader.scanner.run(seconds=2)
    assert await reader.cursor() == (await reader.peer.state())["solid"]
    assert await reader.shop.balance(ann) == TEN


async def test_a_wallet_that_changed_hands_pays_whoever_held_it(reader: Reader) -> None:
    shop = reader.shop
    ann, bob = await shop.customer(cents=0), await shop.customer(cents=0)
    opened = await reader.open(ann)
    await shop.execute("update wallets set status = 'QUARANTINED' where recharge_id is null")
    await shop.execute(
        "update recharges set closes_at = now() - interval '2 days', is_closed = true, "
        "status = 'EXPIRED', created_at = now() - interval '3 days'"
    )
    await shop.execute("update wallets set status = 'FREE', recharge_id = null "
                       "where address = $1", opened.address)  # fmt: skip
    await reader.pay(opened, "10")
    await reader.read()
    assert await reader.found() == [("IN_REVIEW", "UNASSIGNED_WALLET")]
    evidence = await shop.fetchval("select evidence from payments")
    assert opened.id in evidence
    # Somebody has kept the address, so the wallet rests before another person has it.
    await shop.execute("update wallets set free_from = now() where address = $1", opened.address)
    again = await reader.open(bob)
    assert again.address == opened.address
    await reader.pay(again)
    await reader.read()
    assert (await reader.found())[-1] == ("CREDITED", None)
    assert (await shop.balance(ann), await shop.balance(bob)) == (0, TEN)


async def test_a_payment_of_a_moment_before_is_early(reader: Reader, ann: Customer) -> None:
    address = await reader.shop.fetchval(
        "select address from wallets where status = 'FREE' order by last_used_at limit 1"
    )
    await reader.peer.pay("10", to=address)
    await reader.peer.mine()
    opened = await reader.open(ann)
    assert opened.address == address
    await reader.peer.mine(3)
    await reader.read()
    assert await reader.found() == [("IN_REVIEW", "EARLY")]


async def test_a_late_payment_waits(reader: Reader, ann: Customer) -> None:
    opened = await reader.open(ann)
    await reader.shop.execute(
        "update recharges set closes_at = now() - $1::interval", timedelta(seconds=1)
    )
    await reader.pay(opened)
    await reader.read()
    assert await reader.found() == [("IN_REVIEW", "LATE")]


async def test_everybody_else_s_transfers_are_not_stored(reader: Reader, ann: Customer) -> None:
    await reader.open(ann)
    for _ in range(20):
        await reader.peer.pay("3", to="bob")
    await reader.peer.mine(3)
    await reader.read()
    assert await reader.found() == []


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
            await make_scanner(reader.shop, liar).run(seconds=1)
    assert await reader.found() == []

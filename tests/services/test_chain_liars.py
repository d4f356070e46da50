"""A node that lies, beside one that does not: no cent is made of what one of them says alone."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
import pytest

from jiema_app.domain.recharges.agreement import Agreement
from jiema_app.domain.recharges.chain import ChainIncomplete, FinalBlock
from jiema_app.domain.recharges.rhythm import BACKLOG
from jiema_app.domain.recharges.scanner import AGAIN, ChainHalted
from jiema_app.integrations.tron import nodes
from jiema_app.integrations.tron.nodes import COMPARE_EVERY, LATE_S
from sandbox.app import create_app
from sandbox.tron.addresses import parse_address
from sandbox.tron.contracts import TRANSFER_TOPIC, address_word, word
from tests.services.chain_reader import Reader, make_scanner
from tests.services.tron_peers import FIRST, SECOND, USDT, Hosts, node_peer
from tests.support.arrivals import TEN
from tests.support.polling import PATIENCE_S
from tests.support.shop import Customer, Shop

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


@pytest.fixture
async def pair(shop: Shop) -> AsyncIterator[Pair]:
    async with open_pair(shop) as opened:
        yield opened


def forged_log(address: str) -> dict[str, Any]:
    """Ten USDT that nobody sent."""
    sender = address_word(parse_address("TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC"))
    return {
        "address": parse_address(USDT)[2:],
        "topics": [TRANSFER_TOPIC, sender, address_word(parse_address(address))],
        "data": word(TEN),
    }


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


@pytest.mark.parametrize("lie", [without_logs, without_transactions])
@pytest.mark.parametrize("is_behind", [True, False])
async def test_a_payment_that_one_node_leaves_out_is_not_passed_over(
    pair: Pair, ann: Customer, *, lie: Callable[[str, Any, Answer], Answer], is_behind: bool
) -> None:
    """Once it was for good: nobody asks for a block again that was read."""
    reader = pair.reader
    opened = await reader.open(ann)
    reader.scanner._rhythm._unread = BACKLOG if is_behind else 0
    pair.liar.lie = lie
    await reader.pay(opened)
    with pytest.raises(ChainIncomplete, match="disagree"):
        await pair.run(PATIENCE_S)
    pair.liar.lie = lambda _path, _asked, told: told
    await reader.read()
    assert await reader.found() == [("CREDITED", None)]
    assert await reader.shop.balance(ann) == TEN


async def test_a_quiet_block_waits_for_a_node_that_has_it_soon_and_not_for_one_that_is_behind(
    pair: Pair, ann: Customer
) -> None:
    await pair.reader.open(ann)
    first = (await pair.reader.peer.state())["solid"] + 1
    await pair.reader.peer.mine(3)
    blocks = await pair.reader.peer.chain.read_final_blocks(first, 100)
    pair.hosts.empty.add(SECOND)
    assert await pair.agreed(blocks) == []
    # Who tells the block may tell any time of it; what counts is how old the other's head is.
    pair.liar.lie = told_otherwise(seconds=-int(LATE_S))
    old = await pair.reader.peer.chain.read_final_blocks(first, 100)
    assert len(old) == len(blocks)
    assert await pair.agreed(old) == []
    pair.hosts.behind = {FIRST: pair.liar, SECOND: Liar(pair.liar.honest, an_hour_ago)}
    assert await pair.agreed(old) == old


def an_hour_ago(path: str, _asked: Any, told: Answer) -> Answer:
    """Final blocks as if they were older than they are."""
    if path.endswith(("walletsolidity/getblockbynum", "walletsolidity/getnowblock")) and told:
        told["block_header"]["raw_data"]["timestamp"] -= 3_600_000
    return told


async def test_a_second_node_that_is_silent_stops_nothing(
    pair: Pair, ann: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nodes, "DOUBT_S", 1.0)
    opened = await pair.reader.open(ann)
    pair.hosts.down.add(SECOND)
    await pair.reader.pay(opened)
    await pair.reader.read()
    assert await pair.reader.found() == [("CREDITED", None)]


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


async def refused_with(pair: Pair, words: str) -> None:
    """Run until the reading is refused with these words: a node that was away is left alone first."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with pytest.raises(ChainIncomplete) as refused:
                await pair.run(PATIENCE_S)
            if words in str(refused.value):
                return


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
    reader.scanner._rhythm._unread = BACKLOG
    async with asyncio.timeout(PATIENCE_S):
        while await reader.cursor() != paid - 1:
            await pair.run(0.1)
    await pair.run(0.1)
    pair.hosts.asked.clear()
    cursor, _ = await reader.scanner._fetch_cursor() or pytest.fail("nothing was read")
    reader.scanner._rhythm._unread = BACKLOG
    assert await reader.scanner.step(cursor) is None
    assert sum(map(len, pair.hosts.asked.values())) <= 10


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
    # Nobody contradicts: the other node is far behind.
    monkeypatch.setattr(nodes, "LATE_S", 0.0)
    pair.hosts.behind = {FIRST: pair.liar, SECOND: Liar(pair.liar.honest, up_to(false - 1))}
    async with asyncio.timeout(PATIENCE_S):
        while await reader.cursor() != false:
            await pair.run()
    assert await reader.found() == []
    pair.liar.lie = lambda _path, _asked, told: told
    pair.hosts.behind[SECOND] = pair.liar.honest
    await reader.peer.mine(5)
    with pytest.raises(ChainIncomplete, match="read again"):
        await pair.run(PATIENCE_S)
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


async def test_one_false_time_does_not_keep_the_reading_from_going_on(
    pair: Pair, ann: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It did for as long as the worker lived: what was told once was what both had to tell."""
    monkeypatch.setattr(nodes, "DOUBT_S", 0.0)
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

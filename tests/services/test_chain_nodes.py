"""Two nodes: the other one when the first fails, and neither when they contradict."""

import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from jiema_app.domain.chain.port import (
    ChainIncomplete,
    ChainUnavailable,
    FinalBlock,
    WrongChain,
)
from jiema_app.integrations.tron.nodes import COMPARE_EVERY, LATE_BLOCKS
from sandbox.app import SandboxApp, create_app
from tests.services.supplier_peers import FakeTime
from tests.services.tron_peers import FIRST, OURS, SECOND, Hosts, Peer, node_peer


@dataclass
class Two:
    """A peer whose chain is served by two hosts."""

    peer: Peer
    hosts: Hosts

    def asked(self, host: str) -> int:
        return len(self.hosts.asked.get(host, []))

    async def block(self, number: int) -> FinalBlock:
        found = await self.peer.chain.read_final_block(number)
        assert found is not None
        return found


@asynccontextmanager
async def two_hosts(other: SandboxApp | None = None) -> AsyncIterator[Two]:
    """Both of one chain, or the second one of another."""
    app = create_app(None)
    first = httpx.ASGITransport(app=app)
    second = httpx.ASGITransport(app=other) if other else first
    hosts = Hosts({FIRST: first, SECOND: second})
    async with node_peer(hosts, app, second_node_url=SECOND) as peer:
        yield Two(peer, hosts)


@pytest.fixture
async def two() -> AsyncIterator[Two]:
    async with two_hosts() as opened:
        yield opened


@pytest.fixture
async def strangers() -> AsyncIterator[Two]:
    """Two chains that have nothing but their first block in common."""
    other = create_app(None)
    async with two_hosts(other) as opened:
        transport = httpx.ASGITransport(app=other)
        async with httpx.AsyncClient(transport=transport, base_url="http://other") as http:
            await http.post("/control/tron/mine", json={"blocks": 60, "auto": False})
        await opened.peer.mine(30)
        yield opened
    await other.close()


async def test_the_preferred_node_alone_is_asked_while_it_answers(two: Two) -> None:
    number = await two.peer.paid_block()
    await two.block(number)
    await two.peer.chain.read_fresh_blocks(None)
    await two.peer.chain.read_balances([OURS])

    assert two.asked(SECOND) == 0


async def test_the_other_node_is_asked_when_the_first_is_away(two: Two) -> None:
    number = await two.peer.paid_block("10")
    whole = await two.block(number)
    two.hosts.down.add(FIRST)

    assert await two.block(number) == whole
    assert list(await two.peer.chain.read_final_blocks(number, 1)) == [whole]
    assert (await two.peer.chain.read_final_head()).number == number
    assert (await two.peer.chain.read_fresh_blocks(None)).head == number + 2
    assert await two.peer.chain.read_balances([OURS]) == {OURS: 10_000_000}


async def test_the_other_node_is_asked_when_the_first_is_incomplete(two: Two) -> None:
    number = await two.peer.paid_block("10", "11")
    for kind in ("empty_receipts", "partial_receipts"):
        await two.peer.fault("gettransactioninfobyblocknum", kind, count=1)
        assert len((await two.block(number)).transfers) == 2


async def test_the_first_node_is_preferred_again_once_it_answers(two: Two) -> None:
    number = await two.peer.paid_block()
    two.hosts.down.add(FIRST)
    await two.block(number)
    two.hosts.down.clear()
    before = two.asked(SECOND)

    await two.block(number)

    assert two.asked(SECOND) == before


async def test_the_trouble_told_is_that_of_the_preferred_node(two: Two) -> None:
    number = await two.peer.paid_block()
    two.hosts.down |= {FIRST, SECOND}

    with pytest.raises(ChainUnavailable, match="first node"):
        await two.peer.chain.read_final_block(number)


async def test_a_final_block_is_confirmed_by_the_other_node(two: Two) -> None:
    block = await two.block(await two.peer.paid_block())

    assert await two.peer.chain.confirm(block.header) is True


async def test_a_single_node_confirms_nothing() -> None:
    async with node_peer() as peer:
        block = await peer.chain.read_final_block(await peer.paid_block())
        assert block is not None
        before = await peer.requests()

        assert await peer.chain.confirm(block.header) is None
        assert await peer.requests() == before


@pytest.mark.parametrize("host", [FIRST, SECOND])
async def test_nothing_is_confirmed_while_a_node_is_away(two: Two, host: str) -> None:
    block = await two.block(await two.peer.paid_block())
    two.hosts.down.add(host)

    assert await two.peer.chain.confirm(block.header) is None


async def test_a_block_that_is_not_final_yet_is_not_confirmed(two: Two) -> None:
    block = await two.block(await two.peer.paid_block())
    later = replace(block.header, number=block.header.number + 1)

    assert await two.peer.chain.confirm(later) is None


@pytest.mark.parametrize("kind", ["error_200", "truncated", "empty_object", "http500"])
async def test_an_answer_that_says_nothing_contradicts_nothing(two: Two, kind: str) -> None:
    block = await two.block(await two.peer.paid_block())
    await two.peer.fault("walletsolidity/getblockbynum", kind, count=1)

    assert await two.peer.chain.confirm(block.header) is None


async def test_another_block_of_the_same_number_is_a_contradiction(strangers: Two) -> None:
    block = await strangers.block(5)

    assert await strangers.peer.chain.confirm(block.header) is False


async def test_the_nodes_are_compared_once_a_minute(two: Two) -> None:
    await two.peer.chain.read_final_head()
    for _ in range(COMPARE_EVERY * 2):
        await two.peer.mine()
        await two.peer.chain.read_final_head()

    asked = [path for path in two.hosts.asked[SECOND] if path.endswith("solidity/getblockbynum")]
    assert len(asked) == 2


async def test_heads_are_refused_once_the_nodes_contradict_each_other(strangers: Two) -> None:
    await strangers.peer.chain.read_final_head()
    await strangers.peer.mine(COMPARE_EVERY)

    for _ in range(2):
        with pytest.raises(ChainIncomplete, match="disagree"):
            await strangers.peer.chain.read_final_head()


async def test_a_wrong_chain_of_the_second_node_is_found_at_the_start() -> None:
    other = create_app(None)
    async with two_hosts(other) as two:
        transport = httpx.ASGITransport(app=other)
        async with httpx.AsyncClient(transport=transport, base_url="http://other") as http:
            await http.post("/control/tron/behaviour", json={"wrongGenesis": True})

        with pytest.raises(WrongChain, match="second node"):
            await two.peer.chain.ensure_right_chain()
        await two.peer.chain.read_final_head()
        two.hosts.down.add(FIRST)
        with pytest.raises(WrongChain, match="second node"):
            await two.peer.chain.read_final_head()
    await other.close()


async def test_one_node_that_is_away_at_the_start_stops_nothing(two: Two) -> None:
    two.hosts.down.add(FIRST)
    await two.peer.chain.ensure_right_chain()

    two.hosts.down.add(SECOND)
    with pytest.raises(ChainUnavailable):
        await two.peer.chain.ensure_right_chain()


async def test_a_node_that_fell_behind_is_asked_last_until_it_caught_up(two: Two) -> None:
    chain, hosts = two.peer.chain, two.hosts
    seen = await chain.read_final_head()
    hosts.frozen.add(FIRST)
    await two.peer.mine(LATE_BLOCKS + 5)
    # Nothing is odd about a head that is young.
    assert await chain.read_final_head() == seen

    chain.nodes.now = lambda: seen.time.timestamp() + 3600
    assert (await chain.read_final_head()).number == seen.number + LATE_BLOCKS + 5
    chain.nodes.now = seen.time.timestamp
    before = two.asked(FIRST)
    await two.block(await two.peer.paid_block())
    assert (await chain.read_final_head()).number > seen.number
    assert two.asked(FIRST) == before

    hosts.frozen.clear()
    await two.peer.mine(COMPARE_EVERY)
    await chain.read_final_head()
    before = two.asked(SECOND)
    await chain.read_final_head()
    assert two.asked(SECOND) == before


async def test_a_node_without_the_block_it_calls_final_is_passed_by(two: Two) -> None:
    number = await two.peer.paid_block()
    two.hosts.empty.add(FIRST)

    assert (await two.block(number)).header.number == number


@pytest.mark.parametrize("ill", ["frozen", "both"])
async def test_waiting_for_one_block_too_long_asks_who_is_behind(two: Two, ill: str) -> None:
    chain, hosts, clock = two.peer.chain, two.hosts, FakeTime(now=time.time())
    chain.nodes.now = clock.clock
    head = await chain.read_final_head()
    hosts.frozen.add(FIRST)
    hosts.empty.add(FIRST)
    if ill == "both":
        hosts.frozen.add(SECOND)
        hosts.empty.add(SECOND)
        hosts._heads[SECOND] = hosts._heads[FIRST]
    await two.peer.mine(LATE_BLOCKS + 5)

    found = None
    for _ in range(10):
        found = found or await chain.read_final_block(head.number + 1)
        clock.now += 2

    if ill == "both":
        assert found is None
    else:
        assert found is not None
        assert found.header.parent_id == head.id


async def test_a_single_node_that_lost_its_blocks_is_found_out() -> None:
    hosts = Hosts({FIRST: httpx.ASGITransport(app=(app := create_app(None)))})
    async with node_peer(hosts, app) as peer:
        clock = FakeTime(now=time.time())
        peer.chain.nodes.now = clock.clock
        head = await peer.chain.read_final_head()
        assert await peer.chain.read_final_block(head.number + 1) is None
        hosts.empty.add(FIRST)
        await peer.mine(3)
        assert await peer.chain.read_final_block(head.number + 1) is None

        clock.now += 20
        assert await peer.chain.read_final_block(head.number + 1) is None
        with pytest.raises(ChainIncomplete, match="missing"):
            await peer.chain.read_final_block(head.number + 1)


async def test_the_nodes_are_compared_by_whoever_only_reads_blocks(strangers: Two) -> None:
    for number in range(1, COMPARE_EVERY + 1):
        await strangers.block(number)

    with pytest.raises(ChainIncomplete, match="disagree"):
        await strangers.block(COMPARE_EVERY + 1)
    with pytest.raises(ChainIncomplete, match="disagree"):
        await strangers.peer.chain.read_final_blocks(COMPARE_EVERY + 1, 5)


async def test_a_restarted_node_is_the_same_chain(tmp_path: Path) -> None:
    app = create_app(tmp_path / "one")
    async with node_peer(app=app) as peer:
        number = await peer.paid_block("10", "11")
        whole = await peer.chain.read_final_block(number)
    shutil.copytree(tmp_path / "one", tmp_path / "two")

    async with node_peer(app=create_app(tmp_path / "two")) as peer:
        assert await peer.chain.read_final_block(number) == whole

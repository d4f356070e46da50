"""Whatever goes wrong at a node is an error, and never "no payments"."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from jiema_app.domain.chain.port import (
    ChainIncomplete,
    ChainUnavailable,
    WrongChain,
)
from jiema_app.settings.recharges import SANDBOX_GENESIS
from tests.services.tron_peers import OURS, USDT, Peer, node_peer
from tests.support.polling import PATIENCE_S

EVERYWHERE = (
    "hang",
    "drop_before",
    "http429",
    "http403",
    "http500",
    "http503",
    "error_200",
    "bare_text",
    "empty_object",
    "applied_then_504",
    "timeout_after_commit",
    "truncated",
)
FULL = 7
"""Number of a block with payments."""


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    """A chain with payments in final blocks, already found to be the right one."""
    async with node_peer(timeout_s=PATIENCE_S) as opened:
        assert await opened.paid_block("10", "11", "12") == FULL
        await opened.paid_block("13")
        await opened.chain.ensure_right_chain()
        yield opened


READS: dict[str, tuple[str, Callable[[Peer], Awaitable[Any]]]] = {
    "head": ("walletsolidity/getnowblock", lambda peer: peer.chain.read_final_head()),
    "block": ("walletsolidity/getblockbynum", lambda peer: peer.chain.read_final_block(FULL)),
    "receipts": (
        "walletsolidity/gettransactioninfobyblocknum",
        lambda peer: peer.chain.read_final_block(FULL),
    ),
    "blocks": (
        "walletsolidity/getblockbylimitnext",
        lambda peer: peer.chain.read_final_blocks(1, 100),
    ),
    "receipts_of_many": (
        "walletsolidity/gettransactioninfobyblocknum",
        lambda peer: peer.chain.read_final_blocks(1, 100),
    ),
    "youngest": ("wallet/getnowblock", lambda peer: peer.chain.read_fresh_blocks(None)),
    "balances": (
        "walletsolidity/triggerconstantcontract",
        lambda peer: peer.chain.read_balances([OURS, USDT]),
    ),
    "first_block": ("wallet/getblockbynum", lambda peer: peer.chain.ensure_right_chain()),
}


def lose_patience(peer: Peer) -> None:
    """From now on a silent node is given up soon: one that speaks may be slow until then."""
    nodes = peer.chain.nodes
    nodes.nodes = [replace(node, timeout_s=0.2) for node in nodes.nodes]


@pytest.mark.parametrize("kind", EVERYWHERE)
@pytest.mark.parametrize("read", READS)
async def test_a_fault_is_an_error(peer: Peer, read: str, kind: str) -> None:
    action, call = READS[read]
    assert await call(peer) != []
    await peer.fault(action, kind, rate=1, seconds=0 if kind == "timeout_after_commit" else 30)
    if kind == "hang":
        lose_patience(peer)

    with pytest.raises((ChainUnavailable, ChainIncomplete)) as raised:
        await call(peer)

    assert raised.value.__context__ is None
    await peer.mend(action, kind)
    assert (await peer.state())["faultsHit"] >= 1


@pytest.mark.parametrize("kind", EVERYWHERE)
@pytest.mark.parametrize("endpoint", ["gettransactioninfobyid", "getblockbynum"])
async def test_a_fault_is_never_a_transaction(peer: Peer, endpoint: str, kind: str) -> None:
    block = await peer.chain.read_final_block(FULL)
    assert block is not None
    txid = block.transfers[0].txid
    action = f"walletsolidity/{endpoint}"
    await peer.fault(action, kind, rate=1, seconds=0 if kind == "timeout_after_commit" else 30)
    if kind == "hang":
        lose_patience(peer)
    if (endpoint, kind) == ("gettransactioninfobyid", "empty_object"):
        # What a node answers that has it not, or not yet: whoever asked may ask again.
        assert await peer.chain.read_final_transaction(txid) is None
        return
    with pytest.raises((ChainUnavailable, ChainIncomplete)):
        await peer.chain.read_final_transaction(txid)
    await peer.mend(action, kind)


@pytest.mark.parametrize("kind", ["empty_receipts", "partial_receipts"])
@pytest.mark.parametrize("read", ["receipts", "receipts_of_many"])
async def test_a_block_without_all_its_receipts_is_incomplete(
    peer: Peer, read: str, kind: str
) -> None:
    action, call = READS[read]
    await peer.fault(action, kind)

    with pytest.raises(ChainIncomplete):
        await call(peer)

    await peer.mend(action, kind)
    assert await call(peer)


async def test_one_lost_answer_does_not_cost_the_other_blocks(peer: Peer) -> None:
    whole = await peer.chain.read_final_blocks(1, 100)
    for kind in ("drop_before", "partial_receipts", "empty_receipts", "truncated", "error_200"):
        await peer.fault("walletsolidity/gettransactioninfobyblocknum", kind, count=1)

        assert await peer.chain.read_final_blocks(1, 100) == whole


async def test_one_lost_balance_is_no_zero(peer: Peer) -> None:
    await peer.fault("walletsolidity/triggerconstantcontract", "error_200", count=1)

    with pytest.raises(ChainUnavailable):
        await peer.chain.read_balances([OURS, USDT])


async def test_young_blocks_that_cannot_be_read_are_an_error(peer: Peer) -> None:
    for kind in ("error_200", "truncated", "bare_text", "http500"):
        await peer.fault("wallet/getblockbylimitnext", kind)
        with pytest.raises(ChainUnavailable):
            await peer.chain.read_fresh_blocks(1)
        await peer.mend("wallet/getblockbylimitnext", kind)


async def test_a_wrong_chain_is_named_with_both_ids(peer: Peer) -> None:
    await peer.control("behaviour", wrongGenesis=True)

    with pytest.raises(WrongChain) as raised:
        await peer.chain.ensure_right_chain()

    assert "bad0" in str(raised.value)
    assert SANDBOX_GENESIS in str(raised.value)
    with pytest.raises(WrongChain):
        await peer.chain.read_final_head()


async def test_a_node_that_was_away_is_checked_before_it_is_read() -> None:
    async with node_peer() as peer:
        await peer.fault("*", "http500", count=1)
        with pytest.raises(ChainUnavailable):
            await peer.chain.ensure_right_chain()
        await peer.control("behaviour", wrongGenesis=True)

        with pytest.raises(WrongChain):
            await peer.chain.read_final_block(1)

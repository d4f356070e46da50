"""Reading a real node: what is a transfer, what is final, what is only a hint."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from jiema_app.domain.chain.port import ChainError, TokenTransfer
from tests.services.tron_peers import OURS, THEIRS, USDT, Peer, node_peer


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with node_peer() as opened:
        yield opened


async def transfers(peer: Peer) -> list[TokenTransfer]:
    """Of the blocks since the first ones, once what was sent is final."""
    await peer.mine(3)
    head = await peer.chain.read_final_head()
    blocks = [await peer.chain.read_final_block(at) for at in range(1, head.number + 1)]
    return [one for block in blocks if block for one in block.transfers]


async def test_a_payment_is_read_with_everything_about_it(peer: Peer) -> None:
    txid = await peer.pay("12.345678")

    (found,) = await transfers(peer)

    assert found == TokenTransfer(
        txid=txid,
        log_index=0,
        contract=USDT,
        sender=(await peer.state())["people"]["alice"]["address"],
        receiver=OURS,
        amount=12_345_678,
    )


async def test_a_block_has_its_number_its_parent_and_its_time(peer: Peer) -> None:
    before = await peer.chain.read_final_head()
    await peer.mine()

    head = await peer.chain.read_final_head()

    assert head.number == before.number + 1 == int(head.id[:16], 16)
    assert head.parent_id == before.id
    assert head.time.tzinfo is UTC
    assert abs(datetime.now(UTC) - head.time) < timedelta(minutes=5)
    found = await peer.chain.read_final_block(head.number)
    assert found is not None
    assert found.header == head
    assert list(found.transfers) == []


async def test_two_transfers_of_one_transaction_are_two(peer: Peer) -> None:
    txid = await peer.pay("1", also=[{"to": OURS, "amount": "2"}, {"to": THEIRS, "amount": "3"}])

    found = await transfers(peer)

    assert [(one.txid, one.log_index, one.receiver, one.amount) for one in found] == [
        (txid, 0, OURS, 1_000_000),
        (txid, 1, OURS, 2_000_000),
        (txid, 2, THEIRS, 3_000_000),
    ]


async def test_a_log_keeps_its_place_among_all_logs_of_the_receipt(peer: Peer) -> None:
    # With a fee, every transfer leaves a second log: that of the fee.
    await peer.control("token", basisPointsRate=10, maximumFee="1")
    await peer.pay("100", also=[{"to": OURS, "amount": "200"}])

    found = [(one.log_index, one.amount) for one in await transfers(peer) if one.receiver == OURS]

    assert found == [(0, 99_900_000), (2, 199_800_000)]


async def test_every_way_of_paying_is_read_from_its_log(peer: Peer) -> None:
    await peer.pay("3", method="transferFrom", **{"from": "faucet"})
    await peer.pay("0", method="transferFrom", **{"from": "stranger"})
    await peer.pay("0")

    assert [one.amount for one in await transfers(peer)] == [3_000_000, 0, 0]


async def test_a_false_token_is_told_apart_by_its_contract_alone(peer: Peer) -> None:
    await peer.pay("10", token="fake")

    (found,) = await transfers(peer)

    assert found.contract == (await peer.state())["contracts"]["fake"] != USDT
    assert found.amount == 10_000_000


@pytest.mark.parametrize("fail", ["revert", "out_of_energy", "out_of_time"])
async def test_a_failed_payment_is_none(peer: Peer, fail: str) -> None:
    await peer.pay("10", fail=fail)
    await peer.pay("11")

    assert [one.amount for one in await transfers(peer)] == [11_000_000]


async def test_trx_is_no_token(peer: Peer) -> None:
    await peer.control("faucet", address=OURS, trx="5")
    await peer.pay("1")

    assert [one.amount for one in await transfers(peer)] == [1_000_000]


async def test_what_is_not_final_is_not_there(peer: Peer) -> None:
    await peer.pay("10", mine=True)
    number = (await peer.state())["head"]

    assert await peer.chain.read_final_block(number) is None
    assert list(await peer.chain.read_final_blocks(number, 100)) == []
    await peer.mine(2)
    found = await peer.chain.read_final_block(number)
    assert found is not None
    assert [one.amount for one in found.transfers] == [10_000_000]


async def test_a_payment_that_was_taken_back_is_never_seen(peer: Peer) -> None:
    await peer.pay("10", mine=True)
    await peer.control("reorg", depth=1, drop=True)
    await peer.pay("11")

    assert [one.amount for one in await transfers(peer)] == [11_000_000]


async def test_a_transaction_is_read_with_its_block_and_all_its_transfers(peer: Peer) -> None:
    txid = await peer.pay("1", also=[{"to": THEIRS, "amount": "2"}])
    await peer.pay("3")
    await peer.mine()
    assert await peer.chain.read_final_transaction(txid) is None
    await peer.mine(2)
    await peer.chain.ensure_right_chain()
    before = await peer.requests()

    found = await peer.chain.read_final_transaction(txid)

    assert await peer.requests() - before == {
        "walletsolidity/gettransactioninfobyid": 1,
        "walletsolidity/getblockbynum": 1,
    }
    assert found is not None
    block = await peer.chain.read_final_block(found.header.number)
    assert block is not None
    assert (found.txid, found.header, found.succeeded) == (txid, block.header, True)
    assert [(one.receiver, one.amount) for one in found.transfers] == [
        (OURS, 1_000_000),
        (THEIRS, 2_000_000),
    ]
    assert set(found.transfers) < set(block.transfers)
    assert await peer.chain.read_final_transaction("ab" * 32) is None


@pytest.mark.parametrize("fail", ["revert", "out_of_energy", "out_of_time"])
async def test_a_transaction_that_failed_is_told_from_one_that_moves_coins(
    peer: Peer, fail: str
) -> None:
    failed = await peer.pay("10", fail=fail)
    [coins] = (await peer.control("faucet", address=OURS, trx="5"))["txids"]
    await peer.mine(3)

    for txid, succeeded in ((failed, False), (coins, True)):
        found = await peer.chain.read_final_transaction(txid)
        assert found is not None
        assert (found.succeeded, list(found.transfers)) == (succeeded, [])


async def test_a_block_costs_two_requests_and_an_empty_one_costs_one(peer: Peer) -> None:
    number = await peer.paid_block()
    await peer.chain.ensure_right_chain()
    before = await peer.requests()

    await peer.chain.read_final_block(number)
    await peer.chain.read_final_block(number - 2)

    assert await peer.requests() - before == {
        "walletsolidity/getblockbynum": 2,
        "walletsolidity/gettransactioninfobyblocknum": 1,
    }


async def test_catching_up_gives_the_same_blocks_as_one_by_one(peer: Peer) -> None:
    for turn in range(30):
        for _ in range(turn % 3):
            await peer.pay(f"{turn + 1}")
        await peer.mine()
    head = await peer.chain.read_final_head()

    found = await peer.chain.read_final_blocks(1, 100)

    assert [block.header.number for block in found] == list(range(1, head.number + 1))
    assert list(found) == [await peer.chain.read_final_block(at + 1) for at in range(head.number)]
    assert list(found[4:9]) == list(await peer.chain.read_final_blocks(5, 5))


async def test_catching_up_never_takes_more_than_a_hundred(peer: Peer) -> None:
    await peer.mine(130)

    found = await peer.chain.read_final_blocks(1, 1000)

    assert [block.header.number for block in found] == list(range(1, 101))


async def test_catching_up_asks_for_receipts_of_full_blocks_only(peer: Peer) -> None:
    await peer.paid_block()
    await peer.mine(15)
    await peer.chain.read_final_head()
    before = await peer.requests()

    await peer.chain.read_final_blocks(1, 16)

    assert await peer.requests() - before == {
        "walletsolidity/getblockbylimitnext": 1,
        "walletsolidity/gettransactioninfobyblocknum": 1,
    }


async def test_young_payments_are_seen_before_they_are_final(peer: Peer) -> None:
    paid = await peer.pay("10")
    false = await peer.pay("11", token="fake")
    taken = await peer.pay("12", method="transferFrom", **{"from": "faucet"})
    await peer.pay("13", fail="revert")
    await peer.pay("14", also=[{"to": OURS, "amount": "15"}])
    await peer.control("faucet", address=OURS, trx="5")
    number = (await peer.state())["head"]

    for found in (
        await peer.chain.read_fresh_blocks(None),
        await peer.chain.read_fresh_blocks(number - 1),
    ):
        assert found.head == number
        assert [(one.txid, one.amount, one.is_genuine) for one in found.transfers] == [
            (paid, 10_000_000, True),
            (false, 11_000_000, False),
            (taken, 12_000_000, True),
        ]
        assert {(one.receiver, one.block_number) for one in found.transfers} == {(OURS, number)}


async def test_young_blocks_cost_one_request(peer: Peer) -> None:
    await peer.chain.ensure_right_chain()
    before = await peer.requests()

    young = await peer.chain.read_fresh_blocks(None)
    assert (await peer.chain.read_fresh_blocks(young.head)).head == young.head
    await peer.mine(4)
    assert (await peer.chain.read_fresh_blocks(young.head)).head == young.head + 4

    assert await peer.requests() - before == {
        "wallet/getnowblock": 1,
        "wallet/getblockbylimitnext": 2,
    }


async def test_balances_are_those_of_final_blocks(peer: Peer) -> None:
    await peer.paid_block("10", "2.5")
    await peer.pay("100", to=THEIRS, mine=True)

    assert await peer.chain.read_balances([OURS, THEIRS]) == {OURS: 12_500_000, THEIRS: 0}
    assert await peer.chain.read_balances([]) == {}


async def test_many_balances_are_read(peer: Peer) -> None:
    await peer.paid_block()
    people = [one["address"] for one in (await peer.state())["people"].values()]

    found = await peer.chain.read_balances([*people, OURS])

    assert list(found) == [*people, OURS]
    assert all(found.values()) or found[people[1]] == 0


async def test_a_balance_of_no_address_is_not_asked_for(peer: Peer) -> None:
    before = await peer.requests()
    with pytest.raises(ValueError):
        await peer.chain.read_balances([OURS, "Tgarbage"])
    assert await peer.requests() == before


async def test_another_chain_is_refused_before_anything_is_read(peer: Peer) -> None:
    await peer.control("behaviour", wrongGenesis=True)
    before = await peer.requests()

    with pytest.raises(ChainError, match=f"bad0.*{peer.chain.genesis_id}"):
        await peer.chain.read_final_head()

    assert await peer.requests() - before == {"wallet/getblockbynum": 1}

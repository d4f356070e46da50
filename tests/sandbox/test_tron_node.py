"""What the sandbox's TRON node does: blocks, finality, tokens, fees."""

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.tron.addresses import address_of_point, base58_address, parse_address
from sandbox.tron.contracts import ENERGY_TO_HOLDER, ENERGY_TO_NEWCOMER, TRANSFER_TOPIC
from sandbox.tron.keys import named_key
from tests.sandbox.tron_node import (
    ALICE,
    GENESIS,
    OUR_ADDRESS,
    THEIR_ADDRESS,
    US,
    USDT,
    Node,
    signed,
)


async def test_blocks_are_chained_and_signed_by_their_producer(node: Node) -> None:
    await node.mine(3)
    head = await node.ask("getnowblock")
    number = head["block_header"]["raw_data"]["number"]
    for at in range(1, number + 1):
        block = await node.ask("getblockbynum", num=at)
        parent = await node.ask("getblockbynum", num=at - 1)
        raw = block["block_header"]["raw_data"]
        assert raw["parentHash"] == parent["blockID"]
        assert int(block["blockID"][:16], 16) == at == raw["number"]
        assert raw["timestamp"] > parent["block_header"]["raw_data"].get("timestamp", 0)
        assert "transactions" not in block
    ranged = await node.ask("getblockbylimitnext", startNum=1, endNum=number + 1)
    assert len(ranged["block"]) == number
    assert await node.ask("getblockbyid", value=head["blockID"]) == head
    assert await node.ask("getblockbynum", num=number + 1) == {}
    assert (await node.ask("getblock", id_or_num=str(number)))["blockID"] == head["blockID"]


async def test_the_first_block_is_the_same_in_every_sandbox(node: Node) -> None:
    other = Node(create_app(None, seed=7))
    first = await node.ask("getblockbynum", num=0)
    assert await other.ask("getblockbynum", num=0) == first
    assert "number" not in first["block_header"]["raw_data"]
    # The shop's settings and the documentation name it.
    assert first["blockID"] == GENESIS
    await node.control("behaviour", wrongGenesis=True)
    assert (await node.ask("getblockbynum", num=0))["blockID"] != first["blockID"]
    await other.http.aclose()
    await other.app.close()


async def test_only_solid_blocks_exist_for_the_solid_service(node: Node) -> None:
    txid = await node.pay("10", mine=True)
    assert await node.units() == 10_000_000
    assert await node.units(solid=True) == 0
    assert await node.solid("gettransactioninfobyid", value=txid) == {}
    assert await node.solid("gettransactionbyid", value=txid) == {}
    number = (await node.receipt(txid))["blockNumber"]
    assert await node.solid("gettransactioninfobyblocknum", num=number) == []
    assert await node.solid("getblockbynum", num=number) == {}
    await node.mine(2)
    assert (await node.solid("gettransactioninfobyid", value=txid))["blockNumber"] == number
    (receipt,) = await node.solid("gettransactioninfobyblocknum", num=number)
    assert receipt["id"] == txid
    assert await node.units(solid=True) == 10_000_000


async def test_a_stuck_chain_grows_and_nothing_becomes_solid(node: Node) -> None:
    before = await node.solid("getnowblock")
    await node.control("behaviour", stuckSolid=True)
    await node.mine(5)
    assert await node.solid("getnowblock") == before
    await node.control("behaviour", stuckSolid=False)
    await node.mine()
    after = await node.solid("getnowblock")
    gained = after["block_header"]["raw_data"]["number"]
    assert gained == before["block_header"]["raw_data"]["number"] + 6


async def test_a_receipt_carries_the_log_and_what_it_cost(node: Node) -> None:
    first, second = await node.pay("1.5"), await node.pay("2")
    await node.mine()
    receipt = await node.receipt(first)
    (log,) = receipt["log"]
    assert log["address"] == parse_address(USDT)[2:]
    assert log["topics"][0] == TRANSFER_TOPIC
    assert "41" + log["topics"][1][24:] == ALICE
    assert "41" + log["topics"][2][24:] == parse_address(THEIR_ADDRESS)
    assert int(log["data"], 16) == 1_500_000
    assert receipt["receipt"]["energy_usage_total"] == ENERGY_TO_NEWCOMER
    again = (await node.receipt(second))["receipt"]
    assert again["energy_usage_total"] == ENERGY_TO_HOLDER
    # The first fits into the free bytes of the day, the second does not.
    assert receipt["receipt"]["net_usage"] == 345
    assert again["net_fee"] == 345_000
    assert receipt["fee"] == ENERGY_TO_NEWCOMER * 100


async def test_many_ways_of_paying_leave_the_same_kind_of_log(node: Node) -> None:
    taken = await node.pay("3", method="transferFrom", **{"from": "faucet"})
    twice = await node.pay("4", also=[{"to": THEIR_ADDRESS, "amount": "5"}])
    nothing = await node.pay("0", method="transferFrom", **{"from": "stranger"})
    await node.mine()
    assert [int(log["data"], 16) for log in (await node.receipt(taken))["log"]] == [3_000_000]
    assert [int(log["data"], 16) for log in (await node.receipt(twice))["log"]] == [
        4_000_000,
        5_000_000,
    ]
    assert [int(log["data"], 16) for log in (await node.receipt(nothing))["log"]] == [0]
    assert await node.units() == 12_000_000


async def test_the_fake_token_has_the_name_but_not_the_address(node: Node) -> None:
    fake = (await node.contracts())["fake"]
    txid = await node.pay("10", token="fake", mine=True)
    (log,) = (await node.receipt(txid))["log"]
    assert log["address"] == parse_address(fake)[2:] != parse_address(USDT)[2:]
    assert await node.units() == 0
    assert await node.units(token=fake) == 10_000_000
    rows = (await node.http.get(f"/v1/accounts/{THEIR_ADDRESS}/transactions/trc20")).json()["data"]
    assert [row["token_info"]["symbol"] for row in rows] == ["USDT"]
    assert rows[0]["token_info"]["address"] == fake


@pytest.mark.parametrize("fail", ["revert", "out_of_energy", "out_of_time"])
async def test_a_failed_payment_costs_its_fee_and_moves_nothing(node: Node, fail: str) -> None:
    txid = await node.pay("10", fail=fail, mine=True)
    receipt = await node.receipt(txid)
    assert receipt["result"] == "FAILED"
    assert receipt["receipt"]["result"] == fail.upper()
    assert receipt["fee"] > 0
    assert "log" not in receipt
    assert await node.units() == 0
    transaction = await node.ask("gettransactionbyid", value=txid)
    assert transaction["ret"] == [{"contractRet": fail.upper()}]


async def test_the_issuer_can_stop_a_sender_the_token_and_take_a_fee(node: Node) -> None:
    await node.control("blacklist", address="alice")
    assert (await node.receipt(await node.pay(mine=True)))["receipt"]["result"] == "REVERT"
    await node.control("blacklist", address="alice", listed=False)
    # Only senders are looked up: whoever is listed can still be paid.
    await node.control("blacklist", address=THEIR_ADDRESS)
    assert (await node.receipt(await node.pay(mine=True)))["receipt"]["result"] == "SUCCESS"
    await node.control("token", paused=True)
    assert (await node.receipt(await node.pay(mine=True)))["receipt"]["result"] == "REVERT"
    await node.control("token", paused=False, basisPointsRate=10, maximumFee="1")
    logs = (await node.receipt(await node.pay("100", mine=True)))["log"]
    assert [int(log["data"], 16) for log in logs] == [99_900_000, 100_000]


async def test_undone_blocks_take_their_payments_back(node: Node) -> None:
    kept = await node.pay("1", mine=True)
    block = (await node.receipt(kept))["blockNumber"]
    old = (await node.ask("getblockbynum", num=block))["blockID"]
    await node.mine()
    await node.control("reorg", depth=2)
    assert await node.receipt(kept) == {}
    assert await node.units() == 0
    await node.mine()
    assert (await node.receipt(kept))["blockNumber"] == block
    assert (await node.ask("getblockbynum", num=block))["blockID"] != old
    assert await node.units() == 1_000_000
    await node.control("reorg", depth=1, drop=True)
    await node.mine(3)
    assert await node.receipt(kept) == {}
    assert await node.units() == await node.units(solid=True) == 0
    rows = (await node.http.get(f"/v1/accounts/{THEIR_ADDRESS}/transactions/trc20")).json()
    assert rows["data"] == []
    refused = await node.http.post("/control/tron/reorg", json={"depth": 3})
    assert refused.status_code == 409


async def test_a_transaction_is_checked_in_the_order_of_a_node(node: Node) -> None:
    await node.control("faucet", address=OUR_ADDRESS, trx="100", usdt="5")
    good = await node.unsigned()
    raw = good["raw_data"]

    async def code(transaction: Any) -> str:
        return str((await node.ask("broadcasttransaction", **transaction)).get("code"))

    assert await code(good) == "SIGERROR"
    wrong = signed(good)
    wrong["signature"] = [named_key("alice").sign(bytes.fromhex(wrong["txID"])).hex()]
    assert await code(wrong) == "SIGERROR"
    assert await code(signed({"raw_data": raw | {"ref_block_hash": "00" * 8}})) == "TAPOS_ERROR"
    for expiration in (raw["timestamp"], raw["expiration"] + 90_000_000):
        late = signed({"raw_data": raw | {"expiration": expiration}})
        assert await code(late) == "TRANSACTION_EXPIRATION_ERROR"
    taken = await node.ask("broadcasttransaction", **signed(good))
    assert taken == {"result": True, "txid": signed(good)["txID"]}
    assert await code(signed(good)) == "DUP_TRANSACTION_ERROR"
    await node.mine()
    assert await code(signed(good)) == "DUP_TRANSACTION_ERROR"
    assert await node.units() == 1


async def test_somebody_without_trx_is_refused(node: Node) -> None:
    good = signed(await node.unsigned())
    refused = await node.ask("broadcasttransaction", **good)
    assert refused["code"] == "CONTRACT_VALIDATE_ERROR"
    assert "does not exist" in bytes.fromhex(refused["message"]).decode()
    await node.control("faucet", address=OUR_ADDRESS, trx="0.1")
    for _ in range(2):  # a day's free bytes are enough for one
        await node.ask("broadcasttransaction", **signed(await node.unsigned()))
        await node.mine()
    refused = await node.ask("broadcasttransaction", **signed(await node.unsigned(2)))
    assert refused["code"] == "BANDWITH_ERROR"


async def test_staked_energy_saves_trx_but_does_not_lift_the_fee_limit(node: Node) -> None:
    await node.control("faucet", address=OUR_ADDRESS, trx="100", usdt="5", energy=200_000)
    cheap = signed(await node.unsigned(fee_limit=1_000_000))
    await node.ask("broadcasttransaction", **cheap)
    await node.mine()
    assert (await node.receipt(cheap["txID"]))["receipt"]["result"] == "OUT_OF_ENERGY"
    good = signed(await node.unsigned(2))
    await node.ask("broadcasttransaction", **good)
    await node.mine()
    receipt = (await node.receipt(good["txID"]))["receipt"]
    assert receipt["energy_usage"] == ENERGY_TO_NEWCOMER
    assert "energy_fee" not in receipt
    left = await node.ask("getaccountresource", address=US.address)
    assert left["EnergyUsed"] > ENERGY_TO_NEWCOMER


async def test_reading_solid_blocks_finds_exactly_what_the_accounts_hold(node: Node) -> None:
    chance = random.Random(2)
    also = {"also": [{"to": OUR_ADDRESS, "amount": "0.5"}]}
    ways: list[dict[str, Any]] = [{}, {"token": "fake"}, {"fail": "revert"}, also]
    ways += [{"method": "transferFrom", "from": "faucet"}, {"from": "bob"}]
    for _ in range(30):
        for _ in range(chance.randint(0, 4)):
            to = chance.choice([OUR_ADDRESS, THEIR_ADDRESS])
            await node.pay(f"{chance.randint(0, 9)}.25", **(chance.choice(ways) | {"to": to}))
        await node.mine()
        if chance.random() < 0.3:
            await node.control("reorg", depth=chance.randint(1, 2), drop=chance.random() < 0.5)
            await node.mine()
    await node.mine(4)
    found: Counter[tuple[str, str]] = Counter()
    parent = (await node.solid("getblockbynum", num=0))["blockID"]
    top = (await node.solid("getnowblock"))["block_header"]["raw_data"]["number"]
    for number in range(1, top + 1):
        block = await node.solid("getblockbynum", num=number)
        assert block["block_header"]["raw_data"]["parentHash"] == parent
        parent = block["blockID"]
        receipts = await node.solid("gettransactioninfobyblocknum", num=number)
        ids = [transaction["txID"] for transaction in block.get("transactions", [])]
        assert [receipt["id"] for receipt in receipts] == ids
        for receipt in receipts:
            for log in receipt.get("log", []):
                assert receipt["receipt"]["result"] == "SUCCESS"
                to = base58_address("41" + log["topics"][2][24:])
                found[to, log["address"]] += int(log["data"], 16)
    for to in (OUR_ADDRESS, THEIR_ADDRESS):
        for token in (USDT, (await node.contracts())["fake"]):
            held = await node.units(to, token, solid=True)
            assert held == found[to, parse_address(token)[2:]] > 0


async def test_everything_is_there_again_after_a_restart(tmp_path: Path) -> None:
    node = Node(create_app(tmp_path))
    await node.control("mine", blocks=3, auto=False)
    await node.control("blacklist", address="bob")
    mined, _ = await node.pay("1", mine=True), await node.pay("2")
    await node.mine(2)
    await node.control("reorg", depth=1)
    waiting = await node.pay("4")
    before = (await node.http.get("/control/state")).json()["tron"]
    receipt = await node.receipt(mined)
    await node.app.close()

    again = Node(create_app(tmp_path))
    after = (await again.http.get("/control/state")).json()["tron"]
    assert after == before | {"requests": {}}
    assert await again.receipt(mined) == receipt
    await again.mine()
    assert (await again.receipt(waiting))["receipt"]["result"] == "SUCCESS"
    listed = await again.control("transfer", to=THEIR_ADDRESS, amount="1", **{"from": "bob"})
    await again.mine()
    assert (await again.receipt(listed["txid"]))["receipt"]["result"] == "REVERT"
    head = again.app.tron.chain.head
    await again.control("behaviour", stuckSolid=True)
    assert (await again.http.post("/control/reset")).status_code == 200
    assert again.app.tron.chain.head is head
    assert not again.app.tron.chain.switches.stuck_solid
    await again.app.close()


async def test_blocks_come_by_themselves_when_time_has_passed() -> None:
    node = Node(create_app(None))
    await node.control("behaviour", blockSeconds=0.05)
    before = node.app.tron.chain.head.number
    node.app.tron.chain._made_at -= 60
    head = await node.ask("getnowblock")
    assert head["block_header"]["raw_data"]["number"] == before + 1
    await node.app.close()


def test_an_address_is_the_end_of_a_hashed_point() -> None:
    assert address_of_point(US._key.public_key.format(compressed=False)) == US.address

"""The wallets of a shop: what they hold from the start, and what people do to them by hand."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from tronpy.exceptions import UnknownError

from sandbox.app import create_app
from sandbox.tron.addresses import base58_address, keccak256
from sandbox.tron.amounts import from_units, to_units
from sandbox.tron.keys import secret_of
from sandbox.tron.people import TREASURY
from tests.sandbox.tron_node import GENESIS, THEIR_ADDRESS, USDT, Node
from tests.sandbox.tron_payer import HOT_ADDRESS, NEWCOMER, Payer

OLD_JOURNAL = Path(__file__).with_name("tron_old_journal.jsonl")


async def balance(node: Node, address: str) -> Any:
    answer = await node.http.get("/control/tron/balance", params={"address": address})
    return answer.json()


async def test_the_wallets_hold_something_from_the_first_block_on(node: Node) -> None:
    hot = {"usdt": "10000", "trx": "10000"}
    assert await balance(node, "hot") == {
        "ok": True,
        "address": HOT_ADDRESS,
        **hot,
        "head": hot,
        "solid": hot,
    }
    treasury = await balance(node, "treasury")
    assert (treasury["usdt"], treasury["trx"]) == ("100000", "1000")
    state = (await node.http.get("/control/state")).json()["tron"]
    assert state["genesis"] == GENESIS
    assert state["people"]["hot"]["solid"]["usdt"] == 10_000_000_000
    assert [one["name"] for one in state["house"]] == ["hot", "treasury"]


def test_their_addresses_and_the_key_that_a_signer_is_given_never_change() -> None:
    assert HOT_ADDRESS == "TE8AmTGjdBwamkayjdt5yndZW7JSk8E3kY"
    assert base58_address(TREASURY.address) == "TBUkWTfQmSn4nU7mDMjguJa9YKKrfryse8"
    secret = "9f3f5cfd2c9e582f88b95c5eda035daebe1ddf4b74dae0db6cc1278365552e37"
    assert secret_of("hot") == keccak256(b"sandbox key of hot") == bytes.fromhex(secret)


async def test_there_are_as_many_tokens_as_people_hold(node: Node) -> None:
    answer = await node.ask(
        "triggerconstantcontract",
        owner_address=USDT,
        contract_address=USDT,
        function_selector="totalSupply()",
        visible=True,
    )
    people = (await node.http.get("/control/state")).json()["tron"]["people"].values()
    held = sum(one["head"]["usdt"] for one in people)
    assert int(answer["constant_result"][0], 16) == held


async def test_a_balance_is_told_as_it_is_at_the_head_and_for_good(node: Node) -> None:
    await node.pay("0.000001", to="hot", mine=True)
    found = await balance(node, HOT_ADDRESS)
    assert found["usdt"] == found["head"]["usdt"] == "10000.000001"
    assert found["solid"]["usdt"] == "10000"
    assert (await balance(node, THEIR_ADDRESS))["head"] == {"usdt": "0", "trx": "0"}


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ({}, 400, "BAD_REQUEST"),
        ({"address": "x" * 65}, 400, "BAD_REQUEST"),
        ({"address": "nobody"}, 404, "NO_ADDRESS"),
        ({"address": HOT_ADDRESS[:-1]}, 404, "NO_ADDRESS"),
        ({"address": ""}, 404, "NO_ADDRESS"),
    ],
)
async def test_a_balance_of_nobody_is_refused_in_words(
    node: Node, options: dict[str, str], status: int, code: str
) -> None:
    answer = await node.http.get("/control/tron/balance", params=options)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"]


def test_amounts_are_written_as_they_are_read() -> None:
    for text in ("0", "1", "0.000001", "10", "100.5", "999999999999.999999"):
        assert from_units(to_units(text)) == text


async def test_the_faucet_and_people_fill_and_empty_the_wallets(node: Node) -> None:
    await node.control("faucet", address="hot", usdt="5", trx="7")
    await node.control("faucet", address="treasury", trx="1")
    assert (await balance(node, "hot"))["head"] == {"usdt": "10005", "trx": "10007"}
    assert (await balance(node, "treasury"))["trx"] == "1001"

    await node.pay("10005", to="stranger", mine=True, **{"from": "hot"})
    assert (await balance(node, "hot"))["head"] == {"usdt": "0", "trx": "10000.5715"}
    await node.control("faucet", address="hot", usdt="1")
    # No free bytes are left today, so something must remain to pay for the transfer itself.
    await node.pay("10000", to="stranger", token="trx", mine=True, **{"from": "hot"})
    left = (await balance(node, "hot"))["head"]
    assert left["usdt"] == "1"
    assert 0 < float(left["trx"]) < 0.4


async def test_trx_that_nobody_can_send_is_refused(node: Node) -> None:
    for body, status in (
        ({"to": "bob", "amount": "10001", "from": "hot"}, 409),
        ({"to": NEWCOMER, "amount": "9999", "from": "hot"}, 409),
        ({"to": "hot", "amount": "1", "from": "hot"}, 409),
        ({"to": USDT, "amount": "1"}, 409),
        ({"to": "hot", "amount": "0"}, 409),
        ({"to": "hot", "amount": "1", "fail": "revert"}, 400),
        ({"to": "hot", "amount": "1", "method": "transferFrom"}, 400),
        ({"to": "hot", "amount": "1", "also": [{"to": "bob", "amount": "1"}]}, 400),
    ):
        refused = await node.http.post("/control/tron/transfer", json=body | {"token": "trx"})
        assert refused.status_code == status, body


async def test_the_page_shows_what_the_wallets_hold(node: Node) -> None:
    page = (await node.http.get("/")).text
    assert f"{HOT_ADDRESS[:6]}…{HOT_ADDRESS[-4:]}" in page
    assert "10000 USDT · 10000 TRX" in page
    assert "100000 USDT · 1000 TRX" in page


async def test_a_chain_from_before_the_wallets_goes_on_as_it_was(tmp_path: Path) -> None:
    shutil.copy(OLD_JOURNAL, tmp_path / "tron.jsonl")
    node = Node(create_app(tmp_path))
    state = (await node.http.get("/control/state")).json()["tron"]
    assert (state["head"], state["solid"], state["pending"]) == (9, 7, 1)
    assert (state["transactions"], state["reorgs"]) == (9, 1)
    assert state["behaviour"]["blockSeconds"] == 1.5
    newest = await node.ask("getnowblock")
    assert newest["blockID"] == "00000000000000099668c865e75b6951f268fe59a31b18525a76b36a7169b35e"
    people = {name: one["head"] for name, one in state["people"].items()}
    assert people["alice"] == {
        "trx": 9_999_953_396_500,
        "usdt": 999_984_500_000,
        "fake": 999_995_000_000,
    }
    assert people["faucet"]["usdt"] == 9_999_999_943_000_000
    assert people["bob"]["trx"] == 9_999_970_000_000
    assert people["hot"]["usdt"] == 10_000_000_000
    await node.mine()
    assert (await node.ask("getpendingsize")) == {"pendingSize": 0}
    await node.app.close()


async def test_trx_of_the_hot_wallet_is_sent_and_its_receipt_says_the_cost(payer: Payer) -> None:
    gas = await payer.trx(15_000_000)
    assert (await payer.first.broadcast(gas))["result"] is True
    await payer.node.mine()
    receipt = await payer.first.get_transaction_info(gas.txid)
    # A million sun for the new account, and a tenth of that for writing it down.
    assert receipt["fee"] == 1_100_000
    assert receipt["receipt"] == {"net_fee": 100_000}
    assert "result" not in receipt
    assert (await payer.first.get_transaction(gas.txid))["ret"] == [{"contractRet": "SUCCESS"}]
    assert await payer.held(NEWCOMER) == ("0", "15")
    assert await payer.held() == ("10000", "9983.9")

    again = await payer.trx(1)
    await payer.first.broadcast(again)
    await payer.node.mine(3)
    receipt = await payer.first.get_solid_transaction_info(again.txid)
    assert "fee" not in receipt
    assert receipt["receipt"]["net_usage"] > 200
    with pytest.raises(UnknownError) as twice:
        await payer.first.broadcast(again)
    assert twice.value.args[1] == "DUP_TRANSACTION_ERROR"

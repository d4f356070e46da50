"""The sandbox's TRON node in trouble, and asked what makes no sense."""

import random
from typing import Any

import httpx
import pytest

from sandbox.tron.calls import WALLET, WALLET_SOLIDITY
from tests.sandbox.tron_node import (
    OUR_ADDRESS,
    THEIR_ADDRESS,
    US,
    USDT,
    Node,
    signed,
)


async def test_the_wrong_questions_get_the_nodes_odd_answers(node: Node) -> None:
    assert await node.ask("getaccount", address=OUR_ADDRESS, visible=True) == {}
    assert await node.ask("getcontract", value=OUR_ADDRESS, visible=True) == {}
    assert (await node.ask("getaccount", address=USDT, visible=True))["type"] == "Contract"
    assert (await node.ask("getcontract", value=USDT, visible=True))["contract_address"] == USDT
    assert await node.ask("gettransactioninfobyid", value="00" * 32) == {}
    assert (await node.ask("getaccount", address="nonsense"))["Error"].startswith("class ")
    broken = await node.http.post("/wallet/getnowblock", content=b"{")
    assert broken.status_code == 200
    assert "Error" in broken.json()
    nowhere = await node.ask(
        "triggerconstantcontract",
        owner_address=OUR_ADDRESS,
        contract_address=OUR_ADDRESS,
        function_selector="decimals()",
        visible=True,
    )
    assert nowhere["result"]["code"] == "CONTRACT_VALIDATE_ERROR"


async def test_nonsense_is_answered_like_everything_else(node: Node) -> None:
    chance = random.Random(1)
    values: list[Any] = [None, -1, 0, 2**70, 1.5, "", "x", "T", USDT, US.address, [], {}, True]
    values += ["00" * 32, "a9059cbb", [1], {"contract": []}]
    values.append({"contract": [{"type": "TransferContract", "parameter": {"value": {}}}]})
    names = ["num", "value", "id_or_num", "detail", "startNum", "endNum", "address", "visible"]
    names += ("owner_address", "contract_address", "to_address", "amount", "function_selector")
    names += ("parameter", "data", "raw_data", "signature", "transaction", "fee_limit")
    paths = [f"/wallet/{name}" for name in WALLET]
    paths += [f"/walletsolidity/{name}" for name in WALLET_SOLIDITY]
    for path in paths * 12:
        chosen = chance.sample(names, chance.randint(0, 10))
        body = {name: chance.choice(values) for name in chosen}
        answer = await node.http.post(path, json=body)
        assert answer.status_code == 200, (path, body)
        assert isinstance(answer.json(), dict | list), (path, body)


async def test_lists_can_be_paged_and_narrowed(node: Node) -> None:
    for amount in ("1", "2", "3"):
        await node.pay(amount, mine=True)
    path = f"/v1/accounts/{THEIR_ADDRESS}/transactions/trc20"
    first = (await node.http.get(path, params={"limit": 2})).json()
    assert [row["value"] for row in first["data"]] == ["3000000", "2000000"]
    mark = {"limit": 2, "fingerprint": first["meta"]["fingerprint"]}
    last = (await node.http.get(path, params=mark)).json()
    assert [row["value"] for row in last["data"]] == ["1000000"]
    assert "fingerprint" not in last["meta"]
    sure = (await node.http.get(path, params={"only_confirmed": "true"})).json()
    assert [row["value"] for row in sure["data"]] == ["1000000"]
    events = (await node.http.get(f"/v1/contracts/{USDT}/events")).json()["data"]
    assert [event["result"]["value"] for event in events] == ["3000000", "2000000", "1000000"]
    assert (await node.http.get("/v1/accounts/nobody/transactions/trc20")).status_code == 400


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        ("http429", 429, "exceeded"),
        ("http403", 403, "suspended"),
        ("http500", 500, "500"),
        ("http503", 503, "503"),
        ("error_200", 200, "Error"),
        ("bare_text", 200, "restarting"),
        ("empty_object", 200, "{}"),
        ("applied_then_504", 504, "gateway"),
        ("truncated", 200, "blockID"),
    ],
)
async def test_a_fault_strikes_as_often_as_ordered(
    node: Node, kind: str, status: int, said: str
) -> None:
    await node.control("faults", action="walletsolidity/getnowblock", kind=kind, count=1)
    assert (await node.http.post("/wallet/getnowblock")).status_code == 200
    struck = await node.http.post("/walletsolidity/getnowblock")
    assert (struck.status_code, said in struck.text) == (status, True)
    assert (await node.solid("getnowblock"))["blockID"]


@pytest.mark.parametrize("kind", ["drop_before", "hang", "timeout_after_commit"])
async def test_a_connection_can_end_in_silence(node: Node, kind: str) -> None:
    await node.control("faults", kind=kind, count=1, seconds=0.01)
    with pytest.raises(httpx.RemoteProtocolError):
        await node.ask("getnowblock")


async def test_receipts_can_be_missing_although_the_block_is_there(node: Node) -> None:
    for _ in range(4):
        await node.pay()
    await node.mine(3)
    number = (await node.solid("getnowblock"))["block_header"]["raw_data"]["number"]
    assert len((await node.solid("getblockbynum", num=number))["transactions"]) == 4
    for kind, left in (("empty_receipts", 0), ("partial_receipts", 2)):
        await node.control("faults", kind=kind, count=1)
        assert (await node.solid("getnowblock"))["blockID"]  # not what it is about
        assert len(await node.solid("gettransactioninfobyblocknum", num=number)) == left
        assert len(await node.solid("gettransactioninfobyblocknum", num=number)) == 4


@pytest.mark.parametrize(
    ("kind", "answer", "arrives"),
    [
        ("dropped_broadcast", None, False),
        ("server_busy", "SERVER_BUSY", False),
        ("not_enough_connection", "NOT_ENOUGH_EFFECTIVE_CONNECTION", True),
        ("empty_object", None, False),
    ],
)
async def test_a_broadcast_answer_proves_nothing(
    node: Node, kind: str, answer: str | None, *, arrives: bool
) -> None:
    await node.control("faucet", address=OUR_ADDRESS, trx="100", usdt="5")
    await node.control("faults", action="broadcasttransaction", kind=kind, count=1)
    told = await node.ask("broadcasttransaction", **signed(await node.unsigned()))
    assert told.get("code") == answer
    await node.mine()
    assert await node.units() == int(arrives)


async def test_lists_can_lose_and_double_rows(node: Node) -> None:
    for amount in ("1", "2", "3"):
        await node.pay(amount, mine=True)
    path = f"/v1/accounts/{THEIR_ADDRESS}/transactions/trc20"
    for kind, values in (
        ("v1_duplicate_rows", ["3", "3", "2", "2", "1", "1"]),
        ("v1_missing_rows", ["2"]),
    ):
        await node.control("faults", kind=kind, count=1)
        rows = (await node.http.get(path)).json()["data"]
        assert [row["value"] for row in rows] == [f"{value}000000" for value in values]
    await node.control("faults", action="trc20", kind="v1_no_fingerprint", count=1)
    assert "fingerprint" not in (await node.http.get(path, params={"limit": 1})).json()["meta"]


async def test_control_orders_that_make_no_sense_change_nothing(node: Node) -> None:
    for path, body in (
        ("transfer", {"to": "nobody", "amount": "1"}),
        ("transfer", {"to": USDT, "amount": "1.0000001"}),
        ("transfer", {"to": USDT, "amount": "-1"}),
        ("transfer", {"to": USDT, "amount": "1", "token": "gold"}),
        ("faults", {"kind": "http429"}),
        ("faults", {"kind": "http429", "rate": 1, "count": 1}),
        ("faults", {"kind": "earthquake", "count": 1}),
        ("behaviour", {"solidLag": -1}),
        ("behaviour", {"colour": "red"}),
        ("mine", {"blocks": -1}),
    ):
        refused = await node.http.post(f"/control/tron/{path}", json=body)
        assert refused.status_code == 400, (path, body)
        assert refused.json()["code"] == "BAD_REQUEST"
    broke = {"to": USDT, "amount": "1", "from": OUR_ADDRESS}
    assert (await node.http.post("/control/tron/transfer", json=broke)).status_code == 409
    assert await node.ask("getpendingsize") == {"pendingSize": 0}

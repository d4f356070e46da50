"""Two nodes of one chain that fail, lag and lie each for itself."""

from typing import Any

import httpx
import pytest
from tronpy.exceptions import (
    AddressNotFound,
    TaposError,
    TransactionNotFound,
    UnknownError,
    ValidationError,
)

from sandbox.tron.addresses import parse_address
from sandbox.tron.calls import WALLET, WALLET_SOLIDITY
from tests.sandbox.tron_node import GENESIS, USDT
from tests.sandbox.tron_payer import HOT_ADDRESS, NEWCOMER, Payer, ask_second, heads, units


async def test_both_tell_the_same_while_nothing_is_ordered(payer: Payer) -> None:
    await payer.second.broadcast(payment := await payer.usdt())
    await payer.node.mine(3)
    for service, names in (("wallet", WALLET), ("walletsolidity", WALLET_SOLIDITY)):
        for name in names:
            first = await payer.node.http.post(f"/{service}/{name}", json={})
            second = await payer.node.http.post(f"/second/{service}/{name}", json={})
            assert second.content == first.content, name
    lists = f"v1/accounts/{NEWCOMER}/transactions/trc20"
    rows = (await payer.node.http.get(f"/second/{lists}")).json()["data"]
    assert [row["transaction_id"] for row in rows] == [payment.txid]
    assert (await payer.node.http.get("/second/control/state")).status_code == 404


async def test_a_fault_strikes_the_node_that_it_was_ordered_for(payer: Payer) -> None:
    await payer.fault("server_busy", rate=1, node="second")
    payment = await payer.usdt()
    with pytest.raises(UnknownError) as busy:
        await payer.second.broadcast(payment)
    assert busy.value.args[1] == "SERVER_BUSY"
    assert (await payer.first.broadcast(payment))["result"] is True
    state = (await payer.node.http.get("/control/state")).json()["tron"]
    assert (state["faults"], state["faultsHit"]) == ([], 0)
    (standing,) = state["nodes"]["second"]["faults"]
    assert (standing["kind"], state["nodes"]["second"]["faultsHit"]) == ("server_busy", 1)
    assert state["nodes"]["second"]["requests"] == {"wallet/broadcasttransaction": 1}
    page = (await payer.node.http.get("/")).text
    assert "second · * · server_busy" in page


async def test_a_node_can_lose_receipts_that_the_other_has(payer: Payer) -> None:
    await payer.first.broadcast(payment := await payer.usdt())
    await payer.node.mine(3)
    number = (await payer.first.get_transaction_info(payment.txid))["blockNumber"]
    await payer.fault("empty_receipts", rate=1, node="second")
    await payer.fault("empty_object", action="gettransactioninfobyid", rate=1, node="second")
    path = "walletsolidity/gettransactioninfobyblocknum"
    assert await ask_second(payer.node, path, num=number) == []
    assert len(await payer.node.solid("gettransactioninfobyblocknum", num=number)) == 1
    with pytest.raises(TransactionNotFound):
        await payer.second.get_transaction_info(payment.txid)
    assert (await payer.first.get_transaction_info(payment.txid))["id"] == payment.txid


async def test_a_node_can_be_away(payer: Payer) -> None:
    await payer.fault("drop_before", rate=1, node="second")
    with pytest.raises(httpx.RemoteProtocolError):
        await payer.second.get_latest_block_number()
    assert await payer.first.get_latest_block_number() > 0


async def test_a_node_can_stand_still(payer: Payer) -> None:
    before = (await heads(payer))[0]
    await payer.node.control("behaviour", node="second", stuckHead=True)
    await payer.first.broadcast(payment := await payer.usdt())
    await payer.node.mine(5)
    assert await heads(payer) == [(before[0] + 5, before[1] + 5), before]
    with pytest.raises(TransactionNotFound):
        await payer.second.get_transaction_info(payment.txid)
    assert await units(payer.first) == 9_998_500_000
    assert await units(payer.second) == 10_000_000_000
    with pytest.raises(AddressNotFound):
        await payer.second.get_account(NEWCOMER)

    # What is built on a block that it has not heard of, it does not understand.
    with pytest.raises(TaposError):
        await payer.second.broadcast(await payer.usdt(1))
    await payer.node.control("behaviour", node="second", stuckHead=False)
    one, other = await heads(payer)
    assert one == other


async def test_what_a_node_has_not_heard_of_is_not_mined_twice(payer: Payer) -> None:
    payment = await payer.usdt()
    await payer.node.control("behaviour", node="second", stuckHead=True)
    await payer.first.broadcast(payment)
    await payer.node.mine()
    assert (await payer.second.broadcast(payment))["result"] is True
    await payer.node.mine()
    assert await units(payer.first) == 9_998_500_000


async def test_a_young_chain_of_two_hours_ago_is_its_first_block(payer: Payer) -> None:
    await payer.node.control("behaviour", lagSeconds=7200)
    assert (await heads(payer))[0] == (0, 0)
    assert (await payer.first.get_latest_block())["blockID"] == GENESIS
    assert await units(payer.first) == 10_000_000_000
    assert (await heads(payer))[1][0] > 0


async def test_a_node_can_lie_about_balances_and_lists(payer: Payer) -> None:
    await payer.node.control("lies", address="hot", usdt="0.5", trx="0")
    assert await units(payer.second) == 500_000
    assert (await ask_second(payer.node, "walletsolidity/getaccount", address=HOT_ADDRESS))[
        "address"
    ].startswith("41")
    assert "balance" not in await payer.second.get_account(HOT_ADDRESS)
    assert await units(payer.first) == 10_000_000_000
    with pytest.raises(ValidationError, match="not sufficient"):
        await payer.second.broadcast(await payer.trx(1))

    await payer.node.control("blacklist", node="second", address=NEWCOMER)
    await payer.node.control("token", node="second", paused=True)
    assert await flags(payer.second) == [True, True]
    assert await flags(payer.first) == [False, False]
    # The chain goes by the truth.
    await payer.first.broadcast(payment := await payer.usdt())
    await payer.node.mine()
    assert (await payer.second.get_transaction_info(payment.txid))["receipt"]["result"] == "SUCCESS"
    assert (await payer.held())[0] == "9998.5"

    await payer.node.control("lies", forget=True)
    assert await units(payer.second) == 9_998_500_000
    assert await flags(payer.second) == [False, False]


async def flags(client: Any) -> list[bool]:
    """Whether the newcomer is listed, and the token paused."""
    words = parse_address(NEWCOMER)[2:].rjust(64, "0")
    answers = [
        await client.trigger_constant_contract(HOT_ADDRESS, USDT, selector, parameter)
        for selector, parameter in (("isBlackListed(address)", words), ("paused()", ""))
    ]
    return [int(one["constant_result"][0], 16) == 1 for one in answers]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("lies", {"address": "hot"}),
        ("lies", {"usdt": "1"}),
        ("lies", {"address": "hot", "usdt": "-1"}),
        ("lies", {"address": "nobody", "usdt": "1"}),
        ("lies", {"address": "hot", "usdt": "1", "node": "third"}),
        ("behaviour", {"node": "third", "lagSeconds": 1}),
        ("behaviour", {"node": ["second"], "lagSeconds": 1}),
        ("behaviour", {"node": "second", "energyPrice": 1}),
        ("behaviour", {"node": "second", "lagSeconds": -1}),
        ("behaviour", {"energyPrice": 0}),
        ("behaviour", {"energyPrice": 10_001}),
        ("blacklist", {"address": "hot", "node": "third"}),
    ],
)
async def test_orders_to_nodes_that_make_no_sense_change_nothing(
    payer: Payer, path: str, body: dict[str, Any]
) -> None:
    before = (await payer.node.http.get("/control/state")).json()["tron"]
    refused = await payer.node.http.post(f"/control/tron/{path}", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")
    assert (await payer.node.http.get("/control/state")).json()["tron"] == before

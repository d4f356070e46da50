"""The lists that gateways offer beside a TRON node: options, order, pages, refusals."""

import re
from typing import Any, Final

import pytest

from sandbox.tron.addresses import base58_address, parse_address
from sandbox.tron.contracts import ISSUER, call_data, word
from tests.sandbox.tron_node import (
    ALICE,
    OUR_ADDRESS,
    THEIR_ADDRESS,
    US,
    USDT,
    Node,
    signed,
)

TRC20 = f"/v1/accounts/{THEIR_ADDRESS}/transactions/trc20"
EVENTS = f"/v1/contracts/{USDT}/events"


async def ask(node: Node, path: str, **options: Any) -> Any:
    answer = await node.http.get(path, params=options)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def values(node: Node, path: str = TRC20, **options: Any) -> list[int]:
    rows = (await ask(node, path, **options))["data"]
    return [int(row["value"] if "value" in row else row["result"]["value"]) for row in rows]


@pytest.fixture
async def paid(node: Node) -> Node:
    """1, 2, … 5 millionths were paid in a block each; the last two blocks are not solid."""
    for amount in range(1, 6):
        await node.pay(f"0.00000{amount}", mine=True)
    return node


OPTIONS: Final[list[tuple[dict[str, str], list[int]]]] = [
    ({"only_confirmed": "true"}, [3, 2, 1]),
    ({"onlyConfirmed": "true"}, [3, 2, 1]),
    ({"only_unconfirmed": "true"}, [5, 4]),
    ({"onlyUnconfirmed": "true"}, [5, 4]),
    ({"only_unconfirmed": "false", "only_confirmed": "false"}, [5, 4, 3, 2, 1]),
    ({"order_by": "block_timestamp,asc"}, [1, 2, 3, 4, 5]),
    ({"orderBy": "timestamp,asc", "limit": "2"}, [1, 2]),
    ({"order_by": "block_timestamp,desc", "limit": "2"}, [5, 4]),
    ({"only_to": "true"}, [5, 4, 3, 2, 1]),
    ({"onlyTo": "true", "only_from": "true"}, [5, 4, 3, 2, 1]),
    ({"onlyFrom": "true"}, []),
    ({"contractAddress": USDT}, [5, 4, 3, 2, 1]),
    ({"contract_address": parse_address(USDT)}, [5, 4, 3, 2, 1]),
    ({"contract_address": OUR_ADDRESS}, []),
    ({"limit": "0"}, [5, 4, 3, 2, 1]),
    ({"limit": "100000"}, [5, 4, 3, 2, 1]),
    ({"max_timestamp": "now"}, [5, 4, 3, 2, 1]),
    ({"min_timestamp": "4102444800000"}, []),
    ({"whatever": "1"}, [5, 4, 3, 2, 1]),
]


async def test_options_are_taken_in_both_spellings(paid: Node) -> None:
    for options, found in OPTIONS:
        assert await values(paid, **options) == found, options


async def test_times_cut_off_both_ends_under_both_names(paid: Node) -> None:
    rows = (await ask(paid, TRC20))["data"]
    second, fourth = rows[3]["block_timestamp"], rows[1]["block_timestamp"]
    for low, high in (
        ("min_timestamp", "max_timestamp"),
        ("minBlockTimestamp", "maxBlockTimestamp"),
    ):
        assert await values(paid, **{low: second, high: fourth}) == [4, 3, 2]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("path", [TRC20, EVENTS])
async def test_pages_neither_lose_nor_double_a_row_while_more_arrive(
    paid: Node, path: str, order: str
) -> None:
    seen: list[int] = []
    options: dict[str, Any] = {"limit": 2, "orderBy": f"block_timestamp,{order}"}
    for _ in range(3):
        page = await ask(paid, path, **options)
        seen += [int(row.get("value") or row["result"]["value"]) for row in page["data"]]
        if len(seen) < 5:
            await paid.pay("0.00001", mine=True)
            assert page["meta"]["links"]["next"].startswith(f"http://sandbox{path}?")
            options["fingerprint"] = page["meta"]["fingerprint"]
    assert seen[:5] == ([1, 2, 3, 4, 5] if order == "asc" else [5, 4, 3, 2, 1])
    assert "fingerprint" not in (await ask(paid, path))["meta"]


async def test_several_transfers_of_one_block_and_transaction_keep_their_order(node: Node) -> None:
    also = [{"to": THEIR_ADDRESS, "amount": f"0.00000{amount}"} for amount in (2, 3)]
    await node.pay("0.000001", also=also)
    await node.pay("0.000004")
    await node.mine()
    assert await values(node) == [4, 3, 2, 1]
    first = await ask(node, EVENTS, limit=2)
    assert [row["event_index"] for row in first["data"]] == [0, 2]
    mark = first["meta"]["fingerprint"]
    assert await values(node, EVENTS, limit=2, fingerprint=mark) == [2, 1]
    batch = (await node.contracts())["batch"]
    assert [row["caller_contract_address"] for row in (await ask(node, EVENTS))["data"]] == [
        USDT,
        *[batch] * 3,
    ]


async def test_an_account_is_listed_with_its_tokens(node: Node) -> None:
    path = f"/v1/accounts/{OUR_ADDRESS}"
    assert (await ask(node, path))["data"] == []
    await node.control("faucet", address=OUR_ADDRESS, trx="5", usdt="7")
    assert (await ask(node, path, onlyConfirmed="true"))["data"] == []
    (found,) = (await ask(node, f"/v1/accounts/{US.address}"))["data"]
    assert found["address"] == US.address
    assert (found["balance"], found["trc20"]) == (5_000_000, [{USDT: "7000000"}])
    assert found["owner_permission"]["keys"] == [{"address": OUR_ADDRESS, "weight": 1}]


async def test_transactions_of_an_account_and_of_a_contract(node: Node) -> None:
    await node.control("faucet", address=OUR_ADDRESS, trx="500", usdt="5")
    ours = signed(await node.unsigned())
    await node.ask("broadcasttransaction", **ours)
    await node.mine()
    path = f"/v1/accounts/{OUR_ADDRESS}/transactions"
    rows = (await ask(node, path))["data"]
    assert [row["raw_data"]["contract"][0]["type"] for row in rows] == [
        "TriggerSmartContract",
        "TransferContract",
    ]
    assert rows[0]["txID"] == ours["txID"]
    assert rows[0]["ret"] == [{"contractRet": "SUCCESS", "fee": rows[0]["energy_fee"]}]
    assert rows[0]["energy_usage_total"] == 130_285
    assert rows[0]["_unconfirmed"]
    (sent,) = (await ask(node, path, onlyFrom="true"))["data"]
    (got,) = (await ask(node, path, only_to="true"))["data"]
    assert (sent["txID"], got["txID"]) == (rows[0]["txID"], rows[1]["txID"])
    called = (await ask(node, f"/v1/contracts/{USDT}/transactions"))["data"]
    assert ours["txID"] in [row["txID"] for row in called]
    assert len((await ask(node, path, limit=1))["data"]) == 1
    await node.control("reorg", depth=1, drop=True)
    assert ours["txID"] not in [row["txID"] for row in (await ask(node, path))["data"]]


async def test_events_of_a_transaction_and_of_a_block(node: Node) -> None:
    txid = await node.pay("0.000009", also=[{"to": OUR_ADDRESS, "amount": "0.000008"}], mine=True)
    block = (await node.receipt(txid))["blockNumber"]
    block_id = (await node.ask("getblockbynum", num=block))["blockID"]
    await node.mine()
    for path in (
        f"/v1/transactions/{txid}/events",
        f"/v1/blocks/{block}/events",
        f"/v1/blocks/{block_id}/events",
        "/v1/blocks/latest/events",
    ):
        assert sorted(await values(node, path)) == [8, 9], path
        assert await values(node, path, onlyConfirmed="true") == [], path
    assert await values(node, f"/v1/transactions/{'00' * 32}/events") == []
    assert await values(node, "/v1/blocks/123456789/events") == []
    assert await values(node, EVENTS, event_name="Approval") == []
    assert await values(node, EVENTS, eventName="Transfer", blockNumber=block) == [8, 9]
    assert await values(node, EVENTS, block_number=block + 1) == []


async def test_an_approval_is_an_event_too(node: Node) -> None:
    await node.control("faucet", address=OUR_ADDRESS, trx="500")
    data = call_data("approve(address,uint256)", parse_address(THEIR_ADDRESS)[2:].rjust(64, "0"))
    built = await node.ask(
        "triggersmartcontract",
        owner_address=US.address,
        contract_address=parse_address(USDT),
        data=data.hex() + word(77),
        fee_limit=30_000_000,
    )
    await node.ask("broadcasttransaction", **signed(built["transaction"]))
    await node.mine()
    (event,) = (await ask(node, EVENTS, event_name="Approval"))["data"]
    assert event["result"]["value"] == "77"
    assert event["result"]["spender"] == "0x" + parse_address(THEIR_ADDRESS)[2:]
    assert [row["type"] for row in (await ask(node, TRC20))["data"]] == ["Approval"]


async def test_holders_and_what_there_is_none_of(node: Node) -> None:
    rows = (await ask(node, f"/v1/contracts/{USDT}/tokens", limit=2))["data"]
    assert [len(row) for row in rows] == [1, 1]
    for path in ("/v1/assets", "/v1/assets/1000001", "/v1/assets/Name/list"):
        assert (await ask(node, path))["data"] == []
    assert base58_address(ISSUER) not in str(rows)
    internal = f"/v1/accounts/{base58_address(ALICE)}/internal-transactions"
    assert (await ask(node, internal))["data"] == []


SENSELESS: Final[list[dict[str, str]]] = [
    {"fingerprint": "garbage"},
    {"fingerprint": "x" * 5000},
    {"fingerprint": "²"},
    {"fingerprint": USDT},
    {"limit": "-1"},
    {"limit": "x"},
    {"limit": "²"},
    {"limit": "9" * 5000},
    {"min_timestamp": "yesterday"},
    {"maxBlockTimestamp": "1.5"},
    {"order_by": "value,asc"},
    {"only_confirmed": "true", "onlyUnconfirmed": "true"},
    {"contract_address": "T" * 40},
    {f"name{at}": "1" for at in range(101)},
]


async def test_senseless_options_are_refused_in_the_gateways_shape(node: Node) -> None:
    for options in SENSELESS:
        answer = await node.http.get(TRC20, params=options)
        assert answer.status_code == 400, options
        said = answer.json()
        assert (said["success"], said["statusCode"]) == (False, 400)
        assert len(said["error"]) < 200
        assert not re.search(r"base 10|int\(\)|invalid literal|Python", said["error"])


async def test_paths_that_lead_nowhere(node: Node) -> None:
    for path, status in (
        ("/v1/accounts/nobody/transactions", 400),
        (f"/v1/accounts/{'T' * 60_000}", 400),
        ("/v1/transactions/xyz/events", 400),
        ("/v1/blocks/²/events", 400),
        ("/v1/witnesses", 404),
        (f"/v1/contracts/{USDT}/nothing", 404),
    ):
        answer = await node.http.get(path)
        assert answer.status_code == status
        assert answer.json()["statusCode"] == status

"""What a node says, taken apart: the odd is passed over, the contradictory is refused."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from jiema_app.domain.recharges.chain import ChainIncomplete
from jiema_app.integrations.tron.answers import (
    TRANSFER_TOPIC,
    ListedBlock,
    read_block,
    read_blocks,
    read_place,
    read_transaction,
    read_transfers,
    read_units,
)
from jiema_app.integrations.tron.fresh import read_fresh

USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
USDT_BODY = "a614f803b6fd780986a42c78ec9c7f77e6ded13c"
USDT_HEX = "41" + USDT_BODY
OURS = "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr3"
OUR_WORD = "000000000000000000000000630667a3b6e2e5fd9e1c1b9d2c1d8e2b2cb7e0aa"
STRANGER = "11" * 20
TIME_MS = 1_700_000_000_123
TXIDS = ("aa" * 32, "bb" * 32)


def block_id(number: int, end: str = "cd") -> str:
    return f"{number:016x}" + end * 24


def block_json(number: int = 7, txids: tuple[str, ...] = TXIDS) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "blockID": block_id(number),
        "block_header": {
            "raw_data": {
                "number": number,
                "txTrieRoot": "ef" * 32 if txids else "00" * 32,
                "parentHash": block_id(number - 1),
                "timestamp": TIME_MS,
                "version": 30,
            },
            "witness_signature": "00",
        },
    }
    if txids:
        answer["transactions"] = [{"txID": txid, "raw_data": {}} for txid in txids]
    return answer


def log_json(**changes: Any) -> dict[str, Any]:
    return {
        "address": USDT_BODY,
        "topics": [TRANSFER_TOPIC, "0" * 24 + STRANGER, "0" * 24 + "22" * 20],
        "data": f"{5_000_000:064x}",
    } | changes


def receipt_json(txid: str, *logs: Any, **changes: Any) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "id": txid,
        "blockNumber": 7,
        "blockTimeStamp": TIME_MS,
        "contractResult": [""],
        "receipt": {"net_usage": 345, "result": "SUCCESS"},
    }
    if logs:
        answer["log"] = list(logs)
    return answer | changes


def listed(answer: Any = None) -> ListedBlock:
    found = read_block(answer or block_json(), 7)
    assert found is not None
    return found


def read(*logs: Any, **changes: Any) -> list[Any]:
    """The transfers of a block whose first transaction has these logs."""
    receipts = [receipt_json(TXIDS[0], *logs, **changes), receipt_json(TXIDS[1])]
    return list(read_transfers(listed(), receipts, USDT))


def test_a_block_is_read() -> None:
    found = listed()
    assert found.header.number == 7
    assert found.header.id == block_id(7)
    assert found.header.parent_id == block_id(6)
    assert found.header.time == datetime(2023, 11, 14, 22, 13, 20, 123_000, tzinfo=UTC)
    assert tuple(found.txids) == TXIDS


def test_the_first_block_leaves_out_its_number_and_its_time() -> None:
    answer = block_json(0, ())
    raw = answer["block_header"]["raw_data"]
    del raw["number"], raw["timestamp"]
    raw["parentHash"] = "e5" * 32
    found = read_block(answer, 0)
    assert found is not None
    assert found.header.number == 0


def test_a_block_that_is_not_there_is_none() -> None:
    assert read_block({}, 7) is None
    assert list(read_blocks({}, 7, 5)) == []


def put(path: str, value: Any) -> Any:
    """A block with something else at a place; None takes it away."""
    answer = block_json()
    *way, last = path.split(".")
    place = answer
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return answer


@pytest.mark.parametrize(
    "answer",
    [
        put("blockID", None),
        put("blockID", block_id(8)),
        put("blockID", block_id(7).upper()),
        put("blockID", 7),
        put("block_header", None),
        put("block_header", []),
        put("block_header.raw_data", None),
        put("block_header.raw_data.number", None),
        put("block_header.raw_data.number", "7"),
        put("block_header.raw_data.number", 8),
        put("block_header.raw_data.number", -1),
        put("block_header.raw_data.number", 7.0),
        put("block_header.raw_data.parentHash", None),
        put("block_header.raw_data.parentHash", "00"),
        put("block_header.raw_data.timestamp", None),
        put("block_header.raw_data.timestamp", 0),
        put("block_header.raw_data.timestamp", 2**63 - 1),
        put("block_header.raw_data.timestamp", "1700000000123"),
        put("transactions", None),
        put("transactions", []),
        put("transactions", {}),
        put("transactions", [{}]),
        put("transactions", ["aa" * 32]),
        put("transactions", [{"txID": "aa"}]),
        put("transactions", [{"txID": TXIDS[0]}, {"txID": TXIDS[0]}]),
        {"blockID": block_id(7)},
        {"code": 5, "message": "busy"},
        {"success": False},
        [],
        [block_json()],
    ],
    ids=lambda answer: str(answer)[:60],
)
def test_what_is_no_block_is_refused(answer: Any) -> None:
    with pytest.raises(ChainIncomplete):
        read_block(answer, 7)


def test_blocks_follow_on_each_other() -> None:
    chain = [block_json(number, ()) for number in (7, 8, 9)]
    assert [one.header.number for one in read_blocks({"block": chain}, 7, 5)] == [7, 8, 9]

    broken = deepcopy(chain)
    broken[1]["block_header"]["raw_data"]["parentHash"] = block_id(7, "ce")
    wrongs: list[Any] = [
        {"block": broken},
        {"block": [chain[0], chain[2]]},
        {"block": chain[1:]},
        {"block": [chain[0], {}, chain[2]]},
        {"block": []},
        {"block": chain[0]},
        {"blocks": chain},
        chain,
    ]
    for wrong in wrongs:
        with pytest.raises(ChainIncomplete):
            read_blocks(wrong, 7, 5)
    with pytest.raises(ChainIncomplete):
        read_blocks({"block": chain}, 7, 2)


def test_receipts_may_come_in_any_order() -> None:
    receipts = [receipt_json(TXIDS[1], log_json()), receipt_json(TXIDS[0])]
    (found,) = read_transfers(listed(), receipts, USDT)
    assert found.txid == TXIDS[1]


GOOD = [receipt_json(TXIDS[0]), receipt_json(TXIDS[1])]


@pytest.mark.parametrize(
    "receipts",
    [
        [],
        {},
        None,
        GOOD[:1],
        [*GOOD, receipt_json("cc" * 32)],
        [GOOD[0], GOOD[0]],
        [GOOD[0], receipt_json("cc" * 32)],
        [GOOD[0], {}],
        [GOOD[0], None],
        [GOOD[0], {**GOOD[1], "id": None}],
        [GOOD[0], {**GOOD[1], "id": ["bb"]}],
        [GOOD[0], {**GOOD[1], "blockNumber": 8}],
        [GOOD[0], {key: GOOD[1][key] for key in GOOD[1] if key != "blockNumber"}],
        [GOOD[0], {**GOOD[1], "blockTimeStamp": TIME_MS + 1}],
        [GOOD[0], {key: GOOD[1][key] for key in GOOD[1] if key != "blockTimeStamp"}],
        [GOOD[0], {**GOOD[1], "log": {}}],
        [GOOD[0], {**GOOD[1], "log": [None]}],
        [GOOD[0], {**GOOD[1], "log": [log_json(address="")]}],
        [GOOD[0], {**GOOD[1], "log": [log_json(address=["x"])]}],
        [GOOD[0], {**GOOD[1], "log": [log_json(address="42" + USDT_BODY)]}],
        [GOOD[0], {**GOOD[1], "log": [log_json()], "receipt": "SUCCESS"}],
    ],
    ids=lambda receipts: str(receipts)[-60:],
)
def test_receipts_that_are_not_those_of_the_block_are_refused(receipts: Any) -> None:
    with pytest.raises(ChainIncomplete):
        read_transfers(listed(), receipts, USDT)


def test_a_receipt_names_its_block() -> None:
    assert read_place(GOOD[0], TXIDS[0]) == 7
    assert read_place({}, TXIDS[0]) is None


@pytest.mark.parametrize(
    "answer",
    [
        [],
        None,
        GOOD,
        GOOD[1],
        {"id": TXIDS[0]},
        {**GOOD[0], "id": None},
        {**GOOD[0], "blockNumber": "7"},
        {**GOOD[0], "blockNumber": -7},
    ],
    ids=lambda answer: str(answer)[:60],
)
def test_what_is_not_the_receipt_that_was_asked_for_is_refused(answer: Any) -> None:
    with pytest.raises(ChainIncomplete):
        read_place(answer, TXIDS[0])


def test_a_transaction_is_of_the_block_that_has_it() -> None:
    found = read_transaction(listed(), receipt_json(TXIDS[0], log_json()), USDT)
    assert (found.txid, found.header, found.succeeded) == (TXIDS[0], listed().header, True)
    assert [one.amount for one in found.transfers] == [5_000_000]


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "cc" * 32},
        {"id": None},
        {"blockTimeStamp": TIME_MS + 1},
        {"blockTimeStamp": None},
        {"receipt": "SUCCESS"},
        {"log": {}},
    ],
    ids=str,
)
def test_a_receipt_that_its_block_contradicts_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ChainIncomplete):
        read_transaction(listed(), receipt_json(TXIDS[0], log_json(), **changes), USDT)


@pytest.mark.parametrize(
    ("changes", "succeeded"),
    [
        ({"receipt": {"net_usage": 268}}, True),
        ({"receipt": {"result": "DEFAULT"}}, True),
        ({"receipt": {}}, True),
        ({"receipt": {}, "result": "FAILED"}, False),
        ({"receipt": {"result": "REVERT"}, "result": "FAILED"}, False),
        ({"receipt": {"result": "OUT_OF_ENERGY"}}, False),
        ({"result": "FAILED"}, False),
    ],
    ids=str,
)
def test_a_transaction_without_a_contract_s_success_has_no_transfers(
    changes: dict[str, Any], *, succeeded: bool
) -> None:
    found = read_transaction(listed(), receipt_json(TXIDS[0], log_json(), **changes), USDT)
    assert (found.succeeded, list(found.transfers)) == (succeeded, [])


def test_a_transfer_is_read_from_its_log() -> None:
    (found,) = read(log_json())
    assert (found.contract, found.amount, found.log_index) == (USDT, 5_000_000, 0)
    assert found.sender != found.receiver


def test_a_log_whose_contract_is_written_with_the_prefix_is_the_same() -> None:
    assert read(log_json(address=USDT_HEX)) == read(log_json())


def test_the_upper_bytes_of_addresses_are_ignored() -> None:
    dirty = log_json(topics=[TRANSFER_TOPIC, "41".rjust(24, "f") + STRANGER, "e" * 24 + "22" * 20])
    assert read(dirty) == read(log_json())


def test_amounts_are_of_any_size() -> None:
    assert read(log_json(data="f" * 64))[0].amount == 2**256 - 1
    assert read(log_json(data="0" * 64))[0].amount == 0


@pytest.mark.parametrize(
    "poison",
    [
        {"topics": [TRANSFER_TOPIC]},
        {"topics": [TRANSFER_TOPIC, "00" * 32]},
        {"topics": [TRANSFER_TOPIC, "00" * 32, "00" * 32, "00" * 31 + "07"], "data": None},
        {"topics": [TRANSFER_TOPIC, "00" * 32, "00" * 20]},
        {"topics": [TRANSFER_TOPIC, "00" * 32, "zz" * 32]},
        {"topics": [TRANSFER_TOPIC, "00" * 32, None]},
        {"topics": []},
        {"topics": None},
        {"topics": ["8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925"] * 3},
        {"data": None},
        {"data": ""},
        {"data": "00" * 31},
        {"data": "00" * 64},
        {"data": "zz" * 32},
        {"data": " " + "0" * 63},
        {"data": 5},
    ],
    ids=str,
)
def test_a_poisoned_log_of_a_stranger_stops_nothing(poison: dict[str, Any]) -> None:
    log = log_json(address=STRANGER, **poison)
    for name in [name for name, value in poison.items() if value is None]:
        del log[name]

    found = read(log, log_json())

    assert [(one.contract, one.log_index) for one in found] == [(USDT, 1)]


@pytest.mark.parametrize(
    "shape",
    [
        {"topics": [TRANSFER_TOPIC, "00" * 32]},
        {"topics": [TRANSFER_TOPIC] + ["00" * 32] * 3},
        {"data": ""},
        {"data": "00" * 31},
    ],
    ids=str,
)
def test_our_own_token_never_logs_another_shape(shape: dict[str, Any]) -> None:
    with pytest.raises(ChainIncomplete):
        read(log_json(**shape))


def test_an_event_of_our_token_that_is_no_transfer_is_passed_over() -> None:
    assert read(log_json(topics=["ab" * 32])) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"receipt": {"result": "REVERT"}},
        {"receipt": {"result": "OUT_OF_ENERGY"}},
        {"receipt": {"net_usage": 268}},
        {"receipt": {}},
        {"result": "FAILED"},
    ],
    ids=str,
)
def test_what_did_not_succeed_moved_nothing(changes: dict[str, Any]) -> None:
    assert read(log_json(), **changes) == []


def test_a_receipt_without_a_receipt_is_of_no_contract() -> None:
    bare = {key: value for key, value in GOOD[0].items() if key != "receipt"}
    assert list(read_transfers(listed(), [bare, GOOD[1]], USDT)) == []


def test_a_number_is_read_from_what_a_contract_returned() -> None:
    assert read_units({"result": {"result": True}, "constant_result": [f"{9:064x}"]}) == 9


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        {"constant_result": [f"{9:064x}"]},
        {"result": {}, "constant_result": [f"{9:064x}"]},
        {"result": {"result": True}},
        {"result": {"result": True}, "constant_result": []},
        {"result": {"result": True}, "constant_result": [""]},
        {"result": {"result": True}, "constant_result": ["09"]},
        {"result": {"result": True, "message": "5245"}, "constant_result": [f"{9:064x}"]},
        {"result": {"code": "CONTRACT_VALIDATE_ERROR", "message": "4e6f"}},
    ],
    ids=str,
)
def test_what_is_no_number_is_no_balance(answer: Any) -> None:
    with pytest.raises(ChainIncomplete):
        read_units(answer)


def call_json(data: str, **changes: Any) -> dict[str, Any]:
    value = {"data": data, "owner_address": "41" + STRANGER, "contract_address": USDT_HEX}
    return {
        "ret": [{"contractRet": "SUCCESS"}],
        "txID": TXIDS[0],
        "raw_data": {"contract": [{"type": "TriggerSmartContract", "parameter": {"value": value}}]},
    } | changes


def young(*transactions: Any) -> dict[str, Any]:
    return {"block": [block_json() | {"transactions": list(transactions)}]}


TO_US = "f" * 24 + "22" * 20
AMOUNT = f"{3:064x}"


@pytest.mark.parametrize(
    "data",
    [
        "a9059cbb" + TO_US + AMOUNT,
        "a9059cbb" + TO_US + AMOUNT + "00ff",
        "23b872dd" + "11" * 32 + TO_US + AMOUNT,
    ],
)
def test_a_young_transfer_is_read_from_its_call(data: str) -> None:
    (found,) = read_fresh(young(call_json(data)), 6, USDT_HEX).transfers
    assert (found.amount, found.is_genuine, found.block_number) == (3, True, 7)
    assert found.receiver == read(log_json())[0].receiver


@pytest.mark.parametrize(
    "transaction",
    [
        {},
        None,
        "x",
        {"ret": [], "raw_data": {"contract": []}},
        call_json(""),
        call_json("a9059cbb"),
        call_json("a9059cbb" + TO_US),
        call_json("a9059cbb" + TO_US + AMOUNT[2:]),
        call_json("a9059cbb" + "zz" * 32 + AMOUNT),
        call_json("23b872dd" + TO_US + AMOUNT),
        call_json("095ea7b3" + TO_US + AMOUNT),
        call_json("a9059cbb" + TO_US + AMOUNT, ret=[{"contractRet": "REVERT"}]),
        call_json("a9059cbb" + TO_US + AMOUNT, ret=[]),
        call_json("a9059cbb" + TO_US + AMOUNT, raw_data={"contract": [{"type": "Vote"}]}),
    ],
    ids=lambda one: str(one)[:70],
)
def test_a_young_call_that_is_no_transfer_is_passed_over(transaction: Any) -> None:
    good = call_json("a9059cbb" + TO_US + AMOUNT)
    found = read_fresh(young(transaction, good), 6, USDT_HEX)
    assert found.head == 7
    assert len(found.transfers) == 1


@pytest.mark.parametrize(
    "answer", [[], {"block": []}, {"block": [{}]}, {"block": [None]}, {"block": block_json()}]
)
def test_what_are_no_young_blocks_is_refused(answer: Any) -> None:
    with pytest.raises(ChainIncomplete):
        read_fresh(answer, 6, USDT_HEX)
    with pytest.raises(ChainIncomplete):
        read_fresh(answer, None, USDT_HEX)

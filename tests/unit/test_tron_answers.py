"""Blocks, receipts and transactions of a node, read strictly."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from jiema_app.domain.chain.port import ChainIncomplete
from jiema_app.integrations.tron.answers import (
    read_block,
    read_blocks,
    read_place,
    read_transaction,
    read_transfers,
)
from tests.unit.tron_answers import (
    GOOD,
    STRANGER,
    TIME_MS,
    TXIDS,
    USDT,
    USDT_BODY,
    block_id,
    block_json,
    listed,
    log_json,
    receipt_json,
)


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
        put("block_header.raw_data.number", 2**64 - 1),
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
        ({"receipt": {"result": 5}}, False),
    ],
    ids=str,
)
def test_a_transaction_without_a_contract_s_success_has_no_transfers(
    changes: dict[str, Any], *, succeeded: bool
) -> None:
    receipt = receipt_json(TXIDS[0], log_json(address=STRANGER), **changes)
    found = read_transaction(listed(), receipt, USDT)
    assert (found.succeeded, list(found.transfers)) == (succeeded, [])


def test_a_head_beyond_every_column_is_refused() -> None:
    number = 2**63
    answer = block_json(7, ())
    answer["block_header"]["raw_data"]["number"] = number
    answer["blockID"] = block_id(number)

    with pytest.raises(ChainIncomplete):
        read_block(answer)

"""Transfers and balances in what a node answers, read strictly."""

from typing import Any

import pytest

from jiema_app.domain.chain.port import ChainIncomplete
from jiema_app.integrations.tron.answers import (
    TRANSFER_TOPIC,
    read_transfers,
    read_units,
)
from jiema_app.integrations.tron.fresh import read_fresh
from tests.unit.tron_answers import (
    GOOD,
    STRANGER,
    TXIDS,
    USDT,
    USDT_HEX,
    block_json,
    listed,
    log_json,
    read,
)


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


@pytest.mark.parametrize(
    "topics",
    [
        None,
        [],
        {},
        TRANSFER_TOPIC,
        [None],
        [TRANSFER_TOPIC.upper()],
        ["0x" + TRANSFER_TOPIC],
        [TRANSFER_TOPIC[:-1]],
        [[TRANSFER_TOPIC]],
    ],
    ids=str,
)
def test_an_event_of_our_token_has_a_name(topics: Any) -> None:
    """Passed over, it could have been somebody's payment."""
    with pytest.raises(ChainIncomplete):
        read(log_json(topics=topics))
    assert read(log_json(address=STRANGER, topics=topics)) == []


def test_an_event_of_our_token_that_is_no_transfer_is_passed_over() -> None:
    assert read(log_json(topics=["ab" * 32])) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"receipt": {"result": "REVERT"}},
        {"receipt": {"result": "OUT_OF_ENERGY"}},
        {"receipt": {"result": "REVERT"}, "result": "FAILED"},
    ],
    ids=str,
)
def test_what_did_not_succeed_moved_nothing(changes: dict[str, Any]) -> None:
    assert read(log_json(), **changes) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"receipt": {"net_usage": 268}},
        {"receipt": {}},
        {"receipt": {"result": "DEFAULT"}},
        {"receipt": {"result": "success"}},
        {"receipt": {"result": 1}},
        {"receipt": {"result": ["SUCCESS"]}},
        {"receipt": {"result": "A_WORD_OF_LATER"}},
        {"receipt": {"result": "REVERT"}, "result": 7},
        {"result": "FAILED"},
    ],
    ids=str,
)
def test_a_logged_payment_is_never_passed_over_for_a_word_nobody_knows(
    changes: dict[str, Any],
) -> None:
    with pytest.raises(ChainIncomplete):
        read(log_json(), **changes)
    # A stranger's contract cannot stop the reading so.
    assert read(log_json(address=STRANGER), **changes) == []


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


@pytest.mark.parametrize("number", [-1, 6, 5000, 2**63, 2**64 - 1, 7.0, True, "7", None])
def test_no_young_block_leads_away_from_the_chain(number: Any) -> None:
    """Its number is where the next look begins, and is stored."""
    answer = young(call_json("a9059cbb" + TO_US + AMOUNT))
    answer["block"][0]["block_header"]["raw_data"]["number"] = number

    with pytest.raises(ChainIncomplete):
        read_fresh(answer, 6, USDT_HEX)

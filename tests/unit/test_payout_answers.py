"""What nodes answer to payouts: contracts, accounts, prices, dry runs and broadcasts, read strictly."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiema_app.domain.chain.port import ChainIncomplete
from jiema_app.integrations.tron.accounts import read_account, read_contract_facts, read_prices
from jiema_app.integrations.tron.addresses import hex_of_address
from jiema_app.integrations.tron.broadcasting import read_broadcast
from jiema_app.integrations.tron.constant_calls import read_dry_run, word_of_number
from jiema_app.integrations.tron.receipts import read_head_receipt, read_result
from tests.unit.payout_facts import THEIRS, TXID
from tests.unit.test_tron_nonsense import spoiled

OWN = hex_of_address(THEIRS)
REVERT = b"REVERT opcode executed".hex()
ACCOUNT = {"address": OWN, "balance": 5, "create_time": 1}
RESOURCES = {
    "freeNetUsed": 1,
    "freeNetLimit": 600,
    "NetLimit": 3,
    "NetUsed": 2,
    "EnergyLimit": 9,
    "EnergyUsed": 4,
    "TotalEnergyLimit": 180_000_000_000,
}
CODE = {"contract_address": OWN, "bytecode": "60"}
PARAMETERS: dict[str, list[dict[str, Any]]] = {
    "chainParameter": [
        {"key": "getEnergyFee", "value": 100},
        {"key": "getTransactionFee", "value": 1000},
        {"key": "getCreateNewAccountFeeInSystemContract", "value": 1_000_000},
        {"key": "getCreateAccountFee", "value": 100_000},
        {"key": "getMemoFee"},
    ]
}
GOOD_RUN = {
    "result": {"result": True},
    "energy_used": 64_285,
    "constant_result": ["0" * 64],
    "transaction": {"ret": [{}]},
}
BAD_RUN = {
    "result": {"result": True, "message": REVERT},
    "energy_used": 3000,
    "constant_result": [""],
    "transaction": {"ret": [{"ret": "FAILED"}]},
}
TAKEN = {"result": True, "txid": TXID}
RECEIPT = {"id": TXID, "blockNumber": 7, "fee": 3, "receipt": {"result": "SUCCESS"}}


def test_an_account_without_anything_is_no_contract() -> None:
    found = read_contract_facts({}, {}, OWN)
    assert (found.is_contract, found.is_activated) == (False, False)
    found = read_contract_facts(ACCOUNT, {}, OWN)
    assert (found.is_contract, found.is_activated) == (False, True)


@pytest.mark.parametrize(
    ("account", "contract"),
    [
        (ACCOUNT, CODE),
        ({}, CODE),
        (ACCOUNT | {"type": "Contract"}, {}),
        (ACCOUNT | {"type": "Contract"}, CODE),
    ],
)
def test_whatever_says_so_is_a_contract(account: Any, contract: Any) -> None:
    assert read_contract_facts(account, contract, OWN).is_contract


@pytest.mark.parametrize(
    ("account", "contract"),
    [
        ([], {}),
        ({}, []),
        (None, None),
        (ACCOUNT | {"address": "41" + "00" * 20}, {}),
        ({"balance": 1}, {}),
        ({}, CODE | {"contract_address": "41" + "00" * 20}),
        ({}, {"bytecode": "60"}),
        ({}, {"result": {}}),
        (ACCOUNT | {"type": "Wizard"}, {}),
        (ACCOUNT | {"type": ["Contract"]}, {}),
        (ACCOUNT | {"type": 2}, {}),
    ],
    ids=str,
)
def test_what_says_nothing_of_the_address_is_refused(account: Any, contract: Any) -> None:
    with pytest.raises(ChainIncomplete):
        read_contract_facts(account, contract, OWN)


def test_an_account_is_read() -> None:
    found = read_account(ACCOUNT, RESOURCES, OWN)
    assert (found.balance_sun, found.energy_left, found.net_left) == (5, 5, 599)
    empty = read_account({}, {}, OWN)
    assert (empty.is_activated, empty.balance_sun, empty.net_left) == (False, 0, 0)
    spent = read_account(ACCOUNT, RESOURCES | {"EnergyUsed": 99, "freeNetUsed": 700}, OWN)
    assert (spent.energy_left, spent.net_left) == (0, 1)


@pytest.mark.parametrize(
    ("account", "resources"),
    [
        # An answer of nothing at all is not an account without TRX.
        (ACCOUNT, {}),
        ({}, RESOURCES),
        (ACCOUNT | {"balance": -1}, RESOURCES),
        (ACCOUNT | {"balance": "5"}, RESOURCES),
        (ACCOUNT | {"balance": 5.0}, RESOURCES),
        (ACCOUNT | {"balance": True}, RESOURCES),
        (ACCOUNT | {"balance": 2**63}, RESOURCES),
        (ACCOUNT | {"address": THEIRS}, RESOURCES),
        (ACCOUNT, RESOURCES | {"EnergyLimit": None}),
        (ACCOUNT, RESOURCES | {"freeNetUsed": -1}),
        ([], {}),
    ],
    ids=str,
)
def test_an_account_that_makes_no_sense_is_refused(account: Any, resources: Any) -> None:
    with pytest.raises(ChainIncomplete):
        read_account(account, resources, OWN)


def parameters(**changes: Any) -> Any:
    """The chain's parameters with other values; of None there is no such parameter."""
    rows = {row["key"]: row for row in PARAMETERS["chainParameter"]}
    rows |= {key: {"key": key, "value": value} for key, value in changes.items()}
    return {"chainParameter": [row for row in rows.values() if row.get("value", 0) is not None]}


def test_prices_are_read() -> None:
    found = read_prices(PARAMETERS)
    assert (found.energy_sun, found.byte_sun, found.opening_sun) == (100, 1000, 1_100_000)
    assert read_prices(parameters(getCreateAccountFee=None)).opening_sun is None


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        {"chainParameter": {}},
        {"chainParameter": [5]},
        {"chainParameter": [{"value": 5}]},
        {"chainParameter": PARAMETERS["chainParameter"] * 2},
        parameters(getEnergyFee=None),
        parameters(getEnergyFee=0),
        parameters(getEnergyFee=-100),
        parameters(getEnergyFee="100"),
        parameters(getTransactionFee=None),
        parameters(getTransactionFee=2**70),
        parameters(getCreateAccountFee=-1),
    ],
    ids=lambda answer: str(answer)[:60],
)
def test_prices_that_make_no_sense_are_refused(answer: Any) -> None:
    with pytest.raises(ChainIncomplete):
        read_prices(answer)


def run(**changes: Any) -> Any:
    return {key: value for key, value in (GOOD_RUN | changes).items() if value is not None}


@pytest.mark.parametrize("returned", ["0" * 64, f"{1:064x}", "", "AB" * 32])
def test_a_dry_run_is_judged_by_nothing_that_the_contract_returns(returned: str) -> None:
    found = read_dry_run(run(constant_result=[returned]))
    assert (found.is_ok, found.energy_used, found.returned) == (True, 64_285, returned.lower())


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (BAD_RUN, "REVERT opcode executed"),
        (run(result={"result": True, "message": REVERT}), "REVERT opcode executed"),
        (run(transaction={"ret": [{"ret": "FAILED"}]}), "the contract refused"),
        (run(transaction={"ret": [{"contractRet": "OUT_OF_ENERGY"}]}), "the contract refused"),
        (run(result={"result": True, "code": "SIGERROR"}), "the contract refused"),
        (
            {"result": {"code": "CONTRACT_VALIDATE_ERROR", "message": b"No contract".hex()}},
            "CONTRACT_VALIDATE_ERROR: No contract",
        ),
        ({"result": {"code": "CONTRACT_EXE_ERROR"}}, "CONTRACT_EXE_ERROR"),
    ],
    ids=str,
)
def test_a_transfer_that_would_fail(answer: Any, message: str) -> None:
    found = read_dry_run(answer)
    assert (found.is_ok, found.message, found.is_timeout) == (False, message, False)


def test_a_node_without_time_says_nothing_of_the_transfer() -> None:
    words = b"CPU timeout for 'SSTORE' operation executing".hex()
    assert read_dry_run(BAD_RUN | {"result": {"result": True, "message": words}}).is_timeout


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        {"result": {}},
        {"result": True},
        {"result": {"result": "true"}},
        {"result": {"code": "OTHER_ERROR", "message": REVERT}},
        {"result": {"code": ["CONTRACT_EXE_ERROR"]}},
        run(energy_used=None),
        run(energy_used=0),
        run(energy_used=-5),
        run(energy_used="64285"),
        run(transaction=None),
        run(transaction={}),
        run(transaction={"ret": []}),
        run(transaction={"ret": [{}, {}]}),
        run(transaction={"ret": [None]}),
        run(constant_result=None),
        run(constant_result=[]),
        run(constant_result=["0" * 64] * 2),
        run(constant_result=["0x" + "0" * 62]),
        run(constant_result=["0" * 63]),
        run(constant_result=[5]),
    ],
    ids=str,
)
def test_a_dry_run_that_says_neither_is_refused(answer: Any) -> None:
    with pytest.raises(ChainIncomplete):
        read_dry_run(answer)


def test_words_of_a_call_are_written_by_hand() -> None:
    assert word_of_number(10_000_000) == "0" * 58 + "989680"
    for wrong in (-1, 2**256):
        with pytest.raises(ValueError):
            word_of_number(wrong)


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({}, "SUCCESS"),
        ({"result": "SUCESS"}, "SUCCESS"),
        ({"receipt": {}}, ""),
        ({"receipt": {"result": "DEFAULT"}}, ""),
        ({"receipt": {"result": "REVERT"}, "result": "FAILED"}, "REVERT"),
        ({"receipt": {"result": "OUT_OF_TIME"}}, "OUT_OF_TIME"),
        ({"receipt": {}, "result": "FAILED"}, "FAILED"),
    ],
    ids=str,
)
def test_how_a_transaction_ended(changes: Any, result: str) -> None:
    assert read_result(RECEIPT | changes) == result


@pytest.mark.parametrize(
    "changes",
    [
        {"result": "FAILED"},
        {"result": "WELL"},
        {"result": ["FAILED"]},
        {"receipt": {"result": "FINE"}},
        {"receipt": {"result": 5}},
        {"receipt": {"result": ["SUCCESS"]}},
        {"receipt": "SUCCESS"},
    ],
    ids=str,
)
def test_an_end_that_nobody_knows_is_refused(changes: Any) -> None:
    with pytest.raises(ChainIncomplete):
        read_result(RECEIPT | changes)


def accounts(answer: Any) -> Any:
    return read_account(answer[0], answer[1], OWN)


def contracts(answer: Any) -> Any:
    return read_contract_facts(answer[0], answer[1], OWN)


READERS: list[tuple[Any, Callable[[Any], Any]]] = [
    ([ACCOUNT, RESOURCES], accounts),
    ([ACCOUNT, CODE], contracts),
    (PARAMETERS, read_prices),
    (GOOD_RUN, read_dry_run),
    (BAD_RUN, read_dry_run),
    (TAKEN, lambda answer: read_broadcast(answer, TXID)),
    ({"code": "SIGERROR", "message": "00"}, read_broadcast),
    (RECEIPT, lambda answer: read_head_receipt(answer, TXID)),
]


def test_the_answers_that_are_spoiled_here_are_good() -> None:
    for answer, read in READERS:
        assert read(answer)


@settings(max_examples=600, deadline=None)
@given(data=st.data())
def test_nonsense_is_never_another_error(data: st.DataObject) -> None:
    good, read = data.draw(st.sampled_from(READERS))
    answer = orjson.loads(orjson.dumps(data.draw(spoiled(good))))
    if read in {accounts, contracts} and (not isinstance(answer, list) or len(answer) < 2):
        return
    with suppress(ChainIncomplete):
        read(answer)

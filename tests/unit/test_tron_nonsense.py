"""Whatever JSON a node answers, reading it ends in an answer or in ``ChainIncomplete``."""

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiema_app.domain.chain.port import ChainIncomplete
from jiema_app.integrations.tron.answers import (
    TRANSFER_TOPIC,
    ListedBlock,
    read_block,
    read_blocks,
    read_transaction,
    read_transfers,
    read_units,
)
from jiema_app.integrations.tron.fresh import read_fresh

USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
USDT_HEX = "41a614f803b6fd780986a42c78ec9c7f77e6ded13c"
TXID = "aa" * 32
TIME_MS = 1_700_000_000_000
BLOCK = {
    "blockID": f"{7:016x}" + "cd" * 24,
    "block_header": {
        "raw_data": {
            "number": 7,
            "txTrieRoot": "ef" * 32,
            "parentHash": f"{6:016x}" + "cd" * 24,
            "timestamp": TIME_MS,
        }
    },
    "transactions": [
        {
            "ret": [{"contractRet": "SUCCESS"}],
            "txID": TXID,
            "raw_data": {
                "contract": [
                    {
                        "type": "TriggerSmartContract",
                        "parameter": {
                            "value": {
                                "data": "a9059cbb" + "0" * 24 + "22" * 20 + f"{3:064x}",
                                "contract_address": USDT_HEX,
                            }
                        },
                    }
                ]
            },
        }
    ],
}
RECEIPTS = [
    {
        "id": TXID,
        "blockNumber": 7,
        "blockTimeStamp": TIME_MS,
        "receipt": {"result": "SUCCESS"},
        "log": [
            {
                "address": USDT_HEX[2:],
                "topics": [TRANSFER_TOPIC, "0" * 24 + "11" * 20, "0" * 24 + "22" * 20],
                "data": f"{3:064x}",
            }
        ],
    }
]
UNITS = {"result": {"result": True}, "constant_result": [f"{9:064x}"]}

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=70).filter(lambda text: text.isprintable())
    | st.text("0123456789abcdefABCDEFx ", min_size=38, max_size=70)
)
any_json = st.recursive(
    scalars,
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(st.sampled_from(["number", "id", "log", "block", "data"]), inside)
    ),
    max_leaves=8,
)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a piece of JSON."""
    found = [way]
    if isinstance(value, dict):
        for name, inside in value.items():
            found += places(inside, (*way, name))
    elif isinstance(value, list):
        for at, inside in enumerate(value):
            found += places(inside, (*way, at))
    return found


@st.composite
def spoiled(draw: st.DrawFn, good: Any) -> Any:
    """A good answer with something else in one place, or with something missing."""
    answer = deepcopy(good)
    way = draw(st.sampled_from(places(answer)))
    if not way:
        return draw(any_json)
    place = answer
    for step in way[:-1]:
        place = place[step]
    if draw(st.booleans()):
        del place[way[-1]]
    else:
        place[way[-1]] = draw(any_json)
    return answer


def listed() -> ListedBlock:
    block = read_block(BLOCK, 7)
    assert block is not None
    return block


READERS: list[tuple[Any, Callable[[Any], Any]]] = [
    (BLOCK, lambda answer: read_block(answer, 7)),
    (BLOCK, read_block),
    ({"block": [BLOCK]}, lambda answer: read_blocks(answer, 7, 20)),
    (RECEIPTS, lambda answer: read_transfers(listed(), answer, USDT)),
    (UNITS, read_units),
    (BLOCK, lambda answer: read_fresh(answer, None, USDT_HEX)),
    ({"block": [BLOCK]}, lambda answer: read_fresh(answer, 6, USDT_HEX)),
]


@pytest.mark.parametrize("word", [["REVERT"], {"REVERT": 1}, 7, [[]]], ids=str)
def test_what_is_no_word_for_a_result_is_none(word: Any) -> None:
    """A list cannot be looked up among words: asked so, a node could stop all reading."""
    for receipt in ({"result": word}, {"result": "REVERT"}):
        answer = [{**RECEIPTS[0], "receipt": receipt, "result": word}]
        with suppress(ChainIncomplete):
            assert not read_transfers(listed(), answer, USDT)
        with suppress(ChainIncomplete):
            assert not read_transaction(listed(), answer[0], USDT).succeeded


def test_the_answers_that_are_spoiled_here_are_good() -> None:
    for answer, read in READERS:
        assert read(answer)
    assert len(read_transfers(listed(), RECEIPTS, USDT)) == 1
    assert len(read_fresh(BLOCK, None, USDT_HEX).transfers) == 1


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_nonsense_is_never_another_error(data: st.DataObject) -> None:
    good, read = data.draw(st.sampled_from(READERS))
    answer = orjson.loads(orjson.dumps(data.draw(spoiled(good))))
    with suppress(ChainIncomplete):
        read(answer)

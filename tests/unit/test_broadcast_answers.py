"""What a node made of a signed transaction, and its own words, read strictly."""

from typing import Any

import orjson
import pytest

from jiema_app.domain.payouts.port import BroadcastOutcome
from jiema_app.integrations.tron.broadcasting import NUMBERS, read_broadcast, read_signed
from jiema_app.integrations.tron.fields import WORDS_MAX, words_of
from tests.unit.payout_facts import TXID

TAKEN = {"result": True, "txid": TXID}


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (TAKEN, BroadcastOutcome.ACCEPTED),
        ({"result": True}, BroadcastOutcome.ACCEPTED),
        ({"result": True, "code": "SUCCESS"}, BroadcastOutcome.ACCEPTED),
        ({"result": True, "code": 0}, BroadcastOutcome.ACCEPTED),
        ({"code": "SIGERROR"}, BroadcastOutcome.INVALID),
        ({"code": "CONTRACT_VALIDATE_ERROR"}, BroadcastOutcome.INVALID),
        ({"code": "CONTRACT_EXE_ERROR"}, BroadcastOutcome.INVALID),
        ({"code": "BANDWITH_ERROR"}, BroadcastOutcome.BANDWIDTH),
        ({"code": "DUP_TRANSACTION_ERROR", "txid": TXID}, BroadcastOutcome.DUPLICATE),
        ({"code": "TAPOS_ERROR"}, BroadcastOutcome.TAPOS),
        ({"code": "TOO_BIG_TRANSACTION_ERROR"}, BroadcastOutcome.INVALID),
        ({"code": "TRANSACTION_EXPIRATION_ERROR"}, BroadcastOutcome.EXPIRED),
        ({"code": "SERVER_BUSY"}, BroadcastOutcome.NOT_TAKEN),
        ({"code": "NO_CONNECTION", "result": False}, BroadcastOutcome.NOT_TAKEN),
        ({"code": "NOT_ENOUGH_EFFECTIVE_CONNECTION"}, BroadcastOutcome.AMBIGUOUS),
        ({"code": "BLOCK_UNSOLIDIFIED"}, BroadcastOutcome.NOT_TAKEN),
        ({"code": "OTHER_ERROR"}, BroadcastOutcome.AMBIGUOUS),
        ({"code": 1}, BroadcastOutcome.INVALID),
        ({"code": 5}, BroadcastOutcome.DUPLICATE),
        ({"code": 12}, BroadcastOutcome.NOT_TAKEN),
        ({"code": 20}, BroadcastOutcome.AMBIGUOUS),
        # What says nothing, or two things, may have been taken.
        ({}, BroadcastOutcome.AMBIGUOUS),
        ([], BroadcastOutcome.AMBIGUOUS),
        (None, BroadcastOutcome.AMBIGUOUS),
        ({"result": False}, BroadcastOutcome.AMBIGUOUS),
        ({"code": "SUCCESS"}, BroadcastOutcome.AMBIGUOUS),
        ({"result": True, "code": "SIGERROR"}, BroadcastOutcome.AMBIGUOUS),
        ({"result": "true"}, BroadcastOutcome.AMBIGUOUS),
        ({"result": 1}, BroadcastOutcome.AMBIGUOUS),
        ({"result": [], "code": "SIGERROR"}, BroadcastOutcome.AMBIGUOUS),
        ({"code": "WONDERFUL"}, BroadcastOutcome.AMBIGUOUS),
        ({"code": 13}, BroadcastOutcome.AMBIGUOUS),
        ({"code": True}, BroadcastOutcome.AMBIGUOUS),
        ({"code": ["SIGERROR"]}, BroadcastOutcome.AMBIGUOUS),
        ({"result": True, "txid": "bb" * 32}, BroadcastOutcome.AMBIGUOUS),
        ({"code": "SIGERROR", "txid": "bb" * 32}, BroadcastOutcome.AMBIGUOUS),
        ({"result": True, "txid": [TXID]}, BroadcastOutcome.AMBIGUOUS),
    ],
    ids=str,
)
def test_what_a_node_made_of_a_transaction(answer: Any, outcome: BroadcastOutcome) -> None:
    assert read_broadcast(answer, TXID)[0] is outcome


def test_the_numbers_of_codes_are_those_of_the_protocol() -> None:
    assert NUMBERS[4] == "BANDWITH_ERROR"
    assert NUMBERS[8] == "TRANSACTION_EXPIRATION_ERROR"
    assert NUMBERS[12] == "BLOCK_UNSOLIDIFIED"
    assert NUMBERS[11] == "NOT_ENOUGH_EFFECTIVE_CONNECTION"
    assert sorted(NUMBERS) == [*range(1, 13), 20]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (b"Validate signature error".hex(), "Validate signature error"),
        ("Server busy.", "Server busy."),
        ("line\none\u202e\x00 two", "line one two"),
        ("x" * 500, "x" * (WORDS_MAX - 1) + "…"),
        ((b"y" * 5000).hex(), "y" * (WORDS_MAX - 1) + "…"),
        (b"\xff\xfe".hex(), "��"),
        ("", ""),
        (None, ""),
        (["x"], ""),
        (5, ""),
    ],
)
def test_a_node_s_words_are_one_bounded_line(value: Any, words: str) -> None:
    assert words_of(value) == words


def test_only_signed_transactions_are_sent() -> None:
    signed = orjson.dumps({"txID": TXID, "raw_data": {"a": 1}, "signature": ["ab"]}).decode()
    assert read_signed(signed) == (signed.encode(), TXID)
    unnamed = '{"raw_data":{"a":1},"signature":["ab"]}'
    assert read_signed(unnamed) == (unnamed.encode(), "")
    for wrong in (
        "",
        "{}",
        "[]",
        "nonsense",
        signed.replace("signature", "sign"),
        signed.replace('["ab"]', "[]"),
        signed + " " * 20_000,
        '"\ud800"',
    ):
        with pytest.raises(ValueError):
            read_signed(wrong)

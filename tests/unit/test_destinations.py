"""Addresses that somebody types: whether they can be paid to."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jiema_app.domain.chain.addresses import fault_of_address, is_address
from jiema_app.domain.payouts.destinations import (
    TYPED_MAX,
    DestinationFault,
    describe_address,
)
from jiema_app.domain.payouts.port import ContractFacts
from jiema_app.integrations.tron.addresses import is_address as is_readable
from tests.unit.payout_facts import (
    BAD_CHECKSUM,
    HOT,
    OF_ANOTHER_NETWORK,
    PLAIN,
    THEIRS,
    TREASURY,
    USDT,
    ZERO,
)

BITCOIN = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
ETHEREUM = "0x52908400098527886E0F7030069857D2E4169EE7"
CONTRACT = ContractFacts(has_code=True, is_contract_account=False, is_activated=True)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", DestinationFault.EMPTY),
        (" \n\u200b", DestinationFault.EMPTY),
        (ETHEREUM, DestinationFault.NOT_TRON),
        (BITCOIN, DestinationFault.NOT_TRON),
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", DestinationFault.NOT_TRON),
        ("41a614f803b6fd780986a42c78ec9c7f77e6ded13c", DestinationFault.NOT_TRON),
        ("hello", DestinationFault.NOT_TRON),
        (THEIRS[:33], DestinationFault.NOT_TRON),
        (THEIRS + "x", DestinationFault.NOT_TRON),
        (THEIRS[:10] + " " + THEIRS[10:], DestinationFault.NOT_TRON),
        (THEIRS.replace("1", "l"), DestinationFault.NOT_TRON),
        ("Т" + THEIRS[1:], DestinationFault.NOT_TRON),  # noqa: RUF001 - a Cyrillic letter
        (OF_ANOTHER_NETWORK, DestinationFault.NOT_TRON),
        (BAD_CHECKSUM, DestinationFault.CHECKSUM),
        (THEIRS.swapcase().replace("t", "T", 1), DestinationFault.NOT_TRON),
        (THEIRS[:-2] + THEIRS[-1] + THEIRS[-2], DestinationFault.CHECKSUM),
        (ZERO, DestinationFault.ZERO),
        (USDT, DestinationFault.TOKEN_CONTRACT),
        (HOT, DestinationFault.OURS),
        (TREASURY, DestinationFault.SANCTIONED),
        (" " * 100 + HOT, DestinationFault.OURS),
        (" " * TYPED_MAX + HOT, DestinationFault.NOT_TRON),
        ("T" * 10_000_000, DestinationFault.NOT_TRON),
    ],
)
def test_what_cannot_be_paid_to_is_said_in_a_word(text: str, fault: DestinationFault) -> None:
    found = describe_address(text, token=USDT, ours={HOT}, sanctioned={TREASURY})

    assert found.fault is fault
    assert not found.ok
    assert len(found.address) <= TYPED_MAX


@pytest.mark.parametrize("text", [THEIRS, f" {THEIRS}\n", f"\ufeff{THEIRS}\u200b"])
def test_an_address_is_taken_without_what_came_along_with_it(text: str) -> None:
    found = describe_address(text, token=USDT, ours={HOT}, sanctioned={TREASURY})

    assert (found.address, found.fault, found.ok) == (THEIRS, None, True)


def test_only_a_node_knows_what_is_a_contract() -> None:
    assert describe_address(THEIRS, token=USDT, contract=PLAIN).ok
    found = describe_address(THEIRS, token=USDT, contract=CONTRACT)
    assert found.fault is DestinationFault.CONTRACT


@given(
    st.text() | st.text("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", max_size=36)
)
@example("T" + "1" * 33)
@example("T" + "z" * 33)
@example("\ud800")
def test_anything_may_be_typed(text: str) -> None:
    found = describe_address(text, token=USDT)
    assert found.ok is is_readable(found.address)


@given(st.integers(0, 33), st.sampled_from(string.printable))
def test_no_other_character_is_taken_in_place_of_one(at: int, other: str) -> None:
    text = THEIRS[:at] + other + THEIRS[at + 1 :]
    assert is_address(text) is (text == THEIRS)


@pytest.mark.parametrize("value", [None, 5, b"T", [THEIRS], {"a": 1}])
def test_what_is_no_text_is_no_address(value: object) -> None:
    assert fault_of_address(value) is not None

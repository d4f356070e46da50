"""Our own encoder writes what the network has, and what another library writes."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tronpy.proto import tron_pb2
from tronpy.proto.tron_pb2 import google_dot_protobuf_dot_any__pb2 as any_pb2

from jiema_app.integrations.tron.addresses import BadAddress, address_of_hex, parse_address
from signer.encoder import (
    INT64_MAX,
    RefBlock,
    TrxTransfer,
    UsdtTransfer,
    Validity,
    call_contract,
    raw_data,
    transaction,
    txid,
)
from signer.signing_key import signer_of
from tests.signer.making import block, usdt, validity
from tests.signer.signatures import HOT, OTHER, USDT

KNOWN = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="ascii"))[
    "transactions"
]
PLAIN = [one for one in KNOWN if not one["has_memo"]]
SIGNED = [one for one in KNOWN if one["signature"]]
CLEAN_WORD = "a9059cbb" + "00" * 12


def named(one: dict[str, Any]) -> str:
    return str(one["txid"][:8])


def validity_of(one: dict[str, Any]) -> Validity:
    """A block that the transaction could have referred to: of its id, ten bytes are known."""
    number = int(one["ref_block_bytes"], 16)
    block_id = f"{number:016x}{one['ref_block_hash']}{'00' * 16}"
    return Validity(RefBlock(number, block_id), one["timestamp_ms"], one["expiration_ms"])


@pytest.mark.parametrize("one", PLAIN, ids=named)
def test_the_bytes_are_those_of_the_network(one: dict[str, Any]) -> None:
    owner, target = bytes.fromhex(one["owner_hex"]), bytes.fromhex(one["contract_hex"])
    contract = call_contract(owner, target, bytes.fromhex(one["call"]))
    raw = transaction(contract, validity_of(one), fee_limit_sun=one["fee_limit_sun"])
    assert raw.hex() == one["raw_data_hex"]
    assert txid(raw) == one["txid"]


@pytest.mark.parametrize(
    "one", [one for one in PLAIN if one["call"].startswith(CLEAN_WORD)], ids=named
)
def test_a_transfer_of_the_network_comes_out_the_same(one: dict[str, Any]) -> None:
    call = one["call"][len(CLEAN_WORD) :]
    transfer = UsdtTransfer(
        owner=one["owner"],
        token=address_of_hex(one["contract_hex"]),
        receiver=address_of_hex(call[:40]),
        amount=int(call[40:], 16),
        fee_limit_sun=one["fee_limit_sun"],
    )
    assert txid(raw_data(transfer, validity_of(one))) == one["txid"]


@pytest.mark.parametrize("one", SIGNED, ids=named)
def test_a_signature_of_the_network_names_its_owner(one: dict[str, Any]) -> None:
    assert hashlib.sha256(bytes.fromhex(one["raw_data_hex"])).hexdigest() == one["txid"]
    digest, signature = bytes.fromhex(one["txid"]), bytes.fromhex(one["signature"])
    assert signer_of(digest, signature) == one["owner"]


addresses = st.binary(min_size=20, max_size=20).map(lambda body: address_of_hex(body.hex()))
numbers = st.one_of(
    st.integers(1, INT64_MAX), st.sampled_from([1, 127, 128, 16_383, 16_384, INT64_MAX])
)


@st.composite
def validities(draw: st.DrawFn) -> Validity:
    number = draw(st.integers(0, INT64_MAX))
    rest = draw(st.binary(min_size=24, max_size=24))
    return Validity(RefBlock(number, f"{number:016x}{rest.hex()}"), draw(numbers), draw(numbers))


def by_the_library(kind: str, parameter: Any, validity: Validity, **limit: int) -> bytes:
    contract = tron_pb2.Transaction.Contract(
        type=getattr(tron_pb2.Transaction.Contract.ContractType, kind),
        parameter=any_pb2.Any(
            type_url=f"type.googleapis.com/protocol.{kind}", value=parameter.SerializeToString()
        ),
    )
    block_id = bytes.fromhex(validity.reference.block_id)
    raw = tron_pb2.Transaction.raw(
        ref_block_bytes=block_id[6:8],
        ref_block_hash=block_id[8:16],
        expiration=validity.expiration_ms,
        timestamp=validity.timestamp_ms,
        contract=[contract],
        **limit,
    )
    return bytes(raw.SerializeToString())


@given(addresses, addresses, addresses, numbers, numbers, validities())
def test_every_transfer_of_tokens_is_what_protobuf_writes(
    owner: str, token: str, receiver: str, amount: int, fee_limit: int, validity: Validity
) -> None:
    data = bytes.fromhex("a9059cbb") + b"\0" * 12 + parse_address(receiver)[1:]
    parameter = tron_pb2.TriggerSmartContract(
        owner_address=parse_address(owner),
        contract_address=parse_address(token),
        data=data + amount.to_bytes(32, "big"),
    )
    expected = by_the_library("TriggerSmartContract", parameter, validity, fee_limit=fee_limit)
    raw = raw_data(UsdtTransfer(owner, token, receiver, amount, fee_limit), validity)
    assert raw == expected
    assert txid(raw) == hashlib.sha256(expected).hexdigest()


@given(addresses, addresses, numbers, validities())
def test_every_transfer_of_trx_is_what_protobuf_writes(
    owner: str, receiver: str, amount: int, validity: Validity
) -> None:
    parameter = tron_pb2.TransferContract(
        owner_address=parse_address(owner), to_address=parse_address(receiver), amount=amount
    )
    expected = by_the_library("TransferContract", parameter, validity)
    assert raw_data(TrxTransfer(owner, receiver, amount), validity) == expected


def test_each_part_changes_the_id() -> None:
    ids = {txid(raw_data(usdt(), validity()))}
    for change in ({"owner": OTHER}, {"token": OTHER}, {"receiver": USDT}, {"amount": 1}, {"fee_limit_sun": 1}):  # fmt: skip
        ids.add(txid(raw_data(usdt(**change), validity())))
    during: list[dict[str, Any]] = [
        {"reference": block(1)},
        {"timestamp_ms": 1},
        {"expiration_ms": 1},
    ]
    for other in during:
        ids.add(txid(raw_data(usdt(), validity(**other))))
    assert len(ids) == 9


@pytest.mark.parametrize(
    "change",
    [{"amount": 0}, {"amount": -1}, {"amount": 2**63}, {"fee_limit_sun": 0}, {"fee_limit_sun": 2**63}],
)  # fmt: skip
def test_a_number_that_means_nothing_is_refused(change: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        raw_data(usdt(**change), validity())


@pytest.mark.parametrize("change", [{"timestamp_ms": 0}, {"expiration_ms": -5}, {"expiration_ms": 2**63}])  # fmt: skip
def test_a_time_that_cannot_be_is_refused(change: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        raw_data(TrxTransfer(HOT, OTHER, 1), validity(**change))


def test_an_address_of_another_network_is_refused() -> None:
    for field in ("owner", "token", "receiver"):
        with pytest.raises(BadAddress):
            raw_data(usdt(**{field: "ToJyNqFb61rxGU5yELnRhMKzibZRZj4KGZ"}), validity())


def test_a_block_is_referred_to_by_the_end_of_its_number_and_its_hash() -> None:
    found = RefBlock(0x1234_5678, "0000000012345678" + "a1b2c3d4e5f60718" + "00" * 16)
    assert found.ref_bytes.hex() == "5678"
    assert found.ref_hash.hex() == "a1b2c3d4e5f60718"


@pytest.mark.parametrize(
    ("number", "block_id"),
    [
        (1, "0" * 64),
        (0, "0" * 63),
        (0, "0" * 66),
        (0, "0" * 63 + "G"),
        (10, f"{10:016X}" + "0" * 48),
        (0, "0x" + "0" * 62),
    ],
)
def test_a_number_and_an_id_are_of_one_block(number: int, block_id: str) -> None:
    with pytest.raises(ValueError):
        RefBlock(number, block_id)
    assert replace(block(), number=block().number) == block()

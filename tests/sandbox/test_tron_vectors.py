"""Addresses, keys and transactions of the public networks come out the same here."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.tron.addresses import AddressError, base58_address, parse_address, sha256
from sandbox.tron.contracts import TRANSFER_TOPIC, selector
from sandbox.tron.keys import Key, SignatureError, signer_of
from sandbox.tron.transactions import from_bytes, from_json, raw_json
from sandbox.tron.wire import WireError, decode, encode

TRANSACTIONS = json.loads(Path(__file__).with_name("tron_vectors.json").read_text())
USDT = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"


@pytest.mark.parametrize("known", TRANSACTIONS, ids=lambda one: one["txID"][:8])
def test_a_transaction_of_the_real_network_has_its_id(known: dict[str, Any]) -> None:
    found = from_json({"raw_data": known["raw_data"]})
    assert found.data.hex() == known["raw_data_hex"]
    assert found.id == known["txID"]
    assert base58_address(found.raw.owner) == known["owner"]


@pytest.mark.parametrize("known", TRANSACTIONS, ids=lambda one: one["txID"][:8])
def test_its_bytes_read_back_as_the_same_json(known: dict[str, Any]) -> None:
    data = bytes.fromhex(known["raw_data_hex"])
    assert raw_json(decode(data)) == known["raw_data"]
    assert encode(decode(data)) == data


@pytest.mark.parametrize(
    "known",
    [one for one in TRANSACTIONS if one["signature"]],
    ids=lambda one: one["txID"][:8],
)
def test_its_signature_names_its_owner(known: dict[str, Any]) -> None:
    signature = bytes.fromhex(known["signature"])
    signer = signer_of(bytes.fromhex(known["txID"]), signature)
    assert base58_address(signer) == known["owner"]
    changed = bytes([signature[0] ^ 1]) + signature[1:]
    try:
        stranger = signer_of(bytes.fromhex(known["txID"]), changed)
    except SignatureError:
        return
    assert base58_address(stranger) != known["owner"]


@pytest.mark.parametrize(
    ("secret", "address"),
    [
        ("88" * 32, "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr3"),
        ("00" * 31 + "01", "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC"),
    ],
)
def test_a_key_has_the_address_that_everybody_computes(secret: str, address: str) -> None:
    assert base58_address(Key(bytes.fromhex(secret)).address) == address


def test_an_address_is_read_in_every_spelling() -> None:
    plain = "41a614f803b6fd780986a42c78ec9c7f77e6ded13c"
    for text in (USDT, plain, plain.upper(), "0x" + plain[2:], "0x" + plain, plain[2:]):
        assert parse_address(text) == plain
    assert base58_address(plain) == USDT


@pytest.mark.parametrize(
    "text",
    [
        "ToJyNqFb61rxGU5yELnRhMKzibZRZj4KGZ",  # another network's first byte
        "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr4",  # checksum
        "T",
        "",
        "41a614",
        None,
        7,
    ],
)
def test_what_is_no_address_is_refused(text: object) -> None:
    with pytest.raises(AddressError):
        parse_address(text)


def test_names_of_functions_and_events_hash_as_known() -> None:
    assert TRANSFER_TOPIC == "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
    for signature, known in {
        "transfer(address,uint256)": "a9059cbb",
        "transferFrom(address,address,uint256)": "23b872dd",
        "balanceOf(address)": "70a08231",
        "isBlackListed(address)": "e47d6060",
        "decimals()": "313ce567",
        "paused()": "5c975abb",
        "deprecated()": "0e136b19",
        "basisPointsRate()": "dd644f72",
    }.items():
        assert selector(signature) == known


@pytest.mark.parametrize("garbage", ["", "ff", "0a02", "0a0200", "5a0208", "08" * 40])
def test_bytes_that_are_no_transaction_are_refused(garbage: str) -> None:
    with pytest.raises(WireError):
        from_bytes(bytes.fromhex(garbage), ())


def test_a_signature_that_is_too_short_or_impossible_is_refused() -> None:
    digest = sha256(b"anything")
    for signature in (b"", b"\0" * 64, b"\0" * 65, b"\xff" * 65):
        with pytest.raises(SignatureError):
            signer_of(digest, signature)

"""What is signed is what was wanted, to the byte, and a node takes it as it is."""

import json
import socket
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tronpy.keys import PublicKey, Signature

from jiema_app.integrations.tron.addresses import address_of_hex
from sandbox.app import create_app
from sandbox.tron.addresses import base58_address
from sandbox.tron.transactions import from_json, raw_json
from signer import building
from signer.building import (
    BuildMismatch,
    NodeAsked,
    SignedTransaction,
    WillNotBuild,
    build_trx_transfer,
    build_usdt_transfer,
)
from signer.encoder import RefBlock, TrxTransfer, UsdtTransfer, Validity, raw_data, txid
from signer.kinds import Asset
from signer.plain_secret import PlainSecret
from signer.sandbox_keys import hot_secret
from signer.signing_key import SigningKey
from tests.sandbox.tron_node import Node
from tests.signer.making import HOT_BYTES, block, hot_key, usdt, validity
from tests.signer.signatures import HOT, OTHER, USDT

ZERO = "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"
FOREIGN = "ToJyNqFb61rxGU5yELnRhMKzibZRZj4KGZ"
"""Of another network, and with a good checksum: the library takes it for somebody else's."""


def signed(
    transfer: UsdtTransfer | TrxTransfer, during: Validity | None = None
) -> SignedTransaction:
    during = during or validity()
    if isinstance(transfer, UsdtTransfer):
        return build_usdt_transfer(transfer, during, hot_key())
    return build_trx_transfer(transfer, during, hot_key())


TRX = TrxTransfer(HOT, OTHER, 7_000_000)


@pytest.mark.parametrize("transfer", [usdt(), TRX], ids=["usdt", "trx"])
def test_it_holds_what_was_wanted(transfer: UsdtTransfer | TrxTransfer) -> None:
    found = signed(transfer)
    raw = raw_data(transfer, validity())
    assert found.raw_data_hex == raw.hex()
    assert found.txid == txid(raw)
    assert (found.owner, found.receiver, found.amount) == (HOT, OTHER, transfer.amount)
    is_token = isinstance(transfer, UsdtTransfer)
    assert found.asset is (Asset.USDT if is_token else Asset.TRX)
    assert (found.token, found.fee_limit_sun) == ((USDT, 30_000_000) if is_token else (None, 0))
    assert found.expiration_ms == validity().expiration_ms
    assert found.ref_block == block()
    # The same again: a retry sends the same bytes.
    assert signed(transfer) == found


@pytest.mark.parametrize("transfer", [usdt(), TRX], ids=["usdt", "trx"])
def test_a_node_reads_the_same_transaction(transfer: UsdtTransfer | TrxTransfer) -> None:
    found = signed(transfer)
    body = json.loads(found.signed_json)
    assert set(body) == {"visible", "txID", "raw_data", "raw_data_hex", "signature"}
    node_s = from_json(body)
    assert node_s.id == found.txid == body["txID"]
    assert node_s.data.hex() == found.raw_data_hex == body["raw_data_hex"]
    assert raw_json(node_s.raw) == body["raw_data"]
    assert base58_address(node_s.raw.owner) == HOT
    (signature,) = node_s.signatures
    recovered = PublicKey.recover_from_msg_hash(bytes.fromhex(found.txid), Signature(signature))
    assert recovered.to_base58check_address() == HOT


@pytest.fixture
async def node() -> AsyncIterator[Node]:
    """The sandbox's node, which makes no block by itself."""
    app = create_app(None)
    found = Node(app)
    await found.control("mine", blocks=3, auto=False)
    yield found
    await found.http.aclose()
    await app.close()


async def in_the_sandbox(node: Node) -> tuple[SigningKey, Validity]:
    """The hot key of the sandbox with something to pay, and times by the chain's clock."""
    key = SigningKey(hot_secret())
    await node.control("faucet", address=key.address, trx="100", usdt="500")
    await node.mine(4)
    solid, head = await node.solid("getnowblock"), await node.ask("getnowblock")
    number = solid["block_header"]["raw_data"]["number"]
    now = head["block_header"]["raw_data"]["timestamp"]
    return key, Validity(RefBlock(number, solid["blockID"]), now + 1, now + 600_000)


@pytest.mark.parametrize("kind", ["usdt", "trx"])
async def test_the_sandbox_s_node_takes_it_and_mines_it(node: Node, kind: str) -> None:
    key, during = await in_the_sandbox(node)
    if kind == "usdt":
        found = build_usdt_transfer(usdt(owner=key.address), during, key)
    else:
        found = build_trx_transfer(TrxTransfer(key.address, OTHER, 2_000_000), during, key)
    body = json.loads(found.signed_json)
    answer = await node.ask("broadcasttransaction", **body)
    assert answer == {"result": True, "txid": found.txid}
    # Sent again, it is the same transaction.
    assert (await node.ask("broadcasttransaction", **body))["code"] == "DUP_TRANSACTION_ERROR"
    await node.mine()
    assert (await node.receipt(found.txid))["id"] == found.txid
    if kind == "usdt":
        assert await node.units(OTHER) == 25_000_000
    else:
        assert (await node.ask("getaccount", address=OTHER, visible=True))["balance"] == 2_000_000


async def test_the_sandbox_s_node_refuses_one_that_was_changed(node: Node) -> None:
    key, during = await in_the_sandbox(node)
    body = json.loads(build_usdt_transfer(usdt(owner=key.address), during, key).signed_json)
    body["raw_data"]["fee_limit"] += 1
    assert (await node.ask("broadcasttransaction", **body))["code"] == "SIGERROR"


addresses = (
    st.binary(min_size=20, max_size=20)
    .map(lambda body: address_of_hex(body.hex()))
    .filter(lambda one: one not in {HOT, USDT, ZERO})
)


@given(
    receiver=addresses,
    amount=st.integers(1, 2**63 - 1),
    fee_limit=st.integers(1, 2**63 - 1),
    number=st.integers(0, 2**63 - 1),
    rest=st.binary(min_size=24, max_size=24),
    timestamp=st.integers(1, 2**62),
    life=st.integers(1, 86_400_000),
)
def test_library_and_encoder_agree_about_everything(
    receiver: str, amount: int, fee_limit: int, number: int, rest: bytes, timestamp: int, life: int
) -> None:
    reference = RefBlock(number, f"{number:016x}{rest.hex()}")
    during = Validity(reference, timestamp, timestamp + life)
    for transfer in (
        UsdtTransfer(HOT, USDT, receiver, amount, fee_limit),
        TrxTransfer(HOT, receiver, amount),
    ):
        found = signed(transfer, during)
        assert from_json(json.loads(found.signed_json)).id == found.txid


@pytest.mark.parametrize("field", ["owner", "token", "receiver"])
@pytest.mark.parametrize(
    "address",
    [FOREIGN, "TJzXt1sZautjqXnpjQT4xSCBHNSYgBkDr4", "", "T", "Tgarbage", "41" + "00" * 20, "T" * 34,
     "0x" + "11" * 20, "T" * 10_000],
)  # fmt: skip
def test_what_is_no_address_is_refused(field: str, address: str) -> None:
    with pytest.raises(WillNotBuild):
        signed(usdt(**{field: address}))
    if field != "token":
        with pytest.raises(WillNotBuild):
            signed(TrxTransfer(**(asdict(TRX) | {field: address})))


@pytest.mark.parametrize(
    "transfer",
    [
        usdt(receiver=HOT),
        usdt(receiver=USDT),
        usdt(receiver=ZERO),
        usdt(token=HOT),
        usdt(owner=OTHER, receiver=HOT),
        usdt(amount=0),
        usdt(amount=-1),
        usdt(amount=2**63),
        usdt(amount=2**256),
        usdt(fee_limit_sun=0),
        TrxTransfer(HOT, HOT, 1),
        TrxTransfer(HOT, ZERO, 1),
        TrxTransfer(OTHER, HOT, 1),
        TrxTransfer(HOT, OTHER, 0),
        TrxTransfer(HOT, OTHER, 2**63),
    ],
    ids=str,
)
def test_what_nobody_means_is_refused(transfer: UsdtTransfer | TrxTransfer) -> None:
    with pytest.raises(WillNotBuild):
        signed(transfer)


@pytest.mark.parametrize("life", [0, -1, 86_400_001])
def test_a_life_that_no_node_takes_is_refused(life: int) -> None:
    start = validity().timestamp_ms
    with pytest.raises(WillNotBuild, match="expires"):
        signed(usdt(), validity(expiration_ms=start + life))


class Meddling:
    """A library that makes another transaction than it was asked for."""

    def __init__(self, builder: Any, meddle: Any) -> None:
        self._raw_data = builder._raw_data
        self._builder = builder
        self._meddle = meddle

    def build(self, **how: Any) -> Any:
        self._meddle(self._raw_data)
        return self._builder.build(**how)


def value_of(raw: Any) -> Any:
    return raw["contract"][0]["parameter"]["value"]


MEDDLING = {
    "receiver": lambda raw: value_of(raw).update(
        data=value_of(raw)["data"].replace("7e5f", "7e5e")
    ),
    "amount": lambda raw: value_of(raw).update(data=value_of(raw)["data"][:-1] + "1"),
    "owner": lambda raw: value_of(raw).update(owner_address="41" + "11" * 20),
    "token": lambda raw: value_of(raw).update(contract_address="41" + "11" * 20),
    "trx sent along": lambda raw: value_of(raw).update(call_value=1),
    "fee limit": lambda raw: raw.update(fee_limit=raw["fee_limit"] + 1),
    "expiration": lambda raw: raw.update(expiration=raw["expiration"] + 1),
    "twice": lambda raw: raw["contract"].append(raw["contract"][0]),
}


@pytest.mark.parametrize("meddle", MEDDLING.values(), ids=MEDDLING.keys())
def test_a_library_that_makes_another_transaction_gets_no_signature(
    monkeypatch: pytest.MonkeyPatch, meddle: Any
) -> None:
    built, key = building._built, hot_key()

    def meddling(builder: Any, during: Validity) -> Any:
        return built(Meddling(builder, meddle), during)

    monkeypatch.setattr(building, "_built", meddling)
    with pytest.raises(BuildMismatch):
        build_usdt_transfer(usdt(), validity(), key)


def test_an_id_that_is_not_of_the_bytes_gets_no_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    built = building._built

    def lying(builder: Any, during: Validity) -> Any:
        found = built(builder, during)
        found.txid = "00" * 32
        return found

    monkeypatch.setattr(building, "_built", lying)
    with pytest.raises(BuildMismatch):
        signed(usdt())


def test_a_signature_that_is_not_the_owner_s_is_not_given_out() -> None:
    other = SigningKey(PlainSecret(b"\x77" * 32))
    object.__setattr__(other, "address", HOT)
    with pytest.raises(BuildMismatch, match="signature"):
        build_usdt_transfer(usdt(), validity(), other)


def test_what_a_node_would_be_sent_is_compared_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    spelled = building._spelled

    def slipped(*arguments: Any) -> dict[str, Any]:
        return spelled(*arguments) | {"fee_limit": 1}

    monkeypatch.setattr(building, "_spelled", slipped)
    with pytest.raises(BuildMismatch):
        signed(usdt())


def test_no_node_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("something reached for the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    signed(usdt())
    signed(TRX)
    for name in ("provider", "get_sign_weight", "get_latest_solid_block_id"):
        with pytest.raises(NodeAsked):
            getattr(building._NoClient(), name)


def test_nothing_of_the_key_is_in_it() -> None:
    found = signed(usdt())
    for text in (repr(found), str(found), found.signed_json, repr(hot_key()), str(asdict(found))):
        assert HOT_BYTES.hex() not in text
        assert repr(HOT_BYTES)[2:-1] not in text


def test_another_clock_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chain's time counts: one that this machine's clock calls expired is signed."""
    long_ago = validity(timestamp_ms=1_500_000_000_000, expiration_ms=1_500_000_600_000)
    assert signed(usdt(), long_ago).expiration_ms == 1_500_000_600_000
    other = SigningKey(PlainSecret(b"\x77" * 32))
    with pytest.raises(WillNotBuild, match="not the owner"):
        build_usdt_transfer(usdt(), validity(), other)

"""Making and signing a transaction, without asking anybody.

A node that computes a transaction's id can have anything signed. So a library builds the
transaction offline, our own encoder writes the same bytes again, and only when both agree to
the last byte is the id signed. No address of a node is known here.
"""

from dataclasses import dataclass
from typing import Any, Final, NoReturn

import orjson
from tronpy import Contract
from tronpy.proto.transaction import _raw_data_to_protobuf
from tronpy.tron import Trx

from jiema_app.integrations.tron.addresses import BadAddress, parse_address
from signer.encoder import (
    CALL,
    TRANSFER_SELECTOR,
    TRX_TRANSFER,
    TYPE_URL,
    RefBlock,
    TrxTransfer,
    UsdtTransfer,
    Validity,
    raw_data,
    txid,
)
from signer.errors import SignerError
from signer.kinds import Asset
from signer.signing_key import SigningKey, signer_of

LONGEST_LIFE_MS: Final = 86_400_000
"""Nodes refuse what expires more than a day after their newest block."""

ZERO_ADDRESS: Final = "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"
"""Twenty bytes of zero: what is paid there is lost."""

_ABI: Final = [
    {
        "type": "Function",
        "name": "transfer",
        "inputs": [{"name": "to", "type": "address"}, {"name": "value", "type": "uint256"}],
        "outputs": [{"type": "bool"}],
        "stateMutability": "Nonpayable",
    }
]


class WillNotBuild(SignerError):
    """What is wanted is no payment that this signer makes. Nothing was signed."""


class BuildMismatch(SignerError):
    """The library and our encoder do not agree about a transaction. Nothing was signed."""


class NodeAsked(SignerError):
    """Building a transaction would have asked a node. Nothing was signed."""


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """A transaction that can be sent again and again: it stays the same bytes.

    Attributes:
        txid: 64 hexadecimal digits.
        raw_data_hex: What was signed.
        signed_json: What ``wallet/broadcasttransaction`` takes.
        owner: Who pays. All addresses are base58check.
        receiver: Who is paid.
        token: The token's contract; None of TRX.
        amount: In micro-USDT or sun.
        asset: Which of the two.
        fee_limit_sun: The most that a call may cost; 0 of TRX, which calls nothing.
        validity: Reference and times, in the chain's time.
    """

    txid: str
    raw_data_hex: str
    signed_json: str
    owner: str
    receiver: str
    token: str | None
    amount: int
    asset: Asset
    fee_limit_sun: int
    validity: Validity

    @property
    def expiration_ms(self) -> int:
        """No block at or after this moment takes it in, in milliseconds of the chain's time."""
        return self.validity.expiration_ms

    @property
    def ref_block(self) -> RefBlock:
        """The block that it refers to."""
        return self.validity.reference


class _NoClient:
    """What the library takes for its client: it can build, and knows no node."""

    conf: Final = {"fee_limit": 0}

    @property
    def trx(self) -> Any:
        """What makes builders."""
        return Trx(self)

    def __getattr__(self, name: str) -> NoReturn:
        raise NodeAsked("building a transaction needs no node")


def build_usdt_transfer(
    transfer: UsdtTransfer, validity: Validity, key: SigningKey
) -> SignedTransaction:
    """Make and sign a transfer of tokens.

    Args:
        transfer: What is paid to whom.
        validity: Chosen by the time of the chain's newest block, not by this machine's clock.
        key: Of the owner.

    Raises:
        WillNotBuild: An address, an amount, a time or the key does not fit.
        BuildMismatch: Library and encoder do not agree.
    """
    raw = _wanted(transfer, validity, key)
    contract = Contract(transfer.token, abi=_ABI, client=_NoClient())
    builder = contract.functions.transfer(transfer.receiver, transfer.amount)
    builder = builder.with_owner(transfer.owner).fee_limit(transfer.fee_limit_sun)
    return _sign(transfer, validity, _built(builder, validity), raw, key)


def build_trx_transfer(
    transfer: TrxTransfer, validity: Validity, key: SigningKey
) -> SignedTransaction:
    """Make and sign a transfer of TRX.

    Args:
        transfer: What is paid to whom.
        validity: Chosen by the time of the chain's newest block, not by this machine's clock.
        key: Of the owner.

    Raises:
        WillNotBuild: An address, an amount, a time or the key does not fit.
        BuildMismatch: Library and encoder do not agree.
    """
    raw = _wanted(transfer, validity, key)
    builder = _NoClient().trx.transfer(transfer.owner, transfer.receiver, transfer.amount)
    return _sign(transfer, validity, _built(builder, validity), raw, key)


def _wanted(transfer: UsdtTransfer | TrxTransfer, validity: Validity, key: SigningKey) -> bytes:
    """What must come out, by our encoder, after a look at everything that goes in.

    The library is asked afterwards: it takes addresses that are none, and pays somebody else.
    """
    addresses = [transfer.owner, transfer.receiver]
    if isinstance(transfer, UsdtTransfer):
        addresses.append(transfer.token)
    problem = None
    try:
        for address in addresses:
            parse_address(address)
    except BadAddress as error:
        problem = str(error)
    if problem is not None:
        raise WillNotBuild(f"not an address of the network: {problem}")
    if len(set(addresses)) < len(addresses):
        raise WillNotBuild("owner, receiver and token are three different addresses")
    if transfer.receiver == ZERO_ADDRESS:
        raise WillNotBuild("the zero address is nobody's")
    if key.address != transfer.owner:
        raise WillNotBuild("the key is not the owner's")
    if not 0 < validity.expiration_ms - validity.timestamp_ms <= LONGEST_LIFE_MS:
        raise WillNotBuild("a transaction expires after its time, and within a day")
    try:
        return raw_data(transfer, validity)
    except ValueError as error:
        problem = str(error)
    raise WillNotBuild(problem)


def _built(builder: Any, validity: Validity) -> Any:
    """What the library makes of it: the transaction without a signature."""
    # It knows the times of this machine's clock only; ours are the chain's.
    builder._raw_data["timestamp"] = validity.timestamp_ms  # noqa: SLF001
    builder._raw_data["expiration"] = validity.expiration_ms  # noqa: SLF001
    return builder.build(offline=True, ref_block_id=validity.reference.block_id)


def _sign(
    transfer: UsdtTransfer | TrxTransfer,
    validity: Validity,
    built: Any,
    raw: bytes,
    key: SigningKey,
) -> SignedTransaction:
    """Compare what library and encoder made, and sign it when it is one and the same."""
    id_, spelled = txid(raw), _spelled(transfer, validity)
    if built.txid != id_ or _library_bytes(built.to_json()["raw_data"]) != raw:
        raise BuildMismatch("the library's transaction is not the one that was wanted")
    if _library_bytes(spelled) != raw:
        raise BuildMismatch("what a node would be sent is not the transaction that was wanted")
    digest = bytes.fromhex(id_)
    signature = key.sign(digest)
    if signer_of(digest, signature) != transfer.owner:
        raise BuildMismatch("the signature is not the owner's")
    is_token = isinstance(transfer, UsdtTransfer)
    return SignedTransaction(
        txid=id_,
        raw_data_hex=raw.hex(),
        signed_json=_signed_json(id_, spelled, raw, signature),
        owner=transfer.owner,
        receiver=transfer.receiver,
        token=transfer.token if isinstance(transfer, UsdtTransfer) else None,
        amount=transfer.amount,
        asset=Asset.USDT if is_token else Asset.TRX,
        fee_limit_sun=transfer.fee_limit_sun if isinstance(transfer, UsdtTransfer) else 0,
        validity=validity,
    )


def _library_bytes(spelled: dict[str, Any]) -> bytes:
    return bytes(_raw_data_to_protobuf(spelled).SerializeToString())


def _spelled(transfer: UsdtTransfer | TrxTransfer, validity: Validity) -> dict[str, Any]:
    """The transaction as a node's API spells it: what is zero is left out."""
    value: dict[str, Any] = {"owner_address": parse_address(transfer.owner).hex()}
    spelled: dict[str, Any] = {}
    if isinstance(transfer, UsdtTransfer):
        kind = CALL
        receiver = parse_address(transfer.receiver)[1:].hex().rjust(64, "0")
        value["contract_address"] = parse_address(transfer.token).hex()
        value["data"] = f"{TRANSFER_SELECTOR.hex()}{receiver}{transfer.amount:064x}"
        spelled["fee_limit"] = transfer.fee_limit_sun
    else:
        kind = TRX_TRANSFER
        value["to_address"] = parse_address(transfer.receiver).hex()
        value["amount"] = transfer.amount
    parameter = {"value": value, "type_url": TYPE_URL + kind}
    return spelled | {
        "contract": [{"parameter": parameter, "type": kind}],
        "ref_block_bytes": validity.reference.ref_bytes.hex(),
        "ref_block_hash": validity.reference.ref_hash.hex(),
        "expiration": validity.expiration_ms,
        "timestamp": validity.timestamp_ms,
    }


def _signed_json(id_: str, spelled: dict[str, Any], raw: bytes, signature: bytes) -> str:
    return orjson.dumps(
        {
            "visible": False,  # addresses are spelled in hexadecimal digits
            "txID": id_,
            "raw_data": spelled,
            "raw_data_hex": raw.hex(),
            "signature": [signature.hex()],
        }
    ).decode()

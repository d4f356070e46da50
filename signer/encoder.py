"""Transactions as bytes, written by our own hand.

A transaction is known by the hash of its bytes, and that hash is what a key signs. So whoever
makes the bytes decides what is signed: they are made twice, by a library and here, and nothing
is signed that does not come out the same. This module therefore imports nothing that knows
the network.

Only two kinds can be written: tokens by ``transfer(address,uint256)``, and TRX. There is no
memo, no other permission than the owner's, and no TRX sent along with a call.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from jiema_app.integrations.tron.addresses import parse_address

TRANSFER_SELECTOR: Final = bytes.fromhex("a9059cbb")
TYPE_URL: Final = "type.googleapis.com/protocol."
CALL: Final = "TriggerSmartContract"
TRX_TRANSFER: Final = "TransferContract"

INT64_MAX: Final = (1 << 63) - 1
BLOCK_ID_HEX: Final = 64

_NUMBER_OF_KIND: Final = {TRX_TRANSFER: 1, CALL: 31}
_NUMBER_HEX: Final = 16
"""Digits of the block's number, with which its id begins."""
_LENGTH_DELIMITED: Final = 2
_SEVEN_BITS: Final = 0x7F
_MORE: Final = 0x80
_WORD_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class UsdtTransfer:
    """A transfer of tokens.

    Attributes:
        owner: Who pays, and signs. All addresses are base58check.
        token: The contract of the token.
        receiver: Who is paid.
        amount: In the token's smallest units.
        fee_limit_sun: The most that it may cost.
    """

    owner: str
    token: str
    receiver: str
    amount: int
    fee_limit_sun: int


@dataclass(frozen=True, slots=True)
class TrxTransfer:
    """A transfer of TRX.

    Attributes:
        owner: Who pays, and signs. All addresses are base58check.
        receiver: Who is paid.
        amount: In sun.
    """

    owner: str
    receiver: str
    amount: int


@dataclass(frozen=True, slots=True)
class RefBlock:
    """A block that a transaction refers to, so that it is valid on this chain alone.

    Attributes:
        number: Of the block.
        block_id: 64 hexadecimal digits. The first eight bytes are the number.
    """

    number: int
    block_id: str

    def __post_init__(self) -> None:
        """See to it that number and id are of one block.

        Raises:
            ValueError: They are not.
        """
        if len(self.block_id) != BLOCK_ID_HEX or not set(self.block_id) <= set("0123456789abcdef"):
            raise ValueError("the id of a block is 64 small hexadecimal digits")
        if int(self.block_id[:_NUMBER_HEX], 16) != self.number:
            raise ValueError("the id is of a block with another number")

    @property
    def ref_bytes(self) -> bytes:
        """The last two bytes of the number: which of the remembered blocks is meant."""
        return bytes.fromhex(self.block_id)[6:8]

    @property
    def ref_hash(self) -> bytes:
        """The eight bytes behind the number: that it is this block, and no other."""
        return bytes.fromhex(self.block_id)[8:16]


@dataclass(frozen=True, slots=True)
class Validity:
    """When a transaction holds.

    Attributes:
        reference: A final block, not older than the 65,536 that nodes remember.
        timestamp_ms: When it is made, in the chain's time.
        expiration_ms: No block at or after this moment takes it in.
    """

    reference: RefBlock
    timestamp_ms: int
    expiration_ms: int


def raw_data(transfer: UsdtTransfer | TrxTransfer, validity: Validity) -> bytes:
    """The bytes of a transaction without its signature.

    Raises:
        BadAddress: One of the addresses is none of this network.
        ValueError: A number is not above zero, or does not fit into 63 bits.
    """
    if isinstance(transfer, UsdtTransfer):
        call = TRANSFER_SELECTOR + _word(parse_address(transfer.receiver)[1:])
        call += _word(_positive(transfer.amount).to_bytes(_WORD_BYTES, "big"))
        contract = call_contract(parse_address(transfer.owner), parse_address(transfer.token), call)
        return transaction(contract, validity, fee_limit_sun=_positive(transfer.fee_limit_sun))
    body = (
        _bytes(1, parse_address(transfer.owner))
        + _bytes(2, parse_address(transfer.receiver))
        + _number(3, _positive(transfer.amount))
    )
    return transaction(_contract(TRX_TRANSFER, body), validity, fee_limit_sun=0)


def txid(raw: bytes) -> str:
    """The id of a transaction by its bytes: what is signed, in 64 hexadecimal digits."""
    return hashlib.sha256(raw).hexdigest()


def call_contract(owner: bytes, target: bytes, call: bytes) -> bytes:
    """A contract with arguments, as a field of a transaction. Addresses have 21 bytes."""
    return _contract(CALL, _bytes(1, owner) + _bytes(2, target) + _bytes(4, call))


def transaction(contract: bytes, validity: Validity, *, fee_limit_sun: int) -> bytes:
    """A transaction around one contract. Fields stand in the order of their numbers."""
    return (
        _bytes(1, validity.reference.ref_bytes)
        + _bytes(4, validity.reference.ref_hash)
        + _number(8, _positive(validity.expiration_ms))
        + _bytes(11, contract)
        + _number(14, _positive(validity.timestamp_ms))
        + _number(18, fee_limit_sun)
    )


def _contract(kind: str, body: bytes) -> bytes:
    packed = _bytes(1, (TYPE_URL + kind).encode("ascii")) + _bytes(2, body)
    return _number(1, _NUMBER_OF_KIND[kind]) + _bytes(2, packed)


def _positive(number: int) -> int:
    if not 0 < number <= INT64_MAX:
        raise ValueError("a number of a transaction is above zero and has at most 63 bits")
    return number


def _word(data: bytes) -> bytes:
    return data.rjust(_WORD_BYTES, b"\0")


def _number(field: int, value: int) -> bytes:
    """A number with its field; nothing when it is zero, which is what a missing one means."""
    return _varint(field << 3) + _varint(value) if value else b""


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | _LENGTH_DELIMITED) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > _SEVEN_BITS:
        out.append(value & _SEVEN_BITS | _MORE)
        value >>= 7
    out.append(value)
    return bytes(out)

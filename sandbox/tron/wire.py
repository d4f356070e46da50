"""The binary form of transactions and block headers, written and read by hand.

A transaction's id is the hash of these bytes, so they must be exact: fields in the order
of their numbers, defaults left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from sandbox.tron.addresses import PREFIX, sha256

Kind = Literal["TransferContract", "TriggerSmartContract"]
KINDS: Final[dict[int, Kind]] = {1: "TransferContract", 31: "TriggerSmartContract"}
NUMBERS: Final = {kind: number for number, kind in KINDS.items()}
TYPE_URL: Final = "type.googleapis.com/protocol."
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MASK = (1 << 64) - 1
_SIGN = 1 << 63


class WireError(ValueError):
    """Bytes that are no transaction this node knows."""


@dataclass(frozen=True, slots=True)
class Raw:
    """What is signed: the content of one transaction."""

    kind: Kind
    owner: str
    """Who acts, as 42 hex digits."""
    target: str
    """The receiver of TRX, or the contract that is called."""
    amount: int = 0
    """Sun that are sent, or sent along with a call."""
    call: bytes = b""
    """Selector and arguments of a call."""
    ref_bytes: bytes = b""
    ref_hash: bytes = b""
    expiration: int = 0
    timestamp: int = 0
    memo: bytes = b""
    fee_limit: int = 0
    permission_id: int = 0


def varint(number: int) -> bytes:
    """Write a number, seven bits a byte."""
    number &= _MASK
    out = bytearray()
    while number > 127:  # noqa: PLR2004  # seven bits
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def number_field(field: int, value: int) -> bytes:
    """Write a number, or nothing when it is 0."""
    return varint(field << 3) + varint(value) if value else b""


def bytes_field(field: int, value: bytes) -> bytes:
    """Write bytes, or nothing when there are none."""
    return varint(field << 3 | _BYTES) + varint(len(value)) + value if value else b""


def encode(raw: Raw) -> bytes:
    """Return the bytes that are hashed and signed."""
    owner, target = bytes.fromhex(raw.owner), bytes.fromhex(raw.target)
    body = bytes_field(1, owner) + bytes_field(2, target) + number_field(3, raw.amount)
    if raw.kind == "TriggerSmartContract":
        body += bytes_field(4, raw.call)
    packed = bytes_field(1, (TYPE_URL + raw.kind).encode()) + bytes_field(2, body)
    contract = (
        number_field(1, NUMBERS[raw.kind])
        + bytes_field(2, packed)
        + number_field(5, raw.permission_id)
    )
    return (
        bytes_field(1, raw.ref_bytes)
        + bytes_field(4, raw.ref_hash)
        + number_field(8, raw.expiration)
        + bytes_field(10, raw.memo)
        + bytes_field(11, contract)
        + number_field(14, raw.timestamp)
        + number_field(18, raw.fee_limit)
    )


def decode(data: bytes) -> Raw:
    """Read what `encode` writes.

    Raises:
        WireError: Not exactly one contract, or of a kind that is not played here.
    """
    fields = list(_fields(data))
    contracts = [value for number, value in fields if number == 11]  # noqa: PLR2004
    if len(contracts) != 1 or not isinstance(contracts[0], bytes):
        raise WireError("contract size should be exactly 1")
    plain = dict(fields)
    return replace(
        _decode_contract(contracts[0]),
        ref_bytes=_bytes(plain, 1),
        ref_hash=_bytes(plain, 4),
        expiration=_number(plain, 8),
        memo=_bytes(plain, 10),
        timestamp=_number(plain, 14),
        fee_limit=_number(plain, 18),
    )


def _decode_contract(data: bytes) -> Raw:
    contract = dict(_fields(data))
    kind = KINDS.get(_number(contract, 1))
    if kind is None:
        raise WireError("this kind of contract is not played here")
    body = dict(_fields(_bytes(dict(_fields(_bytes(contract, 2))), 2)))
    owner, target = _bytes(body, 1).hex(), _bytes(body, 2).hex()
    for address in (owner, target):
        if len(address) != 42 or not address.startswith(PREFIX):  # noqa: PLR2004
            raise WireError("Invalid address")
    return Raw(
        kind=kind,
        owner=owner,
        target=target,
        amount=_number(body, 3),
        call=_bytes(body, 4),
        permission_id=_number(contract, 5),
    )


def encode_transaction(raw: bytes, signatures: tuple[bytes, ...]) -> bytes:
    """Return the whole transaction without its result, as its size is counted."""
    return bytes_field(1, raw) + b"".join(bytes_field(2, one) for one in signatures)


def decode_transaction(data: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """Split a whole transaction into what is signed and its signatures.

    Raises:
        WireError: Not the bytes of a transaction.
    """
    fields = list(_fields(data))
    raws = [value for number, value in fields if number == 1]
    if len(raws) != 1 or not isinstance(raws[0], bytes):
        raise WireError("Protocol message had no raw data")
    signatures = (value for number, value in fields if number == 2)  # noqa: PLR2004
    return raws[0], tuple(one for one in signatures if isinstance(one, bytes))


def encode_header(number: int, timestamp: int, parent: str, root: str, witness: str) -> bytes:
    """Return the bytes of a block's header, which its id is the hash of."""
    return (
        number_field(1, timestamp)
        + bytes_field(2, bytes.fromhex(root))
        + bytes_field(3, bytes.fromhex(parent))
        + number_field(7, number)
        + bytes_field(9, bytes.fromhex(witness))
        + number_field(10, HEADER_VERSION)
    )


HEADER_VERSION: Final = 31


def merkle_root(leaves: list[bytes]) -> str:
    """Return the root over the hashes of a block's transactions."""
    if not leaves:
        return "00" * 32
    level = leaves
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [sha256(pair[0] + pair[1]) if len(pair) > 1 else pair[0] for pair in pairs]
    return level[0].hex()


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        wire = tag & 7
        if wire == _VARINT:
            value, at = _read_varint(data, at)
            yield tag >> 3, value - (1 << 64) if value & _SIGN else value
            continue
        if wire == _BYTES:
            size, at = _read_varint(data, at)
        elif wire in {_FIXED64, _FIXED32}:
            size = 8 if wire == _FIXED64 else 4
        else:
            raise WireError("Protocol message tag had invalid wire type.")
        if at + size > len(data):
            raise WireError("While parsing a protocol message, the input ended unexpectedly.")
        yield tag >> 3, data[at : at + size]
        at += size


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    number = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise WireError("While parsing a protocol message, the input ended unexpectedly.")
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:  # noqa: PLR2004  # the last byte has no high bit
            return number & _MASK, at
    raise WireError("CodedInputStream encountered a malformed varint.")


def _number(fields: dict[int, int | bytes], number: int) -> int:
    value = fields.get(number, 0)
    return value if isinstance(value, int) else 0


def _bytes(fields: dict[int, int | bytes], number: int) -> bytes:
    value = fields.get(number, b"")
    return value if isinstance(value, bytes) else b""

"""Transactions as clients send them: from JSON or bytes to what the chain keeps, and back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.tron.addresses import AddressError, HexError, parse_address, sha256, unhex
from sandbox.tron.errors import quoted
from sandbox.tron.execution import Outcome
from sandbox.tron.wire import (
    NUMBERS,
    TYPE_URL,
    Raw,
    WireError,
    decode,
    decode_transaction,
    encode,
    encode_transaction,
)

_LARGEST_INTEGER: Final = (1 << 63) - 1
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,19}")
_MOST_BYTES: Final = 1 << 20
"""Of a transaction in hex, before it is read: twice what a node takes."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction with its id; ids and sizes are of the bytes that were signed."""

    id: str
    raw: Raw
    data: bytes
    signatures: tuple[bytes, ...] = ()
    forced: Outcome | None = None
    """An outcome that the control API decided on."""

    @property
    def size(self) -> int:
        """Bytes on the wire."""
        return len(encode_transaction(self.data, self.signatures))


def make(raw: Raw, signatures: tuple[bytes, ...] = ()) -> Transaction:
    """Give a content its id."""
    data = encode(raw)
    return Transaction(sha256(data).hex(), raw, data, signatures)


def from_bytes(data: bytes, signatures: tuple[bytes, ...]) -> Transaction:
    """Read a content that came as bytes; these bytes stay what was signed."""
    return Transaction(sha256(data).hex(), decode(data), data, signatures)


def from_hex(text: str) -> Transaction:
    """Read a whole transaction in hex.

    Raises:
        WireError: Not a transaction.
    """
    if len(text) > 2 * _MOST_BYTES:
        raise WireError("Protocol message was too large.")
    try:
        data = unhex(text)
    except HexError as error:
        raise WireError(str(error)) from None
    return from_bytes(*decode_transaction(data))


def from_json(body: Mapping[str, Any]) -> Transaction:
    """Read a transaction as clients post it; only `raw_data` says what is in it.

    Raises:
        WireError: Something is missing, or of a kind that is not played here.
    """
    try:
        raw = _raw(body["raw_data"])
        signatures = tuple(unhex(one) for one in body.get("signature") or ())
    except (AddressError, HexError, IntegerError, WireError) as error:
        raise WireError(str(error)) from None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise WireError("invalid transaction") from None
    return make(raw, signatures)


def raw_json(raw: Raw) -> dict[str, Any]:
    """Spell a content as the node does: defaults left out, bytes in hex."""
    call = raw.kind == "TriggerSmartContract"
    value: dict[str, Any] = {"amount": raw.amount} if raw.amount and not call else {}
    if call and raw.call:
        value["data"] = raw.call.hex()
    value["owner_address"] = raw.owner
    value["contract_address" if call else "to_address"] = raw.target
    if call and raw.amount:
        value["call_value"] = raw.amount
    contract: dict[str, Any] = {
        "parameter": {"value": value, "type_url": TYPE_URL + raw.kind},
        "type": raw.kind,
    }
    if raw.permission_id:
        contract["Permission_id"] = raw.permission_id
    out: dict[str, Any] = {"data": raw.memo.hex()} if raw.memo else {}
    out |= {
        "contract": [contract],
        "ref_block_bytes": raw.ref_bytes.hex(),
        "ref_block_hash": raw.ref_hash.hex(),
        "expiration": raw.expiration,
    }
    if raw.fee_limit:
        out["fee_limit"] = raw.fee_limit
    if raw.timestamp:
        out["timestamp"] = raw.timestamp
    return out


def transaction_json(transaction: Transaction) -> dict[str, Any]:
    """Spell a transaction; an empty list of signatures is left out."""
    out: dict[str, Any] = {}
    if transaction.signatures:
        out["signature"] = [one.hex() for one in transaction.signatures]
    return out | {
        "txID": transaction.id,
        "raw_data": raw_json(transaction.raw),
        "raw_data_hex": transaction.data.hex(),
    }


def _raw(body: Mapping[str, Any]) -> Raw:
    contracts = body["contract"]
    if len(contracts) != 1:
        raise WireError("contract size should be exactly 1")
    contract = contracts[0]
    kind, value = contract["type"], contract["parameter"]["value"]
    if kind not in NUMBERS:
        raise WireError(f"contracts of type {quoted(kind)} are not played here")
    call = kind == "TriggerSmartContract"
    return Raw(
        kind=kind,
        owner=parse_address(value["owner_address"]),
        target=parse_address(value["contract_address" if call else "to_address"]),
        amount=integer(value.get("call_value" if call else "amount")),
        call=unhex(value.get("data") or "") if call else b"",
        ref_bytes=unhex(body["ref_block_bytes"]),
        ref_hash=unhex(body["ref_block_hash"]),
        expiration=integer(body["expiration"]),
        timestamp=integer(body.get("timestamp")),
        memo=unhex(body.get("data") or ""),
        fee_limit=integer(body.get("fee_limit")),
        permission_id=integer(contract.get("Permission_id")),
    )


class IntegerError(ValueError):
    """Something that is no whole number of 64 bits."""


def integer(value: object) -> int:
    """Read a 64-bit number that may be missing, or written as text.

    Raises:
        IntegerError: Not a whole number of that size.
    """
    if value is None or value == "":
        return 0
    found: int | None = None
    if isinstance(value, int) or (isinstance(value, str) and _INTEGER.fullmatch(value)):
        found = int(value)
    if found is None or abs(found) > _LARGEST_INTEGER:
        raise IntegerError(f'For input string: "{quoted(value)}"')
    return found

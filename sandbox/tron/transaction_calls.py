"""The node's calls that make, try and judge transactions."""

from typing import Any

from sandbox.tron.block_calls import Answer
from sandbox.tron.contracts import CONTRACTS, is_view, selector
from sandbox.tron.errors import ILLEGAL, NodeError
from sandbox.tron.execution import MESSAGES, InvalidContract, dry_run, validate
from sandbox.tron.keys import SignatureError, signer_of
from sandbox.tron.ledger import born
from sandbox.tron.query import Query
from sandbox.tron.transactions import (
    Transaction,
    from_hex,
    from_json,
    make,
    transaction_json,
)
from sandbox.tron.wire import Raw, WireError

_LIFE_MS = 60_000
_MOST_SIGNERS = 5
"""Keys that one permission can have."""


def create_transfer(query: Query) -> Answer:
    """An unsigned transfer of TRX."""
    raw = Raw(
        kind="TransferContract",
        owner=query.address("owner_address"),
        target=query.address("to_address"),
        amount=query.number("amount"),
        permission_id=query.number("Permission_id"),
    )
    transaction = _unsigned(query, raw)
    try:
        validate(query.view.ledger(solid=False), raw)
    except InvalidContract as error:
        name = "org.tron.core.exception.ContractValidateException"
        raise NodeError(name, str(error)) from None
    return query.spell(_spelled(query, transaction))


def trigger(query: Query) -> Answer:
    """An unsigned call of a contract; functions that only look are answered at once."""
    raw = _call(query)
    if raw.target not in CONTRACTS:
        return _no_contract()
    if is_view(raw.call):
        return constant(query)
    transaction = _spelled(query, _unsigned(query, raw))
    return {"result": {"result": True}, "transaction": query.spell(transaction)}


def constant(query: Query) -> Answer:
    """What a call would return and cost, by the state that this service knows."""
    raw = _call(query)
    if raw.target not in CONTRACTS:
        return _no_contract()
    ledger = query.view.ledger(solid=query.solid)
    receipt = dry_run(ledger, raw.owner, raw.target, raw.call)
    transaction = _spelled(query, _unsigned(query, raw))
    result: dict[str, Any] = {"result": True}
    if receipt.outcome == "SUCCESS":
        transaction["ret"] = [{}]
    else:
        result["message"] = MESSAGES[receipt.outcome].encode().hex()
        transaction["ret"] = [{"ret": "FAILED"}]
    out: dict[str, Any] = {
        "result": result,
        "energy_used": receipt.energy_total,
        "constant_result": [receipt.returned],
        "transaction": query.spell(transaction),
    }
    if receipt.logs:
        out["logs"] = [
            {"address": log.address[2:], "topics": log.topics, "data": log.data}
            for log in receipt.logs
        ]
    return out


def estimate(query: Query) -> Answer:
    """The energy that a call would need."""
    raw = _call(query)
    if raw.target not in CONTRACTS:
        return _no_contract()
    ledger = query.view.ledger(solid=query.solid)
    receipt = dry_run(ledger, raw.owner, raw.target, raw.call)
    if receipt.outcome != "SUCCESS":
        message = MESSAGES[receipt.outcome].encode().hex()
        return {"result": {"code": "CONTRACT_EXE_ERROR", "message": message}}
    return {"result": {"result": True}, "energy_required": receipt.energy_total}


def sign_weight(query: Query) -> Answer:
    """The transaction with the id that this node computes, and who may sign it."""
    transaction = read_transaction(query)
    out: dict[str, Any] = {}
    owner = transaction.raw.owner
    if query.view.ledger(solid=False).read(born(owner)):
        out["permission"] = {
            "permission_name": "owner",
            "threshold": 1,
            "keys": [{"address": owner, "weight": 1}],
        }
    signers = _signers(transaction)
    if signers:
        out["approved_list"] = signers
    enough = owner in signers
    if enough:
        out["current_weight"] = 1
    out["result"] = {} if enough else {"code": "NOT_ENOUGH_PERMISSION"}
    out["transaction"] = {
        "result": {"result": True},
        "txid": transaction.id,
        "transaction": transaction_json(transaction),
    }
    return query.spell(out)


def approved_list(query: Query) -> Answer:
    """Who signed a transaction so far."""
    transaction = read_transaction(query)
    return query.spell(
        {
            "result": {},
            "approved_list": _signers(transaction),
            "transaction": {
                "result": {"result": True},
                "txid": transaction.id,
                "transaction": transaction_json(transaction),
            },
        }
    )


def read_transaction(query: Query) -> Transaction:
    """Read a transaction that is posted as JSON.

    Raises:
        NodeError: It is none.
    """
    try:
        return from_json(query.values)
    except WireError as error:
        raise NodeError(ILLEGAL, str(error)) from None


def read_hex(query: Query) -> Transaction:
    """Read a transaction that is posted as bytes in hex.

    Raises:
        NodeError: It is none.
    """
    try:
        return from_hex(query.text("transaction"))
    except WireError as error:
        name = "com.google.protobuf.InvalidProtocolBufferException"
        raise NodeError(name, str(error)) from None


def _signers(transaction: Transaction) -> list[str]:
    try:
        signatures = transaction.signatures[:_MOST_SIGNERS]
        return [signer_of(bytes.fromhex(transaction.id), one) for one in signatures]
    except SignatureError:
        return []


def _call(query: Query) -> Raw:
    call = query.hex("data")
    if function := query.text("function_selector"):
        call = bytes.fromhex(selector(function)) + query.hex("parameter")
    return Raw(
        kind="TriggerSmartContract",
        owner=query.address("owner_address"),
        target=query.address("contract_address"),
        amount=query.number("call_value"),
        call=call,
        fee_limit=query.number("fee_limit"),
        permission_id=query.number("Permission_id"),
    )


def _unsigned(query: Query, raw: Raw) -> Transaction:
    view = query.view
    solid = bytes.fromhex(view.solid.id)
    return make(
        Raw(
            kind=raw.kind,
            owner=raw.owner,
            target=raw.target,
            amount=raw.amount,
            call=raw.call,
            ref_bytes=solid[6:8],
            ref_hash=solid[8:16],
            expiration=view.head.timestamp + _LIFE_MS,
            timestamp=view.now_ms(),
            memo=_memo(query),
            fee_limit=raw.fee_limit,
            permission_id=raw.permission_id,
        )
    )


def _memo(query: Query) -> bytes:
    """A memo: text where addresses are text, else hex."""
    return query.text("extra_data").encode() if query.visible else query.hex("extra_data")


def _spelled(query: Query, transaction: Transaction) -> dict[str, Any]:
    return {"visible": query.visible} | transaction_json(transaction)


def _no_contract() -> Answer:
    message = b"No contract or not a smart contract".hex()
    return {"result": {"code": "CONTRACT_VALIDATE_ERROR", "message": message}}

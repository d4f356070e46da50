"""What a node checks before a transaction enters its pool, in its order and words."""

from typing import Any, Final

from sandbox.tron.chain import Chain
from sandbox.tron.execution import (
    BANDWIDTH_PRICE,
    FREE_BYTES,
    RESULT_BYTES,
    InvalidContract,
    used_now,
    validate,
)
from sandbox.tron.keys import SignatureError, signer_of
from sandbox.tron.ledger import trx
from sandbox.tron.transactions import Transaction

LONGEST_LIFE_MS: Final = 86_400_000
LARGEST_BYTES: Final = 500 * 1024


class Rejected(Exception):
    """The node does not take a transaction."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def broadcast(chain: Chain, transaction: Transaction) -> dict[str, Any]:
    """Take a transaction into the pool, or say why not."""
    try:
        check(chain, transaction)
    except Rejected as refusal:
        return rejection(transaction, refusal)
    chain.add(transaction)
    return {"result": True, "txid": transaction.id}


def rejection(transaction: Transaction, refusal: Rejected) -> dict[str, Any]:
    """Spell a refusal: there is no `result` then, and the message is hex."""
    return {
        "code": refusal.code,
        "txid": transaction.id,
        "message": refusal.message.encode().hex(),
    }


def check(chain: Chain, transaction: Transaction) -> None:
    """Look at signature, reference, life, size, id, and then at what it wants to do.

    Raises:
        Rejected: With the node's code and words.
    """
    raw = transaction.raw
    _check_signatures(transaction)
    block = chain.reference(raw.ref_bytes)
    if block is None or bytes.fromhex(block.id)[8:16] != raw.ref_hash:
        raise Rejected("TAPOS_ERROR", "Tapos check error.")
    if transaction.size > LARGEST_BYTES:
        raise Rejected("TOO_BIG_TRANSACTION_ERROR", "Transaction size is too big.")
    head = chain.head.timestamp
    if not head + chain.switches.block_ms <= raw.expiration <= head + LONGEST_LIFE_MS:
        raise Rejected("TRANSACTION_EXPIRATION_ERROR", "Transaction expired")
    if transaction.id in chain.places or transaction.id in chain.pool:
        raise Rejected("DUP_TRANSACTION_ERROR", "Dup transaction.")
    try:
        validate(chain.head_ledger, raw)
    except InvalidContract as error:
        raise Rejected("CONTRACT_VALIDATE_ERROR", f"Contract validate error : {error}") from None
    size = transaction.size + RESULT_BYTES
    used = used_now(chain.head_ledger, "net", raw.owner, chain.head.timestamp // 1000)
    cost = size * BANDWIDTH_PRICE if used + size > FREE_BYTES else 0
    if chain.head_ledger.read(trx(raw.owner)) < cost:
        raise Rejected("BANDWITH_ERROR", "Account resource insufficient error.")


def _check_signatures(transaction: Transaction) -> None:
    if not transaction.signatures:
        raise Rejected("SIGERROR", "Validate signature error: miss sig or contract")
    if len(transaction.signatures) > 1:
        count = len(transaction.signatures)
        raise Rejected(
            "SIGERROR",
            f"Validate signature error: Signature count is {count} more than key counts of permission : 1",
        )
    try:
        signer = signer_of(bytes.fromhex(transaction.id), transaction.signatures[0])
    except SignatureError as error:
        raise Rejected("SIGERROR", f"Validate signature error: {error}") from None
    if signer != transaction.raw.owner:
        raise Rejected(
            "SIGERROR",
            f"Validate signature error: {transaction.signatures[0].hex()} is signed by {signer} "
            "but it is not contained of permission.",
        )

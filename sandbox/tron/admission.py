"""What a node checks before a transaction enters its pool, in its order and words."""

from typing import Any, Final

from sandbox.tron.execution import InvalidContract, NoBandwidth, Terms, run
from sandbox.tron.keys import SignatureError, signer_of
from sandbox.tron.ledger import Draft, Numbers
from sandbox.tron.transactions import Transaction
from sandbox.tron.view import View

LONGEST_LIFE_MS: Final = 86_400_000
LARGEST_BYTES: Final = 500 * 1024


class Rejected(Exception):
    """The node does not take a transaction."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def broadcast(view: View, transaction: Transaction) -> dict[str, Any]:
    """Take a transaction into the pool, or say why not."""
    try:
        check(view, transaction)
    except Rejected as refusal:
        return rejection(transaction, refusal)
    # A node that is behind may not know the block that the transaction is in.
    if transaction.id not in view.places:
        view.chain.add(transaction)
    return {"result": True, "txid": transaction.id}


def rejection(transaction: Transaction, refusal: Rejected) -> dict[str, Any]:
    """Spell a refusal: there is no `result` then, and the message is hex."""
    return {
        "code": refusal.code,
        "txid": transaction.id,
        "message": refusal.message.encode().hex(),
    }


def check(view: View, transaction: Transaction) -> None:
    """Look at signature, reference, life, size, id, and then at what it wants to do.

    Raises:
        Rejected: With the node's code and words.
    """
    raw = transaction.raw
    _check_signatures(transaction)
    ledger = view.ledger(solid=False)
    block = view.reference(raw.ref_bytes)
    if block is None or bytes.fromhex(block.id)[8:16] != raw.ref_hash:
        raise Rejected("TAPOS_ERROR", "Tapos check error.")
    if transaction.size > LARGEST_BYTES:
        raise Rejected("TOO_BIG_TRANSACTION_ERROR", "Transaction size is too big.")
    head = view.head.timestamp
    if not head + view.chain.switches.block_ms <= raw.expiration <= head + LONGEST_LIFE_MS:
        raise Rejected("TRANSACTION_EXPIRATION_ERROR", "Transaction expired")
    if view.knows(transaction.id):
        raise Rejected("DUP_TRANSACTION_ERROR", "Dup transaction.")
    try_out(ledger, transaction, head)


def try_out(ledger: Numbers, transaction: Transaction, now_ms: int) -> None:
    """Carry a transaction out as a block of this moment would, and forget what it did.

    A call that fails is no reason not to take it: that is found out in a block, and paid for.

    Raises:
        Rejected: No block would take it in.
    """
    try:
        run(Draft(ledger), transaction.raw, transaction.size, Terms(now_ms), None)
    except InvalidContract as error:
        raise Rejected("CONTRACT_VALIDATE_ERROR", f"Contract validate error : {error}") from None
    except NoBandwidth:
        raise Rejected("BANDWITH_ERROR", "Account resource insufficient error.") from None


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

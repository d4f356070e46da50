"""Signed transactions made inside the sandbox: the faucet, and payments on request."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from sandbox.tron.addresses import parse_address
from sandbox.tron.admission import LONGEST_LIFE_MS, try_out
from sandbox.tron.chain import Chain
from sandbox.tron.contracts import (
    BATCH,
    Token,
    address_word,
    batch_data,
    call_data,
    word,
)
from sandbox.tron.execution import FAILURES, MOST_FEE_LIMIT, Outcome
from sandbox.tron.people import FAUCET, PEOPLE, SPENDER
from sandbox.tron.transactions import Transaction, make
from sandbox.tron.wire import Raw

Failure = Literal["revert", "out_of_energy", "out_of_time"]
_ENERGY_EACH: Final = 300_000
"""Twice what one transfer can need."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What somebody sends to whom."""

    token: Token
    receivers: Sequence[tuple[str, int]]
    """Addresses and units; more than one are paid in one transaction."""
    sender: str
    by_spender: bool = False
    """Taken by somebody else through transferFrom, as exchanges and bots do."""
    fail: Failure | None = None


def find_person(text: str) -> str:
    """Return the address of a person of the sandbox, or of whoever has this address."""
    return PEOPLE[text].address if text in PEOPLE else parse_address(text)


def pay(chain: Chain, payment: Payment) -> Transaction:
    """Send tokens.

    Whoever's key is not held here is signed for by the faucet: the control API may move
    everybody's play money.
    """
    caller, target = payment.sender, payment.token.address
    to, amount = payment.receivers[0]
    if len(payment.receivers) > 1:
        target, data = BATCH, batch_data(payment.token, list(payment.receivers))
    elif payment.by_spender:
        words = (address_word(payment.sender), address_word(to), word(amount))
        caller = SPENDER.address
        data = call_data("transferFrom(address,address,uint256)", *words)
    else:
        data = call_data("transfer(address,uint256)", address_word(to), word(amount))
    limit = _ENERGY_EACH * chain.switches.energy_price * len(payment.receivers)
    limit = min(limit, MOST_FEE_LIMIT)
    raw = Raw("TriggerSmartContract", caller, target, call=data, fee_limit=limit)
    transaction = _signed(chain, raw, FAILURES[payment.fail] if payment.fail else None)
    chain.add(transaction)
    return transaction


def send_trx(chain: Chain, sender: str, to: str, sun: int) -> Transaction:
    """Send TRX.

    Raises:
        Rejected: To the sender itself, to a contract, nothing, or more than there is.
    """
    raw = Raw("TransferContract", sender, to, amount=sun)
    transaction = _signed(chain, raw, None)
    try_out(chain.head_ledger, transaction, chain.head.timestamp)
    chain.add(transaction)
    return transaction


def _signed(chain: Chain, raw: Raw, forced: Outcome | None) -> Transaction:
    solid = bytes.fromhex(chain.solid.id)
    stamp = chain.next_stamp()
    full = replace(
        raw,
        ref_bytes=solid[6:8],
        ref_hash=solid[8:16],
        expiration=chain.head.timestamp + LONGEST_LIFE_MS,
        timestamp=stamp,
    )
    found = make(full)
    while found.id in chain.pool or found.id in chain.places:
        found = make(replace(full, timestamp=chain.next_stamp()))
    key = next((one for one in PEOPLE.values() if one.address == raw.owner), FAUCET)
    signature = key.sign(bytes.fromhex(found.id))
    return Transaction(found.id, found.raw, found.data, (signature,), forced)

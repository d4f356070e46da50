"""Signed transactions made inside the sandbox: the faucet, and payments on request."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from sandbox.tron.addresses import parse_address
from sandbox.tron.admission import LONGEST_LIFE_MS
from sandbox.tron.chain import FAUCET, PEOPLE, SPENDER, Chain
from sandbox.tron.contracts import (
    BATCH,
    Token,
    address_word,
    batch_data,
    call_data,
    word,
)
from sandbox.tron.execution import Outcome, validate
from sandbox.tron.transactions import Transaction, make
from sandbox.tron.wire import Raw

Failure = Literal["revert", "out_of_energy", "out_of_time"]
FAILURES: Final[dict[Failure, Outcome]] = {
    "revert": "REVERT",
    "out_of_energy": "OUT_OF_ENERGY",
    "out_of_time": "OUT_OF_TIME",
}
_FEE_LIMIT_EACH: Final = 30_000_000
"""Twice what one transfer can cost."""


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
    limit = _FEE_LIMIT_EACH * len(payment.receivers)
    raw = Raw("TriggerSmartContract", caller, target, call=data, fee_limit=limit)
    return _send(chain, raw, FAILURES[payment.fail] if payment.fail else None)


def send_trx(chain: Chain, to: str, sun: int) -> Transaction:
    """Send TRX from the faucet.

    Raises:
        InvalidContract: To itself, or to a contract.
    """
    raw = Raw("TransferContract", FAUCET.address, to, amount=sun)
    validate(chain.head_ledger, raw)
    return _send(chain, raw, None)


def _send(chain: Chain, raw: Raw, forced: Outcome | None) -> Transaction:
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
    signed = Transaction(found.id, found.raw, found.data, (signature,), forced)
    chain.add(signed)
    return signed

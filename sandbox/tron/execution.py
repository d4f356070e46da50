"""What a transaction does and costs when a block takes it in."""

from dataclasses import dataclass, field
from typing import Final, Literal

from sandbox.tron.contracts import CONTRACTS, Call, Log, Reverted, execute
from sandbox.tron.ledger import Draft, Numbers, born, resource, trx
from sandbox.tron.wire import Raw

ENERGY_PRICE: Final = 100
"""Sun for one unit of energy that is not staked for, until the network decides otherwise."""
BANDWIDTH_PRICE: Final = 1_000
"""Sun for a byte beyond the free ones."""
FREE_BYTES: Final = 600
ACTIVATION_FEE: Final = 1_000_000
ACTIVATION_BANDWIDTH_FEE: Final = 100_000
RESULT_BYTES: Final = 64
"""Room that the result will take is paid for with the transaction."""
MOST_FEE_LIMIT: Final = 15_000_000_000
DAY_S: Final = 86_400

Outcome = Literal["SUCCESS", "REVERT", "OUT_OF_ENERGY", "OUT_OF_TIME"]
FAILURES: Final[dict[str, Outcome]] = {
    "revert": "REVERT",
    "out_of_energy": "OUT_OF_ENERGY",
    "out_of_time": "OUT_OF_TIME",
}
"""How the control API spells what a call can end with by decree."""
MESSAGES: Final[dict[Outcome, str]] = {
    "REVERT": "REVERT opcode executed",
    "OUT_OF_ENERGY": "Not enough energy for 'SSTORE' operation executing",
    "OUT_OF_TIME": "CPU timeout for 'SSTORE' operation executing",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every transaction of a block."""

    now_ms: int
    energy_price: int = ENERGY_PRICE


class InvalidContract(Exception):
    """A transaction that can't be taken in; nothing is paid."""


class NoBandwidth(Exception):
    """Neither free bytes nor TRX are left for the transaction's size."""


@dataclass(slots=True)
class Receipt:
    """What happened and what it cost."""

    outcome: Outcome = "SUCCESS"
    returned: str = ""
    energy_total: int = 0
    energy_staked: int = 0
    energy_fee: int = 0
    net_bytes: int = 0
    net_fee: int = 0
    other_fee: int = 0
    logs: list[Log] = field(default_factory=list)

    @property
    def fee(self) -> int:
        """Everything the owner paid, in sun."""
        return self.energy_fee + self.net_fee + self.other_fee


def used_now(ledger: Numbers, name: str, address: str, now_s: int) -> int:
    """What is still used up of a resource: it comes back evenly over a day."""
    used = ledger.read(resource(f"{name}.used", address))
    passed = now_s - ledger.read(resource(f"{name}.at", address))
    return max(0, used * (DAY_S - passed) // DAY_S) if passed < DAY_S else 0


def validate(ledger: Numbers, raw: Raw) -> None:
    """Check what a node checks before it takes a transaction.

    Raises:
        InvalidContract: With the node's words.
    """
    if not ledger.read(born(raw.owner)):
        raise InvalidContract(f"account [{raw.owner}] does not exist")
    if raw.kind == "TransferContract":
        _validate_transfer(ledger, raw)
        return
    if raw.target not in CONTRACTS:
        raise InvalidContract("No contract or not a smart contract")
    if not 0 <= raw.fee_limit <= MOST_FEE_LIMIT:
        raise InvalidContract(f"feeLimit must be >= 0 and <= {MOST_FEE_LIMIT}")
    if raw.amount < 0 or ledger.read(trx(raw.owner)) < raw.amount:
        raise InvalidContract("Validate InternalTransfer error, balance is not sufficient.")


def _validate_transfer(ledger: Numbers, raw: Raw) -> None:
    if raw.amount <= 0:
        raise InvalidContract("Amount must be greater than 0.")
    if raw.target == raw.owner:
        raise InvalidContract("Cannot transfer TRX to yourself.")
    if raw.target in CONTRACTS:
        raise InvalidContract("Cannot transfer TRX to a smartContract.")
    newcomer = not ledger.read(born(raw.target))
    needed = raw.amount + (ACTIVATION_FEE if newcomer else 0)
    if ledger.read(trx(raw.owner)) < needed:
        raise InvalidContract("Validate TransferContract error, balance is not sufficient.")


def run(ledger: Numbers, raw: Raw, size: int, terms: Terms, forced: Outcome | None) -> Receipt:
    """Carry a valid transaction out on a ledger.

    Raises:
        InvalidContract: Since it was checked, something changed; nothing was done.
        NoBandwidth: Likewise.
    """
    validate(ledger, raw)
    draft, receipt = Draft(ledger), Receipt()
    newcomer = raw.kind == "TransferContract" and not draft.read(born(raw.target))
    now_s = terms.now_ms // 1000
    _pay_bandwidth(draft, raw.owner, size + RESULT_BYTES, now_s, receipt, newcomer=newcomer)
    if raw.kind == "TransferContract":
        if newcomer:
            draft.write(born(raw.target), terms.now_ms)
            draft.add(trx(raw.owner), -ACTIVATION_FEE)
            receipt.other_fee = ACTIVATION_FEE
        if draft.read(trx(raw.owner)) < raw.amount:
            raise InvalidContract("Validate TransferContract error, balance is not sufficient.")
        draft.add(trx(raw.owner), -raw.amount)
        draft.add(trx(raw.target), raw.amount)
    else:
        _call(draft, raw, terms, forced, receipt)
    draft.keep()
    return receipt


def dry_run(ledger: Numbers, owner: str, contract: str, data: bytes) -> Receipt:
    """Say what a call would do, with all the energy it wants; nothing changes."""
    call = Call(Draft(ledger), owner, contract, data[4:].hex())
    receipt = Receipt()
    try:
        receipt.returned = execute(call, data[:4].hex())
    except Reverted as refusal:
        return Receipt(outcome="REVERT", energy_total=refusal.energy)
    receipt.energy_total, receipt.logs = call.energy, call.logs
    return receipt


def _call(draft: Draft, raw: Raw, terms: Terms, forced: Outcome | None, receipt: Receipt) -> None:
    inner, now_s, price = Draft(draft), terms.now_ms // 1000, terms.energy_price
    call = Call(inner, raw.owner, raw.target, raw.call[4:].hex())
    staked = draft.read(resource("energy.limit", raw.owner)) - used_now(
        draft, "energy", raw.owner, now_s
    )
    staked = max(0, staked)
    # What is staked does not lift the cap that the fee limit sets.
    cap = min(raw.fee_limit // price, staked + draft.read(trx(raw.owner)) // price)
    try:
        receipt.returned = execute(call, raw.call[:4].hex())
    except Reverted as refusal:
        receipt.outcome, call.energy = "REVERT", refusal.energy
    if forced is not None:
        receipt.outcome = forced
    if call.energy > cap:
        receipt.outcome = "OUT_OF_ENERGY"
    if receipt.outcome in {"OUT_OF_ENERGY", "OUT_OF_TIME"}:
        call.energy = cap
    if receipt.outcome == "SUCCESS":
        inner.keep()
        receipt.logs = call.logs
    else:
        receipt.returned = ""
    receipt.energy_total = call.energy
    receipt.energy_staked = min(staked, call.energy)
    receipt.energy_fee = (call.energy - receipt.energy_staked) * price
    if receipt.energy_staked:
        _use(draft, "energy", raw.owner, receipt.energy_staked, now_s)
    draft.add(trx(raw.owner), -receipt.energy_fee)


def _pay_bandwidth(
    draft: Draft, owner: str, size: int, now_s: int, receipt: Receipt, *, newcomer: bool
) -> None:
    if newcomer:
        receipt.net_fee = ACTIVATION_BANDWIDTH_FEE
    elif used_now(draft, "net", owner, now_s) + size <= FREE_BYTES:
        receipt.net_bytes = size
        _use(draft, "net", owner, size, now_s)
        return
    else:
        receipt.net_fee = size * BANDWIDTH_PRICE
    if draft.read(trx(owner)) < receipt.net_fee:
        raise NoBandwidth
    draft.add(trx(owner), -receipt.net_fee)


def _use(draft: Draft, name: str, owner: str, amount: int, now_s: int) -> None:
    used = used_now(draft, name, owner, now_s) + amount
    draft.write(resource(f"{name}.used", owner), used)
    draft.write(resource(f"{name}.at", owner), now_s)

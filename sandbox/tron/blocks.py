"""Blocks, and how blocks, transactions and receipts are spelled."""

import json
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import orjson

from sandbox.tron.addresses import base58_address, sha256
from sandbox.tron.contracts import EVENTS
from sandbox.tron.execution import MESSAGES, Receipt
from sandbox.tron.keys import Key, named_key
from sandbox.tron.ledger import Ledger
from sandbox.tron.transactions import Transaction, transaction_json
from sandbox.tron.wire import HEADER_VERSION, encode_header, encode_transaction, merkle_root

WITNESSES: Final[tuple[Key, ...]] = tuple(named_key(f"witness {n}") for n in range(27))
_BY_ADDRESS = {key.address: key for key in WITNESSES}


class Movement(NamedTuple):
    """A log of a token, as the listings by account and by contract show it."""

    block: int
    nth: int
    """Of its transaction in the block."""
    position: int
    """Among the logs of its transaction."""
    timestamp: int
    txid: str
    event: str
    """`Transfer` or `Approval`."""
    called: str
    """The contract that the transaction called; it may have called the token in turn."""
    token: str
    source: str
    to: str
    amount: int


@dataclass(slots=True)
class Block:
    """A block; transactions and receipts are kept as the JSON that is answered."""

    number: int
    timestamp: int
    parent: str
    witness: str
    root: str = "00" * 32
    id: str = ""
    transactions: list[bytes] = field(default_factory=list)
    receipts: list[bytes] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    sources: list[Transaction] = field(default_factory=list)
    """What was taken in, kept until the block is solid: a reorganisation needs it."""
    changes: dict[str, int] = field(default_factory=dict)
    undo: dict[str, int] = field(default_factory=dict)
    packed: bytes = b""
    """The changes of a solid block, for nodes that are behind."""

    def seal(self) -> None:
        """Compute root and id once all transactions are in."""
        self.root = merkle_root(
            [sha256(encode_transaction(one.data, one.signatures)) for one in self.sources]
        )
        self.id = f"{self.number:016x}" + self._digest().hex()[16:]

    def _digest(self) -> bytes:
        return sha256(
            encode_header(self.number, self.timestamp, self.parent, self.root, self.witness)
        )

    def take(self, transaction: Transaction, receipt: Receipt) -> None:
        """Add an executed transaction."""
        self.sources.append(transaction)
        ret = {"ret": [{"contractRet": receipt.outcome}]}
        self.transactions.append(_written(ret | transaction_json(transaction)))
        self.receipts.append(_written(self._receipt_json(transaction, receipt)))
        for position, log in enumerate(receipt.logs):
            if log.topics[0] in EVENTS:
                source, to = ("41" + topic[24:] for topic in log.topics[1:])
                self.movements.append(
                    Movement(
                        block=self.number,
                        nth=len(self.transactions) - 1,
                        position=position,
                        timestamp=self.timestamp,
                        txid=transaction.id,
                        event=EVENTS[log.topics[0]],
                        called=transaction.raw.target,
                        token=log.address,
                        source=source,
                        to=to,
                        amount=int(log.data, 16),
                    )
                )

    def _receipt_json(self, transaction: Transaction, receipt: Receipt) -> dict[str, Any]:
        call = transaction.raw.kind == "TriggerSmartContract"
        costs = {
            "energy_usage": receipt.energy_staked,
            "energy_fee": receipt.energy_fee,
            "energy_usage_total": receipt.energy_total,
            "net_usage": receipt.net_bytes,
            "net_fee": receipt.net_fee,
            "result": receipt.outcome if call else "",
        }
        out: dict[str, Any] = {"id": transaction.id}
        if receipt.fee:
            out["fee"] = receipt.fee
        out["blockNumber"] = self.number
        out["blockTimeStamp"] = self.timestamp
        out["contractResult"] = [receipt.returned]
        if call:
            out["contract_address"] = transaction.raw.target
        out["receipt"] = {name: value for name, value in costs.items() if value}
        if receipt.logs:
            out["log"] = [
                {"address": log.address[2:], "topics": log.topics, "data": log.data}
                for log in receipt.logs
            ]
        if receipt.outcome != "SUCCESS":
            out["result"] = "FAILED"
            out["resMessage"] = MESSAGES[receipt.outcome].encode().hex()
        return out

    def settle(self) -> None:
        """Keep of a block that became solid what may still be asked for."""
        if self.changes:
            # Amounts can have 256 bits, which the quick writer does not take.
            self.packed = json.dumps(self.changes, separators=(",", ":")).encode()
        self.sources, self.changes, self.undo = [], {}, {}

    def write_to(self, ledger: Ledger) -> None:
        """Do to a ledger what the block did, however long ago."""
        for key, value in (json.loads(self.packed) if self.packed else self.changes).items():
            ledger.write(key, value)

    def header_json(self) -> dict[str, Any]:
        """Spell id and header; number and time of the first block are defaults, so left out."""
        raw: dict[str, Any] = {"number": self.number} if self.number else {}
        raw["txTrieRoot"] = self.root
        raw["witness_address"] = self.witness
        raw["parentHash"] = self.parent
        if self.timestamp:
            raw |= {"version": HEADER_VERSION, "timestamp": self.timestamp}
        header: dict[str, Any] = {"raw_data": raw}
        if self.number:
            header["witness_signature"] = _BY_ADDRESS[self.witness].sign(self._digest()).hex()
        return {"blockID": self.id, "block_header": header}

    def to_json(self, *, detail: bool = True) -> bytes:
        """Spell the block; without transactions there is no such key."""
        head = orjson.dumps(self.header_json())
        if not detail or not self.transactions:
            return head
        return head[:-1] + b',"transactions":[' + b",".join(self.transactions) + b"]}"


class Recorder:
    """Writes to a ledger, and into a block how to do it again and how to undo it."""

    __slots__ = ("_block", "_ledger")

    def __init__(self, ledger: Ledger, block: Block) -> None:
        self._ledger = ledger
        self._block = block

    def read(self, key: str) -> int:
        """Return a number, 0 when it was never written."""
        return self._ledger.read(key)

    def write(self, key: str, value: int) -> None:
        """Set a number."""
        self._block.undo.setdefault(key, self._ledger.read(key))
        self._block.changes[key] = value
        self._ledger.write(key, value)


def _written(value: dict[str, Any]) -> bytes:
    """Write JSON to be kept: a copy, because the writer's own buffer is several times as big."""
    return bytes(memoryview(orjson.dumps(value)))


_ADDRESS_KEYS = frozenset(
    {"owner_address", "to_address", "contract_address", "witness_address", "origin_address"}
)


def made_visible(answer: Any) -> Any:
    """Spell addresses in base58, those of logs too, as `visible: true` asks for."""
    if isinstance(answer, list):
        return [made_visible(one) for one in answer]
    if not isinstance(answer, dict):
        return answer
    out: dict[str, Any] = {}
    for key, value in answer.items():
        if key in _ADDRESS_KEYS and isinstance(value, str):
            out[key] = base58_address(value)
        elif key == "log":
            out[key] = [log | {"address": base58_address("41" + log["address"])} for log in value]
        else:
            out[key] = made_visible(value)
    return out

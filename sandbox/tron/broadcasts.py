"""Where signed transactions come in, and the ways in which that goes wrong."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import orjson

from sandbox.tron.admission import Rejected, broadcast, check, rejection
from sandbox.tron.block_calls import Answer
from sandbox.tron.blocks import made_visible
from sandbox.tron.execution import FAILURES
from sandbox.tron.faults import Faults
from sandbox.tron.query import Query
from sandbox.tron.transaction_calls import read_hex, read_transaction
from sandbox.tron.transactions import Transaction, transaction_json
from sandbox.tron.view import View

_DUPLICATE: Final = Rejected("DUP_TRANSACTION_ERROR", "Dup transaction.")
_HEARD_BEFORE: Final = Rejected("DUP_TRANSACTION_ERROR", "Transaction already exists.")
_REFUSED: Final = {
    "server_busy": Rejected("SERVER_BUSY", "Server busy."),
    "no_connection": Rejected("NO_CONNECTION", "No connection."),
    "block_unsolidified": Rejected("BLOCK_UNSOLIDIFIED", "Block unsolidified."),
    "tapos": Rejected("TAPOS_ERROR", "Tapos check error."),
    "expired": Rejected("TRANSACTION_EXPIRATION_ERROR", "Transaction expired"),
    "dup_unknown": _HEARD_BEFORE,
}
"""Said, and the transaction was not taken."""
_TAKEN_ALL_THE_SAME: Final = {
    "dup": _DUPLICATE,
    "not_enough_connection": Rejected("NOT_ENOUGH_EFFECTIVE_CONNECTION", "P2P broadcast failed."),
}
"""Said, although the transaction was taken."""
_REMEMBERED_MS: Final = 3_600_000
"""How long a node remembers an id that it once was sent."""


class Broadcasts:
    """Takes transactions for one node.

    Attributes:
        heard: Ids that it calls duplicates without having them, and until when (ms).
    """

    def __init__(self, view: View, faults: Faults, keep: Callable[[], None]) -> None:
        self._view = view
        self._faults = faults
        self._keep = keep
        self.heard: dict[str, int] = {}

    def take(self, query: Query) -> Answer:
        """Take a signed transaction into the pool."""
        return self._receive("wallet/broadcasttransaction", read_transaction(query))

    def take_hex(self, query: Query) -> Answer:
        """Take one that is given as bytes in hex; this call answers in plain text."""
        transaction = read_hex(query)
        taken = self._receive("wallet/broadcasthex", transaction)
        return {
            "result": taken.get("result", False),
            "code": taken.get("code", "SUCCESS"),
            "message": bytes.fromhex(taken.get("message", "")).decode(),
            "transaction": orjson.dumps(made_visible(transaction_json(transaction))).decode(),
            "txid": transaction.id,
        }

    def _receive(self, path: str, transaction: Transaction) -> dict[str, Any]:
        kind = self._fate(transaction.id)
        if kind is None:
            fault = self._faults.take_for_transaction(path, self._spared(transaction))
            kind = fault.kind if fault is not None else ""
        if kind == "dup_unknown":
            self._remember(transaction.id)
        if kind in _REFUSED:
            return rejection(transaction, _REFUSED[kind])
        if kind == "dropped_broadcast":
            return {"result": True, "txid": transaction.id}
        if kind == "never_mined":
            return self._lose(transaction)
        forced = FAILURES.get(kind)
        taken = broadcast(self._view, replace(transaction, forced=forced))
        if kind in _TAKEN_ALL_THE_SAME and taken.get("result"):
            return rejection(transaction, _TAKEN_ALL_THE_SAME[kind])
        return taken

    def _spared(self, transaction: Transaction) -> frozenset[str]:
        """Faults that wait for another transaction."""
        if self._view.knows(transaction.id):
            # It was sent before: what becomes of it was decided then.
            return frozenset({*FAILURES, "never_mined", "dup", "dup_unknown"})
        # There is no call that could fail in a transfer of TRX.
        calls = transaction.raw.kind == "TriggerSmartContract"
        return frozenset() if calls else frozenset(FAILURES)

    def _fate(self, txid: str) -> str | None:
        """What was decided when it was sent before, and stays so."""
        if self.heard.get(txid, 0) > self._view.now_ms():
            return "dup_unknown"
        return "never_mined" if txid in self._view.chain.lost else None

    def _remember(self, txid: str) -> None:
        now_ms = self._view.now_ms()
        self.heard = {one: until for one, until in self.heard.items() if until > now_ms}
        if txid not in self.heard:
            self.heard[txid] = now_ms + _REMEMBERED_MS
            self._keep()

    def _lose(self, transaction: Transaction) -> dict[str, Any]:
        """Confirm a transaction and forget it, at this node and at every other."""
        try:
            check(self._view, transaction)
        except Rejected as refusal:
            return rejection(transaction, refusal)
        if transaction.id not in self._view.chain.lost:
            self._view.chain.lose(transaction)
        return {"result": True, "txid": transaction.id}

"""Sending what was signed, and finding out what became of it.

The same bytes are sent again and again until they are in a block or too late for one. What a node
says to them decides nothing: that something was paid says a final receipt, that it never will be
says every node's absence after the expiration, together with our own reading of the blocks.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from jiema_app.domain.chain.port import ChainError
from jiema_app.domain.clock import Clock
from jiema_app.domain.payouts import queries, settlement
from jiema_app.domain.payouts.port import BroadcastOutcome, BroadcastResult, PayoutChain
from jiema_app.domain.payouts.settlement import Ending
from jiema_app.domain.payouts.sightings import Sightings, SolidReceipt
from jiema_app.domain.transaction import Connection, Database

log = structlog.get_logger()

BATCH: Final = 200
"""Transactions that are followed at once; payouts are bounded by the hour."""

ANSWER_MAX: Final = 300

COSTS_AT_ONCE: Final = 20
"""Nothing waits for what a transaction cost."""

# How far our own reading is, and whether it met the transaction.
READING: Final = """
select block_time, exists (select from payments where txid = $2) as is_met
from chain_cursors where genesis_id = $1 and halted_because is null
"""

CONTRADICT: Final = """
update payouts set status = 'NEEDS_REVIEW', reason = $2, version = version + 1
where id = $1 and status in ('SIGNED', 'BROADCAST')
returning pg_notify('payout_changed', id)
"""


@dataclass(slots=True)
class Following:
    """Follows every transaction that is not decided yet.

    Attributes:
        rebroadcast: The same bytes are sent again after so long.
        attempts_max: So often a payout is signed anew by itself.
    """

    database: Database
    clock: Clock
    chain: PayoutChain
    rebroadcast: timedelta
    attempts_max: int
    _solid: int = field(default=-1, init=False)

    async def run(self) -> int:
        """Send what is to be sent, and look for all when there is a new final block.

        Returns:
            How many transactions are followed.

        Raises:
            DatabaseTrouble: The database is away; nothing is lost.
        """
        async with self.database.connection() as connection:
            alive = await connection.fetch(queries.ALIVE, BATCH)
            without_cost = await connection.fetch(queries.WITHOUT_COST, COSTS_AT_ONCE)
        for attempt in alive:
            if self._is_due(attempt):
                await self.send(attempt)
        if (alive or without_cost) and await self._has_grown():
            for attempt in alive:
                await self.look(attempt)
            for attempt in without_cost:
                await self.note_cost(attempt)
        return len(alive)

    def _is_due(self, attempt: Any) -> bool:
        """Whether the bytes are to be sent now: at first, and then again in a while."""
        if attempt["block_number"] is not None:
            return False
        if attempt["last_sent_at"] is None:
            return True
        answer = attempt["last_answer"] or ""
        if answer.startswith(BroadcastOutcome.INVALID) or self.clock.now() > attempt["expires_at"]:
            return False
        # By the database's clock alone, which ours may be far from.
        return bool(attempt["sent_ago"] >= self.rebroadcast)

    async def send(self, attempt: Any) -> None:
        """Send the stored bytes to every node, and note what they said."""
        async with self.database.transaction() as connection:
            await connection.execute(queries.NOTE_SENDING, attempt["id"])
        results = await self.chain.broadcast(attempt["signed_json"])
        answer = "; ".join(map(_answer, results))[:ANSWER_MAX]
        async with self.database.connection() as connection:
            await connection.execute(queries.NOTE_ANSWER, attempt["id"], answer)
        log.info("payout sent", payout=attempt["payout_id"], txid=attempt["txid"], answer=answer)

    async def _has_grown(self) -> bool:
        """Whether a node has a final block that it had not when we looked last."""
        heads = await self.chain.heads()
        solid = max((one.solid.number for one in heads if one.solid is not None), default=-1)
        has_grown, self._solid = solid != self._solid, solid
        return has_grown

    async def look(self, attempt: Any) -> None:
        """Find out what became of one transaction."""
        try:
            seen = await self.chain.transaction(attempt["txid"])
            receipt = seen.find_receipt()
        except ChainError as trouble:
            log.info("payout not seen", payout=attempt["payout_id"], reason=str(trouble)[:200])
            return
        if receipt is not None:
            await self._end_by_receipt(attempt, receipt)
        elif seen.is_known:
            await self._note_block(attempt, seen)
        elif seen.is_absent_since(attempt["expires_at"]):
            await self._end_by_absence(attempt, seen)

    async def note_cost(self, attempt: Any) -> None:
        """Write down what one cost that the reader of the chain settled: its transfer tells not."""
        try:
            receipt = (await self.chain.transaction(attempt["txid"])).find_receipt()
        except ChainError as trouble:
            log.info("cost not seen", payout=attempt["payout_id"], reason=str(trouble)[:200])
            return
        if receipt is not None:
            async with self.database.connection() as connection:
                await connection.execute(
                    queries.NOTE_COST, attempt["id"], receipt.fee_sun, receipt.energy_used
                )

    async def _end_by_receipt(self, attempt: Any, receipt: SolidReceipt) -> None:
        ending = Ending(
            evidence=f"{receipt.result or 'done'} in final block {receipt.header.number} "
            f"({receipt.header.id})",
            block_number=receipt.header.number,
            fee_sun=receipt.fee_sun,
            energy=receipt.energy_used,
        )
        async with self.database.transaction() as connection:
            if not receipt.succeeded:
                reason = f"{receipt.result}: {receipt.message}".strip(": ")
                await settlement.fail(connection, attempt, ending, f"failed on the chain: {reason}")
            elif _has_moved(attempt, receipt, self.chain.token):
                await settlement.settle(connection, attempt, ending)
            else:
                # Not dead and not what was signed: nobody may pay it again before a person looked.
                reason = "its receipt says success, and shows another transfer than was signed"
                await connection.execute(CONTRADICT, attempt["payout_id"], reason)
                log.error("payout contradicts itself", payout=attempt["payout_id"])

    async def _note_block(self, attempt: Any, seen: Sightings) -> None:
        numbers = [one.head.block_number for one in seen.nodes if one.head is not None]
        if numbers and attempt["block_number"] != min(numbers):
            async with self.database.connection() as connection:
                await connection.execute(queries.NOTE_BLOCK, attempt["id"], min(numbers))

    async def _end_by_absence(self, attempt: Any, seen: Sightings) -> None:
        """Every node knows nothing of it, past its time. Our own reading must say so too."""
        async with self.database.transaction() as connection:
            if not await self._has_read_past(connection, attempt):
                return
            heads = [one.solid_head.number for one in seen.nodes if one.solid_head is not None]
            answer = attempt["last_answer"] or ""
            is_valid = not answer.startswith(BroadcastOutcome.INVALID)
            await settlement.declare_absent(
                connection,
                attempt,
                Ending(
                    evidence=f"expired {attempt['expires_at']:%F %T} UTC, and in no final block up "
                    f"to {min(heads)} by {len(seen.nodes)} node(s) and by our own reading"
                ),
                tries_again=is_valid and attempt["attempt_count"] < self.attempts_max,
            )

    async def _has_read_past(self, connection: Connection, attempt: Any) -> bool:
        row = await connection.fetchrow(READING, self.chain.genesis_id, attempt["txid"])
        if row is None or row["is_met"]:
            return False
        read_to: datetime = row["block_time"]
        return bool(read_to > attempt["expires_at"])


def _answer(result: BroadcastResult) -> str:
    words = f" ({result.words})" if result.words else ""
    return f"{result.outcome} {result.code}{words} by the {result.node} node"


def _has_moved(attempt: Any, receipt: SolidReceipt, token: str) -> bool:
    """Whether a receipt shows what was signed. TRX leaves no log: its success is all there is."""
    if attempt["asset"] == "TRX":
        return True
    return any(
        (one.contract, one.sender, one.receiver, one.amount)
        == (token, attempt["from_address"], attempt["to_address"], attempt["amount"])
        for one in receipt.transfers
    )

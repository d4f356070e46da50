"""Ending a payout: its transaction was paid, moved nothing, or is in no block for good.

Called by the signer, with a final receipt, and by whoever reads the chain's transfers; each step
compares before it sets, so whoever comes second changes nothing. In the caller's transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from jiema_app.domain.payouts import queries
from jiema_app.domain.payouts.kinds import PayoutKind
from jiema_app.domain.payouts.statuses import AttemptOutcome, PayoutStatus
from jiema_app.domain.transaction import Connection

log = structlog.get_logger()

REASON_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a transaction ended.

    Attributes:
        evidence: What proves it, in words.
        block_number: Of the final block that holds it.
        fee_sun: What it cost.
        energy: Units that it took.
    """

    evidence: str
    block_number: int | None = None
    fee_sun: int | None = None
    energy: int | None = None


async def lock(connection: Connection, payout: str) -> Any:
    """Lock a payout, and the withdrawal that it pays before it; its row, or None."""
    await connection.execute(queries.LOCK_WITHDRAWAL_OF, payout)
    return await connection.fetchrow(queries.LOCK, payout)


async def is_withdrawal(connection: Connection, payout: str) -> bool:
    """Whether a payout pays somebody's withdrawal."""
    row = await connection.fetchrow(queries.GET, payout)
    return row is not None and row["kind"] == PayoutKind.WITHDRAWAL


async def settle(connection: Connection, attempt: Any, ending: Ending) -> bool:
    """A transaction was paid, in a final block: the payout is settled, its money posted.

    Args:
        connection: Of the caller's transaction.
        attempt: Row of the transaction.
        ending: What proves it.

    Returns:
        False when it was settled before.
    """
    await lock(connection, attempt["payout_id"])
    row = await connection.fetchrow(
        queries.SETTLE,
        attempt["id"],
        ending.evidence[:REASON_MAX],
        ending.block_number,
        ending.fee_sun,
        ending.energy,
    )
    if row is None:
        return False
    if row["kind"] == PayoutKind.WITHDRAWAL:
        # Whoever pays has held the money: anything else would be paid from nowhere.
        assert row["posted"], "a withdrawal was paid whose money was not held, or was posted before"
    log.info("payout settled", payout=row["id"], kind=row["kind"], txid=attempt["txid"])
    return True


async def settle_by_transfer(connection: Connection, attempt: Any, transfer: Any) -> None:
    """The reader of the chain met the transfer of a payout in a final block.

    Args:
        connection: Of the caller's transaction.
        attempt: Row of the transaction that it belongs to.
        transfer: Row of ``payments``: from, to, amount, block.
    """
    same = all(
        attempt[ours] == transfer[theirs]
        for ours, theirs in (
            ("from_address", "from_address"),
            ("to_address", "to_address"),
            ("amount", "amount"),
        )
    )
    assert same, "a transaction of ours moved something else than was signed"
    ending = Ending(
        evidence=f"its transfer was read in final block {transfer['block_number']}",
        block_number=transfer["block_number"],
    )
    await settle(connection, attempt, ending)


async def fail(connection: Connection, attempt: Any, ending: Ending, reason: str) -> bool:
    """A transaction is in a final block and moved nothing but its fee: a person decides."""
    return await _end(
        connection,
        attempt,
        AttemptOutcome.FAILED,
        ending,
        PayoutStatus.FAILED_ON_CHAIN,
        reason,
        None,
    )


async def declare_absent(
    connection: Connection,
    attempt: Any,
    ending: Ending,
    *,
    tries_again: bool,
    not_before: datetime | None = None,
) -> bool:
    """A transaction is in no block and never will be: it is tried anew, or a person decides."""
    status = PayoutStatus.QUEUED if tries_again else PayoutStatus.EXPIRED_ABSENT
    reason = "its last transaction expired and is in no block"
    return await _end(
        connection, attempt, AttemptOutcome.ABSENT, ending, status, reason, not_before
    )


async def _end(
    connection: Connection,
    attempt: Any,
    outcome: AttemptOutcome,
    ending: Ending,
    status: PayoutStatus,
    reason: str,
    not_before: datetime | None,
) -> bool:
    await lock(connection, attempt["payout_id"])
    row = await connection.fetchrow(
        queries.END_ATTEMPT,
        attempt["id"],
        outcome,
        ending.evidence[:REASON_MAX],
        ending.block_number,
        ending.fee_sun,
        ending.energy,
        status,
        reason[:REASON_MAX],
        not_before,
    )
    if row is None:
        return False
    if row["kind"] == PayoutKind.WITHDRAWAL:
        await connection.execute(queries.SHOW_WITHDRAWAL, row["subject_id"])
    log.warning(
        "payout's transaction ended without a payment",
        payout=row["id"],
        txid=attempt["txid"],
        outcome=outcome,
        status=status,
    )
    return True

"""A withdrawal as its owner and its reviewer see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiema_app.domain.payouts.statuses import PayoutStatus
from jiema_app.domain.units import MicroUsdt, UserId
from jiema_app.domain.withdrawals.statuses import ShownStatus, WithdrawalStatus, shown_status


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalView:
    """One withdrawal. Amounts are in micro-USDT.

    Attributes:
        source: Which balance it comes from: ``commission`` or ``spending``.
        amount: What left the balance: fee and net.
        net: What is sent.
        decided: What the house decided.
        status: That, and how far it was carried out, in one word.
        usable_from: For a changed address: nothing is paid to it before.
        note: Why it was rejected, in the reviewer's words.
        waits_because: Why an approved one does not go on, for reviewers alone.
        txid: Of the transaction that pays it, or paid it.
    """

    id: str
    user_id: UserId
    source: str
    address: str
    amount: MicroUsdt
    fee: MicroUsdt
    net: MicroUsdt
    decided: WithdrawalStatus
    status: ShownStatus
    version: int
    created_at: datetime
    approved_at: datetime | None
    ended_at: datetime | None
    usable_from: datetime | None
    note: str | None
    payout_id: str | None
    waits_because: str | None
    txid: str | None
    sent_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it may still be paid."""
        return self.decided in {WithdrawalStatus.REQUESTED, WithdrawalStatus.APPROVED}

    @property
    def is_cancellable(self) -> bool:
        """Whether its owner may take it back."""
        return self.decided is WithdrawalStatus.REQUESTED


@dataclass(frozen=True, slots=True)
class WithdrawalPage:
    """Some of a user's withdrawals, newest first."""

    withdrawals: Sequence[WithdrawalView]
    next_cursor: str | None


def withdrawal_view(row: Any) -> WithdrawalView:
    """A row of ``WITHDRAWAL_COLUMNS``."""
    payout = None if row["payout_status"] is None else PayoutStatus(row["payout_status"])
    decided = WithdrawalStatus(row["status"])
    # What was signed for one that is to be signed anew is in no block, or moved nothing.
    is_sent = payout not in {None, PayoutStatus.QUEUED}
    return WithdrawalView(
        id=row["id"],
        user_id=UserId(row["user_id"]),
        source=row["source"],
        address=row["address"],
        amount=MicroUsdt(row["amount_micro"]),
        fee=MicroUsdt(row["fee_micro"]),
        net=MicroUsdt(row["net_micro"]),
        decided=decided,
        status=shown_status(decided, payout),
        version=row["version"],
        created_at=row["created_at"],
        approved_at=row["approved_at"],
        ended_at=row["ended_at"],
        usable_from=row["usable_from"],
        note=row["note"],
        payout_id=row["payout_id"],
        waits_because=row["payout_reason"],
        txid=row["paid_txid"] or (row["txid"] if is_sent else None),
        sent_at=row["sent_at"] if is_sent else None,
    )

"""A payout and its transactions, as people see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiema_app.domain.payouts.kinds import PayoutAsset, PayoutKind
from jiema_app.domain.payouts.statuses import FOR_A_PERSON, AttemptOutcome, PayoutStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutView:
    """One thing to be sent.

    Attributes:
        subject: Of a withdrawal its id, of a refund the payment's, of a sweep its wallet's
            address, of gas the payout that needs it.
        amount: In micro-USDT, or in sun.
        reason: Why it waits, or needs a person.
        created_by: A user's id, ``command-line``, ``job`` or ``signer``.
        not_before: Not looked at again before this.
        estimated_fee_sun: What it was expected to cost.
        fee_sun: What it cost, over all its transactions.
        checks: The eight as the signer found them last.
    """

    id: str
    kind: PayoutKind
    asset: PayoutAsset
    status: PayoutStatus
    subject: str
    source: str
    destination: str
    amount: int
    reason: str | None
    created_by: str
    created_at: datetime
    not_before: datetime | None
    ended_at: datetime | None
    estimated_fee_sun: int | None
    fee_sun: int | None
    checks: Sequence[dict[str, Any]]
    checked_at: datetime | None

    @property
    def is_for_person(self) -> bool:
        """Whether it stays as it is until somebody decides."""
        return self.status in FOR_A_PERSON


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptView:
    """One signed transaction.

    Attributes:
        expires_at: No later block may hold it.
        last_answer: What nodes said to it, in our words.
        outcome: None while it may still be paid.
        evidence: What proves the outcome.
    """

    number: int
    txid: str
    signed_at: datetime
    expires_at: datetime
    fee_limit_sun: int
    key_version: int
    is_from_journal: bool
    sent_count: int
    last_sent_at: datetime | None
    last_answer: str | None
    block_number: int | None
    outcome: AttemptOutcome | None
    evidence: str | None
    fee_sun: int | None
    energy: int | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class PayoutInFull:
    """A payout with every transaction that was signed for it, and the gas that it was given."""

    payout: PayoutView
    attempts: Sequence[AttemptView]
    gas: Sequence[PayoutView]


def payout_view(row: Any) -> PayoutView:
    """A row of ``queries.PAYOUT_COLUMNS``."""
    return PayoutView(
        id=row["id"],
        kind=PayoutKind(row["kind"]),
        asset=PayoutAsset(row["asset"]),
        status=PayoutStatus(row["status"]),
        subject=row["subject_id"],
        source=row["from_address"],
        destination=row["to_address"],
        amount=row["amount"],
        reason=row["reason"],
        created_by=row["created_by"],
        created_at=row["created_at"],
        not_before=row["not_before"],
        ended_at=row["ended_at"],
        estimated_fee_sun=row["estimated_fee_sun"],
        fee_sun=row["fee_sun"],
        checks=row["checks"] or (),
        checked_at=row["checked_at"],
    )


def attempt_view(row: Any) -> AttemptView:
    """A row of ``queries.ATTEMPT_COLUMNS``."""
    outcome = row["outcome"]
    return AttemptView(
        number=row["number"],
        txid=row["txid"],
        signed_at=row["signed_at"],
        expires_at=row["expires_at"],
        fee_limit_sun=row["fee_limit_sun"],
        key_version=row["key_version"],
        is_from_journal=row["is_from_journal"],
        sent_count=row["sent_count"],
        last_sent_at=row["last_sent_at"],
        last_answer=row["last_answer"],
        block_number=row["block_number"],
        outcome=None if outcome is None else AttemptOutcome(outcome),
        evidence=row["evidence"],
        fee_sun=row["fee_sun"],
        energy=row["energy"],
        ended_at=row["ended_at"],
    )

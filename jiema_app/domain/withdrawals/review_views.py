"""A withdrawal as those see it who decide about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiema_app.domain.payouts.checks.results import CheckName, CheckResult, Outcome
from jiema_app.domain.units import MicroUsdt
from jiema_app.domain.withdrawals.views import WithdrawalView


@dataclass(frozen=True, slots=True)
class Sums:
    """What whoever decides should know besides, in micro-USDT.

    Attributes:
        user_paid: Paid to this user ever.
        user_asked: How often they asked.
        user_day: What they asked for in 24 hours.
        all_day: What was paid to everybody in 24 hours.
        others_to_address: Withdrawals of other users to this address.
    """

    user_paid: MicroUsdt
    user_asked: int
    user_day: MicroUsdt
    all_day: MicroUsdt
    others_to_address: int


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What somebody decided, or proposed."""

    action: str
    note: str | None
    actor: str
    is_final: bool
    txid: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewedWithdrawal:
    """A withdrawal with all that its reviewer looks at.

    Attributes:
        checks: The eight, as they are now; of one that was paid, as they were when it was
            approved. None of one that ended otherwise, or where no node is.
        takes_two: Whether a second person must approve it.
        objection: Why it cannot be approved now, besides the checks; None: nothing speaks
            against it.
    """

    withdrawal: WithdrawalView
    checks: Sequence[CheckResult]
    sums: Sums
    decisions: Sequence[DecisionView]
    takes_two: bool
    objection: str | None


@dataclass(frozen=True, slots=True)
class Approval:
    """What came of an approval.

    Attributes:
        is_final: False when another person must approve it too.
    """

    withdrawal: WithdrawalView
    checks: Sequence[CheckResult]
    is_final: bool


def decision_view(row: Any) -> DecisionView:
    """A row of ``DECISIONS``."""
    return DecisionView(
        row["action"], row["note"], row["actor"], row["is_final"], row["txid"], row["created_at"]
    )


def stored_checks(stored: Sequence[Mapping[str, Any]]) -> Sequence[CheckResult]:
    """The eight as ``CheckResult.to_json`` wrote them."""
    return [
        CheckResult(
            name=CheckName(one["name"]),
            outcome=Outcome(one["outcome"]),
            value=one["value"],
            evidence=one["evidence"],
            block_number=one["block_number"],
            block_id=one["block_id"],
            node=one["node"],
            at=datetime.fromisoformat(one["at"]),
            is_alert=one["is_alert"],
        )
        for one in stored
    ]

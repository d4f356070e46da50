"""What a check found, and what follows from eight of them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from jiema_app.domain.payouts.checks.thresholds import Thresholds


class CheckName(StrEnum):
    """The eight checks, in order."""

    NODE_RIGHT_AND_FRESH = "node_right_and_fresh"
    DESTINATION_IDENTITY = "destination_identity"
    DESTINATION_NOT_CONTRACT = "destination_not_contract"
    TOKEN_CLEAR = "token_clear"  # noqa: S105 - the token is money
    USDT_LIQUIDITY = "usdt_liquidity"
    FEE_CAPACITY = "fee_capacity"
    DRY_RUN = "dry_run"
    UNIQUE_AND_RECONCILED = "unique_and_reconciled"


class Outcome(StrEnum):
    """How a check ended. Only PASS lets a payout go on."""

    PASS = "PASS"  # noqa: S105 - no password
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
    """Something could not be read, or cannot be said yet."""


class Remedy(StrEnum):
    """What helps a payout that did not pass."""

    WAIT = "WAIT"
    """It may become good by itself: try again later."""
    REVIEW = "REVIEW"
    """A person must look."""


WAITED_FOR: Final = frozenset(
    {CheckName.NODE_RIGHT_AND_FRESH, CheckName.USDT_LIQUIDITY, CheckName.FEE_CAPACITY}
)
"""A failure of these may become good by itself, or by sending something to our own wallet."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        value: The figure that decided, short: ``3 s``.
        evidence: One sentence that a reviewer understands, with figures.
        told_by: Names of the nodes by whose word; empty where only our books were asked.
        is_final: Whether it is about final blocks rather than the youngest one.
        is_alert: It passes, and somebody should know all the same.
    """

    outcome: Outcome
    value: str
    evidence: str
    told_by: Sequence[str] = ()
    is_final: bool = False
    is_alert: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check found, with what it was judged by.

    Attributes:
        value: The figure that decided, short.
        evidence: One sentence for a reviewer.
        block_number: The youngest block when the nodes were asked, or the youngest final one for
            what final blocks say; None when no node told one.
        block_id: Of that block.
        node: Names of the nodes by whose word, joined by ``and``; empty where only our books
            were asked.
        at: When asking began, by our clock.
        is_alert: It passes, and somebody should know all the same.
    """

    name: CheckName
    outcome: Outcome
    value: str
    evidence: str
    block_number: int | None
    block_id: str | None
    node: str
    at: datetime
    is_alert: bool = False

    @property
    def remedy(self) -> Remedy | None:
        """What helps; None when it passed."""
        if self.outcome is Outcome.PASS:
            return None
        is_waited_for = self.outcome is Outcome.UNKNOWN or self.name in WAITED_FOR
        return Remedy.WAIT if is_waited_for else Remedy.REVIEW

    def to_json(self) -> dict[str, Any]:
        """What is stored of it."""
        return asdict(self) | {
            "name": self.name.value,
            "outcome": self.outcome.value,
            "at": self.at.isoformat(),
        }


def passed(
    value: str,
    evidence: str,
    told_by: Sequence[str] = (),
    *,
    is_final: bool = False,
    is_alert: bool = False,
) -> Finding:
    """A check that passed."""
    return Finding(Outcome.PASS, value, evidence, told_by, is_final, is_alert)


def failed(
    value: str, evidence: str, told_by: Sequence[str] = (), *, is_final: bool = False
) -> Finding:
    """A check that failed."""
    return Finding(Outcome.FAIL, value, evidence, told_by, is_final)


def unknown(
    evidence: str, value: str = "", told_by: Sequence[str] = (), *, is_final: bool = False
) -> Finding:
    """A check of which nobody can say now how it ends."""
    return Finding(Outcome.UNKNOWN, value or "unknown", evidence, told_by, is_final)


def all_pass(results: Sequence[CheckResult]) -> bool:
    """Whether all eight passed. Fewer, others or some of them twice are not all."""
    return [one.name for one in results] == list(CheckName) and all(
        one.outcome is Outcome.PASS for one in results
    )


def are_fresh(
    results: Sequence[CheckResult], now: datetime, thresholds: Thresholds | None = None
) -> bool:
    """Whether results are young enough to sign by."""
    most = (thresholds or Thresholds()).results_age_max
    return bool(results) and all(abs(now - one.at) <= most for one in results)


def remedy_of(results: Sequence[CheckResult]) -> Remedy | None:
    """What helps a payout: None when all passed; a person if any of the failures needs one."""
    remedies = {one.remedy for one in results} - {None}
    if Remedy.REVIEW in remedies:
        return Remedy.REVIEW
    return Remedy.WAIT if remedies else None


def reasons(results: Sequence[CheckResult]) -> str:
    """Why a payout does not go on, in words; empty when all passed."""
    return " ".join(one.evidence for one in results if one.outcome is not Outcome.PASS)

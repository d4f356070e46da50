"""What somebody is asked in their chat before a withdrawal of the Mini App is requested."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from jiema_app.domain.payouts.destinations import DestinationFault
from jiema_app.domain.typed_amounts import MICRO, read_amount
from jiema_app.domain.units import MicroUsdt, UserId
from jiema_app.domain.withdrawals.draft_views import Carried, Draft, Fault
from jiema_app.domain.withdrawals.statuses import WithdrawalFault
from jiema_app.domain.withdrawals.terms import Quote


class Decision(StrEnum):
    """How a question ended."""

    CONFIRMED = "CONFIRMED"
    """They want it: the withdrawal is requested."""
    REFUSED = "REFUSED"
    """They do not: nothing was held."""
    EXPIRED = "EXPIRED"
    """Nobody answered in time."""
    REPLACED = "REPLACED"
    """They went back to change something, or asked for something else."""
    SIGNED_OUT = "SIGNED_OUT"
    """They signed out everywhere, or in the Mini App: whoever asked is in no more."""
    NOT_TAKEN = "NOT_TAKEN"
    """They confirmed it, and by then it could not be taken. Nothing was held."""


class Replaces(StrEnum):
    """What a question stands in the place of, if there was one that nobody had answered."""

    ALIKE = "ALIKE"
    """One about the same address."""
    OTHER_ADDRESS = "OTHER_ADDRESS"
    """Somebody may have it replaced just before its owner presses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question.

    Attributes:
        draft: What is asked about; None soon after that is decided.
        is_repriced: Whether it is asked anew, by another fee than before.
        replaces: What it stands in the place of; None where nothing was asked.
        decision: None while it is open.
        fault: Why it was not taken, where a rule says so.
        figure: The amount that this is about, in micro-USDT.
        withdrawal_id: What it has become.
    """

    id: str
    user_id: UserId
    draft: Draft | None
    is_repriced: bool
    replaces: Replaces | None
    asked_at: datetime
    expires_at: datetime
    decision: Decision | None
    fault: Fault | None
    figure: MicroUsdt | None
    withdrawal_id: str | None

    @property
    def is_pending(self) -> bool:
        """Whether an answer is waited for, or what comes of it."""
        is_carried_out = self.decision is Decision.CONFIRMED and self.withdrawal_id is None
        return self.decision is None or is_carried_out


def question(row: Any, carried: Carried | None) -> Question:
    """A row, and what is sealed in it."""
    decision = row["decision"]
    return Question(
        id=row["id"],
        user_id=UserId(row["user_id"]),
        draft=None if carried is None else _draft(carried),
        is_repriced=row["is_repriced"],
        replaces=None if row["replaces"] is None else Replaces(row["replaces"]),
        asked_at=row["asked_at"],
        expires_at=row["expires_at"],
        decision=None if decision is None else Decision(decision),
        fault=_fault(row["fault"]),
        figure=None if row["fault_micro"] is None else MicroUsdt(row["fault_micro"]),
        withdrawal_id=row["withdrawal_id"],
    )


def _draft(carried: Carried) -> Draft | None:
    """As it was sealed, by the fee of then: that is what a press confirms."""
    if not carried.request_key or carried.net is None:
        return None
    amount = read_amount(carried.typed.amount, decimals_max=MICRO)
    fee = MicroUsdt(amount - carried.net)
    return Draft(
        address=carried.typed.address,
        source=carried.typed.source,
        quote=Quote(amount=amount, fee=fee, net=carried.net),
        usable_from=None,
        request_key=carried.request_key,
    )


def _fault(name: str | None) -> Fault | None:
    if name is None:
        return None
    is_ours = name in WithdrawalFault.__members__
    return WithdrawalFault(name) if is_ours else DestinationFault(name)

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


class Heard(StrEnum):
    """What a press came to."""

    COUNTED = "COUNTED"
    """It was the answer."""
    CHANGED = "CHANGED"
    """Its message did not show what it would be now: nothing was held, and it is shown."""
    OVER = "OVER"
    """It was answered before, or is too late."""


@dataclass(frozen=True, slots=True)
class QuestionPress:
    """A button beneath a question that was pressed.

    Attributes:
        asked: Which question.
        asking: Which asking of it the message showed; None when the button does not say.
        message_id: Of the message.
    """

    asked: str
    asking: int | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question.

    Attributes:
        draft: What is asked about; None soon after that is decided.
        asking: Which asking it is: a press confirms what its message shows.
        is_repriced: Whether it is asked anew, by another fee than before.
        replaces: What it stands in the place of; None where nothing was asked.
        decision: None while it is open. One whose time is over has ended, whoever writes that down.
        fault: Why it was not taken, where a rule says so.
        refusal: The code of what it was not taken for, where no rule says so and that is known.
        figure: The amount that this is about, in micro-USDT.
        withdrawal_id: What it has become.
    """

    id: str
    user_id: UserId
    draft: Draft | None
    asking: int
    is_repriced: bool
    replaces: Replaces | None
    asked_at: datetime
    expires_at: datetime
    decision: Decision | None
    fault: Fault | None
    refusal: str | None
    figure: MicroUsdt | None
    withdrawal_id: str | None

    @property
    def is_pending(self) -> bool:
        """Whether an answer is waited for, or what comes of it."""
        is_carried_out = self.decision is Decision.CONFIRMED and self.withdrawal_id is None
        return self.decision is None or is_carried_out


def question(row: Any, carried: Carried | None) -> Question:
    """A row, and what is sealed in it."""
    decision = Decision.EXPIRED if row["is_late"] else row["decision"]
    fault = _fault(row["fault"])
    return Question(
        id=row["id"],
        user_id=UserId(row["user_id"]),
        draft=None if carried is None else _draft(carried),
        asking=row["asking"],
        is_repriced=row["is_repriced"],
        replaces=None if row["replaces"] is None else Replaces(row["replaces"]),
        asked_at=row["asked_at"],
        expires_at=row["expires_at"],
        decision=None if decision is None else Decision(decision),
        fault=fault,
        refusal=row["fault"] if fault is None else None,
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
    if name in WithdrawalFault.__members__:
        return WithdrawalFault(name)
    return DestinationFault(name) if name in DestinationFault.__members__ else None

"""A withdrawal before it is asked for: as it is typed, to be confirmed, and carried from page to page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.payouts.destinations import Destination, DestinationFault
from jiema_app.domain.units import MicroUsdt
from jiema_app.domain.withdrawals.requests import WithdrawalRefused
from jiema_app.domain.withdrawals.statuses import WithdrawalFault
from jiema_app.domain.withdrawals.terms import Quote

Fault = WithdrawalFault | DestinationFault


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedWithdrawal:
    """A form as somebody filled it in, not yet believed.

    Attributes:
        takes_all: All that the source has, whatever stands for the amount.
    """

    address: str
    amount: str
    source: str
    takes_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A withdrawal that could be asked for now.

    Attributes:
        usable_from: For a changed address: nothing is paid to it before.
        request_key: Names the request that this draft may become: confirmed twice, it holds once.
    """

    address: str
    source: str
    quote: Quote
    usable_from: datetime | None
    request_key: str


@dataclass(frozen=True, slots=True)
class AddressLook:
    """What is known of an address while it is typed.

    Attributes:
        usable_from: When it could be paid to, if it was asked for now and has to wait.
        is_new: Whether they were never paid to it.
    """

    found: Destination
    usable_from: datetime | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What an address of a page brought from the one before.

    Attributes:
        request_key: Of a draft that waits to be confirmed; empty where the form is to be filled in
            again.
        net: What its owner was told is sent.
        faults: Why it was refused before, with the figure that each is about.
    """

    typed: TypedWithdrawal
    request_key: str = ""
    net: MicroUsdt | None = None
    faults: Sequence[tuple[Fault, MicroUsdt | None]] = ()


@dataclass(frozen=True, slots=True)
class Resumed:
    """The same, as things stand now.

    Attributes:
        draft: What may be confirmed; None where the form is to be filled in again.
    """

    typed: TypedWithdrawal
    draft: Draft | None
    faults: Sequence[tuple[Fault, MicroUsdt | None]] = ()


class DraftRefused(BadRequest):
    """A form cannot become a withdrawal as it stands. Nothing was held.

    Attributes:
        refusals: Everything that is wrong with it.
    """

    def __init__(self, refusals: Sequence[WithdrawalRefused]) -> None:
        super().__init__(refusals[0].message)
        self.refusals = refusals

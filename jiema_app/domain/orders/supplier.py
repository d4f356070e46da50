"""What we need from a wholesale supplier of numbers, in our own words.

The whole of what a caller may see:

SupplierError
├── NumbersExhausted     it answered: none for this pair at this price
├── PurchaseRefused      it answered: it will not sell to us now (ban, balance, limits)
├── SupplierUnavailable  nothing was sent, or it was turned away unread: no effect
├── OutcomeUnknown       it was sent, and the answer is lost: there may be an effect
├── ActivationGone       it does not know the rental, or has closed it
├── CancelTooEarly       it will cancel, but not yet
└── CodeArrived          it will not cancel, for a code has arrived

The split is by what the caller may conclude. After ``OutcomeUnknown`` a purchase must
not be repeated, for no supplier of this family knows an idempotency key.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from jiema_app.domain.units import CountryId, MicroUsdt, ServiceCode


class SupplierError(Exception):
    """Anything but success from a supplier."""


class NumbersExhausted(SupplierError):
    """It answered: none for this pair at this price. Nothing was bought."""


class PurchaseRefused(SupplierError):
    """It answered: it will not sell to us now. Nothing was bought.

    Attributes:
        reason: Its own word, for our logs only.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SupplierUnavailable(SupplierError):
    """Nothing was sent, or it was turned away unread. No effect."""


class OutcomeUnknown(SupplierError):
    """It was sent, and we have no answer that we understand. There may be an effect."""


class ActivationGone(SupplierError):
    """It does not know the rental, or has closed it."""


class CancelTooEarly(SupplierError):
    """It will cancel, but not yet.

    Attributes:
        minimum_age_s: How old a rental must be.
    """

    def __init__(self, minimum_age_s: int) -> None:
        super().__init__(f"not before {minimum_age_s} s")
        self.minimum_age_s = minimum_age_s


class CodeArrived(SupplierError):
    """It will not cancel, for a code has arrived."""


@dataclass(frozen=True, slots=True)
class NumberRequest:
    """One number, wanted.

    Attributes:
        cost_limit_micro: The most it may cost.
        buyer_reference: Opaque name of our buyer, where a supplier wants one, so that
            its bans hit the buyer and not the shop.
        operator: Only of this mobile operator, by the supplier's name for it; None for any.
    """

    service: ServiceCode
    country: CountryId
    cost_limit_micro: MicroUsdt
    buyer_reference: str
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class RentedNumber:
    """A number that is ours for a while.

    Attributes:
        phone: E.164 with the plus sign.
        ends_at: When the supplier takes it back; None when it did not say.
        operator: Whose it is, by the supplier's name; None when it did not say.
    """

    activation_id: str
    phone: str
    cost_micro: MicroUsdt | None
    ends_at: datetime | None
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class IncomingSms:
    """A text that reached a rented number.

    Attributes:
        body: The whole text; the bare code when the supplier gave nothing else.
        code: The one-time code, when the supplier named it.
        received_at: When it reached the supplier; None when it did not say.
        supplier_id: Its own id of this SMS; None when it has none.
    """

    body: str
    code: str | None
    received_at: datetime | None
    supplier_id: str | None = None


class ActivationStatus(StrEnum):
    """A rental as the supplier sees it."""

    WAITING = "waiting"
    RECEIVED = "received"
    CLOSED = "closed"
    """Cancelled, refunded or finished: nothing more will come."""


@dataclass(frozen=True, slots=True)
class ActivationState:
    """What the supplier says of one rental now."""

    status: ActivationStatus
    sms: tuple[IncomingSms, ...] = ()


@dataclass(frozen=True, slots=True)
class ActiveActivation:
    """A row of the supplier's active list."""

    activation_id: str
    service: ServiceCode
    country: CountryId
    phone: str
    cost_micro: MicroUsdt | None
    sms: IncomingSms | None


@dataclass(frozen=True, slots=True)
class SupplierOffer:
    """What a number of a pair costs us, and how many can be had at that cost."""

    service: ServiceCode
    country: CountryId
    cost_micro: MicroUsdt
    count: int


class Supplier(Protocol):
    """One wholesale supplier. Implementations hold no state that matters."""

    @property
    def name(self) -> str:
        """How rows name it. Never shown to a user."""
        ...

    @property
    def min_cancel_s(self) -> int:
        """It refuses to cancel a rental younger than this."""
        ...

    @property
    def purchase_timeout_s(self) -> float:
        """A purchase that is not answered by then, its waiting included, is `OutcomeUnknown`."""
        ...

    async def buy_number(self, request: NumberRequest) -> RentedNumber:
        """Rent one number. Never sent twice.

        Raises:
            NumbersExhausted: Nothing was bought.
            PurchaseRefused: Nothing was bought.
            SupplierUnavailable: Nothing was bought.
            OutcomeUnknown: A number may have been bought.
        """
        ...

    async def read_activation(self, activation_id: str) -> ActivationState:
        """What arrived on one rental.

        Raises:
            ActivationGone: It is not known any more.
            SupplierUnavailable: Not known now.
            OutcomeUnknown: Not known now.
        """
        ...

    async def list_messages(self, activation_id: str) -> Sequence[IncomingSms]:
        """Every SMS of one rental, oldest first, when one request can tell that.

        Returns:
            Nothing when it cannot, or not now: `read_activation` says more, for more.
        """
        ...

    def list_active(self, expected: int) -> AsyncIterator[list[ActiveActivation]]:
        """Every active rental, page by page, in no order. A moving list may repeat or miss rows.

        Args:
            expected: How many there are likely to be, so that pages can be asked for at once.

        Raises:
            SupplierUnavailable: The list is not complete.
            OutcomeUnknown: The list is not complete.
        """
        ...

    async def request_next_sms(self, activation_id: str) -> None:
        """Keep the number waiting for a further SMS. Repeating it does no harm.

        Raises:
            ActivationGone: The rental is over.
            PurchaseRefused: This number takes no further SMS.
            SupplierUnavailable: Nothing happened.
            OutcomeUnknown: It may have happened.
        """
        ...

    async def cancel(self, activation_id: str) -> None:
        """Give a number back for a refund. Repeating it does no harm.

        Raises:
            ActivationGone: It is closed already, or was never known.
            CancelTooEarly: Try again when the rental is old enough.
            CodeArrived: It can only be finished.
            SupplierUnavailable: Nothing happened.
            OutcomeUnknown: It may have happened.
        """
        ...

    async def finish(self, activation_id: str) -> None:
        """Close a rental that received its code. Repeating it does no harm.

        Raises:
            ActivationGone: It is closed already, or was never known.
            SupplierUnavailable: Nothing happened.
            OutcomeUnknown: It may have happened.
        """
        ...

    async def list_offers(self) -> list[SupplierOffer]:
        """Everything it sells now, one offer a pair, in a few requests.

        Raises:
            SupplierUnavailable: The list is not complete.
            OutcomeUnknown: The list is not complete.
        """
        ...

    async def list_operators(self) -> Mapping[CountryId, Sequence[str]]:
        """The mobile operators that a purchase may name, by country. Where it knows none: none.

        Raises:
            SupplierUnavailable: Not known now.
            OutcomeUnknown: Not known now.
        """
        ...

    async def count_of_operator(
        self, country: CountryId, operator: str
    ) -> Mapping[ServiceCode, int]:
        """How many numbers of one operator there are, for each service. Nothing is urgent.

        Raises:
            SupplierUnavailable: Not known now.
            OutcomeUnknown: Not known now.
        """
        ...

    def parse_notice(self, body: bytes) -> str | None:
        """The rental that a webhook call is about; None when the body makes no sense."""
        ...

    async def check(self) -> None:
        """Prove that it answers and accepts our key.

        Raises:
            SupplierError: It does not.
        """
        ...

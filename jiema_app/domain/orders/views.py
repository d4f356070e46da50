"""An order as the services hand it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from jiema_app.domain.orders.statuses import OPEN_STATUSES, EndReason, OrderStatus
from jiema_app.domain.units import Cents, CountryId, MicroUsdt, OrderId, ServiceCode, UserId, cents


@dataclass(frozen=True, slots=True)
class SmsView:
    """One SMS of an order."""

    body: str
    code: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as it is now. Unknown to everyone but its owner and the jobs.

    Attributes:
        phone: E.164; its middle is masked once the order is purged.
        sms: Oldest first; empty once the order is purged.
        version: Grows with every change.
        operator: The mobile operator that was asked for; None for any.
    """

    id: OrderId
    user_id: UserId
    status: OrderStatus
    reason: EndReason | None
    service_code: ServiceCode
    country_id: CountryId
    price_micro: MicroUsdt
    supplier: str
    activation_id: str | None
    phone: str | None
    sms_count: int
    next_sms_count: int
    version: int
    created_at: datetime
    expires_at: datetime | None
    received_at: datetime | None
    ended_at: datetime | None
    purged_at: datetime | None
    sms: tuple[SmsView, ...]
    operator: str | None = None

    @property
    def price_cents(self) -> Cents:
        """What it costs if a code comes."""
        return cents(self.price_micro)

    @property
    def is_open(self) -> bool:
        """Whether something may still happen to it."""
        return self.status in OPEN_STATUSES

    @property
    def is_refunded(self) -> bool:
        """Whether the price went back to the balance."""
        return self.status in {OrderStatus.CANCELLED, OrderStatus.FAILED}


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Orders, newest first, and where the next page begins."""

    orders: Sequence[OrderView]
    next_cursor: str | None


def order_view(row: Any) -> OrderView:
    """The view of a row selected with ``queries.ORDER_COLUMNS``."""
    fields = dict(row)
    messages = fields.pop("sms")
    return OrderView(
        **(
            fields
            | {
                "status": OrderStatus(fields["status"]),
                "reason": None if fields["reason"] is None else EndReason(fields["reason"]),
                "sms": tuple(
                    SmsView(body, code, datetime.fromisoformat(at))
                    for body, code, at in (orjson.loads(messages) if messages else ())
                ),
            }
        )
    )

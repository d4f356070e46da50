"""Another number in place of one that waits: bought first, and the old one cancelled after.

The new one is never paid for with the price of the old one: see decision 0040.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import structlog

from jiema_app.domain.errors import (
    AlreadyChanged,
    CodeReceived,
    DomainError,
    NotOpen,
)
from jiema_app.domain.orders.requests import Buyer, OrderRequest, Placed
from jiema_app.domain.orders.service import OrderService
from jiema_app.domain.orders.statuses import EndReason
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.transaction import DATABASE_TROUBLES

log = structlog.get_logger()

OLD_ORDER: Final = "old"
"""The part of the new order's address that says what has become of the old one."""

TRIES: Final = 3
"""An order that changes while it is cancelled is looked at again."""


_SETBACKS: Final[tuple[type[Exception], ...]] = (DomainError, *DATABASE_TROUBLES)


class OldOrder(StrEnum):
    """What has become of the order that was to be replaced, once there is a new one."""

    CANCELLED = "cancelled"
    CODE_CAME = "code"
    """It received its code at that moment, and stays."""
    ENDED = "ended"
    """It had ended before."""
    STAYS = "stays"
    """It could not be cancelled just then: it waits on, and its owner can do so."""


@dataclass(frozen=True, slots=True)
class Swapped:
    """The new order, and what has become of the old one."""

    placed: Placed
    old: OldOrder


async def swap(
    orders: OrderService, buyer: Buyer, order_request: OrderRequest, instead: str
) -> Swapped:
    """Buy another number, and cancel one that waits for its first code.

    Repeated with its idempotency key it buys nothing again, and cancels what was left.

    Args:
        orders: The buyer's door to orders.
        buyer: Who swaps.
        order_request: What to buy.
        instead: Id of the order to cancel once the new number is there.

    Raises:
        NotFound: There is none with this id, or it is somebody else's. Nothing was bought.
        CodeReceived: It has its code already. Nothing was bought.
        DomainError: As of ``OrderService.place``; nothing was cancelled.
    """
    old = await orders.get(buyer.user_id, instead, refresh=False)
    if old.sms_count:
        # Perhaps it came while the new one was bought, and that answer was lost.
        is_asked_again = order_request.idempotency_key is not None
        replay = await orders.find_replay(buyer, order_request) if is_asked_again else None
        if replay is None:
            raise CodeReceived
        return Swapped(replay, OldOrder.CODE_CAME)
    placed = await orders.place(buyer, order_request)
    if placed.order.id == old.id:  # a key of the old one's own
        return Swapped(placed, OldOrder.STAYS)
    return Swapped(placed, await _cancel(orders, buyer, old, placed.order))


async def _cancel(orders: OrderService, buyer: Buyer, old: OrderView, fresh: OrderView) -> OldOrder:
    """Cancel the old order. The new one is there by now, so nothing that fails here is an error."""
    try:
        for _ in range(TRIES):
            try:
                await orders.cancel(buyer.user_id, old.id)
            except AlreadyChanged:
                continue
            return OldOrder.CANCELLED
    except CodeReceived:
        return OldOrder.CODE_CAME
    except NotOpen:
        # Perhaps we have cancelled it for this one, and that answer was lost. What was cancelled
        # before this one was bought was so for another reason, and is told then.
        ended = await orders.get(buyer.user_id, old.id, refresh=False)
        is_after = ended.ended_at is not None and ended.ended_at >= fresh.created_at
        is_ours = ended.reason is EndReason.USER and is_after
        return OldOrder.CANCELLED if is_ours else OldOrder.ENDED
    except _SETBACKS as error:
        log.warning("old order not cancelled", order=old.id, error=type(error).__name__)
    return OldOrder.STAYS

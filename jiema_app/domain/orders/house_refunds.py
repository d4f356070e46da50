"""An administrator gives somebody the price of an order back.

Before a code came, that ends the order as its buyer could: the price they were held for returns.
With a code the order is earned, and stays so; the house then gives the same amount out of its
own pocket, once for an order. Either is written with who did it, in one transaction.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import structlog

from jiema_app.domain import ids
from jiema_app.domain.errors import AlreadyChanged, NotFound, NotOpen
from jiema_app.domain.identity.deciding import ensure_may_decide
from jiema_app.domain.identity.queries import AUDIT
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.orders import queries
from jiema_app.domain.orders.settlement import Settlement
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.views import OrderView, order_view
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import MicroUsdt, UserId

log = structlog.get_logger()

IS_CREDITED: Final = """
select exists (select from ledger_transfers where kind = 'admin_credit' and reference = $1)
"""


DONE_BY: Final = """
select details from audit_records
where action = 'order.refund' and subject_id = $1 and actor = $2 and details ->> 'userId' = $3
order by id desc limit 1
"""


class HouseRefundWay(StrEnum):
    """Where the money comes from."""

    CANCEL = "CANCEL"
    """No code came: the order ends, and what was held for it returns."""
    CREDIT = "CREDIT"
    """A code came: the house gives as much."""


@dataclass(frozen=True, slots=True)
class HouseRefund:
    """What giving the price of an order back comes to."""

    order: str
    user_id: UserId
    way: HouseRefundWay
    amount: MicroUsdt


@dataclass(frozen=True, slots=True)
class HouseRefunds:
    """Gives prices back, as an administrator decides."""

    database: Database
    settlement: Settlement

    async def look(self, user: UserId, order: str) -> HouseRefund:
        """What it would come to.

        Raises:
            NotFound: The user has no such order.
            NotOpen: They have its price already, or it is being placed.
        """
        async with self.database.connection() as connection:
            return await self._look(connection, user, order)

    async def refund(
        self, user: UserId, order: str, *, actor: str, way: HouseRefundWay | None = None
    ) -> HouseRefund:
        """Give the price of an order back, once.

        Args:
            user: Whose order it is.
            order: Its id.
            actor: An administrator, or a command of ours.
            way: What they agreed to; None for whichever it is.

        Raises:
            Forbidden: Who decides is no administrator.
            NotFound: The user has no such order.
            NotOpen: They have its price already, or it is being placed.
            AlreadyChanged: It changed at the same moment.
            Nothing moved in any of these cases.
        """
        async with self.database.transaction() as connection:
            await ensure_may_decide(connection, actor, "refunds")
            found = await self._look(connection, user, order)
            if way not in {None, found.way}:
                raise AlreadyChanged
            if found.way is HouseRefundWay.CANCEL:
                ended = await connection.fetchrow(
                    queries.REFUND,
                    found.order,
                    OrderStatus.CANCELLED,
                    EndReason.USER,
                    [str(OrderStatus.WAITING)],
                    json.dumps(dict(self.settlement.min_cancel_s)),
                    False,  # noqa: FBT003 - whether only when its window is over
                )
                is_done = ended is not None
            else:
                is_done = await ledger.credit(
                    connection,
                    user,
                    found.amount,
                    kind=TransferKind.ADMIN_CREDIT,
                    reference=found.order,
                )
            if not is_done:
                raise AlreadyChanged
            details = {"way": found.way, "amountMicro": found.amount, "userId": user}
            await connection.execute(AUDIT, actor, "order.refund", found.order, details)
        log.info("order refunded by the house", order=found.order, way=found.way)
        return found

    async def done_by(self, user: UserId, order: str, *, actor: str) -> HouseRefund | None:
        """What an administrator has given back for an order; None when they have not.

        Who asks a second time, for they were not told of the first, is told by this.
        """
        async with self.database.connection() as connection:
            details = await connection.fetchval(DONE_BY, order, actor, user)
        if details is None:
            return None
        way, amount = HouseRefundWay(details["way"]), MicroUsdt(details["amountMicro"])
        return HouseRefund(order, user, way, amount)

    async def _look(self, connection: Connection, user: UserId, order: str) -> HouseRefund:
        view = await _find(connection, user, order)
        if view.is_refunded:
            raise NotOpen("The price of this order was given back already.")
        if view.status is OrderStatus.RESERVED:
            raise NotOpen("This order is being placed.")
        way = HouseRefundWay.CREDIT if view.sms_count else HouseRefundWay.CANCEL
        if way is HouseRefundWay.CREDIT and await connection.fetchval(IS_CREDITED, view.id):
            raise NotOpen("The price of this order was given back already.")
        return HouseRefund(view.id, user, way, view.price_micro)


async def _find(connection: Connection, user: UserId, order: str) -> OrderView:
    row = await connection.fetchrow(queries.GET_OWN, order, user) if ids.is_id(order) else None
    if row is None:
        raise NotFound("Order not found.")
    return order_view(row)

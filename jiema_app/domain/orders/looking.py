"""Orders that several people look at in the same moment, read by one question."""

from collections.abc import Sequence
from typing import TypeAlias

from jiema_app.domain.grouped_reads import GroupedReads
from jiema_app.domain.orders import queries
from jiema_app.domain.orders.views import OrderView, order_view
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import UserId

Asked: TypeAlias = tuple[UserId, str]
"""Who looks, and the order that they name."""

LookedAt: TypeAlias = GroupedReads[Asked, OrderView]


def looked_at(database: Database) -> LookedAt:
    """Reads of one's own orders; what is another's is not there."""

    async def read_each(asked: Sequence[Asked]) -> dict[Asked, OrderView]:
        users, orders = zip(*asked, strict=True)
        async with database.connection() as connection:
            rows = await connection.fetch(queries.GET_EACH_OWN, users, orders)
        return {(view.user_id, view.id): view for view in map(order_view, rows)}

    return GroupedReads(read_each)

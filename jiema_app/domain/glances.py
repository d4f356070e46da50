"""What the top of every page shows its visitor: who they are, and what is under way.

Every open page of a user is read anew at each change of their orders, and with fifty codes at
once that is fifty users: so they are read together, three short questions for all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from jiema_app.domain.grouped_reads import GroupedReads
from jiema_app.domain.identity.queries import EACH_ACCOUNT
from jiema_app.domain.identity.service import Account
from jiema_app.domain.orders.queries import OPEN_OF_EACH
from jiema_app.domain.orders.views import OrderView, order_view
from jiema_app.domain.recharges.queries import OPEN_OF_EACH as OPEN_RECHARGES
from jiema_app.domain.recharges.views import RechargeView, recharge_view
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import UserId

SHOWN_MAX: Final = 10
"""Open orders that are shown; the others are counted."""


@dataclass(slots=True)
class Glance:
    """A user, and what they have open.

    Attributes:
        orders: The newest of the open ones.
        open_orders: How many there are in all.
        recharge: The open one: there is at most one.
    """

    account: Account
    orders: list[OrderView] = field(default_factory=list)
    open_orders: int = 0
    recharge: RechargeView | None = None


Glances: TypeAlias = GroupedReads[UserId, Glance]


def glances(database: Database) -> Glances:
    """Reads of one's own account with what is under way; None for who is no user."""

    async def read_each(users: Sequence[UserId]) -> dict[UserId, Glance]:
        async with database.connection() as connection:
            accounts = await connection.fetch(EACH_ACCOUNT, users)
            orders = await connection.fetch(OPEN_OF_EACH, users, SHOWN_MAX)
            recharges = await connection.fetch(OPEN_RECHARGES, users)
        found = {
            account.id: Glance(account) for account in (Account(**dict(row)) for row in accounts)
        }
        for row in orders:
            fields = dict(row)
            count = fields.pop("open_count")
            order = order_view(fields)
            glance = found[order.user_id]
            glance.orders.append(order)
            glance.open_orders = count
        for row in recharges:
            recharge = recharge_view(row)
            found[recharge.user_id].recharge = recharge
        return found

    return GroupedReads(read_each)

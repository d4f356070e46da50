"""The newest orders for a browser without scripts, which could not draw the list itself."""

from typing import Final

from jiema_app.domain.units import UserId
from jiema_app.i18n.translation import t
from jiema_app.site.account.orders.display import order_row
from jiema_app.site.pages.member_parts import MemberPart
from jiema_app.site.pages.rendering import render
from jiema_app.site.states.page_services import page_services

SHOWN_MAX: Final = 25


async def orders_of(user_id: UserId, _part: str, locale: str) -> str:
    """A user's newest orders, written for them."""
    services = page_services()
    found = await services.orders.list_own(user_id, status=None, limit=SHOWN_MAX, cursor=None)
    catalog = services.catalog.current
    return render(
        "account/orders/without_script.jinja",
        locale,
        rows=[order_row(order, locale=locale, catalog=catalog) for order in found.orders],
    )


ORDERS_PART = MemberPart(orders_of, lambda locale: t(locale, "Orders not found"))

"""An order for a browser without scripts, which could not draw it itself.

The words and figures are those of the live page. What only a script can do, such as
counting down, is said in another way or left out.
"""

from datetime import datetime

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.units import UserId
from jiema_app.i18n.formats import day_and_time
from jiema_app.i18n.translation import t, words_locale
from jiema_app.site.account.order.display import order_card
from jiema_app.site.account.order.refusals import act_refusals
from jiema_app.site.pages.member_parts import MemberPart
from jiema_app.site.pages.rendering import render
from jiema_app.site.states.page_services import page_services


async def order_of(user_id: UserId, order_id: str, locale: str) -> str:
    """A user's order, written for them.

    Raises:
        NotFound: It is nobody's, or somebody else's.
    """
    services = page_services()
    return order_html(
        await services.orders.get(user_id, order_id, refresh=False),
        locale=locale,
        catalog=services.catalog.current,
        now=services.clock.now(),
        next_sms_max=services.orders.next_sms_max,
    )


def order_html(
    view: OrderView, *, locale: str, catalog: Catalog, now: datetime, next_sms_max: int
) -> str:
    """The number of an order, and every code that came; see ``order_card``."""
    card = order_card(view, locale=locale, catalog=catalog, now=now, next_sms_max=next_sms_max)
    until = view.expires_at if view.is_open else None
    return render(
        "account/order/without_script.jinja",
        locale,
        card=card,
        refusals=act_refusals(locale),
        until=until and day_and_time(words_locale(locale), until),
    )


ORDER_PART = MemberPart(order_of, lambda locale: t(locale, "Order not found"))

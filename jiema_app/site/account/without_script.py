"""Somebody's order or top-up for a browser without scripts, which could not draw it itself.

The words and figures are those of the live pages. What only a script can do, such as
counting down, is said in another way or left out.
"""

from datetime import datetime

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.units import MicroUsdt
from jiema_app.i18n.formats import day_and_time
from jiema_app.i18n.translation import t, words_locale
from jiema_app.site.account.order.display import order_card
from jiema_app.site.account.recharge.display import recharge_card
from jiema_app.site.pages.rendering import render


def recharge_html(
    view: RechargeView, *, locale: str, now: datetime, dust: MicroUsdt, final_after: int
) -> str:
    """How to pay a recharge, and what has become of it; see ``recharge_card``."""
    card = recharge_card(view, locale=locale, now=now, dust=dust, final_after=final_after)
    return render(
        "account/recharge/without_script.jinja",
        locale,
        card=card,
        title=f"{t(locale, 'Top up')} \u2068{card.amount}\u2069",
        closes=day_and_time(words_locale(locale), view.closes_at),
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
        until=until and day_and_time(words_locale(locale), until),
    )


def missing_html(title: str, locale: str) -> str:
    """The same for a thing that never was and for somebody else's."""
    return render("account/without_script_missing.jinja", locale, title=title)

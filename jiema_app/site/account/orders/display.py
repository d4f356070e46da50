"""An order as a line of the list: every word and figure in the page's language."""

from dataclasses import dataclass, field

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.domain.orders.views import OrderView
from jiema_app.i18n.formats import iso_time, money
from jiema_app.i18n.order_words import readable_code, readable_phone, status_word
from jiema_app.site.components.status_badge import StatusLine
from jiema_app.site.states.goods import STATUS_MOODS, GoodsLine, goods_line


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow(StatusLine):
    """One order in a list."""

    href: str = ""
    goods: GoodsLine = field(default_factory=GoodsLine)
    phone: str = ""
    code: str = ""
    code_shown: str = ""
    price: str = ""
    ordered_at: str = ""
    expires_at: int = 0


def order_row(order: OrderView, *, locale: str, catalog: Catalog) -> OrderRow:
    """What a list shows of an order."""
    code = (order.sms[-1].code or "") if order.sms else ""
    waits = order.status is OrderStatus.WAITING and order.expires_at is not None
    return OrderRow(
        id=order.id,
        href=f"/{locale}/order/{order.id}",
        goods=goods_line(order, locale, catalog),
        phone=readable_phone(order.phone),
        status_word=status_word(order, locale),
        mood=STATUS_MOODS[order.status],
        is_waiting=waits,
        code=code,
        code_shown=readable_code(code),
        price=money(locale, order.price_micro),
        ordered_at=iso_time(order.created_at),
        expires_at=int(order.expires_at.timestamp()) if waits and order.expires_at else 0,
    )

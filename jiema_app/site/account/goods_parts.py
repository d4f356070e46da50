"""Pieces that the page of an order and the list of orders share.

Their arguments are vars of a state, which the type checker sees as what they hold.
"""

import reflex as rx

from jiema_app.site.components.flag import flag_of
from jiema_app.site.components.service_icon import service_icon_of
from jiema_app.site.states.goods import GoodsLine


def goods_icon(goods: GoodsLine, size: int = 40) -> rx.Component:
    """The tile of the service that was ordered."""
    return service_icon_of(goods.icon, goods.letters, goods.hue, size)


def goods_country(goods: GoodsLine, width: int = 20) -> rx.Component:
    """The flag and the name of the country that was ordered."""
    return rx.el.span(
        rx.cond(goods.flag, flag_of(goods.flag, width)),
        rx.el.span(goods.country, class_name="truncate"),
        class_name="flex min-w-0 items-center gap-2",
    )

"""Somebody's orders: the open ones first, and each with all that may be done with it."""

from typing import Final

from jiema_app.bot.buttons import act, rows
from jiema_app.bot.conversation import Conversation
from jiema_app.bot.goods import goods_of, route_label
from jiema_app.bot.presses import Pressed
from jiema_app.bot.words import bold, lines, safe
from jiema_app.domain.errors import NotFound
from jiema_app.domain.ids import is_id
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.telegram.calls import Keyboard
from jiema_app.i18n.order_words import status_word
from jiema_app.i18n.translation import t

A_PAGE: Final = 8

MARKS: Final = {
    OrderStatus.RESERVED: "⏳",
    OrderStatus.WAITING: "⏳",
    OrderStatus.RECEIVED: "✅",
    OrderStatus.COMPLETED: "✔️",
    OrderStatus.CANCELLED: "↩️",
    OrderStatus.FAILED: "↩️",
}


async def list_orders(talk: Conversation, words: str) -> None:
    """The newest orders."""
    del words
    talk.replies.say(*await _page(talk, None))


async def press_list(talk: Conversation, pressed: Pressed) -> None:
    """A further page, in place of the one before; without a place a new message."""
    cursor = pressed.text(0)
    if talk.message_id is None or not cursor:
        talk.replies.say(*await _page(talk, None))
    else:
        talk.replies.edit(talk.message_id, *await _page(talk, cursor if is_id(cursor) else None))


async def show_order(talk: Conversation, words: str) -> None:
    """One of their own orders. Another's is told as one that does not exist."""
    order = words.strip().lower()
    if not order:
        await list_orders(talk, "")
        return
    try:
        found = await talk.desk.orders.get(talk.user, order, refresh=False)
    except NotFound:
        talk.replies.say(
            safe(t(talk.locale, "I can't find that order. Here are yours:")),
            rows(act(t(talk.locale, "My orders"), "ol")),
        )
    else:
        talk.replies.show_order(found.id)


async def press_order(talk: Conversation, pressed: Pressed) -> None:
    """One of them: in place of the message when it was one of an order, else as a new one."""
    found = await talk.desk.orders.get(talk.user, pressed.text(0), refresh=False)
    talk.replies.show_order(found.id, talk.message_id if pressed.text(1) else None)


async def _page(talk: Conversation, cursor: str | None) -> tuple[str, Keyboard]:
    locale, catalog = talk.locale, talk.desk.catalog.current
    page = await talk.desk.orders.list_own(talk.user, status=None, limit=A_PAGE, cursor=cursor)
    shown = list(page.orders)
    if cursor is None:
        shown = await _open_first(talk, shown)
    if not shown:
        return (
            safe(t(locale, "You have no orders yet.")),
            rows(act(t(locale, "Buy a number"), "b")),
        )
    buttons = []
    for order in shown:
        service, country = goods_of(order, catalog, locale)
        parts = (f"{MARKS[order.status]} {service}", country, status_word(order, locale))
        buttons.append(act(route_label(parts), "o", order.id))
    html = lines(
        bold(t(locale, "Your orders")), safe(t(locale, "Tap one to see its number and codes."))
    )
    further = page.next_cursor and act(t(locale, "Older orders"), "ol", page.next_cursor)
    return html, rows(*buttons, further or None)


async def _open_first(talk: Conversation, newest: list[OrderView]) -> list[OrderView]:
    glance = await talk.desk.glances.read(talk.user)
    opened = [] if glance is None else glance.orders
    known = {order.id for order in opened}
    return [*opened, *(order for order in newest if order.id not in known)]

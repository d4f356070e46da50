"""An order as a message: made when it is sent, out of the order as it is then."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiema_app.bot.buttons import Button, act, copy, rows
from jiema_app.bot.goods import goods_of, price_of
from jiema_app.bot.words import BODY_MAX, bold, code, lines, quoted, safe, units
from jiema_app.domain.catalog.routes import find_route
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.views import OrderView, SmsView
from jiema_app.domain.telegram.calls import Keyboard
from jiema_app.i18n.formats import duration, money
from jiema_app.i18n.order_words import why_refunded
from jiema_app.i18n.translation import t, tn

MINUTE_S: Final = 60

PLACE: Final = "\N{OBJECT REPLACEMENT CHARACTER}"

CODES_SHOWN: Final = 5
"""SMS of one order that a message shows, the newest ones."""

TEXTS_MAX: Final = 3000
"""Units of their texts altogether: whoever writes to the number must not make the message too long
for Telegram, which takes 4096."""

TEXT_MIN: Final = 100
"""What is left of a text is not worth showing below that."""


@dataclass(frozen=True, slots=True)
class OrderMessages:
    """Makes the messages about orders.

    Attributes:
        next_sms_max: Further codes that one number may be asked for.
    """

    next_sms_max: int

    def live(
        self, order: OrderView, *, locale: str, catalog: Catalog, now: datetime
    ) -> tuple[str, Keyboard]:
        """The one message that follows an order: all that its page says, with what may be done."""
        service, country = goods_of(order, catalog, locale)
        is_readable = order.purged_at is None
        phone = order.phone or ""
        html = lines(
            bold(f"{service} · {country}"),
            code(phone) if is_readable else safe(phone),
            "",
            *_state(order, locale, now),
            *(_codes(order, locale) if is_readable else ()),
            "",
            None
            if order.is_refunded
            else safe(t(locale, "Price: {price}", price=money(locale, order.price_micro))),
        )
        return html, self._buttons(order, locale, catalog, now)

    def arrival(
        self, order: OrderView, sms: SmsView, *, locale: str, catalog: Catalog
    ) -> tuple[str, Keyboard]:
        """A code's own message, which makes a sound. It stands first: a phone shows one line."""
        service, country = goods_of(order, catalog, locale)
        html = lines(
            f"🔑 {code(sms.code)}" if sms.code else quoted(sms.body),
            safe(f"{service} · {country}"),
        )
        return html, rows(_copy_code(sms, locale))

    def _buttons(self, order: OrderView, locale: str, catalog: Catalog, now: datetime) -> Keyboard:
        if not order.is_open:
            return rows(*_again(order, locale, catalog))
        is_live = order.expires_at is not None and order.expires_at > now
        left = self.next_sms_max - order.next_sms_count
        may_ask = order.status is OrderStatus.RECEIVED and is_live and left > 0
        may_cancel = order.status is OrderStatus.WAITING and not order.sms_count
        newest = order.sms[-1] if order.sms else None
        return rows(
            (
                None if newest is None else _copy_code(newest, locale),
                copy(t(locale, "Copy number"), order.phone) if order.phone else None,
            ),
            act(
                tn(
                    locale,
                    "Get another code ({n} left, free)",
                    "Get another code ({n} left, free)",
                    left,
                ),
                "on",
                order.id,
            )
            if may_ask
            else None,
            act(t(locale, "Finish"), "of", order.id) if order.sms_count else None,
            act(t(locale, "Cancel and get a refund"), "oc", order.id) if may_cancel else None,
        )


def _state(order: OrderView, locale: str, now: datetime) -> list[str]:
    """What has become of it, in a sentence or two."""
    if order.is_refunded:
        price = money(locale, order.price_micro)
        back = t(locale, "{price} has gone back to your balance.", price=price)
        return [f"↩️ {safe(why_refunded(order, locale))}", safe(back)]
    if order.status is OrderStatus.COMPLETED:
        ended = (
            t(locale, "You finished this order. The number is no longer yours.")
            if order.reason is EndReason.USER
            else t(locale, "Time's up. The number is no longer yours.")
        )
        forgotten = (
            t(locale, "Its SMS messages have been deleted.")
            if order.purged_at is not None
            else None
        )
        return [safe(ended), *([] if forgotten is None else [safe(forgotten)])]
    left = _left(order, locale, now)
    if order.status is OrderStatus.RECEIVED:
        return [f"✅ {safe(t(locale, 'The code has arrived.'))}", *left]
    if order.sms_count:
        return [f"⏳ {safe(t(locale, 'Waiting for the next code.'))}", *left]
    return [f"⏳ {safe(t(locale, 'Waiting for the code. It will appear here.'))}", *left]


def _left(order: OrderView, locale: str, now: datetime) -> list[str]:
    """How long the number is still theirs, in whole minutes: a message is not a clock."""
    if order.expires_at is None:
        return []
    whole = round((order.expires_at - now).total_seconds() / MINUTE_S) * MINUTE_S
    if whole < MINUTE_S:
        return [safe(t(locale, "Less than a minute left."))]
    return [safe(t(locale, "Time left: {time}", time=duration(locale, whole)))]


def _codes(order: OrderView, locale: str) -> list[str]:
    """The codes, the newest first, each with the text that it came in, as far as there is room."""
    made: list[str] = []
    room = TEXTS_MAX
    for sms in reversed(order.sms[-CODES_SHOWN:]):
        made.append("")
        if sms.code:
            # Put in afterwards, with its tags: the words around it are escaped.
            before, _, after = safe(t(locale, "Code: {code}", code=PLACE)).partition(PLACE)
            made.append(f"{before}{code(sms.code)}{after}")
        most = min(room, BODY_MAX)
        if most >= TEXT_MIN or units(sms.body) <= most:
            made.append(quoted(sms.body, most))
            room -= min(most, units(sms.body))
    return made


def _copy_code(sms: SmsView, locale: str) -> Button:
    if sms.code:
        return copy(t(locale, "Copy code"), sms.code)
    return copy(t(locale, "Copy the text"), sms.body)


def _again(order: OrderView, locale: str, catalog: Catalog) -> list[Button]:
    """The same once more, at its price of now, and the ways to others."""
    route = find_route(catalog, order.service_code, order.country_id)
    if route is None:
        return [act(t(locale, "Buy a number"), "b")]
    buttons = []
    if route.price_cents is not None:
        price = price_of(locale, route.price_cents)
        label = t(locale, "Buy again for {price}", price=price)
        buttons.append(act(label, "r", route.service.code, route.country.id, 1))
    buttons.append(act(t(locale, "Choose another country"), "sn", route.service.code))
    return buttons

"""An order as its owner's pages show it: every word and figure in the page's language."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.views import OrderView, SmsView
from jiema_app.domain.units import Cents, micro
from jiema_app.i18n.formats import duration, iso_time, money, short_seconds
from jiema_app.i18n.order_words import readable_code, readable_phone, status_word, why_refunded
from jiema_app.i18n.translation import t, tn, words_locale
from jiema_app.settings import get_settings
from jiema_app.site.account.operator_names import operator_name
from jiema_app.site.components.status_badge import StatusLine
from jiema_app.site.states.goods import STATUS_MOODS, GoodsLine, goods_line


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsLine:
    """One SMS: its code, or nothing when none was found in it, and its words."""

    code: str = ""
    body: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCard(StatusLine):
    """One order with all that its page shows.

    Attributes:
        expires_at: Unix seconds; 0 when it has ended.
        phone_copied: E.164; empty once the order has ended: nothing arrives there any more.
        code: The newest code as it is copied; the whole text when there is none in it.
        is_text: Whether ``code`` is a whole text.
        shows_code: Whether to show it large: not while the next one is awaited.
        has_history: Whether there are messages besides the one that is shown large.
        sms: Newest first.
        again_text: The button that buys the same at its price of now; empty when out of stock.
    """

    version: int = 0
    status: str = ""
    is_open: bool = False
    is_purged: bool = False
    is_refunded: bool = False
    goods: GoodsLine = field(default_factory=GoodsLine)
    phone: str = ""
    phone_copied: str = ""
    price: str = ""
    operator: str = ""
    ordered_at: str = ""
    expires_at: int = 0
    window_s: int = 0
    lead: str = ""
    code: str = ""
    code_shown: str = ""
    is_text: bool = False
    body: str = ""
    received_at: str = ""
    shows_code: bool = False
    has_history: bool = False
    sms: list[SmsLine] = field(default_factory=list)
    sms_count: int = 0
    cancel_text: str = ""
    next_text: str = ""
    can_cancel: bool = False
    can_ask_next: bool = False
    can_finish: bool = False
    again_text: str = ""
    again_cents: int = 0


def order_card(
    order: OrderView, *, locale: str, catalog: Catalog, now: datetime, next_sms_max: int
) -> OrderCard:
    """Everything the page of an order shows."""
    is_live = order.is_open and order.expires_at is not None and order.expires_at > now
    next_left = max(0, next_sms_max - order.next_sms_count)
    cents = _price_now(order, catalog)
    card = OrderCard(
        id=order.id,
        version=order.version,
        status=order.status,
        status_word=status_word(order, locale),
        mood=STATUS_MOODS[order.status],
        is_open=order.is_open,
        is_waiting=order.status is OrderStatus.WAITING,
        is_purged=order.purged_at is not None,
        is_refunded=order.is_refunded,
        goods=goods_line(order, locale, catalog),
        phone=readable_phone(order.phone),
        phone_copied=order.phone or "" if order.is_open and order.purged_at is None else "",
        price=money(locale, order.price_micro),
        operator=operator_name(order.operator or ""),
        ordered_at=iso_time(order.created_at),
        lead=_lead(order, locale, catalog),
        sms=[_sms_line(sms) for sms in reversed(order.sms)],
        sms_count=order.sms_count,
        cancel_text=_cancel_text(order, locale),
        # Translators: a button; {n} more codes can be had on this number, without charge.
        next_text=tn(
            locale,
            "Get another code ({n} left, free)",
            "Get another code ({n} left, free)",
            next_left,
        ),
        can_cancel=order.status is OrderStatus.WAITING and not order.sms_count,
        can_ask_next=order.status is OrderStatus.RECEIVED and is_live and next_left > 0,
        can_finish=order.is_open and order.sms_count > 0,
        again_text=t(locale, "Buy again for {price}", price=money(locale, micro(cents)))
        if cents
        else "",
        again_cents=cents or 0,
    )
    if order.is_open and order.expires_at is not None:
        card = replace(
            card,
            expires_at=int(order.expires_at.timestamp()),
            window_s=int((order.expires_at - order.created_at).total_seconds()),
        )
    return _with_code(card, order.sms[-1]) if order.sms else card


def _with_code(card: OrderCard, newest: SmsView) -> OrderCard:
    code = newest.code or ""
    return replace(
        card,
        code=code or newest.body,
        code_shown=readable_code(code) or newest.body,
        is_text=not code,
        body=newest.body,
        received_at=iso_time(newest.received_at),
        shows_code=not card.is_waiting,
        has_history=card.is_waiting or len(card.sms) > 1,
    )


def _sms_line(sms: SmsView) -> SmsLine:
    return SmsLine(code=sms.code or "", body=sms.body, at=iso_time(sms.received_at))


def _cancel_text(order: OrderView, locale: str) -> str:
    """What it means to cancel, before one does."""
    return t(
        locale,
        "You give up this number, and it can no longer receive your code. The full price of "
        "{price} goes back to your balance.",
        price=money(locale, order.price_micro),
    )


def _price_now(order: OrderView, catalog: Catalog) -> Cents | None:
    quotes = catalog.list_quotes(order.service_code, order.country_id)
    stocked = [quote for quote in quotes if quote.stock > 0]
    if not stocked or not (
        catalog.find_service(order.service_code) and catalog.find_country(order.country_id)
    ):
        return None
    return stocked[0].price_cents


def _lead(order: OrderView, locale: str, catalog: Catalog) -> str:
    """What has become of the order, in a sentence."""
    if order.purged_at is not None and order.sms_count:
        kept = duration(words_locale(locale), get_settings().orders.retention_s)
        return t(locale, "The SMS messages were deleted {time} after the order ended.", time=kept)
    if order.is_refunded:
        price = money(locale, order.price_micro)
        back = t(locale, "{price} has gone back to your balance.", price=price)
        return f"{why_refunded(order, locale)} {back}"
    if order.status is OrderStatus.COMPLETED:
        return (
            t(locale, "You finished this order. The number is no longer yours.")
            if order.reason is EndReason.USER
            else t(locale, "Time's up. The number is no longer yours.")
        )
    if order.status is OrderStatus.RECEIVED:
        return t(locale, "The code has arrived.")
    if order.sms_count:
        return t(locale, "Waiting for the next code. It will appear here automatically.")
    return _usual_wait(order, locale, catalog)


def _usual_wait(order: OrderView, locale: str, catalog: Catalog) -> str:
    """How long codes take here; nothing of that where too little is known."""
    figures = catalog.figures.routes.get((order.service_code, order.country_id))
    if figures is None or figures.median_s is None:
        return t(locale, "Your code will appear here automatically.")
    goods = goods_line(order, locale, catalog)
    return t(
        locale,
        "Your code will appear here automatically. For {service} in {country}, half of the codes "
        "arrive within {time}.",
        service=goods.service,
        country=goods.country,
        time=short_seconds(locale, figures.median_s),
    )

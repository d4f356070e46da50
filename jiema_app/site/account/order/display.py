"""An order as its owner's pages show it: every word and figure in the page's language."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.views import OrderView, SmsView
from jiema_app.domain.units import micro
from jiema_app.i18n.formats import duration, iso_time, money
from jiema_app.i18n.translation import t, tn, words_locale
from jiema_app.settings import get_settings
from jiema_app.site.account.goods import (
    STATUS_MOODS,
    STATUS_WORDS,
    GoodsLine,
    goods_line,
    readable_code,
    readable_phone,
)
from jiema_app.site.components.status_badge import StatusLine


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
        again_price: What the same costs now; empty when it is out of stock.
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
    next_left: str = ""
    can_cancel: bool = False
    can_ask_next: bool = False
    can_finish: bool = False
    again_price: str = ""
    again_cents: int = 0


def order_card(
    order: OrderView, *, locale: str, catalog: Catalog, now: datetime, next_sms_max: int
) -> OrderCard:
    """Everything the page of an order shows."""
    is_live = order.is_open and order.expires_at is not None and order.expires_at > now
    next_left = max(0, next_sms_max - order.next_sms_count)
    price, cents = _price_now(order, locale, catalog)
    card = OrderCard(
        id=order.id,
        version=order.version,
        status=order.status,
        status_word=STATUS_WORDS[order.status](locale),
        mood=STATUS_MOODS[order.status],
        is_open=order.is_open,
        is_waiting=order.status is OrderStatus.WAITING,
        is_purged=order.purged_at is not None,
        is_refunded=order.is_refunded,
        goods=goods_line(order, locale, catalog),
        phone=readable_phone(order.phone),
        phone_copied=order.phone or "" if order.is_open and order.purged_at is None else "",
        price=money(locale, order.price_micro),
        ordered_at=iso_time(order.created_at),
        lead=_lead(order, locale),
        sms=[_sms_line(sms) for sms in reversed(order.sms)],
        sms_count=order.sms_count,
        next_left=tn(locale, "{n} further code, free", "{n} further codes, free", next_left),
        can_cancel=order.status is OrderStatus.WAITING and not order.sms_count,
        can_ask_next=order.status is OrderStatus.RECEIVED and is_live and next_left > 0,
        can_finish=order.is_open and order.sms_count > 0,
        again_price=price,
        again_cents=cents,
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


def _price_now(order: OrderView, locale: str, catalog: Catalog) -> tuple[str, int]:
    quotes = catalog.list_quotes(order.service_code, order.country_id)
    stocked = [quote for quote in quotes if quote.stock > 0]
    if not stocked or not (
        catalog.find_service(order.service_code) and catalog.find_country(order.country_id)
    ):
        return "", 0
    cents = stocked[0].price_cents
    return money(locale, micro(cents)), cents


def _lead(order: OrderView, locale: str) -> str:
    """What has become of the order, in a sentence."""
    if order.purged_at is not None and order.sms_count:
        kept = duration(words_locale(locale), get_settings().orders.retention_s)
        return t(locale, "The messages were deleted {time} after the order ended.", time=kept)
    if order.is_refunded:
        price = money(locale, order.price_micro)
        back = t(locale, "{price} is back on your balance.", price=price)
        return f"{_why_refunded(order, locale)} {back}"
    if order.status is OrderStatus.COMPLETED:
        return (
            t(locale, "You finished this order. The number is no longer yours.")
            if order.reason is EndReason.USER
            else t(locale, "The time is over. The number is no longer yours.")
        )
    if order.status is OrderStatus.RECEIVED:
        return t(locale, "The code has arrived.")
    if order.sms_count:
        return t(locale, "Waiting for the next code. It appears here by itself.")
    return t(locale, "The code appears here by itself, usually within 30 seconds to 5 minutes.")


def _why_refunded(order: OrderView, locale: str) -> str:
    if order.status is OrderStatus.FAILED:
        return t(locale, "The number could not be kept.")
    if order.reason is EndReason.USER:
        return t(locale, "You cancelled this order.")
    return t(locale, "No code came in time.")

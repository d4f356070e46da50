"""Orders side by side: a line each, and what has become of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.units import MicroUsdt
from jiema_app.i18n.formats import money, number
from jiema_app.i18n.order_words import readable_code, readable_phone, status_word
from jiema_app.i18n.translation import t, tn
from jiema_app.site.components.status_badge import StatusLine
from jiema_app.site.states.goods import STATUS_MOODS, GoodsLine, goods_line


@dataclass(frozen=True, slots=True, kw_only=True)
class TogetherRow(StatusLine):
    """One order among those of a click.

    Attributes:
        href: Its own page, where all that can be done with it is.
        phone_copied: E.164; empty once it has ended without a code, or is masked.
        code: As it is copied; the whole text when there is no code in it.
        expires_at: Unix seconds; 0 unless it waits.
    """

    href: str = ""
    goods: GoodsLine = field(default_factory=GoodsLine)
    phone: str = ""
    phone_copied: str = ""
    code: str = ""
    code_shown: str = ""
    expires_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TogetherSums:
    """What has become of all of them, in words and figures.

    Attributes:
        title: How many numbers they are.
        codes: How many of them have their code.
        phones: Every number that can still be used, a line each.
        cancel: The button that cancels all that wait for their first code; empty when none does.
        cancel_text: What that means.
    """

    title: str = ""
    codes: str = ""
    waiting: str = ""
    price: str = ""
    refunded: str = ""
    phones: str = ""
    cancel: str = ""
    cancel_text: str = ""


def can_cancel(order: OrderView) -> bool:
    """Whether it waits for its first code."""
    return order.status is OrderStatus.WAITING and not order.sms_count


def together_row(order: OrderView, *, locale: str, catalog: Catalog) -> TogetherRow:
    """An order as a line."""
    last = order.sms[-1] if order.sms else None
    code = (last.code or last.body) if last else ""
    waits = order.status is OrderStatus.WAITING and order.expires_at is not None
    return TogetherRow(
        id=order.id,
        href=f"/{locale}/order/{order.id}",
        goods=goods_line(order, locale, catalog),
        status_word=status_word(order, locale),
        mood=STATUS_MOODS[order.status],
        is_waiting=waits,
        phone=readable_phone(order.phone),
        phone_copied=_usable(order),
        code=code,
        code_shown=readable_code(code)
        if last and last.code
        else t(locale, "SMS without a code")
        if code
        else "",
        expires_at=int(order.expires_at.timestamp()) if waits and order.expires_at else 0,
    )


def together_sums(orders: Sequence[OrderView], locale: str) -> TogetherSums:
    """What has become of them, added up."""
    coded = sum(order.sms_count > 0 for order in orders)
    waiting = sum(map(can_cancel, orders))
    held = MicroUsdt(sum(order.price_micro for order in orders if can_cancel(order)))
    back = MicroUsdt(sum(order.price_micro for order in orders if order.is_refunded))
    price = MicroUsdt(sum(order.price_micro for order in orders))
    return TogetherSums(
        title=tn(locale, "{n} number", "{n} numbers", len(orders)),
        # Translators: of {total} numbers, {n} have received their code.
        codes=t(
            locale,
            "Codes: {n} of {total}",
            n=number(locale, coded),
            total=number(locale, len(orders)),
        ),
        waiting=number(locale, waiting),
        price=money(locale, price),
        refunded=money(locale, back),
        phones="\n".join(filter(None, map(_usable, orders))),
        # Translators: a button; {n} orders wait for a code, and all of them are cancelled.
        cancel=tn(locale, "Cancel {n} waiting order", "Cancel {n} waiting orders", waiting)
        if waiting
        else "",
        cancel_text=t(
            locale,
            "You give up every number that is still waiting for a code. Each is refunded in full, "
            "{price} in total. If a code arrives first, that number stays yours and isn't refunded.",
            price=money(locale, held),
        ),
    )


def _usable(order: OrderView) -> str:
    """Its number, as long as it is of any use."""
    is_kept = order.purged_at is None and (order.is_open or order.sms_count > 0)
    return (order.phone or "") if is_kept else ""

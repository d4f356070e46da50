"""What a visitor has under way, as the top of every page says it.

An order that waits, one that has its code, a top-up that is open; and what has just ended, for a
moment, so that its end is seen by who looks elsewhere. The rule of who may see it is the page's
own: the lines are a part of the visitor's ``Session``, and are emptied with it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.glances import Glance
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.i18n.formats import usdt
from jiema_app.i18n.order_words import readable_code, status_word
from jiema_app.i18n.recharge_stages import LIVELY, STAGE_MOODS, STAGE_WORDS, dust, stage_of
from jiema_app.i18n.translation import t
from jiema_app.site.states.goods import STATUS_MOODS, goods_line

LINGERS_S: Final = 20
"""How long what has ended is still shown, on the pages that were open then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadLine:
    """One thing that is under way.

    Attributes:
        told: Grows with whatever brings back a line that its owner had out of the way: another code
            of an order, any change of a top-up.
        state: What has become of it, in no language.
        mood: As of a badge: ``good``, ``waiting``, ``bad`` or ``neutral``.
        is_waiting: Whether it may change by itself at any moment.
        detail: The country, or the amount.
        number: The end of an order's number, which tells it from another one of its route.
        code: The newest code as it is copied; empty while none has come, and of a text without one.
        expires_at: Unix seconds; 0 where no time runs out.
        gone_at: Unix seconds after which what has ended is no longer shown; 0 while it is open.
    """

    id: str = ""
    told: int = 0
    state: str = ""
    status_word: str = ""
    mood: str = "neutral"
    is_waiting: bool = False
    href: str = ""
    title: str = ""
    detail: str = ""
    number: str = ""
    icon: str = ""
    letters: str = ""
    hue: int = 0
    is_order: bool = True
    code: str = ""
    code_shown: str = ""
    expires_at: int = 0
    gone_at: int = 0


Ended = Sequence[OrderView | RechargeView]
"""What was shown as open, as it is now."""


def open_lines(glance: Glance, *, locale: str, catalog: Catalog, now: datetime) -> list[ThreadLine]:
    """What is open: first the codes, the last one before the others, then what waits.

    Who bought a number after a code has seen that code: it comes after what waits.
    """
    waiting = [order for order in glance.orders if _waits(order)]
    told = [order for order in glance.orders if not _waits(order)]
    told.sort(key=_told_at, reverse=True)
    begun = max((order.created_at for order in waiting), default=None)
    fresh = [order for order in told if begun is None or _told_at(order) > begun]
    lines = [
        order_line(order, locale=locale, catalog=catalog)
        for order in (*fresh, *waiting, *told[len(fresh) :])
    ]
    if glance.recharge is not None:
        lines.append(recharge_line(glance.recharge, locale=locale, now=now))
    return lines


def ended_lines(ended: Ended, *, locale: str, catalog: Catalog, now: datetime) -> list[ThreadLine]:
    """What has just ended, to be shown for a little while: what became of it, no code."""
    gone_at = int(now.timestamp()) + LINGERS_S
    return [
        replace(
            order_line(each, locale=locale, catalog=catalog)
            if isinstance(each, OrderView)
            else recharge_line(each, locale=locale, now=now),
            gone_at=gone_at,
            expires_at=0,
            is_waiting=False,
            code="",
            code_shown="",
        )
        for each in ended
    ]


def chip_line(lines: Sequence[ThreadLine]) -> ThreadLine:
    """The one thing that the top of a page speaks of.

    The newest code, or what has the least time left. What has ended is shown by the browser for a
    moment and then not, without a word from us: so it is spoken of only where nothing is open.
    """
    opened = [line for line in lines if not line.gone_at]
    if not opened:
        return max(lines, key=lambda line: line.gone_at, default=ThreadLine())
    if not opened[0].is_waiting:
        return opened[0]
    timed = [line for line in opened if line.is_waiting and line.expires_at]
    return min(timed, key=lambda line: line.expires_at, default=opened[0])


def _waits(order: OrderView) -> bool:
    return order.status in {OrderStatus.RESERVED, OrderStatus.WAITING}


def _told_at(order: OrderView) -> datetime:
    return order.sms[-1].received_at if order.sms else order.created_at


def order_line(order: OrderView, *, locale: str, catalog: Catalog) -> ThreadLine:
    """An order in a few words."""
    goods = goods_line(order, locale, catalog)
    is_waiting = _waits(order)
    # Who waits for a further code is not shown the one before.
    code = (order.sms[-1].code or "") if order.sms and not is_waiting else ""
    return ThreadLine(
        id=order.id,
        told=order.sms_count,
        href=f"/{locale}/order/{order.id}",
        title=goods.service,
        detail=goods.country,
        number=f"…{order.phone[-4:]}" if order.phone else "",
        icon=goods.icon,
        letters=goods.letters,
        hue=goods.hue,
        state=f"{order.status} {order.reason or ''}",
        status_word=status_word(order, locale),
        mood=STATUS_MOODS[order.status],
        is_waiting=is_waiting,
        code=code,
        code_shown=readable_code(code),
        expires_at=int(order.expires_at.timestamp()) if is_waiting and order.expires_at else 0,
    )


def recharge_line(recharge: RechargeView, *, locale: str, now: datetime) -> ThreadLine:
    """A top-up in a few words."""
    stage = stage_of(recharge, now, dust())
    is_waiting = stage in LIVELY
    return ThreadLine(
        id=recharge.id,
        told=recharge.version,
        href=f"/{locale}/account/topup/{recharge.id}",
        title=t(locale, "Top-up"),
        detail=usdt(recharge.amount_micro),
        is_order=False,
        state=stage,
        status_word=STAGE_WORDS[stage](locale),
        mood=STAGE_MOODS[stage],
        is_waiting=is_waiting,
        expires_at=int(recharge.closes_at.timestamp()) if is_waiting else 0,
    )


def news(
    before: Mapping[str, ThreadLine],
    lines: Sequence[ThreadLine],
    locale: str,
    here: str,
    put_away: Collection[str] = (),
) -> str:
    """What a screen reader says of a change; nothing of what somebody has just begun themselves.

    Args:
        before: What was shown until now, by id.
        lines: What is shown now.
        locale: Of the page.
        here: Address of the page: of its own thing it speaks itself.
        put_away: What was not shown, though it was there: it is back with something new.
    """
    said = []
    for line in lines:
        old = before.get(line.id)
        if line.href == here or (old is None and line.id not in put_away):
            continue
        if old is not None and _said(old) == _said(line):
            continue
        if line.code:
            # Digit by digit, or it is read as a number of six figures.
            words = t(locale, "Code received: {code}", code=" ".join(line.code))
        else:
            words = line.status_word
        said.append(f"{line.title}, {line.detail}: {words}")
    return ". ".join(said)


def _said(line: ThreadLine) -> tuple[str, str, int]:
    # Two codes in a row may be the same.
    # Not the words: a page in another language says nothing new.
    return line.state, line.code, line.told if line.code else 0

"""A top-up as a message: where to pay how much, and what has arrived."""

from datetime import datetime
from typing import Final

from jiema_app.bot.buttons import act, copy, link, rows
from jiema_app.bot.words import bold, code, lines, safe
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.telegram.calls import Keyboard
from jiema_app.domain.units import MicroUsdt
from jiema_app.i18n.formats import duration, usdt, usdt_digits
from jiema_app.i18n.recharge_stages import Stage, stage_of
from jiema_app.i18n.recharge_texts import headline
from jiema_app.i18n.review_texts import do_not_send_the_rest, what_happened
from jiema_app.i18n.translation import t

MINUTE_S: Final = 60

PAYABLE: Final = frozenset({Stage.WAITING})

MARKS: Final = {
    Stage.WAITING: "⏳",
    Stage.CONFIRMING: "⏳",
    Stage.CLOSING: "⏳",
    Stage.CREDITED: "✅",
    Stage.REVIEW: "🔎",
}


def recharge_message(
    view: RechargeView, *, locale: str, now: datetime, dust: MicroUsdt, page: str
) -> tuple[str, Keyboard]:
    """What its owner is told.

    Args:
        view: The top-up.
        locale: Of its owner.
        now: By the server's clock.
        dust: Less than this is no payment.
        page: Where its page is.
    """
    stage = stage_of(view, now, dust)
    mark = MARKS.get(stage, "")
    head = bold(f"{mark} {headline(view, stage, locale)}".strip())
    if stage in PAYABLE:
        return _payable(view, head, locale, now, page)
    return lines(head, *_further(view, stage, locale)), rows(
        act(t(locale, "Buy a number"), "b") if stage is Stage.CREDITED else None,
        act(t(locale, "Top up again"), "t") if stage in {Stage.EXPIRED, Stage.CANCELLED} else None,
        link(t(locale, "Open its page"), page),
    )


def _payable(
    view: RechargeView, head: str, locale: str, now: datetime, page: str
) -> tuple[str, Keyboard]:
    amount = usdt_digits(view.amount_micro)
    left = max(1, round((view.closes_at - now).total_seconds() / MINUTE_S)) * MINUTE_S
    html = lines(
        head,
        "",
        safe(t(locale, "Send exactly this amount of USDT:")),
        code(amount),
        safe(t(locale, "to this address on the TRON network (TRC20):")),
        code(view.address),
        "",
        safe(t(locale, "Time left: {time}", time=duration(locale, left))),
        safe(
            t(
                locale,
                "Any other amount or token needs a review by hand, and what's sent on another "
                "network may be lost. We'll tell you here what becomes of your payment.",
            )
        ),
    )
    return html, rows(
        (
            copy(t(locale, "Copy amount"), amount),
            copy(t(locale, "Copy address"), view.address),
        ),
        act(t(locale, "I've paid"), "tl", view.id),
        act(t(locale, "Cancel top-up"), "tc", view.id),
        link(t(locale, "Open its page"), page),
    )


def _further(view: RechargeView, stage: Stage, locale: str) -> list[str]:
    """What that means, where the headline does not say it all."""
    if stage is Stage.CONFIRMING:
        if view.seen_micro == view.amount_micro:
            return [safe(t(locale, "It's credited as soon as its block is final."))]
        asked = t(
            locale,
            "That isn't the requested {amount}, so we'll review it by hand.",
            amount=usdt(view.amount_micro),
        )
        return [safe(asked), safe(do_not_send_the_rest(locale))]
    if stage is Stage.CLOSING:
        return [
            safe(
                t(
                    locale,
                    "We're checking the last blocks. Payments made in time are still credited.",
                )
            ),
            safe(t(locale, "Don't send anything more to this address.")),
        ]
    if stage in {Stage.EXPIRED, Stage.CANCELLED}:
        return [
            safe(
                t(
                    locale,
                    "You don't owe anything. Don't send anything to this address. To add money, "
                    "open a new top-up.",
                )
            )
        ]
    told = [safe(each) for each in what_happened(view, locale)]
    if stage is Stage.REVIEW:
        told.append(safe(t(locale, "We review it by hand, and tell you here what we decide.")))
        told.append(safe(t(locale, "You don't need to do anything.")))
    if stage is Stage.DISMISSED:
        told.append(
            safe(
                t(
                    locale,
                    "If you think this is a mistake, write to our team: /support",
                )
            )
        )
    return told

"""What the owner of an odd payment is told: what arrived, and what a review means for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jiema_app.domain.recharges.review_times import ReviewTime
from jiema_app.domain.recharges.statuses import Oddity, PaymentStatus
from jiema_app.domain.recharges.views import PaymentView, RechargeView
from jiema_app.domain.units import MicroUsdt
from jiema_app.i18n.formats import duration, usdt
from jiema_app.i18n.recharge_stages import Words
from jiema_app.i18n.rounded_times import rounded_up
from jiema_app.i18n.translation import t


@dataclass(frozen=True, slots=True)
class Answer:
    """One question that whoever waits for a review has, answered."""

    question: str = ""
    text: str = ""


def what_happened(view: RechargeView, locale: str) -> list[str]:
    """What was odd, with exact amounts."""
    oddity = view.oddity
    if oddity is None:
        return []
    if oddity in {Oddity.UNDER, Oddity.OVER} and len(_money(view)) > 1:
        # They may add up to what was asked for, and are not one payment of it all the same.
        oddity = Oddity.DUPLICATE
    lines = [] if oddity in {Oddity.UNDER, Oddity.OVER} else [HAPPENED[oddity](locale)]
    if oddity is Oddity.LATE:
        lines = [_late(view, locale)]
    if oddity in WITHOUT_AMOUNT:
        return lines
    return [*lines, *_amounts(view, locale)]


WITHOUT_AMOUNT: Final = frozenset(
    {Oddity.WRONG_TOKEN, Oddity.OWN_TRANSFER, Oddity.UNASSIGNED_WALLET}
)
"""What arrived then is no money, or nobody's."""


HAPPENED: Final[Mapping[Oddity, Words]] = {
    Oddity.LATE: lambda locale: t(locale, "Your payment arrived after the payment window closed."),
    Oddity.EARLY: lambda locale: t(
        locale,
        "Your payment was made before this top-up was opened, so it may belong to another one.",
    ),
    Oddity.DUPLICATE: lambda locale: t(
        locale, "More than one payment arrived, but a top-up takes only one."
    ),
    Oddity.WRONG_TOKEN: lambda locale: t(
        locale, "A token arrived that isn't USDT, whatever its name says."
    ),
    Oddity.UNASSIGNED_WALLET: lambda locale: t(
        locale, "A payment arrived while this address wasn't assigned to anyone."
    ),
    Oddity.OWN_TRANSFER: lambda locale: t(
        locale, "The payment came from one of our own addresses, so we need to check what it's for."
    ),
    Oddity.MULTI_TRANSFER: lambda locale: t(
        locale, "One transaction paid to this address more than once."
    ),
}


def answers(
    view: RechargeView, locale: str, *, is_payable: bool, usual: ReviewTime | None, now: datetime
) -> list[Answer]:
    """What happens to a payment under review, when, and what its owner should do.

    Args:
        view: Something of it waits for a person.
        locale: Of the page.
        is_payable: Whether an exact payment is still credited by itself.
        usual: How long reviews take; None when that is not known.
        now: By the server's clock.
    """
    is_strange = view.oddity is Oddity.WRONG_TOKEN
    # A strange token may well be worth nothing: there is nothing to promise about it.
    next_step = (
        t(locale, "Only USDT can be credited. This page will show what we decide.")
        if is_strange
        else t(
            locale,
            "We review it by hand. Only the exact amount, paid in time, is credited "
            "automatically. This page will show what we decide.",
        )
    )
    found = [Answer(t(locale, "What happens now"), next_step)]
    if usual is not None and not is_strange:
        found.append(Answer(t(locale, "How long it takes"), _how_long(view, locale, usual, now)))
    advice = (
        t(locale, "You can still pay as shown below, and it will be credited.")
        if is_payable
        else _what_to_do(view.oddity, locale)
    )
    found.append(Answer(t(locale, "What to do now"), advice))
    return found


def do_not_send_the_rest(locale: str) -> str:
    """What somebody who sent too little is about to do."""
    return t(
        locale,
        "Don't send the difference. It would count as a separate payment and need review too.",
    )


def _what_to_do(oddity: Oddity | None, locale: str) -> str:
    if oddity is Oddity.UNDER:
        return t(
            locale,
            "You don't need to do anything. Don't send the difference. It would count as a "
            "separate payment and need review too. If you need to buy sooner, open a new top-up.",
        )
    if oddity in {Oddity.LATE, Oddity.EARLY}:
        return t(
            locale,
            "You don't need to do anything. Don't send it again to this address. If you need "
            "to buy sooner, open a new top-up.",
        )
    if oddity in {Oddity.DUPLICATE, Oddity.OVER, Oddity.MULTI_TRANSFER}:
        return t(
            locale,
            "You don't need to do anything. Don't send anything more to this address. To add "
            "more, open a new top-up.",
        )
    if oddity is Oddity.WRONG_TOKEN:
        return t(
            locale, "Don't send anything more to this address. To add USDT, open a new top-up."
        )
    return t(locale, "You don't need to do anything.")


def _how_long(view: RechargeView, locale: str, usual: ReviewTime, now: datetime) -> str:
    waiting = [one.block_time for one in _money(view) if one.status is PaymentStatus.IN_REVIEW]
    if waiting and now - min(waiting) > timedelta(seconds=usual.late_after_s):
        return t(
            locale,
            "This review is taking longer than usual. Contact support and give them this "
            "top-up's ID.",
        )
    time = duration(locale, rounded_up(usual.seconds))
    if usual.is_measured:
        return t(locale, "Half of our recent reviews took {time} or less.", time=time)
    return t(locale, "We'll decide within {time} of receiving your payment.", time=time)


def _money(view: RechargeView) -> Sequence[PaymentView]:
    return [payment for payment in view.payments if payment.is_money]


def _arrived(view: RechargeView, locale: str) -> str:
    return t(
        locale,
        "{received} arrived, but {amount} was requested.",
        received=usdt(view.received_micro),
        amount=usdt(view.amount_micro),
    )


def _difference(view: RechargeView, locale: str) -> list[str]:
    missing = view.amount_micro - view.received_micro
    if missing > 0:
        return [t(locale, "That's {amount} too little.", amount=usdt(MicroUsdt(missing)))]
    if missing < 0:
        return [t(locale, "That's {amount} too much.", amount=usdt(MicroUsdt(-missing)))]
    return []


def _amounts(view: RechargeView, locale: str) -> list[str]:
    if view.oddity is Oddity.MULTI_TRANSFER or len(_money(view)) > 1:
        return [_in_total(view, locale)]
    if view.received_micro == view.amount_micro:
        amount = usdt(view.amount_micro)
        return [t(locale, "It was exactly the requested {amount}.", amount=amount)]
    return [_arrived(view, locale), *_difference(view, locale)]


def _in_total(view: RechargeView, locale: str) -> str:
    return t(
        locale,
        "{received} arrived in total, and {amount} was requested.",
        received=usdt(view.received_micro),
        amount=usdt(view.amount_micro),
    )


def _late(view: RechargeView, locale: str) -> str:
    late = [one.block_time for one in view.payments if one.oddity is Oddity.LATE]
    seconds = int((min(late) - view.closes_at).total_seconds()) if late else 0
    if seconds <= 0:
        return HAPPENED[Oddity.LATE](locale)
    return t(
        locale,
        "Your payment arrived {time} after the payment window closed.",
        time=duration(locale, seconds),
    )

"""What a recharge's owner is told: what happened, what happens next, and what not to do."""

from collections.abc import Callable, Mapping
from typing import Final

from jiema_app.domain.recharges.statuses import PaymentStatus
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.i18n.formats import usdt
from jiema_app.i18n.recharge_stages import Stage, Words
from jiema_app.i18n.review_texts import do_not_send_the_rest, what_happened
from jiema_app.i18n.translation import t

PAYMENT_WORDS: Final[Mapping[PaymentStatus, Words]] = {
    PaymentStatus.CREDITED: lambda locale: t(locale, "Credited"),
    PaymentStatus.IN_REVIEW: lambda locale: t(locale, "In review"),
    PaymentStatus.REFUNDED: lambda locale: t(locale, "Returned"),
    PaymentStatus.DISMISSED: lambda locale: t(locale, "Not credited"),
}
"""Not of those that no owner is shown: not judged yet, of no value, or sent by ourselves."""

PAYMENT_MOODS: Final[Mapping[PaymentStatus, str]] = {
    PaymentStatus.CREDITED: "good",
    PaymentStatus.IN_REVIEW: "waiting",
    PaymentStatus.DISMISSED: "bad",
}
"""Neutral when it is not named."""


def headline(view: RechargeView, stage: Stage, locale: str) -> str:
    """What matters most, in a few words."""
    credited = usdt(view.credited_micro)
    if stage is Stage.CONFIRMING and view.seen_micro is not None:
        return t(locale, "{amount} detected", amount=usdt(view.seen_micro))
    if stage is Stage.CREDITED:
        return t(locale, "{amount} credited to your balance", amount=credited)
    if stage is Stage.REFUNDED and _was_sent(view):
        return t(locale, "Your payment was returned")
    return HEADLINES[stage](locale)


HEADLINES: Final[Mapping[Stage, Words]] = {
    Stage.WAITING: lambda locale: t(locale, "Waiting for your payment"),
    Stage.CONFIRMING: lambda locale: t(locale, "Payment detected"),
    Stage.CLOSING: lambda locale: t(locale, "The payment window has closed"),
    Stage.REVIEW: lambda locale: t(locale, "We're reviewing your payment"),
    Stage.EXPIRED: lambda locale: t(locale, "No payment arrived in time"),
    Stage.CANCELLED: lambda locale: t(locale, "You cancelled this top-up"),
    Stage.RETURNING: lambda locale: t(locale, "Your payment will be returned"),
    Stage.REFUNDED: lambda locale: t(locale, "We decided to return your payment"),
    Stage.DISMISSED: lambda locale: t(locale, "Your payment wasn't credited"),
}


def status_text(view: RechargeView, stage: Stage, locale: str, *, is_payable: bool) -> list[str]:
    """The truth about a recharge that no longer just waits, sentence by sentence."""
    lines = STATUS_TEXTS[stage](view, locale)
    if stage in DECIDED_LATER and view.credited_micro:
        already = t(
            locale,
            "{amount} has already been credited to your balance.",
            amount=usdt(view.credited_micro),
        )
        lines = [already, *lines]
    # Of one under review, what to do is answered beside it: see review_texts.py.
    if is_payable and stage in DECIDED_LATER - {Stage.REVIEW}:
        lines.append(t(locale, "You can still pay as shown below, and it will be credited."))
    return lines


DECIDED_LATER: Final = frozenset({Stage.REVIEW, Stage.RETURNING, Stage.REFUNDED, Stage.DISMISSED})


def _of_confirming(view: RechargeView, locale: str) -> list[str]:
    if view.seen_micro == view.amount_micro:
        return [
            t(locale, "It's credited as soon as its block is final."),
            t(locale, "There's nothing more to do. You can close this page."),
        ]
    lines = [
        t(
            locale,
            "That isn't the requested {amount}, so we'll review it by hand.",
            amount=usdt(view.amount_micro),
        )
    ]
    if view.seen_micro is not None and view.seen_micro < view.amount_micro:
        lines.append(do_not_send_the_rest(locale))
    return lines


def _of_closing(_view: RechargeView, locale: str) -> list[str]:
    return [
        t(locale, "We're checking the last blocks. Payments made in time are still credited."),
        t(locale, "Don't send anything more to this address."),
    ]


def _of_credited(view: RechargeView, locale: str) -> list[str]:
    if view.oddity is None:
        return []
    return [
        *what_happened(view, locale),
        t(
            locale,
            "After review, we credited {credited} of the {received} that arrived.",
            received=usdt(view.received_micro),
            credited=usdt(view.credited_micro),
        ),
    ]


def _of_expired(_view: RechargeView, locale: str) -> list[str]:
    return [
        t(
            locale,
            "You don't owe anything. Don't send anything to this address. To add money, open "
            "a new top-up.",
        ),
        t(
            locale,
            "Already sent it? This page will show it when it arrives, and we'll review it "
            "by hand. Don't send it again.",
        ),
    ]


def _of_cancelled(_view: RechargeView, locale: str) -> list[str]:
    return [
        t(
            locale,
            "You don't owe anything. Don't send anything to this address. To add money, open "
            "a new top-up.",
        ),
        t(
            locale,
            "What you sent before you cancelled is still credited. This page will also "
            "show anything that arrives later, and we'll review it by hand.",
        ),
    ]


def _of_returning(view: RechargeView, locale: str) -> list[str]:
    return [
        *what_happened(view, locale),
        t(
            locale,
            "We decided to return it to the address it came from. We do this by hand, and "
            "this page will show the transaction once it's made.",
        ),
    ]


def _of_refunded(view: RechargeView, locale: str) -> list[str]:
    lines = what_happened(view, locale)
    if _was_sent(view):
        return [
            *lines,
            t(
                locale,
                "If it came from an exchange, the exchange's support can find it by the "
                "transaction below.",
            ),
        ]
    # A strange token: whether and when it goes, the chain is not read for.
    return [
        *lines,
        t(
            locale,
            "We decided to return it to the address it came from. If that's an exchange, "
            "its support can find the transfer by its transaction.",
        ),
    ]


def _was_sent(view: RechargeView) -> bool:
    return any(payment.refund_txid for payment in view.payments)


def _of_dismissed(view: RechargeView, locale: str) -> list[str]:
    return [
        *what_happened(view, locale),
        t(locale, "We reviewed it. It won't be credited or returned."),
        t(
            locale,
            "If you think this is a mistake, contact support and give them this top-up's ID.",
        ),
    ]


STATUS_TEXTS: Final[Mapping[Stage, Callable[[RechargeView, str], list[str]]]] = {
    Stage.WAITING: lambda _view, _locale: [],
    Stage.CONFIRMING: _of_confirming,
    Stage.CLOSING: _of_closing,
    Stage.CREDITED: _of_credited,
    Stage.REVIEW: what_happened,
    Stage.EXPIRED: _of_expired,
    Stage.CANCELLED: _of_cancelled,
    Stage.RETURNING: _of_returning,
    Stage.REFUNDED: _of_refunded,
    Stage.DISMISSED: _of_dismissed,
}

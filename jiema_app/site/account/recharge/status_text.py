"""What a recharge's owner is told: what happened, what happens next, and what not to do."""

from collections.abc import Callable, Mapping
from typing import Final

from jiema_app.domain.recharges.statuses import Oddity, PaymentStatus
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.i18n.formats import usdt
from jiema_app.i18n.translation import t
from jiema_app.site.states.recharge_stages import Stage, Words

PAYMENT_WORDS: Final[Mapping[PaymentStatus, Words]] = {
    PaymentStatus.NEW: lambda locale: t(locale, "Being looked at"),
    PaymentStatus.CREDITED: lambda locale: t(locale, "Credited"),
    PaymentStatus.IN_REVIEW: lambda locale: t(locale, "In review"),
    PaymentStatus.REFUNDED: lambda locale: t(locale, "Sent back"),
    PaymentStatus.DISMISSED: lambda locale: t(locale, "Not credited"),
    PaymentStatus.NOISE: lambda locale: t(locale, "Of no value"),
    PaymentStatus.OUTGOING: lambda locale: t(locale, "Sent on"),
}

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
        return t(locale, "We see {amount}", amount=usdt(view.seen_micro))
    if stage is Stage.CREDITED:
        return t(locale, "{amount} is on your balance", amount=credited)
    if stage is Stage.REFUNDED and _was_sent(view):
        return t(locale, "What arrived was sent back")
    return HEADLINES[stage](locale)


HEADLINES: Final[Mapping[Stage, Words]] = {
    Stage.WAITING: lambda locale: t(locale, "Waiting for your payment"),
    Stage.CONFIRMING: lambda locale: t(locale, "We see your payment"),
    Stage.CLOSING: lambda locale: t(locale, "The window is closed"),
    Stage.REVIEW: lambda locale: t(locale, "A person looks at what arrived"),
    Stage.EXPIRED: lambda locale: t(locale, "No payment came in time"),
    Stage.CANCELLED: lambda locale: t(locale, "You cancelled this top-up"),
    Stage.RETURNING: lambda locale: t(locale, "What arrived goes back"),
    Stage.REFUNDED: lambda locale: t(locale, "What arrived is sent back"),
    Stage.DISMISSED: lambda locale: t(locale, "What arrived is not credited"),
}


def status_text(view: RechargeView, stage: Stage, locale: str, *, is_payable: bool) -> list[str]:
    """The truth about a recharge that no longer just waits, sentence by sentence."""
    lines = STATUS_TEXTS[stage](view, locale)
    if stage in DECIDED_LATER and view.credited_micro:
        already = t(
            locale, "{amount} is on your balance already.", amount=usdt(view.credited_micro)
        )
        lines = [already, *lines]
    if is_payable and stage in DECIDED_LATER:
        lines.append(t(locale, "You can still pay, as it stands below: that is credited."))
    return lines


DECIDED_LATER: Final = frozenset({Stage.REVIEW, Stage.RETURNING, Stage.REFUNDED, Stage.DISMISSED})


def _of_confirming(view: RechargeView, locale: str) -> list[str]:
    if view.seen_micro == view.amount_micro:
        return [
            t(locale, "It is credited as soon as its block is final."),
            t(locale, "There is nothing left to do. You may close this page."),
        ]
    lines = [
        t(
            locale,
            "That is not the {amount} that was asked for, so a person will look at it.",
            amount=usdt(view.amount_micro),
        )
    ]
    if view.seen_micro is not None and view.seen_micro < view.amount_micro:
        lines.append(_do_not_send_the_rest(locale))
    return lines


def _of_closing(_view: RechargeView, locale: str) -> list[str]:
    return [
        t(locale, "We are reading the last blocks: what was sent in time is still credited."),
        t(locale, "Send nothing more to this address."),
    ]


def _of_credited(view: RechargeView, locale: str) -> list[str]:
    if view.oddity is None:
        return []
    return [
        *_what_happened(view, locale),
        t(
            locale,
            "A person decided: of {received} that arrived, {credited} was credited.",
            received=usdt(view.received_micro),
            credited=usdt(view.credited_micro),
        ),
    ]


def _of_review(view: RechargeView, locale: str) -> list[str]:
    lines = _what_happened(view, locale)
    # A strange token may well be worth nothing: there is nothing to promise about it.
    lines.append(
        t(locale, "Only USDT becomes balance. This page shows what was decided about it.")
        if view.oddity is Oddity.WRONG_TOKEN
        else t(
            locale,
            "Nothing is lost, and you need not do anything. This page shows what was decided.",
        )
    )
    if view.oddity is Oddity.UNDER:
        lines.append(_do_not_send_the_rest(locale))
    elif view.oddity in {Oddity.LATE, Oddity.EARLY}:
        lines.append(t(locale, "Do not send it again."))
    elif view.oddity in {Oddity.DUPLICATE, Oddity.OVER, Oddity.MULTI_TRANSFER}:
        lines.append(t(locale, "Send nothing more to this address: open a new top-up to add more."))
    return lines


def _of_expired(_view: RechargeView, locale: str) -> list[str]:
    return [
        t(locale, "Nothing is owed. Send nothing to this address any more: open a new top-up."),
        t(
            locale,
            "Have you sent it already? It is not lost: this page shows it when it arrives, and a "
            "person looks at it. Do not send it again.",
        ),
    ]


def _of_cancelled(_view: RechargeView, locale: str) -> list[str]:
    return [
        t(locale, "Nothing is owed. Send nothing to this address any more: open a new top-up."),
        t(
            locale,
            "What you sent before you cancelled is still credited. What comes later is not lost: "
            "this page shows it, and a person looks at it.",
        ),
    ]


def _of_returning(view: RechargeView, locale: str) -> list[str]:
    return [
        *_what_happened(view, locale),
        t(
            locale,
            "A person decided to send it back, to the address it came from. That is done by hand: "
            "this page shows the transaction when it is made.",
        ),
    ]


def _of_refunded(view: RechargeView, locale: str) -> list[str]:
    lines = _what_happened(view, locale)
    if _was_sent(view):
        return [
            *lines,
            t(
                locale,
                "If it came from an exchange, its support finds it by the transaction below.",
            ),
        ]
    # A strange token: whether and when it goes, the chain is not read for.
    return [
        *lines,
        t(
            locale,
            "A person decided to send it back, to the address it came from. Where that is an "
            "exchange, its support finds the transfer by its transaction.",
        ),
    ]


def _was_sent(view: RechargeView) -> bool:
    return any(payment.refund_txid for payment in view.payments)


def _of_dismissed(view: RechargeView, locale: str) -> list[str]:
    return [
        *_what_happened(view, locale),
        t(locale, "A person looked at it: it is neither credited nor sent back."),
        t(locale, "If you think that is a mistake, write to our support and name this top-up."),
    ]


STATUS_TEXTS: Final[Mapping[Stage, Callable[[RechargeView, str], list[str]]]] = {
    Stage.WAITING: lambda _view, _locale: [],
    Stage.CONFIRMING: _of_confirming,
    Stage.CLOSING: _of_closing,
    Stage.CREDITED: _of_credited,
    Stage.REVIEW: _of_review,
    Stage.EXPIRED: _of_expired,
    Stage.CANCELLED: _of_cancelled,
    Stage.RETURNING: _of_returning,
    Stage.REFUNDED: _of_refunded,
    Stage.DISMISSED: _of_dismissed,
}


def _what_happened(view: RechargeView, locale: str) -> list[str]:
    if view.oddity in {Oddity.UNDER, Oddity.OVER}:
        return [
            t(
                locale,
                "{received} arrived, and {amount} was asked for.",
                received=usdt(view.received_micro),
                amount=usdt(view.amount_micro),
            )
        ]
    return [] if view.oddity is None else [HAPPENED[view.oddity](locale)]


HAPPENED: Final[Mapping[Oddity, Words]] = {
    Oddity.LATE: lambda locale: t(locale, "Your payment arrived after the window had closed."),
    Oddity.EARLY: lambda locale: t(
        locale, "Your payment was made before this top-up was opened, so it may be for another."
    ),
    Oddity.DUPLICATE: lambda locale: t(
        locale, "More than one payment arrived, and a top-up is paid once."
    ),
    Oddity.WRONG_TOKEN: lambda locale: t(
        locale, "A token arrived that is not USDT, whatever its name says."
    ),
    Oddity.UNASSIGNED_WALLET: lambda locale: t(
        locale, "A payment arrived when this address was nobody's."
    ),
    Oddity.OWN_TRANSFER: lambda locale: t(
        locale, "The payment came from an address of ours, so somebody must see what it is for."
    ),
    Oddity.MULTI_TRANSFER: lambda locale: t(
        locale, "One transaction paid to this address more than once."
    ),
}


def _do_not_send_the_rest(locale: str) -> str:
    return t(locale, "Do not send the rest: it would be a payment of its own, and wait as well.")

"""A withdrawal as a message: how far it has come."""

from jiema_app.bot.buttons import link, rows
from jiema_app.bot.words import bold, lines, safe
from jiema_app.domain.telegram.calls import Keyboard
from jiema_app.domain.withdrawals.statuses import ShownStatus
from jiema_app.domain.withdrawals.views import WithdrawalView
from jiema_app.i18n.translation import t
from jiema_app.i18n.withdrawal_texts import given_back, headline


def withdrawal_message(view: WithdrawalView, locale: str, page: str) -> tuple[str, Keyboard]:
    """What its owner is told.

    Args:
        view: The withdrawal.
        locale: Of its owner.
        page: Where its page is.
    """
    html = lines(
        bold(headline(view, locale)), *(safe(each) for each in _withdrawal_words(view, locale))
    )
    return html, rows(link(t(locale, "Open its page"), page))


def _withdrawal_words(view: WithdrawalView, locale: str) -> list[str]:
    """What it means, in words that are not a page's."""
    if view.status is ShownStatus.REQUESTED:
        return [t(locale, "We review each withdrawal by hand before we send it.")]
    if view.status is ShownStatus.CANCELLED:
        return [given_back(view, locale)]
    if view.status is ShownStatus.REJECTED:
        told = [] if not view.note else [t(locale, "Our reason: {reason}", reason=view.note)]
        return [*told, given_back(view, locale)]
    if view.status is ShownStatus.SETTLED:
        return [t(locale, "The payment is final. Nothing more will change.")]
    if view.status is ShownStatus.BROADCAST:
        return [t(locale, "It's final when its block is, usually within two minutes.")]
    return []

"""What has become of the order in whose place others were bought, as their page says it."""

from collections.abc import Mapping

from jiema_app.domain.orders.swaps import OLD_ORDER, OldOrder
from jiema_app.i18n.translation import t


def old_order_news(query: Mapping[str, str], locale: str) -> tuple[str, str]:
    """Good news and a notice; both empty when there is nothing to say.

    Args:
        query: Of the page's address. Whoever makes it up learns nothing: the words are ours.
        locale: Of the page.
    """
    old = query.get(OLD_ORDER, "")
    if old == OldOrder.CANCELLED:
        return t(
            locale,
            "Your other order was cancelled, and its full price is back in your balance.",
        ), ""
    if old == OldOrder.CODE_CAME:
        return "", t(
            locale,
            "The code of your other order arrived at the same moment, so it wasn't cancelled. "
            "You have both.",
        )
    if old == OldOrder.STAYS:
        return "", t(
            locale,
            "We couldn't cancel your other order. It keeps running, and you can cancel it on "
            "its page.",
        )
    return "", ""

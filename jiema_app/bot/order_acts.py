"""What may be done with an open order: another code, finishing, cancelling. The web's own rules."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from jiema_app.bot.buttons import act, rows
from jiema_app.bot.conversation import Conversation
from jiema_app.bot.goods import goods_of
from jiema_app.bot.presses import Pressed
from jiema_app.bot.words import bold, lines, safe
from jiema_app.domain.errors import DomainError, NotFound
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.units import UserId
from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.formats import money
from jiema_app.i18n.translation import t

Act: TypeAlias = Callable[[UserId, str], Awaitable[OrderView]]


async def press_cancel(talk: Conversation, pressed: Pressed) -> None:
    """Ask whether they are sure, and say what it means."""
    order = await talk.desk.orders.get(talk.user, pressed.text(0), refresh=False)
    if not order.is_open or order.sms_count:
        # A code may have come just now: what is shown is brought up to date.
        talk.replies.show_order(order.id, talk.message_id)
        return
    locale = talk.locale
    _ask(
        talk,
        order,
        t(locale, "Cancel this order?"),
        t(
            locale,
            "You give up this number, and it can no longer receive your code. The full price of "
            "{price} goes back to your balance.",
            price=money(locale, order.price_micro),
        ),
        (t(locale, "Cancel order"), "ocy"),
        t(locale, "Keep waiting"),
    )


async def press_finish(talk: Conversation, pressed: Pressed) -> None:
    """Likewise, of one whose code has come."""
    order = await talk.desk.orders.get(talk.user, pressed.text(0), refresh=False)
    if not order.is_open or not order.sms_count:
        talk.replies.show_order(order.id, talk.message_id)
        return
    locale = talk.locale
    _ask(
        talk,
        order,
        t(locale, "Finish this order?"),
        t(
            locale,
            "The number won't receive any more codes. There's no refund because a code "
            "has arrived.",
        ),
        (t(locale, "Finish order"), "ofy"),
        t(locale, "Keep the number"),
    )


async def press_cancel_surely(talk: Conversation, pressed: Pressed) -> None:
    """Cancel, for the whole price."""
    await _do(talk, pressed, talk.desk.orders.cancel)


async def press_finish_surely(talk: Conversation, pressed: Pressed) -> None:
    """Finish: no further code is needed."""
    await _do(talk, pressed, talk.desk.orders.finish)


async def press_next(talk: Conversation, pressed: Pressed) -> None:
    """Wait for a further code on the same number."""
    await _do(talk, pressed, talk.desk.orders.ask_next_sms)


async def _do(talk: Conversation, pressed: Pressed, how: Act) -> None:
    """Do it, and show the order as it is then, whether it went well or not."""
    order = pressed.text(0)
    try:
        await talk.begin_change()
        await how(talk.user, order)
    except NotFound:
        raise
    except DomainError as error:
        talk.replies.answer(explain(error, talk.locale), alert=True)
    talk.replies.show_order(order, talk.message_id)


def _ask(
    talk: Conversation,
    order: OrderView,
    question: str,
    meaning: str,
    yes: tuple[str, str],
    no: str,
) -> None:
    service, country = goods_of(order, talk.desk.catalog.current, talk.locale)
    assert talk.message_id is not None
    label, word = yes
    talk.replies.edit(
        talk.message_id,
        lines(bold(question), safe(f"{service} · {country}"), "", safe(meaning)),
        rows(act(label, word, order.id), act(no, "o", order.id, 1)),
    )

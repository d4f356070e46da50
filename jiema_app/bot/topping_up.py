"""Putting money on the balance: how much, and then a message that follows what arrives."""

from typing import Final

from jiema_app.bot.buttons import Button, act, in_columns, rows
from jiema_app.bot.conversation import Conversation
from jiema_app.bot.presses import Pressed
from jiema_app.bot.words import bold, lines, safe
from jiema_app.domain.errors import BadRequest, DomainError, HasOpenOrder
from jiema_app.domain.recharges.service import RechargeLimits
from jiema_app.domain.typed_amounts import read_amount
from jiema_app.domain.units import MICRO_PER_CENT, MICRO_PER_USDT, MicroUsdt
from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.formats import duration, usdt
from jiema_app.i18n.translation import t

PRESETS: Final = (5, 10, 20, 50, 100, 200)
"""In USDT, as far as they are within the limits."""

CENTS_MAX: Final = 10**9


async def top_up(talk: Conversation, words: str) -> None:
    """Amounts to choose from, or the top-up that is open; with an amount behind it, a new one."""
    opened = await talk.desk.recharges.find_open(talk.user)
    if opened is not None:
        if words:
            talk.replies.say(safe(explain("HAS_OPEN_ORDER", talk.locale)))
        talk.replies.show_recharge(opened.id)
        return
    if words:
        await _typed(talk, words)
        return
    locale, limits = talk.locale, talk.desk.recharges.limits
    buttons = [
        amount_button(talk, MicroUsdt(one * MICRO_PER_USDT), is_exact=True)
        for one in PRESETS
        if limits.amount_min <= one * MICRO_PER_USDT <= limits.amount_max
    ]
    talk.replies.say(
        lines(
            bold(t(locale, "How much do you want to add?")),
            safe(
                t(
                    locale,
                    "You pay in USDT on the TRON network (TRC20), and 1 USDT counts as 1 dollar. "
                    "You then have {time} to pay.",
                    time=duration(locale, limits.window_s),
                )
            ),
            safe(_rule(locale, limits)),
            safe(
                t(locale, "For another amount, type it like this: {example}", example="/topup 25")
            ),
        ),
        rows(*in_columns(buttons, 3)),
    )


async def _typed(talk: Conversation, words: str) -> None:
    try:
        amount = read_amount(words)
    except BadRequest:
        talk.replies.say(safe(_rule(talk.locale, talk.desk.recharges.limits)))
    else:
        await _open(talk, amount)


def _rule(locale: str, limits: RechargeLimits) -> str:
    return t(
        locale,
        "You can top up from {least} to {most}.",
        least=usdt(limits.amount_min),
        most=usdt(limits.amount_max),
    )


def amount_button(talk: Conversation, amount: MicroUsdt, *, is_exact: bool = False) -> Button:
    """A button that opens a top-up of an amount, or of the least that covers it.

    Args:
        talk: With whom.
        amount: How much.
        is_exact: Whether the button names the amount alone.
    """
    limits = talk.desk.recharges.limits
    wanted = max(limits.amount_min, -(-amount // MICRO_PER_USDT) * MICRO_PER_USDT)
    wanted = min(wanted, limits.amount_max)
    shown = usdt(MicroUsdt(wanted))
    label = shown if is_exact else t(talk.locale, "Top up {amount}", amount=shown)
    return act(label, "ta", wanted // MICRO_PER_CENT)


async def press_top_up(talk: Conversation, pressed: Pressed) -> None:
    """The same as the command."""
    del pressed
    await top_up(talk, "")


async def press_amount(talk: Conversation, pressed: Pressed) -> None:
    """Open a top-up. Pressed twice, it is the one that is open already."""
    cents = pressed.number(0, at_most=CENTS_MAX)
    if cents:
        await _open(talk, MicroUsdt(cents * MICRO_PER_CENT))


async def press_shown(talk: Conversation, pressed: Pressed) -> None:
    """Show one of their own."""
    found = await talk.desk.recharges.get(talk.user, pressed.text(0))
    talk.replies.show_recharge(found.id, talk.message_id)


async def press_look(talk: Conversation, pressed: Pressed) -> None:
    """They say that they have paid: have the chain looked at, and show what is known."""
    await talk.begin_change()
    found = await talk.desk.recharges.look(talk.user, pressed.text(0))
    talk.replies.answer(t(talk.locale, "Thanks. We'll tell you here as soon as it arrives."))
    talk.replies.show_recharge(found.id, talk.message_id)


async def press_cancel(talk: Conversation, pressed: Pressed) -> None:
    """Close it before anything was paid."""
    recharge = pressed.text(0)
    try:
        await talk.begin_change()
        await talk.desk.recharges.cancel(talk.user, recharge)
    except DomainError as error:
        talk.replies.answer(explain(error, talk.locale), alert=True)
        if error.code == "NOT_FOUND":
            return
    talk.replies.show_recharge(recharge, talk.message_id)


async def _open(talk: Conversation, amount: MicroUsdt) -> None:
    recharges = talk.desk.recharges
    await talk.begin_change()
    try:
        opened = await recharges.open(talk.user, amount)
    except HasOpenOrder:
        found = await recharges.find_open(talk.user)
        if found is None:
            raise
        talk.replies.show_recharge(found.id)
    except BadRequest:
        talk.replies.say(safe(_rule(talk.locale, recharges.limits)))
    else:
        talk.replies.show_recharge(opened.id)

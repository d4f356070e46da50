"""The answer to whether somebody wants the withdrawal that they prepared in the Mini App.

The message with the buttons tells what came of it: it follows the question, and so does the
window that waits for it.
"""

from datetime import timedelta
from typing import Final

from jiema_app.bot.conversation import Conversation
from jiema_app.bot.greeting import stale
from jiema_app.bot.presses import Pressed
from jiema_app.domain.telegram.withdrawal_questions import Decision, Heard, QuestionPress
from jiema_app.domain.units import UserId
from jiema_app.i18n.translation import t

READ_FOR: Final = timedelta(seconds=3)
"""Nobody reads an address in less. A message may have come just before the finger did."""


async def press_confirm(talk: Conversation, pressed: Pressed) -> None:
    """Request it. Pressed twice, or by a worker that was killed in between, it holds once."""
    if talk.is_pressed_within(READ_FOR):
        words = t(talk.locale, "This message has just come. Read it, then press again.")
        talk.replies.answer(words, alert=True)
        return
    await talk.begin_change()
    press = _press(talk, pressed)
    await _answer(talk, press, await talk.desk.confirmations.confirm(*_who(talk), press))


async def press_refuse(talk: Conversation, pressed: Pressed) -> None:
    """Hold nothing. However often somebody presses, this is heard."""
    press = _press(talk, pressed)
    await _answer(talk, press, await talk.desk.confirmations.refuse(*_who(talk), press))


def _who(talk: Conversation) -> tuple[UserId, int]:
    return talk.user, talk.sender.id


def _press(talk: Conversation, pressed: Pressed) -> QuestionPress:
    return QuestionPress(pressed.text(0), pressed.number(1), talk.message_id)


async def _answer(talk: Conversation, press: QuestionPress, heard: Heard) -> None:
    """Say what the press came to, where the message alone would not."""
    if heard is Heard.CHANGED:
        words = t(
            talk.locale, "The fee has just changed. Check what you'll receive before you confirm."
        )
        talk.replies.answer(words, alert=True)
    elif heard is Heard.OVER:
        asked = await talk.desk.confirmations.find(talk.sender.id, press.asked)
        decision = None if asked is None else asked.decision
        talk.replies.answer(_over(decision, talk.locale), alert=True)


def _over(decision: Decision | None, locale: str) -> str:
    if decision is Decision.CONFIRMED:
        return t(
            locale,
            "You've already confirmed this withdrawal. Until we've approved it, you can cancel it "
            "on its page.",
        )
    if decision is Decision.REFUSED:
        return t(locale, "You refused this withdrawal. Nothing was taken.")
    if decision is Decision.EXPIRED:
        return t(locale, "You didn't confirm this withdrawal in time. Nothing was taken.")
    return stale(locale)

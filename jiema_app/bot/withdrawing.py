"""The answer to whether somebody wants the withdrawal that they prepared in the Mini App.

The message with the buttons tells what came of it: it follows the question, and so does the
window that waits for it.
"""

from datetime import timedelta
from typing import Final

from jiema_app.bot.conversation import Conversation
from jiema_app.bot.presses import Pressed
from jiema_app.i18n.translation import t

READ_FOR: Final = timedelta(seconds=3)
"""Nobody reads an address in less. A message may have come just before the finger did."""


async def press_confirm(talk: Conversation, pressed: Pressed) -> None:
    """Request it. Pressed twice, or by a worker that was killed in between, it holds once."""
    if talk.is_pressed_within(READ_FOR):
        words = t(talk.locale, "This message has just come. Read it, then press again.")
        talk.replies.answer(words, alert=True)
        return
    await talk.desk.confirmations.confirm(talk.user, talk.sender.id, pressed.text(0))


async def press_refuse(talk: Conversation, pressed: Pressed) -> None:
    """Hold nothing."""
    await talk.desk.confirmations.refuse(talk.user, talk.sender.id, pressed.text(0))

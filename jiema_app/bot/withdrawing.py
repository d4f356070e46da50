"""The answer to whether somebody wants the withdrawal that they prepared in the Mini App.

The message with the buttons tells what came of it: it follows the question, and so does the
window that waits for it.
"""

from jiema_app.bot.conversation import Conversation
from jiema_app.bot.presses import Pressed


async def press_confirm(talk: Conversation, pressed: Pressed) -> None:
    """Request it. Pressed twice, or by a worker that was killed in between, it holds once."""
    await talk.desk.confirmations.confirm(talk.user, talk.sender.id, pressed.text(0))


async def press_refuse(talk: Conversation, pressed: Pressed) -> None:
    """Hold nothing."""
    await talk.desk.confirmations.refuse(talk.user, talk.sender.id, pressed.text(0))

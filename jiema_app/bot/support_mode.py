"""Writing to our team from the private chat: from ``/support`` to ``/cancel``.

What is written in between is passed on by whoever relays it (`desk.Relay`); nothing of it is read
here.
"""

from typing import Final

from jiema_app.bot import greeting
from jiema_app.bot.buttons import act, rows
from jiema_app.bot.conversation import Conversation
from jiema_app.bot.presses import Pressed
from jiema_app.bot.words import bold, lines, safe
from jiema_app.domain.telegram.calls import Keyboard
from jiema_app.domain.telegram.chats import set_mode
from jiema_app.i18n.translation import t

MODE: Final = "support"


def leaving(locale: str) -> Keyboard:
    """The button that leads back to the shop."""
    return rows(act(t(locale, "Back to the shop"), "sux"))


async def enter(talk: Conversation, words: str) -> None:
    """From now on what they write goes to our team."""
    del words
    locale = talk.locale
    if talk.desk.relay is None:
        talk.replies.say(
            safe(
                t(
                    locale,
                    "Our team is here: {address}",
                    address=f"https://t.me/{talk.desk.support_handle}",
                )
            )
        )
        return
    talk.replies.also(lambda connection: set_mode(connection, talk.sender.id, MODE))
    talk.replies.say(
        lines(
            bold(t(locale, "You're writing to our team now")),
            safe(
                t(
                    locale,
                    "Send your question, with pictures or files if they help. The answer comes "
                    "here. To end it and go back to the shop, send /cancel",
                )
            ),
        ),
        leaving(locale),
    )


async def press_enter(talk: Conversation, pressed: Pressed) -> None:
    """The same, for a button."""
    del pressed
    await enter(talk, "")


async def leave(talk: Conversation, words: str) -> None:
    """What they write is a search again."""
    del words
    was_there, relay = talk.chat.mode == MODE, talk.desk.relay
    if was_there and relay is not None:
        talk.replies.also(lambda connection: relay.leave(connection, talk.sender.id))
    said = (
        t(talk.locale, "You're back in the shop. Our team still answers here.")
        if was_there
        else t(talk.locale, "There's nothing to cancel.")
    )
    talk.replies.say(safe(said), greeting.menu(talk))


async def press_leave(talk: Conversation, pressed: Pressed) -> None:
    """The same, for a button."""
    del pressed
    await leave(talk, "")

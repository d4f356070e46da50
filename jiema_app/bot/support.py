"""Support in chats: what a customer writes goes to their topic, what is written there to them.

Whoever writes in the group is believed by their number on Telegram, and is an administrator of
the shop or nobody: membership of the group, even its ownership, gives no right here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from jiema_app.bot import support_words as words
from jiema_app.bot.presses import read_press
from jiema_app.bot.support_commands import SupportCommands
from jiema_app.bot.support_messages import Said, author_in, read_said
from jiema_app.bot.support_views import SUPPORT_PRESS
from jiema_app.domain.identity.administrators import Administrators
from jiema_app.domain.support.desk import Passed, SupportDesk, Topic
from jiema_app.domain.support.statuses import Resolution
from jiema_app.domain.telegram import calls
from jiema_app.domain.telegram.calls import escaped
from jiema_app.domain.telegram.chats import set_mode
from jiema_app.domain.telegram.updates import ClaimedUpdate, Effects
from jiema_app.domain.transaction import Connection

MESSAGES: Final = frozenset({"message", "edited_message"})
QUERY_MAX: Final = 64


@dataclass(frozen=True, slots=True)
class SupportRoom:
    """Handles the updates that are for support."""

    desk: SupportDesk
    administrators: Administrators
    commands: SupportCommands

    async def relay(self, update: ClaimedUpdate, effects: Effects, locale: str) -> None:
        """Pass on what somebody wrote who speaks to support, whatever it is but a command."""
        said = read_said(update.about)
        if said is None or said.author is None:
            return
        if said.has_content:
            effects.also(partial(self.desk.take, written=_passed(said, said.chat)))
        else:
            effects.reply(calls.text(escaped(words.uncopied(locale))))

    async def leave(self, connection: Connection, telegram_id: int) -> None:
        """A customer goes back to the shop: if they were answered, they need nothing more."""
        await set_mode(connection, telegram_id, None)
        await self.desk.resolve(connection, telegram_id, Resolution.CUSTOMER)

    async def handle(self, update: ClaimedUpdate, effects: Effects) -> bool:
        """Handle what only support knows: the group, its buttons, and edits of what was passed on.

        Returns:
            False when it is none of that, and nothing was done.
        """
        if self.desk.group is None:
            return False
        if update.kind == "callback_query":
            return await self._press(update, effects)
        said = read_said(update.about) if update.kind in MESSAGES else None
        if said is None:
            return False
        if not said.is_private:
            if said.chat == await self.desk.group_now():
                await self._from_group(said, effects)
            return True
        if not said.version:
            return False
        if said.author is not None and said.has_content:
            # Of what was never passed on no edit is either.
            effects.also(partial(self.desk.take, written=_passed(said, said.chat)))
        return True

    async def _from_group(self, said: Said, effects: Effects) -> None:
        if said.author is None or said.thread is None or not said.has_content:
            return
        topic = await self.desk.topic_by_thread(said.chat, said.thread)
        actor = await self.administrators.on_telegram(said.author)
        if topic is None or actor is None:
            return
        if said.album is not None and not said.is_internal:
            # Its pictures come one by one, and only one has the words beneath: whether the others
            # shall stay in the group nobody knows.
            about = (topic.telegram_id, "answer_album", f"album:{said.thread}:{said.album}")
            effects.also(lambda connection: self.desk.notice(connection, *about))
        elif said.is_command and said.is_others:
            self.commands.refuse(said, topic, actor, effects)
        elif said.is_command:
            if not said.version:  # an edit is no second command
                await self.commands.run(said, topic, actor, effects)
        elif not said.is_internal:
            written = _passed(said, topic.telegram_id)
            effects.also(partial(self.desk.answer, written=written, actor=actor))

    async def _press(self, update: ClaimedUpdate, effects: Effects) -> bool:
        data = update.about.get("data")
        pressed = read_press(data) if isinstance(data, str) else None
        said, author = _pressed_on(update.about), author_in(update.about)
        if said is None or said.is_private:
            return False
        if pressed is None or pressed.word != SUPPORT_PRESS or author is None:
            return True  # no other button stands in a group
        query = str(update.about.get("id", ""))[:QUERY_MAX]
        actor = await self.administrators.on_telegram(author)
        topic = await self._topic_of(said)
        if actor is None or topic is None:
            effects.answer(calls.answer_callback(query, "Only administrators decide here."))
            return True
        effects.answer(calls.answer_callback(query))
        await self.commands.press(pressed, said, topic, actor, effects)
        return True

    async def _topic_of(self, said: Said) -> Topic | None:
        if said.chat != await self.desk.group_now() or said.thread is None:
            return None
        return await self.desk.topic_by_thread(said.chat, said.thread)


def _passed(said: Said, customer: int) -> Passed:
    return Passed(customer, said.message_id, said.version, said.replies_to)


def _pressed_on(about: Mapping[str, Any]) -> Said | None:
    """The message whose button was pressed; None of one that Telegram tells nothing of."""
    message = about.get("message")
    return read_said(message) if isinstance(message, Mapping) else None

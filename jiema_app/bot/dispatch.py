"""Who answers what: the whole table on one screen."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from jiema_app.bot import (
    account,
    buying,
    choices,
    doors,
    greeting,
    inline,
    inviting,
    order_acts,
    orders,
    placing,
    support_mode,
    topping_up,
    withdrawing,
)
from jiema_app.bot.conversation import Conversation, meet
from jiema_app.bot.desk import BotDesk
from jiema_app.bot.incoming import Press, Question, Standing, Written, read_update
from jiema_app.bot.presses import Pressed, read_press
from jiema_app.bot.replies import ReplyBook
from jiema_app.bot.words import safe
from jiema_app.domain.compliance.actions import Action
from jiema_app.domain.errors import DomainError
from jiema_app.domain.telegram.chats import block, open_chat
from jiema_app.domain.telegram.updates import ClaimedUpdate, Effects
from jiema_app.domain.transaction import Connection
from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.locale_list import locale_named

Said: TypeAlias = Callable[[Conversation, str], Awaitable[None]]
"""Answers a command; the text is what follows it."""

Did: TypeAlias = Callable[[Conversation, Pressed], Awaitable[None]]
"""Answers a press."""

COMMANDS: Final[Mapping[str, Said]] = {
    "start": greeting.start,
    "help": greeting.say_help,
    "buy": buying.buy,
    "orders": orders.list_orders,
    "order": orders.show_order,
    "balance": account.show_balance,
    "topup": topping_up.top_up,
    "invite": inviting.invite,
    "language": choices.choose_language,
    "settings": choices.show_settings,
    "support": support_mode.enter,
    "cancel": support_mode.leave,
}

PRESSES: Final[Mapping[str, Did]] = {
    "help": greeting.press_help,
    "b": buying.press_buy,
    "s": buying.press_service,
    "sn": buying.press_countries,
    "k": buying.press_country,
    "r": placing.press_route,
    "y": placing.press_confirm,
    "f": placing.press_favourite,
    "ol": orders.press_list,
    "o": orders.press_order,
    "oc": order_acts.press_cancel,
    "ocy": order_acts.press_cancel_surely,
    "on": order_acts.press_next,
    "of": order_acts.press_finish,
    "ofy": order_acts.press_finish_surely,
    "bal": account.press_balance,
    "t": topping_up.press_top_up,
    "ta": topping_up.press_amount,
    "tr": topping_up.press_shown,
    "tl": topping_up.press_look,
    "tc": topping_up.press_cancel,
    "wy": withdrawing.press_confirm,
    "wn": withdrawing.press_refuse,
    "inv": inviting.press_invite,
    "l": choices.press_languages,
    "ls": choices.press_language,
    "n": choices.press_settings,
    "nk": choices.press_kind,
    "nq": choices.press_quiet,
    "sup": support_mode.press_enter,
    "sux": support_mode.press_leave,
}

ASKING_OTHERS: Final = frozenset({"y", "on", "wy"})
"""Presses whose answer waits for a supplier's, or for a node's of the chain."""


@dataclass(frozen=True, slots=True)
class PrivateChat:
    """Handles what people write and press in their private chat, and inline queries."""

    desk: BotDesk

    async def __call__(self, update: ClaimedUpdate, effects: Effects) -> None:
        """Handle an update. One that says nothing to the private chat is passed over."""
        told = read_update(update.update_id, update.kind, update.about, self.desk.username)
        if told is None:
            return
        if isinstance(told, Standing):
            effects.also(_note_standing(told))
            return
        query = told.query_id if isinstance(told, Press) else ""
        is_gone = isinstance(told, Press) and told.shown_at is None
        replies = ReplyBook(effects, told.sender.id, query, is_gone=is_gone)
        if isinstance(told, Question):
            await inline.answer(self.desk, told, replies)
        elif isinstance(told, Press):
            await self._press(told, replies, update.received_at)
        else:
            await self._written(told, replies, update, effects)

    async def _written(
        self, told: Written, replies: ReplyBook, update: ClaimedUpdate, effects: Effects
    ) -> None:
        invitation = greeting.invitation_of(told) if told.command == "start" else None
        talk = await meet(self.desk, told.update_id, told.sender, replies, invitation=invitation)
        try:
            if told.command in COMMANDS:
                action = doors.action_of_command(told.command, told.words)
                if not doors.is_open(talk, action):
                    placing.ask_place(talk)
                    return
                await COMMANDS[told.command](talk, told.words)
            elif told.command:
                greeting.say_unknown(talk)
            elif talk.chat.mode == support_mode.MODE and self.desk.relay is not None:
                await self.desk.relay.relay(update, effects, talk.locale)
            elif told.words:
                await buying.search(talk, told.words)
            else:
                greeting.say_unreadable(talk)
        except DomainError as error:
            replies.say(safe(explain(error, talk.locale)))

    async def _press(self, told: Press, replies: ReplyBook, heard_at: datetime) -> None:
        talk = await meet(
            self.desk, told.update_id, told.sender, replies, press=told, heard_at=heard_at
        )
        pressed = read_press(told.data)
        answer = None if pressed is None else PRESSES.get(pressed.word)
        if pressed is None or answer is None or told.message_id is None:
            replies.answer(greeting.stale(talk.locale), alert=True)
            return
        try:
            if doors.is_open(talk, doors.OF_PRESSES.get(pressed.word, Action.UNKNOWN)):
                await answer(talk, pressed)
            else:
                placing.ask_place(talk, pressed)
        except DomainError as error:
            replies.answer(explain(error, talk.locale), alert=True)
        replies.answer()

    async def tell_failure(self, update: ClaimedUpdate, effects: Effects) -> None:
        """Tell somebody that their update could not be handled; nothing in a group."""
        told = read_update(update.update_id, update.kind, update.about, self.desk.username)
        if not isinstance(told, Written | Press):
            return
        words = explain("INTERNAL", locale_named(told.sender.language_code or "") or "en")
        query = told.query_id if isinstance(told, Press) else ""
        replies = ReplyBook(effects, told.sender.id, query)
        replies.answer(words, alert=True)
        if isinstance(told, Written):
            replies.say(safe(words))


def _note_standing(told: Standing) -> Callable[[Connection], Awaitable[None]]:
    async def note(connection: Connection) -> None:
        if told.is_open:
            await open_chat(connection, told.sender.id, told.sender.language_code)
        else:
            await block(connection, told.sender.id)

    return note


def waits_for_others(update: ClaimedUpdate) -> bool:
    """Whether an update is a press whose answer waits for somebody outside."""
    data = update.about.get("data") if update.kind == "callback_query" else None
    pressed = read_press(data) if isinstance(data, str) else None
    return pressed is not None and pressed.word in ASKING_OTHERS

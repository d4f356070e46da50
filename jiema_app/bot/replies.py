"""What is said in answer to one update: effects of its handling, once however often it is handled."""

from typing import Final

from jiema_app.domain.notifications.deliveries import NEWS
from jiema_app.domain.telegram import calls, kinds
from jiema_app.domain.telegram.calls import Keyboard, TelegramCall
from jiema_app.domain.telegram.following import note_message
from jiema_app.domain.telegram.updates import Act, Effects

ANSWER_MAX: Final = 200
"""Characters of the answer to a press."""


class ReplyBook:
    """Writes what is said to the effects of an update."""

    def __init__(
        self, effects: Effects, recipient: int, query: str = "", *, is_gone: bool = False
    ) -> None:
        """Begin.

        Args:
            effects: Of the update.
            query: Names the press that is answered; empty when it is none.
            recipient: The private chat, which is not that of a press on what was sent elsewhere.
            is_gone: Whether the message that was pressed cannot be edited any more: what would
                stand in it is said anew.
        """
        self._effects = effects
        self._recipient = recipient
        self._query = query
        self._is_gone = is_gone
        self._is_answered = False

    def say(self, html: str, keyboard: Keyboard | None = None) -> None:
        """Send a message."""
        self._effects.reply(calls.text(html, keyboard=keyboard), recipient=self._recipient)

    def edit(self, message_id: int, html: str, keyboard: Keyboard | None = None) -> None:
        """Put new words where a button was pressed."""
        if self._is_gone:
            self.say(html, keyboard)
            return
        call = calls.edit_text(message_id, html, keyboard=keyboard)
        self._effects.reply(call, recipient=self._recipient)

    def answer(self, words: str = "", *, alert: bool = False) -> None:
        """Answer the press: without words its button stops blinking. The first answer counts."""
        if self._query and not self._is_answered:
            self._is_answered = True
            call = calls.answer_callback(self._query, words[:ANSWER_MAX], alert=alert)
            self._effects.answer(call)

    def answer_inline(self, call: TelegramCall) -> None:
        """Answer an inline query."""
        self._effects.answer(call)

    def show_order(self, order: str, message_id: int | None = None) -> None:
        """Show an order: its number and codes are read when it is sent, and never stored here."""
        self._show(kinds.ORDER_SHOWN, kinds.ORDER_REDRAWN, order, message_id)
        if message_id is not None:
            to = self._recipient
            self._effects.also(lambda connection: note_message(connection, order, to, message_id))

    def show_recharge(self, recharge: str, message_id: int | None = None) -> None:
        """Show a top-up."""
        self._show(kinds.RECHARGE_SHOWN, kinds.RECHARGE_REDRAWN, recharge, message_id)

    def also(self, act: Act) -> None:
        """Change something in the database with the transaction that marks the update handled."""
        self._effects.also(act)

    def _show(self, anew: str, redrawn: str, subject: str, message_id: int | None) -> None:
        self._effects.say(
            anew if message_id is None else redrawn,
            subject_id=subject,
            payload=None if message_id is None else {"messageId": message_id},
            recipient=self._recipient,
            priority=NEWS,
        )

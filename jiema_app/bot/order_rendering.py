"""Makes the messages about orders when their turn comes, and hears what became of them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from jiema_app.bot.desk import BotDesk
from jiema_app.bot.order_message import OrderMessages
from jiema_app.bot.words import safe
from jiema_app.domain.notifications.transport import ClaimedDelivery, MessageGone, Outcome
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.outside_numbers import whole_number
from jiema_app.domain.telegram import calls, kinds
from jiema_app.domain.telegram.calls import Keyboard, TelegramCall
from jiema_app.domain.telegram.readers import Reader, Told, read_order
from jiema_app.domain.transaction import Connection
from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.translation import t

ORDINAL_MAX: Final = 1_000

NEWS_FOR: Final = timedelta(hours=1)
"""How an order ended is told for so long to who was told nothing of it before."""

DELETABLE_FOR: Final = timedelta(hours=47)
"""Telegram takes a message away for 48 hours; an older one is emptied."""


@dataclass(frozen=True, slots=True)
class OrderRendering:
    """The renderers of orders and their codes."""

    desk: BotDesk
    messages: OrderMessages

    async def live(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """The message that follows an order, or shows it. Only a code makes a sound of its own."""
        told = await self._read(delivery)
        if told is None or (self._is_unseen(delivery) and self._is_over(told.about)):
            return None
        if told.reader.is_banned and delivery.message_id is None:
            return None
        html, keyboard = self._drawn(told)
        return calls.text(html, keyboard=keyboard, silent=delivery.kind == kinds.ORDER_LIVE)

    async def redrawn(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """An order, where a button was pressed."""
        told = await self._read(delivery)
        message_id = (delivery.payload or {}).get("messageId")
        if told is None or not isinstance(message_id, int):
            return None
        html, keyboard = self._drawn(told)
        return calls.edit_text(message_id, html, keyboard=keyboard)

    async def sms(self, delivery: ClaimedDelivery) -> TelegramCall | None:
        """A code's own message; once its text is forgotten, the end of that message."""
        told = await self._read(delivery)
        if told is None:
            return None
        order, reader = told.about, told.reader
        if order.purged_at is not None:
            return self._forgotten(delivery, reader)
        if reader.is_banned:
            return None
        place = _ordinal(delivery) - 1
        if not 0 <= place < len(order.sms):
            return None
        html, keyboard = self.messages.arrival(
            order, order.sms[place], locale=reader.locale, catalog=self.desk.catalog.current
        )
        return calls.text(html, keyboard=keyboard)

    async def settled(
        self, connection: Connection, delivery: ClaimedDelivery, outcome: Outcome, result: Any
    ) -> bool | None:
        """An open order's message that its owner took away is sent anew."""
        del result
        if not isinstance(outcome, MessageGone):
            return None
        told = await read_order(connection, delivery.subject_id, delivery.recipient)
        return told is not None and told.about.is_open

    async def _read(self, delivery: ClaimedDelivery) -> Told[OrderView] | None:
        async with self.desk.database.connection() as connection:
            return await read_order(connection, delivery.subject_id, delivery.recipient)

    def _drawn(self, told: Told[OrderView]) -> tuple[str, Keyboard]:
        if told.reader.is_banned:
            # What they have may hold a number: it goes with the next edit at the latest.
            return safe(explain("FORBIDDEN", told.reader.locale)), []
        return self.messages.live(
            told.about,
            locale=told.reader.locale,
            catalog=self.desk.catalog.current,
            now=self.desk.clock.now(),
        )

    def _is_over(self, order: OrderView) -> bool:
        """Whether it ended so long ago that it is no news."""
        return order.ended_at is not None and self.desk.clock.now() - order.ended_at > NEWS_FOR

    @staticmethod
    def _is_unseen(delivery: ClaimedDelivery) -> bool:
        """Whether nobody has it before them, or took it away: of what is over nothing is sent anew."""
        return delivery.kind == kinds.ORDER_LIVE and delivery.message_id is None

    def _forgotten(self, delivery: ClaimedDelivery, reader: Reader) -> TelegramCall | None:
        if delivery.message_id is None:
            return None
        if self.desk.clock.now() - delivery.created_at > DELETABLE_FOR:
            return calls.text(safe(t(reader.locale, "This code has been deleted.")))
        return calls.delete_message(delivery.message_id)


def _ordinal(delivery: ClaimedDelivery) -> int:
    """Which of an order's codes a delivery tells: its key ends with it."""
    return whole_number(delivery.key.rpartition(":")[2], at_most=ORDINAL_MAX) or 0

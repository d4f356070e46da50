"""Somebody with Telegram on their phone: what they write and press, and what they see.

Updates are handed to the product's own handler; what it wants sent is taken from the table of
deliveries, in the order in which a sender takes it, and drawn by the product's own makers.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from api_routes.rate_limits import build_rate_limits
from jiema_app.bot.registry import AdmitWrite, Registry, build_registry
from jiema_app.domain.notifications.deliveries import put
from jiema_app.domain.notifications.transport import ClaimedDelivery, MessageGone, Sent
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.telegram.calls import TelegramCall
from jiema_app.domain.telegram.following import Following
from jiema_app.domain.telegram.money_facts import MoneyFacts
from jiema_app.domain.telegram.updates import ClaimedUpdate, Effects
from jiema_app.domain.units import UserId
from tests.support.shop import Customer, Shop

NEXT = """
select * from deliveries where state = 'QUEUED' and recipient = $1 order by priority, id limit 1
"""

SETTLE = """
update deliveries set state = 'SENT', sent_revision = revision, settled_at = now(), payload = null,
    message_id = coalesce($2, message_id) where id = $1
"""

DROP = "update deliveries set state = $2, settled_at = now(), payload = null where id = $1"

CODE_TEXT = "Your code is 482913"

TAG = re.compile(r"<[^>]+>")


@dataclass
class Shown:
    """A message in the chat.

    Attributes:
        is_ours: Whether the bot wrote it.
    """

    id: int
    html: str
    buttons: list[dict[str, Any]]
    is_silent: bool = False
    sent_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def text(self) -> str:
        """Without tags, as it is read."""
        return unescape(TAG.sub("", self.html)).translate(
            {0x2066: None, 0x2068: None, 0x2069: None}
        )

    @property
    def labels(self) -> list[str]:
        return [button["text"] for button in self.buttons]

    def button(self, label: str) -> dict[str, Any]:
        """The first one whose label begins so, or holds it."""
        for fits in (str.startswith, str.__contains__):
            for button in self.buttons:
                if fits(button["text"], label):
                    return button
        raise AssertionError(f"no {label!r} among {self.labels}")


def admit_write_of(shop: Shop) -> AdmitWrite:
    """The limit of what people change, counted as a worker counts it."""
    return build_rate_limits(shop.settings).admit_write


class Phone:
    """One person's phone."""

    numbers: Iterator[int] = itertools.count(1_000)
    reads_for = timedelta(seconds=10)
    """So long they look at a message before they press a button of it."""

    def __init__(self, shop: Shop, telegram_id: int, language: str | None = "en") -> None:
        self.shop = shop
        self.id = telegram_id
        self.language = language
        self.registry: Registry = build_registry(shop.services, admit_write_of(shop))
        self.chat: dict[int, Shown] = {}
        self.answers: list[dict[str, Any]] = []
        self.asked: dict[str, Any] = {}
        self.results: list[dict[str, Any]] = []
        self._message = itertools.count(1)

    @property
    def last(self) -> Shown:
        """The newest message."""
        return self.chat[max(self.chat)]

    @property
    def person(self) -> dict[str, Any]:
        about = {"id": self.id, "is_bot": False, "first_name": "Ada"}
        return about if self.language is None else about | {"language_code": self.language}

    async def say(self, text: str) -> Shown:
        """Write a message, and see what comes of it."""
        await self.tell("message", self.message(text=text))
        return self.last

    def message(self, **parts: Any) -> dict[str, Any]:
        """A message of theirs, in the private chat."""
        chat = {"id": self.id, "type": "private", "first_name": "Ada"}
        told = {"message_id": next(self._message), "date": 1, "chat": chat, "from": self.person}
        return told | parts

    async def press(self, label: str, message: Shown | None = None) -> Shown:
        """Press a button of the newest message, or of another one."""
        message = message or self.last
        await self.press_data(message.button(label)["callback_data"], message)
        return self.chat.get(message.id, self.last)

    async def press_data(self, data: str, message: Shown, *, times: int = 1) -> None:
        """Press a button that carries this, perhaps several times before anything is seen."""
        for _ in range(times):
            await self.tell("callback_query", self._press(data, message), look=False)
        await self.look()

    async def lose_press(self, data: str, message: Shown) -> None:
        """Press a button, and have the worker die before it has written down what came of it."""
        update = self._update("callback_query", self._press(data, message))
        await self.registry.handler(update, Effects(update))

    def _press(self, data: str, message: Shown) -> dict[str, Any]:
        beneath = self.message(text=message.text, message_id=message.id)
        beneath["date"] = int(message.sent_at.timestamp())
        return {
            "id": str(next(self.numbers)),
            "from": self.person,
            "chat_instance": "1",
            "message": beneath,
            "data": data,
        }

    def _update(self, kind: str, about: Any, update_id: int | None = None) -> ClaimedUpdate:
        number = next(self.numbers) if update_id is None else update_id
        return ClaimedUpdate(number, self.id, kind, about, datetime.now(UTC) + self.reads_for, 0)

    async def ask(self, words: str) -> list[dict[str, Any]]:
        """Type the bot's name and words in any chat."""
        query = {"id": str(next(self.numbers)), "from": self.person, "query": words, "offset": ""}
        await self.tell("inline_query", query)
        return self.results

    async def tell(
        self, kind: str, about: Any, *, look: bool = True, update_id: int | None = None
    ) -> None:
        """Have the bot handle an update."""
        update = self._update(kind, about, update_id)
        effects = Effects(update)
        await self.registry.handler(update, effects)
        async with self.shop.services.database.transaction() as connection:
            for act in effects.acts:
                await act(connection)
            await put(connection, *effects.deliveries)
        if look:
            await self.look()

    async def look(self) -> None:
        """See what was sent meanwhile."""
        while row := await self.shop.fetchrow(NEXT, str(self.id)):
            await self._receive(row)

    async def _receive(self, row: Any) -> None:
        fields = {name: row[name] for name in ClaimedDelivery.__dataclass_fields__}
        delivery = ClaimedDelivery(**fields)
        call = await self.registry.renderers[delivery.kind](delivery)
        if call is None:
            await self.shop.execute(DROP, delivery.id, "DROPPED")
            return
        assert isinstance(call, TelegramCall)
        outcome = self._take(call, delivery.message_id)
        if isinstance(outcome, Sent):
            await self.shop.execute(SETTLE, delivery.id, outcome.message_id)
        else:
            await self.shop.execute(DROP, delivery.id, "DROPPED")
            await self.shop.execute(
                "update deliveries set message_id = null where id = $1", delivery.id
            )
        hook = self.registry.settled.get(delivery.kind)
        if hook is not None:
            async with self.shop.services.database.transaction() as connection:
                if await hook(connection, delivery, outcome, None):
                    await connection.execute(
                        "update deliveries set state = 'QUEUED', settled_at = null, "
                        "message_id = null where id = $1",
                        delivery.id,
                    )

    def _take(self, call: TelegramCall, edited: int | None) -> Sent | MessageGone:
        about = call.arguments
        if call.method == "answerCallbackQuery":
            self.answers.append(dict(about))
            return Sent()
        if call.method == "answerInlineQuery":
            self.asked, self.results = dict(about), list(about["results"])
            return Sent()
        if call.method == "deleteMessage":
            del self.chat[about["message_id"]]
            return Sent()
        number = about.get("message_id", edited)
        if number is not None and number not in self.chat:
            return MessageGone()
        number = next(self._message) if number is None else number
        assert 0 < len(unescape(TAG.sub("", about["text"]))) <= 4096
        buttons = [
            button
            for row in about.get("reply_markup", {}).get("inline_keyboard", [])
            for button in row
        ]
        for button in buttons:
            assert len(button.get("callback_data", "").encode()) <= 64
        self.chat[number] = Shown(
            number, about["text"], buttons, about.get("disable_notification", False)
        )
        return Sent(number)


@dataclass
class Chats:
    """People on Telegram, and the shop that they write to."""

    shop: Shop

    async def start(self, telegram_id: int = 700, **how: Any) -> Phone:
        """Somebody who starts the bot, and has opened the app before."""
        phone = Phone(self.shop, telegram_id, **how)
        await phone.say("/start")
        await self.admit(phone)
        return phone

    async def known(self, customer: Customer, telegram_id: int = 701) -> Phone:
        """The phone of a customer of the shop's, who has signed in with Telegram before."""
        await self.shop.execute(
            "insert into identities (provider, subject, issuer, user_id) "
            "values ('telegram', $1, 'https://telegram.org', $2)",
            str(telegram_id),
            customer.id,
        )
        return await self.start(telegram_id)

    async def admit(self, phone: Phone) -> None:
        """Their address is seen, and is in no blocked place."""
        await self.shop.execute(
            "update telegram_chats set place_checked_at = now() where telegram_id = $1", phone.id
        )

    async def user_of(self, phone: Phone) -> UserId:
        """Their account."""
        found = await self.shop.fetchval(
            "select user_id from identities where provider = 'telegram' and subject = $1",
            str(phone.id),
        )
        return UserId(found)

    @property
    def following(self) -> Following:
        return Following(self.shop.services.database)

    @property
    def money(self) -> MoneyFacts:
        return MoneyFacts(self.shop.services.database)

    async def catch_up(self, *phones: Phone) -> None:
        """What a worker does about orders and money, and what is seen of it."""
        await self.following.look_for_what_is_behind()
        await self.following.look_for_what_has_ended()
        await self.following.look_at_open_recharges()
        await self.money.look()
        for phone in phones:
            await phone.look()


async def placed(shop: Shop, chats: Chats, ann: Customer, phone: Phone) -> tuple[OrderView, Shown]:
    """An order that was placed on the web, and its message in the chat."""
    order = await shop.place(ann)
    await chats.following.look_at_orders([order.id])
    await phone.look()
    return order, phone.last

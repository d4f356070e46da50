"""Customers and those who answer them, on the sandbox's Telegram, with all that a worker does."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from jiema_app.bot.registry import build_registry
from jiema_app.domain.notifications.pacing import Paces, Pacing
from jiema_app.domain.notifications.sender import Sender, TransportAway
from jiema_app.domain.notifications.settling import Settling
from jiema_app.domain.support.desk import SupportDesk
from jiema_app.domain.support.keeping import SupportKeeping
from jiema_app.domain.telegram.handling import UpdateHandling
from jiema_app.domain.telegram.recipients import TelegramRecipients
from jiema_app.domain.units import UserId
from jiema_app.integrations.telegram.api import BotApi, open_bot
from jiema_app.integrations.telegram.polling import UpdatePolling
from jiema_app.integrations.telegram.transport import TelegramTransport
from sandbox.app import SandboxApp, create_app
from sandbox.telegram.faults import Fault
from sandbox.telegram.world import ADMINISTRATOR, BOT_ID, SUPPORT_GROUP
from tests.support.moving_clock import MovingClock
from tests.support.phone import admit_write_of
from tests.support.shop import Shop

ANN, BEN = 501, 502

QUICK = Paces(1_000.0, 100, 0.0, 1_000, lambda recipient: recipient.startswith("-"))
LEFT = """
select (select count(*) from deliveries
        where state in ('QUEUED', 'SENDING') and not_before <= now())
     + (select count(*) from telegram_updates where handled_at is null)
"""


@dataclass
class Helpdesk:
    """People on Telegram, and a worker that knows them."""

    shop: Shop
    sandbox: SandboxApp
    api: BotApi
    http: httpx.AsyncClient
    clock: MovingClock = field(default_factory=MovingClock)
    group: int = SUPPORT_GROUP

    def __post_init__(self) -> None:
        services, database = self.shop.services, self.shop.services.database
        registry = build_registry(services, admit_write_of(self.shop))
        assert services.telegram is not None
        self.polling = UpdatePolling(self.api, services.telegram.inbox, poll_s=0)
        self.handling = UpdateHandling(database, "test", registry.handler, registry.tell_failure)
        self.sender = Sender(
            database=database,
            transport=TelegramTransport(self.api),
            name="telegram",
            renderers=registry.renderers,
            settling=Settling(database, "test", TelegramRecipients(), registry.settled),
            pacing=Pacing(QUICK),
        )
        desk = services.support.desk
        self.keeping = SupportKeeping(
            SupportDesk(database, self.clock, desk.group, desk.per_minute),
            services.settings.support.silence_hours,
        )

    async def control(self, what: str, **order: Any) -> Any:
        answer = await self.http.post(f"/control/telegram/{what}", json=order)
        return answer.raise_for_status().json()

    async def work(self) -> None:
        """Have everything handled and sent that is to be."""
        while True:
            await self.polling._ask()
            await self.handling.run()
            try:
                await self.sender.run(datetime.now(UTC))
            except TransportAway:
                return
            if not await self.shop.fetchval(LEFT) and not await self._is_told():
                return

    async def _is_told(self) -> bool:
        """Whether Telegram has updates that nobody fetched."""
        await self.polling._ask()
        return bool(await self.shop.fetchval(LEFT))

    async def let_a_minute_pass(self) -> None:
        """Since anything was sent: headers change once a minute at most."""
        await self.shop.execute(
            "update deliveries set claimed_at = claimed_at - interval '61 seconds'"
        )

    async def enter(self, person: int, language: str = "en") -> None:
        """Somebody starts the bot and turns to support."""
        await self.control(
            "message", **{"from": person, "text": "/start", "languageCode": language}
        )
        await self.control("message", **{"from": person, "text": "/support"})
        await self.work()

    async def write(self, person: int, words: str, **how: Any) -> int:
        """Somebody writes to the bot; the number of their message."""
        told = await self.control("message", **{"from": person, "text": words, **how})
        await self.work()
        return int(told["messageId"])

    async def answer(self, words: str, thread: int | None, **how: Any) -> int:
        """Somebody writes in the group: an administrator, unless another is named."""
        who = how.pop("who", ADMINISTRATOR)
        order = {"from": who, "chat": self.group, "text": words, **how}
        if thread is not None:
            order["thread"] = thread
        more = order.pop("told", {})
        told = await self.control("message", **order)
        await self.add(more)
        await self.work()
        return int(told["messageId"])

    async def send_file(self, person: int, name: str, **how: Any) -> None:
        content = base64.b64encode(b"%PDF-1.4").decode()
        told = how.pop("told", {})
        await self.control("file", **{"from": person, "name": name, "content": content, **how})
        await self.add(told)
        await self.work()

    async def add(self, told: dict[str, Any]) -> None:
        """Have Telegram tell more of a message that the bot was not told of yet."""
        if not told:
            return
        await self.polling._ask()
        await self.shop.execute(
            "update telegram_updates set payload = "
            "jsonb_set(payload, '{message}', payload -> 'message' || $1::jsonb) "
            "where handled_at is null",
            told,
        )

    async def press(self, who: int, message: dict[str, Any], label: str) -> None:
        """Press a button of a message in the group, or in a private chat."""
        (data,) = [
            button["data"]
            for row in message["buttons"]
            for button in row
            if label in button["text"]
        ]
        order: dict[str, Any] = {"from": who, "messageId": message["messageId"], "data": data}
        if message.get("thread") is not None:
            order["chat"] = self.group
        await self.control("press", **order)
        await self.work()

    async def chat(self, number: int) -> list[dict[str, Any]]:
        """A chat's messages, oldest first."""
        answer = await self.http.get("/control/telegram/chats", params={"chat": number})
        (chat,) = answer.raise_for_status().json()["chats"]
        return list(chat["messages"])

    async def seen_by(self, person: int) -> list[str]:
        """What the bot has written to somebody."""
        return [one["text"] for one in await self.chat(person) if one.get("from") == BOT_ID]

    async def topics(self) -> dict[str, int]:
        """The group's topics that are there, by name."""
        answer = await self.http.get("/control/telegram/chats", params={"chat": self.group})
        (chat,) = answer.raise_for_status().json()["chats"]
        return {one["name"]: one["thread"] for one in chat["topics"] if not one.get("deleted")}

    async def thread_of(self, person: int) -> int:
        """The topic that somebody's messages go to."""
        found = await self.shop.fetchval(
            "select thread_id from support_topics where telegram_id = $1", person
        )
        assert found is not None
        return int(found)

    async def in_topic(self, person: int) -> list[dict[str, Any]]:
        """What stands in somebody's topic."""
        thread = await self.thread_of(person)
        return [one for one in await self.chat(self.group) if one.get("thread") == thread]

    async def copied(self, person: int) -> list[str]:
        """What the bot has brought into somebody's topic, without who they are."""
        return [
            one["text"]
            for one in await self.in_topic(person)
            if one.get("from") == BOT_ID and one["text"] and "Telegram " not in one["text"]
        ]

    async def header(self, person: int) -> dict[str, Any]:
        """The message that says who somebody is."""
        (found,) = [
            one for one in await self.in_topic(person) if f"Telegram {person}" in one["text"]
        ]
        return found

    def fault(self, kind: str, method: str, count: int = 1) -> None:
        """The next calls go wrong."""
        self.sandbox.telegram.messenger.faults.order(
            Fault(method.lower(), kind, chat="", rate=None, count=count, seconds=0, retry_after=1)
        )

    async def user_of(self, person: int) -> UserId:
        found = await self.shop.fetchval(
            "select user_id from identities where provider = 'telegram' and subject = $1",
            str(person),
        )
        return UserId(found)

    async def appoint(self, person: int = ADMINISTRATOR) -> UserId:
        """Make somebody an administrator of the shop."""
        await self.control("message", **{"from": person, "text": "/start"})
        await self.work()
        user = await self.user_of(person)
        await self.shop.services.identity.grant(user, "admin", actor="test")
        return user

    async def audited(self, action: str) -> list[tuple[str, str]]:
        """Who did something, and to whom."""
        async with self.shop.services.database.connection() as connection:
            rows = await connection.fetch(
                "select actor, subject_id from audit_records where action = $1 order by id", action
            )
        return [(row["actor"], row["subject_id"]) for row in rows]


@asynccontextmanager
async def open_helpdesk(shop: Shop) -> AsyncIterator[Helpdesk]:
    """The sandbox's Telegram beside a shop, in this process."""
    account = shop.settings.bot
    assert account is not None
    sandbox = create_app(None)
    transport = httpx.ASGITransport(app=sandbox)
    async with (
        open_bot(account, transport) as api,
        httpx.AsyncClient(transport=transport, base_url="http://sandbox") as http,
    ):
        try:
            yield Helpdesk(shop, sandbox, api, http)
        finally:
            await sandbox.close()

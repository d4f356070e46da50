"""The sandbox's Telegram in one test, and a sender that writes to it as a worker's does."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from jiema_app.domain.notifications.deliveries import Delivery, put
from jiema_app.domain.notifications.pacing import Paces, Pacing
from jiema_app.domain.notifications.sender import Sender
from jiema_app.domain.notifications.settling import Settling
from jiema_app.domain.notifications.transport import (
    ClaimedDelivery,
    Renderer,
    Settled,
    Transport,
)
from jiema_app.domain.telegram.calls import READY_MADE, TelegramCall, render_ready_made, text
from jiema_app.domain.telegram.recipients import TelegramRecipients
from jiema_app.integrations.telegram.api import BotApi, open_bot
from jiema_app.integrations.telegram.transport import TelegramTransport
from sandbox.app import SandboxApp, create_app
from sandbox.telegram.faults import Fault
from tests.support.shop import Shop

ANN, BEN, CID = 501, 502, 503

QUICK = Paces(1_000.0, 100, 0.0, 1_000, lambda recipient: recipient.startswith("-"))
"""Tests of other things than the pace do not wait for it."""

LEFT = (
    "select count(*) from deliveries where state in ('QUEUED', 'SENDING') and not_before <= now()"
)


async def say(delivery: ClaimedDelivery) -> TelegramCall | None:
    """A renderer: what the payload says, and of what is followed, which revision it is."""
    if delivery.payload is None:
        return text(f"revision {delivery.revision}")
    words = delivery.payload["text"]
    return None if words is None else text(words)


@dataclass
class Messenger:
    """People on Telegram, and the levers of what goes wrong there."""

    shop: Shop
    sandbox: SandboxApp
    api: BotApi
    http: httpx.AsyncClient
    renderers: dict[str, Renderer] = field(
        default_factory=lambda: {"say": say, READY_MADE: render_ready_made}
    )
    settled: dict[str, Settled] = field(default_factory=dict)

    async def start(self, *people: int) -> None:
        """People write to the bot for the first time, so that it may write to them."""
        for person in people:
            await self.control("message", {"from": person, "text": "/start"})

    async def control(self, what: str, order: Mapping[str, Any]) -> Any:
        answer = await self.http.post(f"/control/telegram/{what}", json=order)
        return answer.raise_for_status().json()

    async def seen(self, chat: int) -> list[str]:
        """What the bot has written in a chat, as it stands there now."""
        answer = await self.http.get("/control/telegram/chats", params={"chat": chat})
        chats = answer.raise_for_status().json()["chats"]
        return [message["text"] for one in chats for message in one["messages"] if message["byBot"]]

    def fault(self, kind: str, method: str = "*", count: int = 1, **how: Any) -> None:
        """The next calls go wrong."""
        levers = {"chat": "", "rate": None, "seconds": 0.0, "retry_after": 1} | how
        self.sandbox.telegram.messenger.faults.order(
            Fault(method.lower(), kind, count=count, **levers)
        )

    def take_down(self, seconds: float) -> None:
        """Nothing answers for so long; 0: it is back."""
        self.sandbox.telegram.messenger.faults.take_down(seconds)

    @property
    def calls(self) -> list[str]:
        """Every method that was called."""
        return [call["method"] for call in self.sandbox.telegram.api.calls]

    def sender(
        self, name: str = "test", *, paces: Paces = QUICK, transport: Transport | None = None
    ) -> Sender:
        """A sender, as one of a worker."""
        database = self.shop.services.database
        return Sender(
            database=database,
            transport=transport or TelegramTransport(self.api),
            name="telegram",
            renderers=self.renderers,
            settling=Settling(database, name, TelegramRecipients(), self.settled),
            pacing=Pacing(paces),
        )

    async def put(self, *deliveries: Delivery) -> None:
        async with self.shop.services.database.transaction() as connection:
            await put(connection, *deliveries)

    async def say(self, recipient: int, words: str | None, **other: Any) -> None:
        """Have something sent; its words are its key."""
        key = other.pop("key", f"{recipient}:{words}")
        await self.put(Delivery(str(recipient), "say", key, payload={"text": words}, **other))

    async def send_all(self, sender: Sender | None = None) -> None:
        """Have a sender work until nothing is due."""
        sender = sender or self.sender()
        while True:
            await sender.run(datetime.now(UTC))
            if not await self.shop.fetchval(LEFT):
                await sender.finish(5)
                sender.is_stopping = False
                return

    async def states(self) -> dict[str, str]:
        """The state of each delivery, by its key."""
        async with self.shop.services.database.connection() as connection:
            rows = await connection.fetch("select key, state from deliveries order by id")
        return {row["key"]: row["state"] for row in rows}

    async def row(self, key: str) -> Any:
        return await self.shop.fetchrow("select * from deliveries where key = $1", key)


@asynccontextmanager
async def open_messenger(shop: Shop) -> AsyncIterator[Messenger]:
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
            yield Messenger(shop, sandbox, api, http)
        finally:
            await sandbox.close()

"""Telegram as one part of the sandbox."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter
from starlette.routing import Route

from sandbox.clock import SandboxClock
from sandbox.identity.persons import People
from sandbox.journal import Journal
from sandbox.settings import SandboxSettings
from sandbox.telegram.api import BotApi
from sandbox.telegram.control import create_control_router
from sandbox.telegram.fate_control import create_fate_router
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.methods import METHODS
from sandbox.telegram.phone import create_phone_router
from sandbox.telegram.store import Store
from sandbox.telegram.world import BOT_USERNAME, CHANNEL, SUPPORT_GROUP, TOKEN

if TYPE_CHECKING:
    from sandbox.asgi import Application

_FOLDER: Final = "telegram-files"


class TelegramPart:
    """Owns the messenger, its wire and its controls."""

    prefixes: tuple[str, ...] = ("/control/telegram", "/telegram/phone", "/bot", "/file/bot")

    def __init__(self, settings: SandboxSettings, clock: SandboxClock, people: People) -> None:
        """Replay the journal, if any.

        Raises:
            JournalLockedError: Another process uses the directory.
        """
        directory = settings.data_dir
        store = Store(Journal(directory, "telegram") if directory else None)
        files = directory / _FOLDER if directory else None
        self.messenger = Messenger(store, people, clock, settings.seed, files)
        self.api = BotApi(self.messenger, served=settings.served)
        self._people, self._mini_app_url = people, settings.mini_app_url
        self.hot_paths: Mapping[str, Application] = {
            f"/bot{TOKEN}/{method}": self.api for method in METHODS
        }

    def make_routers(self) -> list[APIRouter]:
        """Controls, and what is asked for seldom."""
        return [
            create_control_router(self.messenger),
            create_fate_router(self.messenger, self.api, self._people),
            create_phone_router(self.messenger, self._mini_app_url),
            self._other_paths(),
        ]

    async def start(self) -> None:
        """Push what waits since before."""
        self.messenger.open()
        await self.messenger.sender.restart()

    async def stop(self) -> None:
        """Send home who polls, push nothing more, release the journal."""
        self.let_go()
        await self.messenger.sender.stop()
        self.messenger.store.close()

    def let_go(self) -> None:
        """Answer whoever polls or waits for a fault to end."""
        self.messenger.let_go()

    def tick(self) -> None:
        """Forget updates that nobody fetched for a day."""
        self.messenger.updates.forget_old()

    def reset(self) -> None:
        """Forget chats, files, faults, the webhook. Ids of updates and messages go on."""
        self.messenger.reset()
        self.api.calls.clear()
        self.api.counts.clear()

    def move_clock(self, offset_s: float) -> None:
        """The age of messages, updates and queries goes by the sandbox's clock."""

    def describe(self, _query: Mapping[str, str]) -> dict[str, Any]:
        """Return the bot, its webhook, faults, pace and how often each method was called."""
        messenger = self.messenger
        webhook = messenger.updates.webhook
        return {
            "telegram": {
                "bot": BOT_USERNAME,
                "supportGroup": SUPPORT_GROUP,
                "channel": CHANNEL,
                "webhook": {k: v for k, v in (webhook or {}).items() if k != "secret_token"},
                "pendingUpdates": messenger.updates.pending(),
                "pushes": messenger.sender.pushes,
                "pushFailures": messenger.sender.failures,
                "webhookTimings": messenger.sender.timings.to_json(),
                "chats": len(messenger.store.table("chats")),
                "rates": messenger.rates.to_json(),
                "faults": messenger.faults.to_json(),
                "faultsHit": messenger.faults.hits,
                "calls": dict(self.api.counts),
            }
        }

    def _other_paths(self) -> APIRouter:
        """With the hot paths, everything that begins as the Bot API's addresses do."""
        router = APIRouter(include_in_schema=False)
        for path in ("/bot{rest:path}", "/file/bot{rest:path}"):
            router.routes.append(Route(path, self.api, methods=None))
        return router

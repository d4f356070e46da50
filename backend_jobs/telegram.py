"""What a worker does for our bot: messages are sent, updates handled, chats kept up to date."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog
from telegram.error import TelegramError

from backend_jobs.runner import JobRunner
from jiema_app.bootstrap import Services
from jiema_app.bootstrap_bot import Bot
from jiema_app.bootstrap_telegram import SENDER_JOB, UPDATES_JOB
from jiema_app.bot.commands import calls_that_describe
from jiema_app.domain.transaction import DatabaseTrouble
from jiema_app.integrations.postgres.notifications import Hear
from jiema_app.integrations.telegram.setup import (
    WEBHOOK_PATH,
    delete_webhook,
    describe,
    set_webhook,
    webhook_info,
)
from jiema_app.supervised_tasks import SupervisedTasks

log = structlog.get_logger()

CHATS: Final = "telegram-chats"
COMPARING: Final = "telegram-comparing"

LEASE_S: Final = 8.0
"""A sender that died is replaced after this: codes wait for it."""

COMPARING_LEASE_S: Final = 20.0
"""Longer than its slowest statement may take."""

EVERY_S: Final = 1.0
AT_LEISURE_S: Final = 10.0
"""So often is looked for what is found by comparing many rows, and is not urgent."""

LEFT_EVERY_S: Final = 600.0
"""So often is looked for what was not taken, up to some weeks ago."""

HEARD_MAX: Final = 2_000
"""Orders whose change was heard and not followed yet. The next look finds the others."""

SETUP_EVERY_S: Final = 5.0


@dataclass(slots=True)
class BotWork:
    """Our bot in one worker."""

    services: Services
    bot: Bot
    runner: JobRunner
    _orders: set[str] = field(default_factory=set)
    _recharges: set[str] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _looks: int = 0
    _at_leisure_at: float = float("-inf")
    _left_at: float = float("-inf")

    def channels(self) -> dict[str, Hear]:
        """What it wants to hear of."""
        return {
            "delivery_queued": lambda _: self.bot.sender.wake(),
            "telegram_update": lambda _: self.bot.handling.wake(),
            "order_changed": self._hear_order,
            "recharge_changed": lambda payload: self._note(self._recharges, payload),
        }

    def hear_gap(self) -> None:
        """Something may have been missed."""
        self.bot.sender.wake()
        self.bot.handling.wake()
        self._changed.set()

    def start(self, tasks: SupervisedTasks) -> None:
        """Begin. The tasks end with the worker."""
        tasks.start("sending", self._send)
        tasks.start("updates", self._handle)
        tasks.start("chats", self._follow)
        tasks.start("comparing", self._compare)
        if self.bot.polling is not None:
            tasks.start("polling", self._poll)
        if self._sets_itself_up:
            tasks.start("bot setup", self._set_up)

    @property
    def _sets_itself_up(self) -> bool:
        """In production a person does it, once for each deployment; unless updates are polled."""
        telegram, settings = self.services.telegram, self.services.settings
        assert telegram is not None
        is_told = telegram.account.updates != "off"
        return self.bot.polling is not None or (is_told and settings.env != "production")

    async def finish(self, seconds: float) -> None:
        """Begin with nothing more, and wait for what is under way."""
        await asyncio.gather(self.bot.sender.finish(seconds), self.bot.handling.finish(seconds))

    def _hear_order(self, payload: str) -> None:
        self.services.watch.hear(payload)
        self._note(self._orders, payload)

    def _note(self, heard: set[str], payload: str) -> None:
        if len(heard) < HEARD_MAX:
            heard.add(payload.partition(" ")[0])
        self._changed.set()

    async def _send(self) -> None:
        sender = self.bot.sender

        async def run() -> None:
            # Also where another worker sends now. What is in the way is met by the run, too.
            with suppress(DatabaseTrouble):
                await sender.catch_up()
            await self.runner.run_alone(SENDER_JOB, sender.run, interval_s=EVERY_S, lease_s=LEASE_S)

        await self._keep_at_it(run, sender.woken, lambda: sender.runs)

    async def _handle(self) -> None:
        handling = self.bot.handling

        async def run() -> None:
            await self.runner.run_shared(UPDATES_JOB, handling.run, interval_s=EVERY_S)

        await self._keep_at_it(run, handling.woken, lambda: handling.runs)

    async def _keep_at_it(
        self,
        run: Callable[[], Awaitable[None]],
        woken: Callable[[], Awaitable[None]],
        count: Callable[[], int],
    ) -> None:
        """Run whenever there is something; once a second where it does not run, or fails."""
        while True:
            await woken()
            before = count()
            await run()
            if count() == before:
                await asyncio.sleep(EVERY_S)

    async def _follow(self) -> None:
        while True:
            try:
                async with asyncio.timeout(EVERY_S):
                    await self._changed.wait()
            except TimeoutError:
                pass
            self._changed.clear()
            before = self._looks
            await self.runner.run_alone(
                CHATS, self._look_at_chats, interval_s=EVERY_S, lease_s=LEASE_S
            )
            if self._looks == before:
                self._orders.clear()
                self._recharges.clear()
                await asyncio.sleep(EVERY_S)

    async def _look_at_chats(self, _started: datetime) -> None:
        orders, self._orders = self._orders, set()
        recharges, self._recharges = self._recharges, set()
        following = self.bot.following
        if orders:
            await following.look_at_orders(orders)
        if recharges:
            await following.look_at_recharges(recharges)
        self._looks += 1

    async def _compare(self) -> None:
        """Find what nobody said: by itself, so that no code waits while many rows are compared."""
        while True:
            await self.runner.run_alone(
                COMPARING, self._compare_all, interval_s=EVERY_S, lease_s=COMPARING_LEASE_S
            )
            await asyncio.sleep(EVERY_S)

    async def _compare_all(self, _started: datetime) -> None:
        following = self.bot.following
        await following.look_for_what_is_behind()
        await self.bot.money.look()
        await self.bot.confirmations.look()
        now = time.monotonic()
        if now - self._at_leisure_at >= AT_LEISURE_S:
            self._at_leisure_at = now
            await following.look_for_what_has_ended()
            await following.look_at_open_recharges()
            await self.bot.money.look_at_commission()
        if now - self._left_at >= LEFT_EVERY_S:
            self._left_at = now
            await following.look_for_what_was_left()

    async def _poll(self) -> None:
        polling = self.bot.polling
        assert polling is not None
        while True:
            await self.runner.run_alone(
                "telegram-polling", polling.run, interval_s=EVERY_S, lease_s=30.0
            )
            await asyncio.sleep(EVERY_S)

    async def _set_up(self) -> None:
        """Have the bot found and understood where nobody does it by hand: in the sandbox.

        It forgets everything when it is reset, so somebody has to look.
        """
        is_described = False
        while True:
            try:
                if self.bot.polling is not None:
                    await self._take_webhook_away()
                elif not await self._is_pushed_to():
                    is_described = False
                if not is_described and self.services.settings.env != "production":
                    await self._describe()
                is_described = True
            except TelegramError as error:
                log.debug("bot not set up", error=type(error).__name__)
            await asyncio.sleep(SETUP_EVERY_S)

    async def _take_webhook_away(self) -> None:
        if (await webhook_info(self.bot.api)).get("url"):
            await delete_webhook(self.bot.api)

    async def _is_pushed_to(self) -> bool:
        """Have updates pushed; whether they were before."""
        telegram = self.services.telegram
        assert telegram is not None
        # The sandbox is on this machine, whatever people call the shop.
        origin = f"http://127.0.0.1:{self.services.settings.port}"
        told = await webhook_info(self.bot.api)
        if told.get("url") == f"{origin}{WEBHOOK_PATH}":
            return True
        await set_webhook(self.bot.api, origin, telegram.webhook_secret)
        return False

    async def _describe(self) -> None:
        origin = self.services.settings.origin
        await describe(self.bot.api, calls_that_describe(), f"{origin}/tg", "jiema.my")

"""Asking Telegram for updates, where it does not reach us."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from telegram.error import TelegramError

from jiema_app.domain.notifications.sender import TransportAway
from jiema_app.domain.telegram.inbox import UpdateInbox
from jiema_app.domain.telegram.updates import KINDS, NUMBER_MAX, update_in
from jiema_app.integrations.telegram.api import BotApi
from jiema_app.integrations.telegram.outcomes import outcome_of
from jiema_app.integrations.telegram.request import AnswerTooLong

POLL_S: Final = 3
"""Longer would make a worker late that stops."""

ANSWER_S: Final = 15.0
AT_ONCE: Final = 100


@dataclass(slots=True)
class UpdatePolling:
    """Fetches updates into the inbox, under a lease: Telegram answers one asker at a time.

    Attributes:
        poll_s: Telegram keeps a question open for so long, in seconds.
    """

    api: BotApi
    inbox: UpdateInbox
    poll_s: int = POLL_S
    _next: int | None = None
    _limit: int = AT_ONCE

    async def run(self, _started: datetime) -> None:
        """Ask until there is nothing.

        Raises:
            TransportAway: Telegram does not answer.
            DatabaseTrouble: They are not stored; Telegram keeps them until it is asked for later
                ones.
        """
        while await self._ask():
            pass

    async def _ask(self) -> bool:
        """Ask once; whether there may be more."""
        limit = self._limit
        arguments = {"timeout": self.poll_s, "limit": limit, "allowed_updates": list(KINDS)}
        if self._next is not None:
            arguments["offset"] = self._next
        try:
            told = await self.api.call("getUpdates", arguments, read_s=self.poll_s + ANSWER_S)
        except TelegramError as error:
            if isinstance(error, AnswerTooLong):
                self._limit = max(1, limit // 10)
            raise TransportAway(type(outcome_of(error)).__name__) from None
        self._limit = AT_ONCE
        told = told if isinstance(told, list) else []
        updates = [update for update in map(update_in, told) if update is not None]
        if updates:
            await self.inbox.store_all(updates)
        numbers = [one.get("update_id") for one in told if isinstance(one, dict)]
        known = [one for one in numbers if type(one) is int and 0 <= one < NUMBER_MAX]
        if known:
            # What is stored, or is none of ours, is not told again.
            self._next = max(known) + 1
        return len(told) >= limit

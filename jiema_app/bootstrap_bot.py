"""The part of the composition root that a worker needs to run our bot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from api_routes.rate_limits import RateLimits, build_rate_limits
from jiema_app.bootstrap import Services
from jiema_app.bot.registry import build_registry
from jiema_app.domain.notifications.deliveries import TELEGRAM
from jiema_app.domain.notifications.pacing import Paces, Pacing
from jiema_app.domain.notifications.sender import Sender
from jiema_app.domain.notifications.settling import Settling
from jiema_app.domain.telegram.following import Following
from jiema_app.domain.telegram.handling import UpdateHandling
from jiema_app.domain.telegram.money_facts import MoneyFacts
from jiema_app.domain.telegram.recipients import TelegramRecipients
from jiema_app.domain.telegram.withdrawal_confirmations import WithdrawalConfirmations
from jiema_app.integrations.telegram.api import BotApi, open_bot
from jiema_app.integrations.telegram.polling import UpdatePolling
from jiema_app.integrations.telegram.transport import TelegramTransport

PACES: Final = Paces(
    per_second=25.0,
    burst=3,
    gap_s=1.05,
    per_minute=20,
    is_group=lambda recipient: recipient.startswith(("-", "@")),
)
"""Telegram bears about 30 calls a second, one a second in a chat, 20 a minute in a group."""


@dataclass(frozen=True, slots=True)
class Bot:
    """Our bot, at work.

    Attributes:
        api: Its calls.
        limits: What people change in chats is counted with what they change on the web, as far as
            processes count together.
        polling: Asks for updates; None where they are pushed, or nobody wants them.
    """

    api: BotApi
    limits: RateLimits
    sender: Sender
    handling: UpdateHandling
    following: Following
    money: MoneyFacts
    confirmations: WithdrawalConfirmations
    polling: UpdatePolling | None


def build_bot(services: Services, api: BotApi, holder: str) -> Bot:
    """Put our bot together.

    Args:
        services: Of the worker.
        api: Its calls.
        holder: How its claims name this worker.
    """
    telegram = services.telegram
    assert telegram is not None
    limits = build_rate_limits(services.settings)
    registry = build_registry(services, limits.admit_write)
    database = services.database
    return Bot(
        api=api,
        limits=limits,
        sender=Sender(
            database=database,
            transport=TelegramTransport(api),
            name=TELEGRAM,
            renderers=registry.renderers,
            settling=Settling(database, holder, TelegramRecipients(), registry.settled),
            pacing=Pacing(PACES),
        ),
        handling=UpdateHandling(
            database, holder, registry.handler, registry.tell_failure, registry.is_slow
        ),
        following=Following(database),
        money=MoneyFacts(database),
        confirmations=services.payouts.confirmations,
        polling=UpdatePolling(api, telegram.inbox)
        if telegram.account.updates == "polling"
        else None,
    )


@asynccontextmanager
async def open_bot_of(services: Services, holder: str) -> AsyncIterator[Bot | None]:
    """Our bot with its connections; None where there is none."""
    if services.telegram is None:
        yield None
        return
    async with open_bot(services.telegram.account) as api:
        bot = build_bot(services, api, holder)
        try:
            yield bot
        finally:
            await bot.limits.close()

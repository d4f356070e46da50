"""The part of the composition root that deals with Telegram."""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Final

from jiema_app.domain.telegram.inbox import UpdateInbox
from jiema_app.domain.transaction import Database
from jiema_app.settings import BotAccount, Settings

SENDER_JOB: Final = "deliveries"
UPDATES_JOB: Final = "telegram-updates"
BOT_JOBS: Final = (SENDER_JOB, UPDATES_JOB)

WEBHOOK_SECRET_FOR: Final = b"jiema telegram webhook"


@dataclass(frozen=True, slots=True)
class TelegramServices:
    """Our bot on Telegram.

    Attributes:
        account: What it is there.
        webhook_secret: What Telegram shows us with every update.
    """

    account: BotAccount
    webhook_secret: str = field(repr=False)
    inbox: UpdateInbox


def build_telegram_services(settings: Settings, database: Database) -> TelegramServices | None:
    """The bot of this installation; None where there is none."""
    account = settings.bot
    if account is None:
        return None
    key = settings.secret_key.get_secret_value().encode()
    derived = hmac.digest(key, WEBHOOK_SECRET_FOR + account.token.encode(), hashlib.sha256).hex()
    return TelegramServices(
        account=account,
        webhook_secret=account.webhook_secret or derived,
        inbox=UpdateInbox(database, account.support_chat),
    )

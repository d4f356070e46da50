"""Settings of Telegram: signing in with it, our bot, and where it writes."""

from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from jiema_app.settings.forms import Group, group, revealed
from jiema_app.settings.identity_client import IdentityClient
from jiema_app.settings.values import (
    BotNumber,
    BotToken,
    ChatName,
    Handle,
    Origin,
    Secret,
    WebAddress,
    WebhookSecret,
)

SANDBOX_BOT_TOKEN: Final = "123456789:AAE-sandbox-bot-token-of-nobody"  # noqa: S105 - refused in production
SANDBOX_TELEGRAM_CLIENT: Final = SANDBOX_BOT_TOKEN.partition(":")[0]
SANDBOX_TELEGRAM_SECRET: Final = "sandbox-telegram-secret"  # noqa: S105 - likewise
SANDBOX_SUPPORT_CHAT: Final = -1002000000001
SANDBOX_CHANNEL: Final = "-1002000000002"
TELEGRAM_METADATA_URL: Final = "https://oauth.telegram.org/.well-known/openid-configuration"
TELEGRAM_API_URL: Final = "https://api.telegram.org"
TELEGRAM_SCRIPT_COPY: Final = "/js/telegram-web-app.js"
"""A file of the build that the sandbox alone serves, for it may be without a network."""
TELEGRAM_SCRIPT_URL: Final = "https://telegram.org/js/telegram-web-app.js"


def _group_number(number: int) -> int:
    if number > -10_000:  # noqa: PLR2004 - real ones are of ten digits and more
        raise ValueError("must be a group's number, which begins with a minus sign")
    return number


GroupNumber = Annotated[int, Field(ge=-(2**53), le=2**53), AfterValidator(_group_number)]


@dataclass(frozen=True, slots=True)
class BotAccount:
    """What we are at the Bot API, and where we write.

    Attributes:
        api_url: Origin of the Bot API, without a trailing slash.
        webhook_secret: What Telegram shows us with every update; None: made of the shop's own key.
        support_chat: The group where support answers, if there is one.
        channel: The channel where news stand, by its number or @name, if there is one.
        mini_app: Last part of the Mini App's link, ``t.me/<bot>/<mini_app>``, if it has one.
    """

    token: str = field(repr=False)
    username: str
    api_url: str
    updates: Literal["webhook", "polling", "off"]
    webhook_secret: str | None = field(repr=False)
    support_chat: int | None
    channel: str | None
    mini_app: str | None

    @property
    def bot_id(self) -> int:
        """The bot's own number."""
        return int(self.token.partition(":")[0])


class TelegramSettings(Group):
    """Signing in with Telegram, and our bot. In production neither is there until it is named."""

    model_config = group("TELEGRAM_")

    login_mode: Literal["oidc", "widget"] = "oidc"
    """``widget`` is the older way, for bots that were not moved to OpenID Connect."""
    client_id: BotNumber | None = None
    """For ``oidc``. The bot's number. Unset: the sandbox's, in production none."""
    client_secret: Secret | None = None
    metadata_url: WebAddress | None = None
    """OpenID Connect discovery. Unset: Telegram's, or the sandbox's without a client."""
    bot_token: BotToken | None = None
    """Of our bot; signs the answers of ``widget``, too. Unset: the sandbox's, in production none,
    and there is no bot."""
    bot_username: Handle = "jiema_my_bot"
    """Without the @."""
    api_url: Origin | None = None
    """Origin of the Bot API. Unset: Telegram's, in the sandbox the sandbox's."""
    updates: Literal["webhook", "polling", "off"] = "webhook"
    """How we learn what people write: ``polling`` needs no address that Telegram reaches."""
    webhook_secret: WebhookSecret | None = None
    """Telegram shows it with every update. Unset: made of ``JIEMA_SECRET_KEY``."""
    support_chat: GroupNumber | None = None
    """The group with topics where support answers. Unset: the sandbox's, in production none."""
    channel: ChatName | None = None
    """Where news stand: the channel's number or its @name. Unset: likewise."""
    mini_app: Handle | None = None
    """Short name of the Mini App, as BotFather knows it: ``t.me/<bot>/<name>``. Unset: it is the
    bot's main one."""
    place_days: int = Field(default=30, ge=1, le=365)
    """In chats the bot sells to who passed the check of addresses within so many days."""
    script_url: WebAddress | None = None
    """The script of Mini Apps. Unset: Telegram's, in the sandbox a copy of ours."""

    @property
    def client(self) -> IdentityClient | None:
        """Our own client for ``oidc``; None when none is named."""
        if self.client_id is None:
            return None
        url = self.metadata_url or TELEGRAM_METADATA_URL
        return IdentityClient(self.client_id, revealed(self.client_secret) or "", url)

    def bot(self, sandbox_url: str | None) -> BotAccount | None:
        """Our bot; None where there is none.

        Args:
            sandbox_url: Origin of the sandbox, whose bot it is when none is named; None in
                production.
        """
        token, channel, support_chat = revealed(self.bot_token), self.channel, self.support_chat
        if sandbox_url is not None:
            token = token or SANDBOX_BOT_TOKEN
            channel = channel or SANDBOX_CHANNEL
            support_chat = support_chat or SANDBOX_SUPPORT_CHAT
        if token is None:
            return None
        return BotAccount(
            token=token,
            username=self.bot_username,
            api_url=(self.api_url or sandbox_url or TELEGRAM_API_URL).rstrip("/"),
            updates=self.updates,
            webhook_secret=revealed(self.webhook_secret),
            support_chat=support_chat,
            channel=channel,
            mini_app=self.mini_app,
        )

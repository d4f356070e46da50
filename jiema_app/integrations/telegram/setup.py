"""Telling Telegram where to push updates, and what to show of the bot."""

from collections.abc import Sequence
from typing import Any, Final

from jiema_app.domain.telegram.calls import TelegramCall
from jiema_app.domain.telegram.updates import KINDS
from jiema_app.integrations.telegram.api import BotApi

WEBHOOK_PATH: Final = "/webhooks/telegram"
CONNECTIONS: Final = 40
"""Updates that Telegram pushes at once."""


async def set_webhook(api: BotApi, origin: str, secret: str) -> str:
    """Have Telegram push updates. What waits there is pushed, too.

    Args:
        api: Our bot's.
        origin: Where Telegram reaches the shop: https, but for one on this machine.
        secret: What it shows with every update.

    Returns:
        The address.

    Raises:
        TelegramError: It does not take it.
    """
    url = f"{origin}{WEBHOOK_PATH}"
    await api.call(
        "setWebhook",
        {
            "url": url,
            "secret_token": secret,
            "allowed_updates": list(KINDS),
            "max_connections": CONNECTIONS,
        },
    )
    return url


async def delete_webhook(api: BotApi) -> None:
    """Have Telegram keep updates until somebody asks for them."""
    await api.call("deleteWebhook", {})


async def webhook_info(api: BotApi) -> dict[str, Any]:
    """What Telegram says of the webhook."""
    told = await api.call("getWebhookInfo", {})
    return told if isinstance(told, dict) else {}


async def describe(api: BotApi, calls: Sequence[TelegramCall], app_url: str, label: str) -> None:
    """Bring the commands, the words about the bot, and the button that opens the Mini App.

    Args:
        api: Our bot's.
        calls: The commands and words of each language.
        app_url: The Mini App's page.
        label: On the button.
    """
    for call in calls:
        await api.call(call.method, call.arguments)
    button = {"type": "web_app", "text": label, "web_app": {"url": app_url}}
    await api.call("setChatMenuButton", {"menu_button": button})

"""Looking whether our bot can do its work: what Telegram says of it, its group and its channel."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from telegram.error import TelegramError

from jiema_app.integrations.telegram import request
from jiema_app.integrations.telegram.api import BotApi
from jiema_app.integrations.telegram.setup import WEBHOOK_PATH
from jiema_app.settings import BotAccount

OLD_ERROR_S: Final = 3600.0
PENDING_MAX: Final = 100
WORDS_MAX: Final = 120

GROUP_RIGHTS: Final = {"can_manage_topics": "Manage topics", "can_pin_messages": "Pin messages"}
CHANNEL_RIGHTS: Final = {
    "can_post_messages": "Post messages",
    "can_edit_messages": "Edit messages",
}


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found.

    Attributes:
        remedy: What to do, where it is not well.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""


async def look_at_bot(
    api: BotApi, account: BotAccount, origin: str, support: int | None
) -> list[Look]:
    """Look at everything.

    Args:
        api: Our bot's.
        account: What the settings say that it is.
        origin: Where Telegram is to push updates.
        support: The number that the support group has now.
    """
    try:
        me = await api.call("getMe", {})
    except TelegramError as error:
        return [Look("bot", ok=False, detail=_why(error), remedy="see TELEGRAM_BOT_TOKEN")]
    return [
        _bot(me, account),
        await _updates(api, account, origin),
        await _support(api, account, support),
        await _channel(api, account),
    ]


def _bot(me: Mapping[str, Any], account: BotAccount) -> Look:
    username = str(me.get("username", ""))[:WORDS_MAX]
    is_ours = username.lower() == account.username.lower()
    inline = "" if me.get("supports_inline_queries") else ", no inline mode (/setinline)"
    return Look(
        "bot", is_ours, f"@{username}{inline}", "" if is_ours else "see TELEGRAM_BOT_USERNAME"
    )


async def _updates(api: BotApi, account: BotAccount, origin: str) -> Look:
    if account.updates == "off":
        return Look("updates", ok=True, detail="off: nobody is answered")
    try:
        told = await api.call("getWebhookInfo", {})
    except TelegramError as error:
        return Look("updates", ok=False, detail=_why(error))
    url, pending = told.get("url") or "", told.get("pending_update_count", 0)
    if account.updates == "polling":
        return Look(
            "updates", not url, "polled" if not url else "a webhook is set, so nothing is polled",
            "" if not url else "run `python -m jiema_app telegram webhook delete`",
        )  # fmt: skip
    if url != f"{origin}{WEBHOOK_PATH}":
        return Look(
            "updates", ok=False, detail="pushed elsewhere" if url else "no webhook is set",
            remedy="run `python -m jiema_app telegram webhook set`",
        )  # fmt: skip
    failed_at, failed = told.get("last_error_date", 0), told.get("last_error_message", "")
    if failed_at > time.time() - OLD_ERROR_S and pending:
        return Look(
            "updates", ok=False, detail=f"{pending} wait: {str(failed)[:WORDS_MAX]}",
            remedy="see whether the shop can be reached at its own address, with a certificate",
        )  # fmt: skip
    return Look("updates", pending < PENDING_MAX, f"pushed, {pending} wait")


async def _support(api: BotApi, account: BotAccount, support: int | None) -> Look:
    if support is None:
        return Look("support group", ok=True, detail="none")
    try:
        chat = await api.call("getChat", {"chat_id": support})
    except TelegramError as error:
        return Look("support group", ok=False, detail=_why(error),
                    remedy="add the bot to the group, and see TELEGRAM_SUPPORT_CHAT")  # fmt: skip
    if not chat.get("is_forum"):
        return Look("support group", ok=False, detail="it has no topics",
                    remedy="turn on Topics in the group's settings")  # fmt: skip
    return await _rights(api, account, "support group", support, GROUP_RIGHTS)


async def _channel(api: BotApi, account: BotAccount) -> Look:
    if account.channel is None:
        return Look("channel", ok=True, detail="none")
    return await _rights(api, account, "channel", account.channel, CHANNEL_RIGHTS)


async def _rights(
    api: BotApi, account: BotAccount, name: str, chat: int | str, rights: Mapping[str, str]
) -> Look:
    try:
        member = await api.call("getChatMember", {"chat_id": chat, "user_id": account.bot_id})
    except TelegramError as error:
        return Look(name, ok=False, detail=_why(error),
                    remedy="add the bot to it as an administrator")  # fmt: skip
    if member.get("status") not in {"administrator", "creator"}:
        return Look(name, ok=False, detail="the bot is no administrator there",
                    remedy="make it one")  # fmt: skip
    missing = [words for right, words in rights.items() if not member.get(right)]
    if missing:
        return Look(name, ok=False, detail=f"without the right: {', '.join(missing)}",
                    remedy="give it, in the list of administrators")  # fmt: skip
    return Look(name, ok=True, detail="the bot has the rights it needs")


def _why(error: TelegramError) -> str:
    if isinstance(error, request.Refused):
        return error.refusal.description[:WORDS_MAX]
    told: dict[type[TelegramError], str] = {
        request.NotDelivered: "Telegram cannot be reached",
        request.AnswerLost: "Telegram does not answer",
        request.ServerTrouble: "something is wrong with Telegram",
    }
    return told.get(type(error), "Telegram does not take it")

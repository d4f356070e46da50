"""Calls of the Bot API, by their own names."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
from telegram import Bot

from jiema_app.integrations.connections import open_connections
from jiema_app.integrations.telegram.request import BotRequest
from jiema_app.settings import BotAccount

# At its finest the library writes the token down, and what people are told: nobody may ask for it.
logging.getLogger("telegram").setLevel(logging.WARNING)

CALLS: Final = 12
"""Connections of one process: as many as the sender has calls under way, and some."""


class BotApi(Bot):
    """python-telegram-bot's, asked by the names and in the words of the Bot API itself.

    Its own methods are one for each of Telegram's and take their arguments as Python's; here a
    call is data, which was written down before and is read back.
    """

    async def call(
        self, method: str, arguments: Mapping[str, Any], *, read_s: float | None = None
    ) -> Any:
        """Make one call.

        Args:
            method: As the Bot API names it.
            arguments: Likewise.
            read_s: How long to wait for the answer, if longer than usual.

        Raises:
            TelegramError: One of `request`'s, or of the library's own.
        """
        if read_s is None:
            return await self._post(method, dict(arguments))
        return await self._post(method, dict(arguments), read_timeout=read_s)

    def __repr__(self) -> str:
        """Without the token, which the library would show."""
        return "BotApi()"


@asynccontextmanager
async def open_bot(
    account: BotAccount, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[BotApi]:
    """Our bot's calls; its connections are closed at the end. Nothing is sent by this.

    Args:
        account: What it is.
        transport: Instead of the network, in tests.
    """
    request = BotRequest(open_connections(transport, CALLS))
    # One that waits for updates has nothing to wait for beside it.
    polling = BotRequest(open_connections(transport, 1))
    api = BotApi(
        account.token,
        base_url=f"{account.api_url}/bot",
        base_file_url=f"{account.api_url}/file/bot",
        request=request,
        get_updates_request=polling,
    )
    try:
        yield api
    finally:
        await request.shutdown()
        await polling.shutdown()

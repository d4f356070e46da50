"""Launches of the Mini App, signed as Telegram signs them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import init_data_py

from jiema_app.settings import SANDBOX_BOT_TOKEN


def launch(
    telegram_id: int = 700_000_007,
    *,
    token: str = SANDBOX_BOT_TOKEN,
    age_s: float = 0,
    language: str = "en",
    user: dict[str, Any] | str | None = None,
    **fields: str,
) -> str:
    """What Telegram's script hands to a page.

    Args:
        telegram_id: Whose.
        token: Of the bot that signs it.
        age_s: How long ago it was opened.
        language: Of the person's client.
        user: In place of the person, also as text.
        **fields: More of them, or others.
    """
    person = user or {"id": telegram_id, "first_name": "Ada & Söhne", "language_code": language}
    opened_at = datetime.now(UTC) - timedelta(seconds=age_s)
    return init_data_py.sign(
        {
            "query_id": "AAHdF6IQAAAAAN0XohDhrOrc",
            "user": person if isinstance(person, str) else json.dumps(person),
            **fields,
        },
        token,
        auth_date=opened_at,
    )

"""What Telegram says of whoever opens the Mini App, and whether it is true.

It comes as one text, ``initData``, signed with the bot's token. Everything is taken from what the
check returns; the text itself is never read a second time. Clients keep it, and hand over one that
is almost a day old when a Mini App is opened again.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import init_data_py
from init_data_py import InitData
from init_data_py.errors import ExpiredError, InvalidInitDataError

from jiema_app.domain.errors import AuthInvalid

INIT_DATA_MAX: Final = 8_192
"""Characters that are looked at. The longest names, a picture's address and a start parameter of
512 characters take half of it."""
LIFE: Final = timedelta(hours=24)
"""How old a launch may be."""
SKEW: Final = timedelta(seconds=60)
"""Telegram's clock may be ahead of ours."""
TELEGRAM_ID_MAX: Final = 2**52 - 1
"""Telegram promises no more bits than these."""
START_PARAM_MAX: Final = 512
LANGUAGE_MAX: Final = 35

FORGED: Final = "This isn't a launch of our bot's Mini App. Reopen it from the bot."
STALE: Final = "This launch is too old. Reopen the Mini App from the bot."

# What the library does not expect: a moment with no day after it, brackets in brackets.
ODD: Final = (InvalidInitDataError, ValueError, OverflowError, RecursionError, TypeError)


class LaunchRefused(AuthInvalid):
    """A launch that lets nobody in; its message says what to do."""

    def __init__(self, message: str, reason: str) -> None:
        """Take what people read, and a word for the log that names no value of the launch."""
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Launch:
    """A launch that holds.

    Attributes:
        telegram_id: Of the person.
        language: Their client's language, as Telegram names it; empty when it says none.
        start_param: What the link that they followed said; of anybody's making, but signed.
        digest: Names the launch, and gives nothing of it away.
        salt: A secret of the launch's: what is hashed with it can be compared for this launch alone.
        expires_at: From then on it is too old in any case.
    """

    telegram_id: int
    language: str
    start_param: str
    digest: bytes
    salt: bytes
    expires_at: datetime


def verify_launch(init_data: str, bot_token: str, now: datetime) -> Launch:
    """Check a launch.

    Args:
        init_data: As Telegram's script handed it over.
        bot_token: The bot's, with which it is signed.
        now: The moment it is.

    Raises:
        LaunchRefused: It is forged, spoilt, of another bot, or not of now.
    """
    if not 0 < len(init_data) <= INIT_DATA_MAX:
        raise LaunchRefused(FORGED, "length")
    try:
        data = init_data_py.validate_by_hash(init_data, bot_token, expires_in=LIFE, now=now)
    except ExpiredError:
        # Whoever made up an old one learns no more than that.
        raise LaunchRefused(STALE, "too old") from None
    except ODD as error:
        raise LaunchRefused(FORGED, type(error).__name__) from None
    # Fields are signed as lines: one with a line break in it would read as further fields.
    if any("\n" in name + value for name, value in data.pairs):
        raise LaunchRefused(FORGED, "a field of several lines")
    if data.issued_at > now + SKEW:
        raise LaunchRefused(FORGED, "of the future")
    return _launch(data)


def _launch(data: InitData) -> Launch:
    user = data.user
    if user is None or not 0 < user.id <= TELEGRAM_ID_MAX:
        raise LaunchRefused(FORGED, "nobody")
    if user.is_bot:
        raise LaunchRefused(FORGED, "a bot")
    language = user.language_code if isinstance(user.language_code, str) else ""
    signature = bytes.fromhex(data.hash)
    return Launch(
        telegram_id=user.id,
        language=language[:LANGUAGE_MAX],
        start_param=(data.start_param or "")[:START_PARAM_MAX],
        digest=hashlib.sha256(b"jiema launch " + signature).digest(),
        salt=hashlib.sha256(b"jiema launch salt " + signature).digest(),
        expires_at=data.issued_at + LIFE,
    )

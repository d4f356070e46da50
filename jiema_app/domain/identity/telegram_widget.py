"""What Telegram's older login widget says of a person, and whether it is true.

The rules are those of core.telegram.org/widgets/login-legacy, "Checking authorization".
The widget has no ``state``; whoever calls this must know by one of their own that the
same browser asked, and must accept each login once.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from jiema_app.domain.outside_numbers import whole_number

FRESH: Final = timedelta(seconds=300)
"""Telegram sets no limit; a person needs seconds."""
SKEW: Final = timedelta(seconds=60)
"""Their clock may be ahead of ours."""

FIELDS_MAX: Final = 20
NUMBER_MAX: Final = 10**18 - 1


class WidgetLoginRefused(Exception):
    """The login is forged, spoilt, or not of now. The message names no value of it."""


@dataclass(frozen=True, slots=True)
class WidgetLogin:
    """A login that holds.

    Attributes:
        user_id: Telegram's numeric id of the person.
        digest: Names the login, to accept it once.
        expires_at: From then on it is too old in any case.
    """

    user_id: str
    digest: bytes
    expires_at: datetime


def verify_widget_login(
    fields: Sequence[tuple[str, str]], bot_token: str, now: datetime
) -> WidgetLogin:
    """Check what came back from the widget.

    Args:
        fields: Every parameter that the widget added to the callback's address, decoded. One
            more or less and the signature does not fit.
        bot_token: The bot's, whose hash is the key.
        now: The moment it is.

    Raises:
        WidgetLoginRefused: It does not hold.
    """
    named = dict(fields)
    if len(named) != len(fields) or len(fields) > FIELDS_MAX:
        raise WidgetLoginRefused("a field comes twice, or there are too many")
    # Fields are signed as lines: a name with a line break in it would read as further fields.
    if any("\n" in name + value or "=" in name for name, value in fields):
        raise WidgetLoginRefused("a field has more than one line")
    signature = named.pop("hash", "")
    checked = "\n".join(f"{name}={named[name]}" for name in sorted(named))
    key = hashlib.sha256(bot_token.encode()).digest()
    expected = hmac.new(key, checked.encode(), "sha256").hexdigest()
    # As bytes: of text with other than ASCII characters the comparison would raise.
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        raise WidgetLoginRefused("the signature does not fit")
    user_id, stated = named.get("id", ""), named.get("auth_date", "")
    said_at = _number(stated)
    if _number(user_id) is None or said_at is None:
        raise WidgetLoginRefused("id or auth_date is no number")
    return WidgetLogin(user_id, _digest(signature), _expiry(said_at, now))


def _number(text: str) -> int | None:
    # Who is 7 is not 07 as well.
    return None if text.startswith("0") else whole_number(text, at_most=NUMBER_MAX)


def _expiry(stated: int, now: datetime) -> datetime:
    try:
        said_at = datetime.fromtimestamp(stated, UTC)
    except (OverflowError, ValueError, OSError):
        raise WidgetLoginRefused("auth_date is no moment") from None
    if said_at > now + SKEW:
        raise WidgetLoginRefused("it is of the future")
    if said_at < now - FRESH:
        raise WidgetLoginRefused("it is too old")
    return said_at + FRESH + SKEW


def _digest(signature: str) -> bytes:
    return hashlib.sha256(signature.encode()).digest()

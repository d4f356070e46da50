"""The cookie that remembers whose link a visitor followed, and when.

The time is signed, so that no program says that its click was longer ago than it was. A code alone,
as browsers keep it from before, or with a time that is not ours, counts without a time.
"""

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from starlette.responses import Response

from jiema_app.domain.outside_numbers import whole_number
from jiema_app.domain.referrals.attribution import LIFE, Invitation
from jiema_app.domain.referrals.statuses import ReferralSource
from jiema_app.settings import Settings

NAME: Final = "ref"
LENGTH_MAX: Final = 64
LIFE_S: Final = int(LIFE.total_seconds())

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MOMENT_MAX: Final = 10**13 - 1
"""Milliseconds since then: the year 2286."""

_VALUE: Final = re.compile(r"([0-9a-z]{8})\.([0-9]{13})\.([A-Za-z0-9_-]{22})")
_PURPOSE: Final = b"jiema referral cookie v1"
_TAG_BYTES: Final = 16


def keep_link(answer: Response, settings: Settings, code: str, clicked_at: datetime) -> None:
    """Have the browser remember a link for 30 days.

    Args:
        answer: To the browser.
        settings: Of this deployment.
        code: The last part of the link, in its form.
        clicked_at: Now.
    """
    stamp = f"{code}.{int(clicked_at.timestamp() * 1000):013}"
    answer.set_cookie(
        NAME,
        f"{stamp}.{_tag(settings, stamp)}",
        max_age=LIFE_S,
        path="/",
        secure=settings.origin.startswith("https://"),
        httponly=True,
        samesite="lax",
    )


def read_link(settings: Settings, value: str | None) -> Invitation | None:
    """The link that a browser remembers, if any; the code is of anybody's making."""
    if value is None or len(value) > LENGTH_MAX:
        return None
    code, _, _ = value.partition(".")
    return Invitation(code, ReferralSource.COOKIE, _clicked_at(settings, value))


def _clicked_at(settings: Settings, value: str) -> datetime | None:
    found = _VALUE.fullmatch(value)
    if found is None:
        return None
    code, stamp, tag = found.groups()
    if not hmac.compare_digest(tag, _tag(settings, f"{code}.{stamp}")):
        return None
    milliseconds = whole_number(stamp, at_most=MOMENT_MAX)
    return None if milliseconds is None else EPOCH + timedelta(milliseconds=milliseconds)


def _tag(settings: Settings, stamp: str) -> str:
    key = hmac.digest(settings.secret_key.get_secret_value().encode(), _PURPOSE, hashlib.sha256)
    tag = hmac.digest(key, stamp.encode(), hashlib.sha256)[:_TAG_BYTES]
    return base64.urlsafe_b64encode(tag).rstrip(b"=").decode()

"""The cookie that tells one browser from another: a random number, given when somebody signs in.

It says who shares a browser, and nothing else: a keyed hash of it is kept, and it is read at no
other time than when somebody signs in. See docs/privacy.md.
"""

from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from jiema_app.domain.referrals.marks import DEVICE, DEVICE_DAYS, new_device
from jiema_app.serving.cookies import find_cookie
from jiema_app.settings import Settings

LIFE: Final = timedelta(days=DEVICE_DAYS)


def device_of(request: Request, settings: Settings) -> str:
    """The number that the browser keeps, or a new one for it to keep."""
    header = "; ".join(request.headers.getlist("cookie"))
    kept = find_cookie(header, _name(settings))
    return kept if kept is not None and DEVICE.fullmatch(kept) else new_device()


def keep_device(answer: Response, settings: Settings, device: str) -> None:
    """Have the browser keep its number, for 180 days from now on."""
    answer.set_cookie(
        _name(settings),
        device,
        max_age=int(LIFE.total_seconds()),
        path="/",
        secure=_is_secure(settings),
        httponly=True,
        samesite="lax",
    )


def _name(settings: Settings) -> str:
    # With this prefix browsers take it from nobody else: not from another host of our domain.
    return "__Host-device" if _is_secure(settings) else "device"


def _is_secure(settings: Settings) -> bool:
    return settings.origin.startswith("https://")

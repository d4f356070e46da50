"""Personal links: ``/r/<code>`` remembers who brought a visitor, and shows the shop."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api_routes.auth import referral_cookie
from api_routes.auth.click_counting import ClickCounting
from api_routes.auth.sign_in_context import SignInContext
from api_routes.context import context_of
from jiema_app.domain.referrals.attribution import CODE, Invitation
from jiema_app.domain.referrals.clicks import Click
from jiema_app.serving.language_choice import choose_locale
from jiema_app.settings import Settings

LIFE_S: Final = referral_cookie.LIFE_S

_MACHINES: Final = re.compile(
    r"bot|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|embedly|curl|wget|python|httpx",
    re.IGNORECASE,
)
"""Whoever looks at a link for somebody else: crawlers, and the previews of messengers."""


class ReferralDoor:
    """The address that personal links have."""

    def __init__(self, settings: Settings) -> None:
        """Take the deployment's settings."""
        self._settings = settings
        self._counting = ClickCounting()

    async def follow(self, request: Request) -> Response:
        """Remember the code for 30 days when it is somebody's, and go to the home page."""
        cookies = "; ".join(request.headers.getlist("cookie"))
        languages = request.headers.get("accept-language", "")
        locale = choose_locale(cookies, languages, self._settings.locales)
        headers = {
            "Cache-Control": "no-store",
            "Vary": "Accept-Language, Cookie",
            "X-Robots-Tag": "noindex",
        }
        answer = RedirectResponse(f"/{locale}", 302, headers)
        code = request.path_params["code"].lower()
        if (
            CODE.fullmatch(code)
            and _is_person(request)
            and await self._click(request, code) is not Click.NOBODY
        ):
            # Also when nobody knows whose it is just now: that is looked up at the sign-up.
            now = context_of(request).services.clock.now()
            referral_cookie.keep_link(answer, self._settings, code, now)
        return answer

    async def _click(self, request: Request, code: str) -> Click | None:
        context = context_of(request)
        address = context.addresses.of(request.scope)
        if not (await context.limits.count_anonymous(address)).allowed:
            # Whoever tries codes learns nothing about any more of them.
            return Click.NOBODY
        agent = request.headers.get("user-agent", "")
        clicks = context.services.referrals.clicks
        return await self._counting.count(clicks, code, address, agent)


def invitations_of(settings: Settings, sign_in_context: SignInContext) -> list[Invitation]:
    """The links that whoever signs in came by, as far as their browser knows."""
    kept = referral_cookie.read_link(settings, sign_in_context.ref)
    return [] if kept is None else [kept]


def _is_person(request: Request) -> bool:
    headers = request.headers
    purpose = f"{headers.get('sec-purpose', '')} {headers.get('purpose', '')}"
    return not (
        getattr(request.state, "is_head", False)
        or "prefetch" in purpose.lower()
        or _MACHINES.search(headers.get("user-agent", ""))
    )

"""Personal links: ``/r/<code>`` remembers who brought a visitor, and shows the shop."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api_routes.auth.sign_in_context import REFERRAL_COOKIE
from api_routes.context import context_of
from jiema_app.serving.language_choice import choose_locale

LIFE_S: Final = 30 * 24 * 3600

_MACHINES: Final = re.compile(
    r"bot|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|embedly|curl|wget|python|httpx",
    re.IGNORECASE,
)
"""Whoever looks at a link for somebody else: crawlers, and the previews of messengers."""


async def follow_referral(request: Request) -> Response:
    """Remember the code for 30 days when it is somebody's, and go to the home page."""
    settings = context_of(request).services.settings
    cookies = "; ".join(request.headers.getlist("cookie"))
    languages = request.headers.get("accept-language", "")
    locale = choose_locale(cookies, languages, settings.locales)
    headers = {
        "Cache-Control": "no-store",
        "Vary": "Accept-Language, Cookie",
        "X-Robots-Tag": "noindex",
    }
    answer = RedirectResponse(f"/{locale}", 302, headers)
    code = request.path_params["code"].lower()
    if _is_person(request) and await _is_somebody_s(request, code):
        answer.set_cookie(
            REFERRAL_COOKIE,
            code,
            max_age=LIFE_S,
            path="/",
            secure=settings.origin.startswith("https://"),
            httponly=True,
            samesite="lax",
        )
    return answer


def _is_person(request: Request) -> bool:
    headers = request.headers
    purpose = f"{headers.get('sec-purpose', '')} {headers.get('purpose', '')}"
    return not (
        getattr(request.state, "is_head", False)
        or "prefetch" in purpose.lower()
        or _MACHINES.search(headers.get("user-agent", ""))
    )


async def _is_somebody_s(request: Request, code: str) -> bool:
    context = context_of(request)
    verdict = await context.limits.count_anonymous(context.addresses.of(request.scope))
    return verdict.allowed and await context.services.sign_in.find_referrer(code) is not None

"""A word about a payment for whoever reviews it: a form that works without scripts.

What was written is shown to its owner and to reviewers, and stands in no answer and no log.
"""

from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api_routes.context import WebContext, context_of
from api_routes.doors import action_at
from api_routes.envelope import ok
from api_routes.shop.forms import (
    NO_STORE,
    known_locale,
    read_fields,
    refusal_answer,
    wants_json,
)
from api_routes.visitors import visitor_of
from jiema_app.domain import ids
from jiema_app.domain.errors import DomainError, NotFound, RateLimited, Unauthenticated
from jiema_app.domain.units import UserId
from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.translation import t
from jiema_app.site.account.recharge.note_refusals import note_anchor, note_refusal

router = APIRouter()

RECHARGE_NOTES: Final = "/api/shop/recharges/{recharge}/notes"


@router.post(RECHARGE_NOTES, include_in_schema=False)
async def add_note(request: Request, recharge: str) -> Response:
    """Keep what the owner of a recharge says about what arrived for it."""
    context = context_of(request)
    fields = await read_fields(request)
    locale = known_locale(fields.get("locale", ""), context.services.settings.locales)
    # The address goes into a redirect below, so it is one of ours or nothing at all.
    if not ids.is_id(recharge):
        raise NotFound("Top-up not found.")
    page = f"/{locale}/account/topup/{recharge}"
    try:
        visitor = await visitor_of(request)
        await _add(request, context, visitor.user_id, recharge, fields.get("words", ""))
    except Unauthenticated as error:
        location = f"/{locale}/login?{urlencode({'next': page})}"
        if not wants_json(request):
            return RedirectResponse(location, 303, NO_STORE)
        details = {"location": location, "notice": explain(error, locale)}
        return refusal_answer(request, RECHARGE_NOTES, error, details)
    except DomainError as error:
        return _refused(request, page, locale, error)
    if not wants_json(request):
        return RedirectResponse(f"{page}?plain#notes", 303, NO_STORE)
    return ok({"notice": t(locale, "Added. We'll read it during the review.")}, headers=NO_STORE)


async def _add(
    request: Request, context: WebContext, user: UserId, recharge: str, words: str
) -> None:
    context.geo.admit(action_at(request.scope), context.addresses.of(request.scope))
    verdict = await context.limits.count_write(user)
    if not verdict.allowed:
        raise RateLimited(
            f"Too many changes. The limit is {verdict.limit} in 60 seconds.",
            retry_after_s=verdict.reset_s,
        )
    await context.services.recharges.add_note(user, recharge, words)


def _refused(request: Request, page: str, locale: str, error: DomainError) -> Response:
    if not wants_json(request):
        # One that is nobody's, or somebody else's: its page says that there is none.
        anchor = "" if isinstance(error, NotFound) else f"#{note_anchor(error.code)}"
        return RedirectResponse(f"{page}?plain{anchor}", 303, NO_STORE)
    limited = isinstance(error, RateLimited)
    notice = explain(error, locale) if limited else note_refusal(error.code, locale)
    details: dict[str, Any] = {"notice": notice}
    return refusal_answer(request, RECHARGE_NOTES, error, details)

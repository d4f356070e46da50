"""A word about a payment for whoever reviews it: a form that works without scripts.

What was written is shown to its owner and to reviewers, and stands in no answer and no log.
"""

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from api_routes.context import context_of
from api_routes.envelope import ok
from api_routes.shop.forms import (
    NO_STORE,
    admit_change,
    known_locale,
    led_to_sign_in,
    read_fields,
    refusal_answer,
    sent_on,
    wants_json,
)
from api_routes.visitors import visitor_of
from jiema_app.domain import ids
from jiema_app.domain.errors import DomainError, NotFound, RateLimited, Unauthenticated
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
        await admit_change(request, context, visitor.user_id)
        words = fields.get("words", "")
        await context.services.recharges.add_note(visitor.user_id, recharge, words)
    except Unauthenticated as error:
        return led_to_sign_in(request, RECHARGE_NOTES, page, error, locale)
    except DomainError as error:
        return _refused(request, page, locale, error)
    if not wants_json(request):
        return sent_on(f"{page}?plain#notes")
    return ok({"notice": t(locale, "Added. We'll read it during the review.")}, headers=NO_STORE)


def _refused(request: Request, page: str, locale: str, error: DomainError) -> Response:
    if not wants_json(request):
        # One that is nobody's, or somebody else's: its page says that there is none.
        anchor = "" if isinstance(error, NotFound) else f"#{note_anchor(error.code)}"
        return sent_on(f"{page}?plain{anchor}")
    limited = isinstance(error, RateLimited)
    notice = explain(error, locale) if limited else note_refusal(error.code, locale)
    details: dict[str, Any] = {"notice": notice}
    return refusal_answer(request, RECHARGE_NOTES, error, details)

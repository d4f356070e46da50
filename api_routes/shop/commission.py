"""Putting commission on the balance from a page: a form that works without scripts.

It moves an amount, or all there is. A browser without scripts is always sent on: to its page, which
says what became of it, or to signing in.
"""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from api_routes.context import WebContext, context_of
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
from jiema_app.domain.errors import DomainError, Unauthenticated
from jiema_app.domain.typed_amounts import read_amount
from jiema_app.domain.units import MicroUsdt, UserId
from jiema_app.i18n.formats import money
from jiema_app.i18n.translation import t
from jiema_app.site.shop.invite.refusals import MOVED, move_anchor, move_refusal

router = APIRouter()

COMMISSION_MOVES: Final = "/api/shop/commission/moves"


@router.post(COMMISSION_MOVES, include_in_schema=False)
async def move_commission(request: Request) -> Response:
    """Move commission of who is signed in to their balance."""
    context = context_of(request)
    fields = await read_fields(request)
    locale = known_locale(fields.get("locale", ""), context.services.settings.locales)
    try:
        visitor = await visitor_of(request)
        moved = await _moved(request, context, visitor.user_id, fields)
    except Unauthenticated as error:
        return led_to_sign_in(request, COMMISSION_MOVES, f"/{locale}/invite", error, locale)
    except DomainError as error:
        return _refused(request, locale, error)
    if not wants_json(request):
        return sent_on(f"/{locale}/invite?plain#{MOVED}")
    notice = t(locale, "Moved {amount} to your balance.", amount=money(locale, moved))
    return ok({"notice": notice}, headers=NO_STORE)


async def _moved(
    request: Request, context: WebContext, user: UserId, fields: Mapping[str, str]
) -> MicroUsdt:
    await admit_change(request, context, user)
    amount = None if fields.get("all") else read_amount(fields.get("amount", "").strip())
    # A script sends a key for each intention; the form itself has one from when it was written.
    key = request.headers.get("idempotency-key") or fields.get("key", "")
    return await context.services.invites.move(user, amount, key)


def _refused(request: Request, locale: str, error: DomainError) -> Response:
    if not wants_json(request):
        return sent_on(f"/{locale}/invite?plain#{move_anchor(error)}")
    details: dict[str, Any] = {"notice": move_refusal(error, locale)}
    return refusal_answer(request, COMMISSION_MOVES, error, details)

"""Opening a recharge from a page: a form that works without scripts, and answers them in JSON.

A browser without them is always sent on: to the recharge, to signing in, or back to the
form, which then shows why nothing was opened. Who has one open already is led to it.
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
    led_to,
    led_to_sign_in,
    read_fields,
    refusal_answer,
    sent_on,
    wants_json,
)
from api_routes.visitors import visitor_of
from jiema_app.domain.catalog.routes import read_route
from jiema_app.domain.errors import (
    BadRequest,
    DomainError,
    HasOpenOrder,
    Unauthenticated,
)
from jiema_app.domain.recharges.views import RechargeId, RechargeView, Wish
from jiema_app.domain.typed_amounts import read_amount
from jiema_app.domain.units import UserId
from jiema_app.i18n.error_messages import explain
from jiema_app.site.account.topup.refusals import amount_refusal, topup_anchor
from jiema_app.site.account.topup_address import WISH

router = APIRouter()

SHOP_RECHARGES: Final = "/api/shop/recharges"


@router.post(SHOP_RECHARGES, include_in_schema=False)
async def open_recharge(request: Request) -> Response:
    """Give who is signed in a wallet to pay the amount to."""
    context = context_of(request)
    fields = await read_fields(request)
    locale = known_locale(fields.get("locale", ""), context.services.settings.locales)
    try:
        visitor = await visitor_of(request)
        try:
            recharge = await _opened(request, context, visitor.user_id, fields)
        except HasOpenOrder as error:
            return await _led_to_open_one(request, context, visitor.user_id, fields, error)
        except DomainError as error:
            return _refused(request, context, locale, error)
    except Unauthenticated as error:
        form = f"/{locale}/account/topup"
        return led_to_sign_in(request, SHOP_RECHARGES, form, error, locale)
    return _sent_to(request, recharge, locale)


async def _opened(
    request: Request, context: WebContext, user: UserId, fields: Mapping[str, str]
) -> RechargeView:
    await admit_change(request, context, user)
    # What somebody has typed counts, whichever button is still pressed.
    wish = fields.get("own_amount", "").strip() or fields.get("amount", "").strip()
    return await context.services.recharges.open(user, read_amount(wish), _wish_of(context, fields))


def _wish_of(context: WebContext, fields: Mapping[str, str]) -> Wish | None:
    """What the form says the top-up is for. Nothing, or nothing that is sold, is no mistake."""
    route = read_route(context.services.live_catalog.current, fields.get(WISH, "").strip())
    if route is None or route.price_cents is None:
        return None
    return Wish(route.service.code, route.country.id, route.price_cents)


def recharge_page(locale: str, recharge: RechargeId) -> str:
    """Address of a recharge's page."""
    return f"/{locale}/account/topup/{recharge}"


def _sent_to(request: Request, recharge: RechargeView, locale: str) -> Response:
    location = recharge_page(locale, recharge.id)
    if wants_json(request):
        return ok({"id": recharge.id, "location": location}, headers=NO_STORE)
    return sent_on(location)


async def _led_to_open_one(
    request: Request,
    context: WebContext,
    user: UserId,
    fields: Mapping[str, str],
    error: HasOpenOrder,
) -> Response:
    locale = known_locale(fields.get("locale", ""), context.services.settings.locales)
    if (wish := _wish_of(context, fields)) is not None:
        await context.services.recharges.remember_wish(user, wish)
    recharge = await context.services.recharges.find_open(user)
    if recharge is None:  # it has just ended
        return _refused(request, context, locale, error)
    return led_to(request, SHOP_RECHARGES, recharge_page(locale, recharge.id), error, locale)


def _refused(request: Request, context: WebContext, locale: str, error: DomainError) -> Response:
    if not wants_json(request):
        anchor = topup_anchor(error.code)
        return sent_on(f"/{locale}/account/topup#{anchor}")
    details: dict[str, Any] = {"notice": explain(error, locale)}
    if isinstance(error, BadRequest):
        details["notice"] = amount_refusal(locale, context.services.settings)
    return refusal_answer(request, SHOP_RECHARGES, error, details)

"""What can be done about an order from its page without scripts: cancel, finish, another code.

With scripts the page's state does it. A browser without them is always sent back to the order,
which shows what has become of it, or why nothing was done.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
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
from jiema_app.domain.errors import (
    DomainError,
    NotFound,
    Turbulence,
    Unauthenticated,
)
from jiema_app.domain.orders.service import OrderService
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.units import UserId
from jiema_app.i18n.error_messages import explain
from jiema_app.site.account.order.refusals import OUTCOME, act_anchor

log = structlog.get_logger()

router = APIRouter()

CANCEL_ORDER: Final = "/api/shop/orders/{order_id}/cancel"
FINISH_ORDER: Final = "/api/shop/orders/{order_id}/finish"
NEXT_SMS: Final = "/api/shop/orders/{order_id}/next-sms"

Act = Callable[[OrderService, UserId, str], Awaitable[OrderView]]


@router.post(CANCEL_ORDER, include_in_schema=False)
async def cancel(request: Request, order_id: str) -> Response:
    """Give the number back, for the whole price."""
    return await _done(request, CANCEL_ORDER, order_id, OrderService.cancel)


@router.post(FINISH_ORDER, include_in_schema=False)
async def finish(request: Request, order_id: str) -> Response:
    """End the order: no further code is needed."""
    return await _done(request, FINISH_ORDER, order_id, OrderService.finish)


@router.post(NEXT_SMS, include_in_schema=False)
async def ask_next(request: Request, order_id: str) -> Response:
    """Wait for a further code on the same number."""
    return await _done(request, NEXT_SMS, order_id, OrderService.ask_next_sms)


async def _done(request: Request, path: str, order_id: str, act: Act) -> Response:
    context = context_of(request)
    fields = await read_fields(request)
    locale = known_locale(fields.get("locale", ""), context.services.settings.locales)
    # The address goes into a redirect below, so it is one of ours or nothing at all.
    if not ids.is_id(order_id):
        raise NotFound("Order not found.")
    page = f"/{locale}/order/{order_id}"
    try:
        visitor = await visitor_of(request)
        await admit_change(request, context, visitor.user_id)
        order = await act(context.services.orders, visitor.user_id, order_id)
    except Unauthenticated as error:
        return led_to_sign_in(request, path, page, error, locale)
    except DomainError as error:
        return _refused(request, path, page, locale, error)
    if not wants_json(request):
        return sent_on(f"{page}?plain#{OUTCOME}")
    return ok({"id": order.id, "status": order.status, "location": page}, headers=NO_STORE)


def _refused(request: Request, path: str, page: str, locale: str, error: DomainError) -> Response:
    if wants_json(request):
        return refusal_answer(request, path, error, {"notice": explain(error, locale)})
    if isinstance(error, Turbulence):
        log.warning("turbulence", error=error.code, path=path)
    # One that is nobody's, or somebody else's: its page says that there is none.
    anchor = "" if isinstance(error, NotFound) else f"#{act_anchor(error.code)}"
    return sent_on(f"{page}?plain{anchor}")

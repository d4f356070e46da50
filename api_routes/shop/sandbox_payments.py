"""Paying one's own recharge with the sandbox's play money. Production has no such address."""

import re
from collections.abc import Mapping
from typing import Final

import httpx
import structlog
from fastapi import APIRouter, Request
from starlette.responses import Response

from api_routes.context import WebContext, context_of
from api_routes.envelope import ok
from api_routes.shop.forms import (
    NO_STORE,
    admit_change,
    known_locale,
    read_fields,
    refusal_answer,
    sent_on,
    wants_json,
)
from api_routes.shop.recharges import recharge_page
from api_routes.visitors import visitor_of
from jiema_app.domain.errors import BadRequest, DomainError, UpstreamError
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.translation import t

log = structlog.get_logger()

sandbox_router = APIRouter()

SANDBOX_PAYMENT: Final = "/api/shop/recharges/{recharge}/sandbox-payment"
AMOUNT: Final = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,6})?")
TOKENS: Final = frozenset({"usdt", "fake"})
TIMEOUT_S: Final = 5.0


@sandbox_router.post(SANDBOX_PAYMENT, include_in_schema=False)
async def pay_in_sandbox(request: Request, recharge: str) -> Response:
    """Have the sandbox send tokens to the address of a recharge of who is signed in."""
    context = context_of(request)
    fields = await read_fields(request)
    locale = known_locale(fields.get("locale", ""), context.services.settings.locales)
    visitor = await visitor_of(request)
    view = await context.services.recharges.get(visitor.user_id, recharge)
    try:
        await admit_change(request, context, visitor.user_id)
        await _send(context, view, fields)
    except DomainError as error:
        if not wants_json(request):
            return sent_on(recharge_page(locale, view.id))
        notice = (
            t(locale, "Enter the amount as digits with a decimal point, such as 9.99.")
            if isinstance(error, BadRequest)
            else t(locale, "The sandbox didn't send it. Try again.")
            if isinstance(error, UpstreamError)
            else explain(error, locale)
        )
        return refusal_answer(request, SANDBOX_PAYMENT, error, {"notice": notice})
    if not wants_json(request):
        return sent_on(recharge_page(locale, view.id))
    return ok(
        {"notice": t(locale, "Sent. It will be in one of the next blocks.")}, headers=NO_STORE
    )


async def _send(context: WebContext, view: RechargeView, fields: Mapping[str, str]) -> None:
    amount = fields.get("amount", "").strip()
    token = fields.get("token", "").strip() or "usdt"
    if not AMOUNT.fullmatch(amount) or token not in TOKENS:
        raise BadRequest("amount: digits and a point; token: usdt or fake.")
    order = {"to": view.address, "amount": amount, "token": token}
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as http:
            answer = await http.post(
                f"{context.services.settings.sandbox_url}/control/tron/transfer", json=order
            )
            answer.raise_for_status()
    except httpx.HTTPError as error:
        log.warning("sandbox did not pay", error=type(error).__name__)
        raise UpstreamError("The sandbox didn't send it.") from None

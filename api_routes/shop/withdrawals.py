"""Withdrawing from a page: forms that work without scripts, and answer them in JSON.

The first form is looked at and leads to the second, which shows what it comes to and asks for it.
What was typed travels between them sealed for who typed it. A browser without scripts is always
sent on: to the next step, to signing in, or back to the form, which then says what is wrong.
"""

from collections.abc import Mapping, Sequence
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
from jiema_app.domain import ids
from jiema_app.domain.errors import BadRequest, DomainError, NotFound, Unauthenticated
from jiema_app.domain.units import usdt_text
from jiema_app.domain.withdrawals.draft_views import Draft, DraftRefused, TypedWithdrawal
from jiema_app.domain.withdrawals.requests import WithdrawalRefused
from jiema_app.domain.withdrawals.sealed_drafts import SEALED_MAX
from jiema_app.domain.withdrawals.statuses import WithdrawalFault
from jiema_app.i18n.withdrawal_refusals import fault_words
from jiema_app.site.account.withdraw.refusals import (
    CANCELLED,
    cancel_anchor,
    cancel_refusal,
    fault_field,
    form_anchor,
    form_refusal,
)
from jiema_app.site.account.withdraw_address import sign_in_again, withdraw_page

router = APIRouter()

SHOP_DRAFTS: Final = "/api/shop/withdrawals/drafts"
SHOP_WITHDRAWALS: Final = "/api/shop/withdrawals"
CANCELLATIONS: Final = "/api/shop/withdrawals/{withdrawal}/cancel"

MENDED_THERE: Final = frozenset({WithdrawalFault.SIGN_IN_AGAIN, WithdrawalFault.TERMS_CHANGED})
"""What a draft is confirmed after, as it stands or by what holds now; the rest is for the form."""


@router.post(SHOP_DRAFTS, include_in_schema=False)
async def prepare_withdrawal(request: Request) -> Response:
    """Look at a form from all sides, and lead to its confirmation. Nothing is held."""
    context = context_of(request)
    fields = await read_fields(request)
    locale = _locale(context, fields)
    typed = TypedWithdrawal(
        address=fields.get("address", ""),
        amount=fields.get("amount", ""),
        source=fields.get("source", "") or "commission",
        takes_all=bool(fields.get("all")),
    )
    drafts = context.services.payouts.drafts
    try:
        visitor = await visitor_of(request)
        await admit_change(request, context, visitor.user_id)
        draft = await drafts.prepare(visitor.user_id, typed)
    except Unauthenticated as error:
        return led_to_sign_in(request, SHOP_DRAFTS, withdraw_page(locale), error, locale)
    except DraftRefused as refused:
        back = drafts.carry_back(visitor.user_id, typed, refused.refusals)
        return await _sent_back(request, SHOP_DRAFTS, locale, refused.refusals, back)
    except DomainError as error:
        return _refused(request, SHOP_DRAFTS, locale, error)
    sealed = drafts.carry(visitor.user_id, draft)
    if wants_json(request):
        location = withdraw_page(locale, sealed)
        return ok(_draft_data(draft) | {"draft": sealed, "location": location}, headers=NO_STORE)
    return sent_on(f"{withdraw_page(locale, sealed, is_plain=True)}#confirm")


@router.post(SHOP_WITHDRAWALS, include_in_schema=False)
async def request_withdrawal(request: Request) -> Response:
    """Ask for what was confirmed. Sent twice, it holds once."""
    context = context_of(request)
    fields = await read_fields(request)
    locale = _locale(context, fields)
    drafts, sealed = context.services.payouts.drafts, fields.get("draft", "")
    try:
        visitor = await visitor_of(request)
        await admit_change(request, context, visitor.user_id)
        carried = drafts.open(visitor.user_id, sealed)
        if carried is None or not carried.request_key:
            raise BadRequest("draft: must be one that waits to be confirmed.")
        view = await drafts.request(visitor.user_id, carried, visitor.signed_in_at)
    except Unauthenticated as error:
        return led_to_sign_in(request, SHOP_WITHDRAWALS, withdraw_page(locale), error, locale)
    except WithdrawalRefused as refusal:
        assert carried is not None, "what is refused was carried here"
        if refusal.fault not in MENDED_THERE:
            sealed = drafts.carry_back(visitor.user_id, carried.typed, [refusal])
        return await _sent_back(request, SHOP_WITHDRAWALS, locale, [refusal], sealed)
    except DomainError as error:
        return _refused(request, SHOP_WITHDRAWALS, locale, error, sealed)
    if wants_json(request):
        data = {"id": view.id, "status": str(view.status), "location": withdraw_page(locale)}
        return ok(data, headers=NO_STORE)
    return sent_on(f"{withdraw_page(locale, is_plain=True)}#status")


@router.post(CANCELLATIONS, include_in_schema=False)
async def cancel_withdrawal(request: Request, withdrawal: str) -> Response:
    """Take back what nobody has approved yet."""
    context = context_of(request)
    fields = await read_fields(request)
    locale = _locale(context, fields)
    page = withdraw_page(locale, is_plain=True)
    try:
        visitor = await visitor_of(request)
        await admit_change(request, context, visitor.user_id)
        if not ids.is_id(withdrawal):
            raise NotFound("Withdrawal not found.")
        view = await context.services.payouts.withdrawals.cancel(visitor.user_id, withdrawal)
    except Unauthenticated as error:
        return led_to_sign_in(request, CANCELLATIONS, withdraw_page(locale), error, locale)
    except DomainError as error:
        if not wants_json(request):
            return sent_on(f"{page}#{cancel_anchor(error.code)}")
        details: dict[str, Any] = {"notice": cancel_refusal(error, locale)}
        return refusal_answer(request, CANCELLATIONS, error, details)
    if wants_json(request):
        return ok({"id": view.id, "status": str(view.status)}, headers=NO_STORE)
    return sent_on(f"{page}#{CANCELLED}")


def _locale(context: WebContext, fields: Mapping[str, str]) -> str:
    return known_locale(fields.get("locale", ""), context.services.settings.locales)


def _draft_data(draft: Draft) -> dict[str, str]:
    return {
        "amountUsdt": usdt_text(draft.quote.amount),
        "feeUsdt": usdt_text(draft.quote.fee),
        "netUsdt": usdt_text(draft.quote.net),
    }


async def _sent_back(
    request: Request,
    path: str,
    locale: str,
    refusals: Sequence[WithdrawalRefused],
    back: str,
) -> Response:
    """To the form, or the draft, with what is wrong with it."""
    if not wants_json(request):
        return sent_on(withdraw_page(locale, back, is_plain=True))
    rules = (await context_of(request).services.payouts.terms.current()).rules
    faults = [
        {
            "fault": str(one.fault),
            "field": fault_field(one.fault),
            "notice": fault_words(one.fault, one.amount, rules, locale),
        }
        for one in refusals
    ]
    details: dict[str, Any] = {"notice": faults[0]["notice"], "faults": faults}
    if refusals[0].fault is WithdrawalFault.SIGN_IN_AGAIN:
        details["location"] = sign_in_again(locale, withdraw_page(locale, back))
    return refusal_answer(request, path, refusals[0], details)


def _refused(
    request: Request, path: str, locale: str, error: DomainError, sealed: str = ""
) -> Response:
    if not wants_json(request):
        page = withdraw_page(locale, sealed[:SEALED_MAX], is_plain=True)
        return sent_on(f"{page}#{form_anchor(error.code)}")
    return refusal_answer(request, path, error, {"notice": form_refusal(error, locale)})

"""Reporting abuse: a form that works without scripts and without an account.

What was written is shown to those who answer, and stands in no answer and no log.
"""

from collections.abc import Mapping
from typing import Final

import structlog
from fastapi import APIRouter, Request
from starlette.responses import Response

from api_routes.addresses import neighbourhood
from api_routes.context import WebContext, context_of
from api_routes.doors import action_at
from api_routes.envelope import ok
from api_routes.shop.forms import (
    NO_STORE,
    known_locale,
    read_fields,
    refusal_answer,
    sent_on,
    wants_json,
)
from jiema_app.domain.abuse_reports.reports import BadField, read_report
from jiema_app.domain.errors import DomainError
from jiema_app.site.shop.abuse.refusals import TRAP, refusal_text, report_anchor

TICKET_SHOWN: Final = 7
"""Characters of a ticket that a log may hold: of 76 bits the first 19."""

log = structlog.get_logger()

router = APIRouter()

ABUSE_REPORTS: Final = "/api/shop/abuse-reports"


@router.post(ABUSE_REPORTS, include_in_schema=False)
async def send_report(request: Request) -> Response:
    """Keep a report of anybody's, and tell them its ticket."""
    context = context_of(request)
    fields = await read_fields(request)
    locale = known_locale(fields.get("locale", ""), context.services.settings.locales)
    try:
        ticket = await _sent(request, context, fields)
    except DomainError as error:
        return _refused(request, locale, error)
    location = f"/{locale}/abuse/{ticket}"
    if wants_json(request):
        return ok({"ticket": ticket, "location": location}, headers=NO_STORE)
    return sent_on(location)


async def _sent(request: Request, context: WebContext, fields: Mapping[str, str]) -> str:
    address = context.addresses.of(request.scope)
    context.geo.admit(action_at(request.scope), address)
    if fields.get(TRAP, ""):
        raise BadField(TRAP, "Leave the hidden field empty.")
    report, sender = read_report(fields), neighbourhood(address)
    reports = context.services.abuse_reports
    # Who presses again, at the limit too, gets the ticket of what was taken.
    sent = await reports.find_sent(report, sender)
    if sent is not None:
        return sent
    await context.limits.admit_report(address)
    ticket = await reports.send(report, sender)
    # The whole of it would open its page to whoever reads the log.
    log.info("abuse report", ticket=f"{ticket[:TICKET_SHOWN]}…")
    return ticket


def _refused(request: Request, locale: str, error: DomainError) -> Response:
    field = error.field if isinstance(error, BadField) else ""
    if not wants_json(request):
        return sent_on(f"/{locale}/abuse#{report_anchor(error.code, field)}")
    details = {"notice": refusal_text(error.code, locale, field), "field": field}
    return refusal_answer(request, ABUSE_REPORTS, error, details)

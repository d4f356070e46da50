"""Pages of tickets: what has become of a report of abuse, for whoever has its ticket.

The ticket is all the proof that there is, so such a page is kept nowhere and found by no search
engine. It is written for each request, and works without scripts. The small form that looks a
ticket up asks for ``/<locale>/abuse?ticket=…``, and is sent on to the ticket's own page.
"""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

from jiema_app.domain.abuse_reports.tickets import read_ticket
from jiema_app.domain.errors import NotFound
from jiema_app.serving.page_server import PageServer
from jiema_app.serving.static_files import StaticFile
from jiema_app.site.shop.abuse_ticket.live import missing_html, ticket_html
from jiema_app.site.states.page_services import page_services

FORM: Final = "abuse"
TICKET: Final = "abuse/[ticket]"
"""The pages' paths."""
FOLDER: Final = f"/{FORM}"
LOOK_UP: Final = b"ticket="
QUERY_BYTES: Final = 1024
UNKNOWN: Final = "unknown"
"""Stands in the address of a ticket that nobody can have."""

OWN_HEADERS: Final = (
    (b"cache-control", b"private, no-store"),
    (b"x-robots-tag", b"noindex"),
)


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A page that was written for one request."""

    file: StaticFile
    status: HTTPStatus


async def find_ticket_page(
    pages: PageServer, address: str, query: bytes
) -> TicketPage | str | None:
    """The page of a ticket, or where one that was looked up has its page; None for other pages."""
    if FOLDER not in address:
        return None
    found = pages.find_built(address)
    if found is None:
        return None
    built, part = found
    if built.page.path == FORM and LOOK_UP in query:
        return f"{address}/{_looked_up(query) or UNKNOWN}"
    if built.page.path != TICKET:
        return None
    try:
        services = page_services()
        view = await services.abuse_reports.look_up(part)
        hours = services.abuse_reports.answer_hours
        html = ticket_html(view, locale=built.locale, now=services.clock.now(), answer_hours=hours)
        shown, status = view.ticket, HTTPStatus.OK
    except NotFound:
        # The same for all of them: what a stranger has typed is not repeated.
        html, shown, status = missing_html(built.locale), UNKNOWN, HTTPStatus.NOT_FOUND
    file = await pages.complete_for_one(built, shown, html, None)
    kept = tuple(pair for pair in file.headers if pair[0] != b"cache-control")
    return TicketPage(replace(file, headers=(*kept, *OWN_HEADERS)), status)


def _looked_up(query: bytes) -> str | None:
    if len(query) > QUERY_BYTES:
        return None
    try:
        fields = parse_qs(query.decode("ascii"), max_num_fields=16)
    except ValueError:
        return None
    return read_ticket(fields.get("ticket", [""])[0])

"""Pages of tickets as they are served: kept nowhere, and the same for all that nobody has."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, cast

import pytest

from jiema_app.serving.page_server import PageServer
from jiema_app.serving.ticket_pages import TicketPage, find_ticket_page
from jiema_app.site.states.page_services import (
    PageServices,
    close_page_services,
    open_page_services,
)
from tests.services.test_abuse_reports import HERE, report
from tests.support.built_pages import page_server
from tests.support.shop import Shop

TEXTS = {"abuse": "form", "abuse/[ticket]": "<!--slot:own-->", "browse": "list"}


@pytest.fixture
async def pages(shop: Shop) -> AsyncIterator[PageServer]:
    desk = SimpleNamespace(abuse_reports=shop.services.abuse_reports, clock=shop.services.clock)
    open_page_services(cast("PageServices", desk))
    yield page_server(TEXTS)
    close_page_services()


async def page_at(pages: PageServer, address: str) -> TicketPage:
    found = await find_ticket_page(pages, address, b"")
    assert isinstance(found, TicketPage)
    return found


def headers_of(page: TicketPage) -> dict[bytes, bytes]:
    headers: Any = page.file.headers
    assert len({name for name, _ in headers}) == len(headers)
    return dict(headers)


async def test_whoever_has_a_ticket_reads_its_state_and_nothing_that_was_written(
    shop: Shop, pages: PageServer
) -> None:
    ticket = await shop.services.abuse_reports.send(report(), HERE)
    page = await page_at(pages, f"/en/abuse/{ticket}")
    text = page.file.content.decode()
    assert page.status == HTTPStatus.OK
    assert ticket in text
    assert "Received" in text
    for secret in ("forty times", "Example Ltd", "abuse@example.com", "345 6789"):
        assert secret not in text
    headers = headers_of(page)
    assert headers[b"cache-control"] == b"private, no-store"
    assert headers[b"x-robots-tag"] == b"noindex"
    await shop.services.abuse_reports.answer(ticket, "We blocked it.", actor="test")
    assert "We blocked it." in (await page_at(pages, f"/en/abuse/{ticket}")).file.content.decode()


async def test_a_ticket_that_nobody_has_is_not_found_and_not_repeated(pages: PageServer) -> None:
    for part in ("AR-2222-2222-2222-2222", "evil-words", "&quot;loud<b>"):
        page = await page_at(pages, f"/en/abuse/{part}")
        text = page.file.content.decode()
        assert page.status == HTTPStatus.NOT_FOUND
        assert "Ticket not found" in text
        assert part not in text
        assert headers_of(page)[b"cache-control"] == b"private, no-store"


async def test_looking_a_ticket_up_leads_to_its_page(pages: PageServer) -> None:
    found = [
        await find_ticket_page(pages, "/de/abuse", query)
        for query in (
            b"ticket=+ar+2222333344445555",
            b"ticket=%2F%2Fevil.example",
            b"ticket=",
            b"ticket=" + b"2" * 5000,
            b"ticket=\xff",
            b"&".join([b"ticket=1"] * 50),
        )
    ]
    assert found == ["/de/abuse/AR-2222-3333-4444-5555", *["/de/abuse/unknown"] * 5]


async def test_other_pages_are_none_of_its_business(pages: PageServer) -> None:
    for address in ("/en/abuse", "/en/browse", "/en", "/xx/abuse/AR-2", "/en/abuse/a/b"):
        assert await find_ticket_page(pages, address, b"q=1") is None

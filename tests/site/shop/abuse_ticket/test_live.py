"""What the page of a ticket says."""

from datetime import UTC, datetime, timedelta

import pytest

from jiema_app.domain.abuse_reports.statuses import ReportStatus
from jiema_app.domain.abuse_reports.views import Ticket
from jiema_app.site.shop.abuse_ticket.live import missing_html, ticket_html

SENT = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
NAME = "AR-2222-3333-4444-5555"


def html(
    status: ReportStatus, *, hours: int = 1, answer: str | None = None, locale: str = "en"
) -> str:
    view = Ticket(
        ticket=NAME,
        status=status,
        created_at=SENT,
        answer=answer,
        answered_at=None if answer is None else SENT + timedelta(hours=2),
        closed_at=SENT + timedelta(hours=3) if status is ReportStatus.CLOSED else None,
    )
    now = SENT + timedelta(hours=hours)
    return ticket_html(view, locale=locale, now=now, answer_hours=72)


@pytest.mark.parametrize("status", [ReportStatus.RECEIVED, ReportStatus.IN_REVIEW])
def test_an_open_report_says_until_when_it_is_answered(status: ReportStatus) -> None:
    page = html(status)
    assert NAME in page
    assert 'datetime="2026-11-30T12:00:00Z"' in page
    assert "We answer by" in page
    assert 'datetime="2026-12-03T12:00:00Z"' in page
    assert "taking longer" not in page
    assert "taking longer" in html(status, hours=73)


def test_an_answer_is_shown_as_text() -> None:
    page = html(ReportStatus.ANSWERED, answer="Blocked.\n<b>Thanks</b>", hours=100)
    assert "Blocked.\n&lt;b&gt;Thanks&lt;/b&gt;" in page
    assert "We answer by" not in page
    assert "taking longer" not in page
    closed = html(ReportStatus.CLOSED, answer="Blocked.")
    assert "Our answer" in closed
    assert 'datetime="2026-11-30T15:00:00Z"' in closed


def test_a_ticket_that_is_nobody_s_can_be_typed_again() -> None:
    page = missing_html("en")
    assert "Ticket not found" in page
    assert 'action="/en/abuse"' in page

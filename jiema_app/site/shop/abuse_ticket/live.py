"""What the page of a ticket says: state, times and the answer, and nothing of what was reported."""

from datetime import datetime, timedelta
from typing import Final

from jiema_app.domain.abuse_reports.statuses import ReportStatus
from jiema_app.domain.abuse_reports.tickets import TYPED_MAX
from jiema_app.domain.abuse_reports.views import Ticket
from jiema_app.i18n.formats import day_and_time, iso_time
from jiema_app.i18n.translation import t, tc, words_locale
from jiema_app.site.components.classes import Mood
from jiema_app.site.pages.rendering import render

MOODS: Final[dict[ReportStatus, Mood]] = {
    ReportStatus.RECEIVED: "waiting",
    ReportStatus.IN_REVIEW: "waiting",
    ReportStatus.ANSWERED: "good",
    ReportStatus.CLOSED: "neutral",
}


def ticket_html(view: Ticket, *, locale: str, now: datetime, answer_hours: int) -> str:
    """The page of a ticket.

    Args:
        view: What has become of the report.
        locale: The page's.
        now: The present moment.
        answer_hours: Within so long we answer.
    """
    words = words_locale(locale)
    due_at = view.created_at + timedelta(hours=answer_hours)
    is_open = view.status in {ReportStatus.RECEIVED, ReportStatus.IN_REVIEW}
    moments = [(t(words, "Sent"), view.created_at)]
    if is_open:
        moments.append((t(words, "We answer by"), due_at))
    if view.answered_at is not None:
        moments.append((tc(words, "report", "Answered"), view.answered_at))
    if view.closed_at is not None:
        moments.append((tc(words, "report", "Closed"), view.closed_at))
    return render(
        "shop/abuse_ticket/ticket.jinja",
        locale,
        ticket=view.ticket,
        status=status_word(view.status, words),
        mood=MOODS[view.status],
        moments=[(label, iso_time(at), day_and_time(words, at)) for label, at in moments],
        answer=view.answer,
        is_open=is_open,
        is_late=is_open and now > due_at,
    )


def missing_html(locale: str) -> str:
    """What stands there when no report has the ticket."""
    return render("shop/abuse_ticket/missing.jinja", locale, typed_max=TYPED_MAX)


def status_word(status: ReportStatus, locale: str) -> str:
    """What a state is called."""
    if status is ReportStatus.RECEIVED:
        return tc(locale, "report", "Received")
    if status is ReportStatus.IN_REVIEW:
        return tc(locale, "report", "In review")
    if status is ReportStatus.ANSWERED:
        return tc(locale, "report", "Answered")
    return tc(locale, "report", "Closed")

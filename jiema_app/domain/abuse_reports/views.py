"""What is read of reports: by those who answer, and by whoever has the ticket."""

from dataclasses import dataclass
from datetime import datetime

from jiema_app.domain.abuse_reports.statuses import Reporter, ReportStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """All that whoever has a ticket reads. Nothing of what was written is in it."""

    ticket: str
    status: ReportStatus
    created_at: datetime
    answer: str | None
    answered_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Ticket):
    """A report, for those who answer it."""

    reporter: Reporter
    organisation: str | None
    contact: str | None
    subject: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Reports that nobody has answered.

    Attributes:
        overdue: Those of them that wait for longer than we promise.
    """

    count: int
    overdue: int

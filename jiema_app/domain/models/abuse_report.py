"""Reports of abuse, which anybody may send."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import moment, now_default, text, text_id


class AbuseReport(SQLModel, table=True):
    """What somebody told us about the misuse of a number. No address (IP) is kept with it."""

    __tablename__ = "abuse_reports"
    __table_args__ = (
        CheckConstraint(
            "reporter in ('PERSON', 'SERVICE', 'AUTHORITY')", name="abuse_reports_reporter"
        ),
        CheckConstraint(
            "status in ('RECEIVED', 'IN_REVIEW', 'ANSWERED', 'CLOSED')", name="abuse_reports_status"
        ),
        CheckConstraint("length(words) between 10 and 4000", name="abuse_reports_words"),
        CheckConstraint("length(organisation) <= 200", name="abuse_reports_organisation"),
        CheckConstraint("length(contact) <= 200", name="abuse_reports_contact"),
        CheckConstraint("length(subject) <= 300", name="abuse_reports_subject"),
        CheckConstraint("length(answer) between 1 and 2000", name="abuse_reports_answer"),
        CheckConstraint(
            "(answer is null) = (answered_at is null)", name="abuse_reports_answered_once_answer"
        ),
        CheckConstraint(
            "status <> 'ANSWERED' or answer is not null", name="abuse_reports_answered_with_one"
        ),
        CheckConstraint(
            "(status = 'CLOSED') = (closed_at is not null)", name="abuse_reports_closed_when"
        ),
        Index(
            "abuse_reports_waiting",
            "created_at",
            postgresql_where=sql("status in ('RECEIVED', 'IN_REVIEW')"),
        ),
        Index(
            "abuse_reports_sent_once",
            "sent_hash",
            unique=True,
            postgresql_where=sql("sent_hash is not null"),
        ),
        Index(
            "abuse_reports_with_contact",
            "created_at",
            postgresql_where=sql("contact is not null"),
        ),
    )

    ticket: str = text_id(primary_key=True)
    """``AR-`` and sixteen random characters in groups: who has it reads state and answer."""
    reporter: str = text()
    """As whom they report, a word of `Reporter`."""
    organisation: str | None = text(default=None, nullable=True)
    """The service or office they say they speak for."""
    contact: str | None = text(default=None, nullable=True)
    """How they can be reached, if they said so. Removed some time after the report was answered or
    closed."""
    subject: str | None = text(default=None, nullable=True)
    """The phone number or link it is about, as they wrote it."""
    words: str = text()
    """What happened: lines, cleaned of what cannot be seen. Shown to those who answer alone."""
    status: str = text(sa_column_kwargs={"server_default": "RECEIVED"})
    """A word of `ReportStatus`."""
    answer: str | None = text(default=None, nullable=True)
    """What its ticket shows to whoever has it."""
    sent_hash: bytes | None = Field(default=None, sa_type=LargeBinary, nullable=True)
    """A keyed hash of all that was sent and of where from, kept for minutes: whoever presses twice
    has sent one report."""
    created_at: datetime = now_default()
    answered_at: datetime | None = moment(default=None, nullable=True)
    """When it got the answer that it has."""
    closed_at: datetime | None = moment(default=None, nullable=True)
    """Since when nothing more follows."""

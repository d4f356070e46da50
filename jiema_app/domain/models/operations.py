"""Tables that keep the machinery honest."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import moment, now_default, serial, text, text_id


class OutboxEvent(SQLModel, table=True):
    """A fact for others, written in the transaction that made it true."""

    __tablename__ = "outbox_events"
    __table_args__ = (
        Index("outbox_events_pending", "id", postgresql_where=sql("published_at is null")),
    )

    id: int = serial()
    topic: str = text()
    """For example ``order.received``; see ``domain/events.py``."""
    subject_id: str = text_id()
    """What it is about, for example an order's id."""
    payload: dict[str, Any] = Field(sa_type=JSONB)
    """Facts without secrets: never an SMS text, a code, or a full phone number."""
    created_at: datetime = now_default()
    published_at: datetime | None = moment(default=None, nullable=True)


class JobState(SQLModel, table=True):
    """The pulse of one background job, and who holds it."""

    __tablename__ = "job_states"

    job: str = text(primary_key=True)
    holder: str | None = text(default=None, nullable=True)
    """The worker process that may run it now, for jobs that run in one place only."""
    lease_expires_at: datetime | None = moment(default=None, nullable=True)
    """After this another worker takes it over."""
    last_started_at: datetime | None = moment(default=None, nullable=True)
    last_succeeded_at: datetime | None = moment(default=None, nullable=True)
    last_failed_at: datetime | None = moment(default=None, nullable=True)
    watermark_at: datetime | None = moment(default=None, nullable=True)
    """How far the job has got. Of a sync: the start of its last complete look at the supplier."""
    last_error: str | None = text(default=None, nullable=True)
    last_duration_ms: int | None = Field(default=None, nullable=True)
    interval_s: float = Field()
    """How often it is meant to run; the lag is counted from it."""


class AuditRecord(SQLModel, table=True):
    """Who of the house did what to whom. Rows are added, never changed."""

    __tablename__ = "audit_records"

    id: int = serial()
    actor: str = text()
    """A user's id, or ``command-line``."""
    action: str = text()
    subject_id: str = text_id()
    details: dict[str, Any] = Field(sa_type=JSONB)
    created_at: datetime = now_default()

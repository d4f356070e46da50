"""What is to be sent to somebody."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import big, moment, now_default, serial, text, text_id


class Delivery(SQLModel, table=True):
    """One message to one recipient: sent once, and edited when what it tells of changes."""

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint(
            "state in ('QUEUED','SENDING','SENT','UNKNOWN','FAILED','GONE','DROPPED')",
            name="deliveries_state_known",
        ),
        CheckConstraint("length(key) between 1 and 200", name="deliveries_key_length"),
        CheckConstraint("length(recipient) between 1 and 64", name="deliveries_recipient_length"),
        CheckConstraint("priority between 0 and 5", name="deliveries_priority"),
        CheckConstraint("length(error) <= 100", name="deliveries_error_length"),
        CheckConstraint("sent_revision <= revision", name="deliveries_sent_revision"),
        CheckConstraint("pg_column_size(payload) <= 32768", name="deliveries_payload_size"),
        CheckConstraint(
            "(state in ('QUEUED','SENDING')) = (settled_at is null)", name="deliveries_settled_when"
        ),
        Index(
            "deliveries_queued",
            "transport",
            "priority",
            "id",
            postgresql_where=sql("state = 'QUEUED'"),
        ),
        Index(
            "deliveries_waiting_for",
            "transport",
            "recipient",
            "priority",
            "id",
            postgresql_where=sql("state = 'QUEUED'"),
        ),
        Index(
            "deliveries_expiring",
            "transport",
            "expires_at",
            postgresql_where=sql("state = 'QUEUED' and expires_at is not null"),
        ),
        Index(
            "deliveries_due_later",
            "transport",
            "not_before",
            postgresql_where=sql("state = 'QUEUED'"),
        ),
        Index("deliveries_sending", "transport", postgresql_where=sql("state = 'SENDING'")),
        Index(
            "deliveries_for_a_person",
            "state",
            "id",
            postgresql_where=sql("state in ('UNKNOWN', 'FAILED')"),
        ),
        Index("deliveries_about", "subject_id", postgresql_where=sql("subject_id is not null")),
        Index(
            "deliveries_following",
            "created_at",
            postgresql_where=sql("kind in ('order.live', 'order.shown')"),
        ),
        Index(
            "deliveries_left",
            "created_at",
            postgresql_where=sql(
                "state in ('GONE', 'FAILED') and kind in ('order.live', 'order.shown', 'order.sms')"
            ),
        ),
        Index("deliveries_settled", "settled_at", postgresql_where=sql("settled_at is not null")),
    )

    id: int = serial()
    transport: str = text()
    """How it travels: ``telegram``."""
    recipient: str = text_id()
    """To whom, in the transport's words: a chat's number."""
    kind: str = text()
    """Names who makes its words when it is sent."""
    key: str = text_id(unique=True)
    """What it is, once: ``order:<id>``, ``update:<id>:<n>``."""
    subject_id: str | None = text_id(default=None, nullable=True)
    payload: dict[str, Any] | None = Field(default=None, sa_type=JSONB, nullable=True)
    """For who makes the words: never a code, an SMS text or a full phone number. Emptied once it is
    settled."""
    priority: int = Field()
    """0 is sent first, 5 last."""
    state: str = text(sa_column_kwargs={"server_default": "QUEUED"})
    """A word of `DeliveryState`."""
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How often it was handed to the transport."""
    revision: int = big(default=1, sa_column_kwargs={"server_default": "1"})
    """Grows when what it tells of changes."""
    sent_revision: int = big(default=0, sa_column_kwargs={"server_default": "0"})
    """What its recipient sees; 0 while they see nothing."""
    not_before: datetime = now_default()
    """Waits until then."""
    expires_at: datetime | None = moment(default=None, nullable=True)
    """Of no use to anybody after this."""
    message_id: int | None = big(default=None, nullable=True)
    """The transport's number of the message; with one, what follows is an edit."""
    error: str | None = text(default=None, nullable=True)
    """A word on why it is not sent."""
    created_at: datetime = now_default()
    claimed_by: str | None = text(default=None, nullable=True)
    """The sender that has it under way, or had."""
    claimed_at: datetime | None = moment(default=None, nullable=True)
    """When it was handed to the transport."""
    settled_at: datetime | None = moment(default=None, nullable=True)
    """Since when nothing is to be done for it."""

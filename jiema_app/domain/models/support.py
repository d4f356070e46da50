"""Support in chats: whose topic is which, what was passed on, and how long people waited.

What people write is in none of these tables: messages are copied by their numbers.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import big, moment, now_default, serial, text, text_id


class SupportTopic(SQLModel, table=True):
    """The topic of one customer in the group of those who answer."""

    __tablename__ = "support_topics"
    __table_args__ = (Index("support_topics_by_thread", "group_id", "thread_id", unique=True),)

    telegram_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    """The customer's number on Telegram."""
    group_id: int | None = big(default=None, nullable=True)
    """The group that the topic's number was given in; none before it is made."""
    thread_id: int | None = big(default=None, nullable=True)
    """The topic's number in the group; none before it is made."""
    is_lost: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    """It vanished, and another one is being made."""
    generation: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    """Grows each time a topic is asked for."""
    header_revision: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Of the message that says who they are."""
    header_hash: bytes | None = Field(default=None, sa_type=LargeBinary, nullable=True)
    """Of what it says: it is edited when that changes."""
    asked_at: datetime = now_default()
    """When the topic was last asked for."""


class SupportCase(SQLModel, table=True):
    """From a customer's first message until they were helped."""

    __tablename__ = "support_cases"
    __table_args__ = (
        CheckConstraint(
            "resolution in ('ADMIN', 'CUSTOMER', 'SILENCE')", name="support_cases_resolution"
        ),
        CheckConstraint(
            "(resolved_at is null) = (resolution is null)", name="support_cases_resolved_how"
        ),
        Index(
            "support_cases_one_open",
            "telegram_id",
            unique=True,
            postgresql_where=sql("resolved_at is null"),
        ),
        Index("support_cases_by_age", "opened_at"),
    )

    id: int = serial()
    telegram_id: int = big()
    """The customer's number on Telegram."""
    opened_at: datetime = moment()
    """When they first wrote."""
    first_answered_at: datetime | None = moment(default=None, nullable=True)
    """When an administrator first answered."""
    answered_by: str | None = text_id(default=None, nullable=True)
    """The administrator who answered first."""
    last_asked_at: datetime = moment()
    """When the customer last wrote."""
    last_answered_at: datetime | None = moment(default=None, nullable=True)
    """When an administrator last answered."""
    resolved_at: datetime | None = moment(default=None, nullable=True)
    resolution: str | None = text(default=None, nullable=True)
    """How it ended, a word of `Resolution`."""


class SupportMessage(SQLModel, table=True):
    """A message that is passed on, by its numbers. Forgotten some weeks later."""

    __tablename__ = "support_messages"
    __table_args__ = (
        UniqueConstraint(
            "telegram_id",
            "is_answer",
            "source_message_id",
            "version",
            name="support_messages_once",
        ),
        CheckConstraint(
            "state in ('WAITING', 'GIVEN', 'DONE', 'LOST')", name="support_messages_state"
        ),
        Index("support_messages_newest", "telegram_id", "created_at"),
        Index(
            "support_messages_waiting",
            "telegram_id",
            "id",
            postgresql_where=sql("state = 'WAITING'"),
        ),
        Index("support_messages_given", "id", postgresql_where=sql("state = 'GIVEN'")),
        Index("support_messages_copies", "telegram_id", "is_answer", "copy_message_id"),
    )

    id: int = serial()
    telegram_id: int = big()
    """The customer whom it is from or for."""
    is_answer: bool = Field()
    """From an administrator to the customer."""
    source_message_id: int = big()
    """Its number where it was written."""
    version: int = big(default=0, sa_column_kwargs={"server_default": "0"})
    """0, or when it was edited, in seconds since 1970."""
    copy_message_id: int | None = big(default=None, nullable=True)
    """The number of its copy."""
    reply_to: int | None = big(default=None, nullable=True)
    """The number that the message it replies to has on the other side."""
    state: str = text(sa_column_kwargs={"server_default": "WAITING"})
    """A word of `PassingState`."""
    attempt: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How often it was given to be sent: part of the delivery's key."""
    given_at: datetime | None = moment(default=None, nullable=True)
    """When that was last."""
    created_at: datetime = now_default()

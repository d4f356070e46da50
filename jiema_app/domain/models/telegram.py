"""People in chats with our bot, and what Telegram told us of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import big, moment, now_default, text, text_id


def _number() -> Any:
    """A key that Telegram hands out."""
    return Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))


class TelegramChat(SQLModel, table=True):
    """A person on Telegram: whether they can be written to, and what they chose there."""

    __tablename__ = "telegram_chats"
    __table_args__ = (
        CheckConstraint("state in ('OPEN','BLOCKED','NONE')", name="telegram_chats_state_known"),
        CheckConstraint("mode in ('support')", name="telegram_chats_mode_known"),
        CheckConstraint("length(language_code) between 1 and 35", name="telegram_chats_language"),
        CheckConstraint(
            "(quiet_from is null) = (quiet_until is null)", name="telegram_chats_quiet_both"
        ),
        CheckConstraint(
            "quiet_from between 0 and 1439 and quiet_until between 0 and 1439",
            name="telegram_chats_quiet_of_the_day",
        ),
        CheckConstraint("utc_offset_minutes between -840 and 840", name="telegram_chats_offset"),
    )

    telegram_id: int = _number()
    """Their number, and that of their private chat with the bot."""
    user_id: str | None = text_id(foreign_key="users.id", default=None, nullable=True, unique=True)
    """Whose account it is; none before they have one."""
    state: str = text(sa_column_kwargs={"server_default": "NONE"})
    """A word of `ChatState`."""
    language_code: str | None = text(default=None, nullable=True)
    """What their Telegram speaks."""
    mode: str | None = text(default=None, nullable=True)
    """``support`` while what they write goes to support."""
    place_checked_at: datetime | None = moment(default=None, nullable=True)
    """When their address was last admitted, on the web or in the Mini App. It is not kept."""
    notify_orders: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    """Whether they want messages about their orders."""
    notify_money: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    """Likewise about money."""
    quiet_from: int | None = Field(default=None, nullable=True)
    """Minutes of their day; without one there are no quiet hours."""
    quiet_until: int | None = Field(default=None, nullable=True)
    """Likewise."""
    utc_offset_minutes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Of their clock."""
    started_at: datetime | None = moment(default=None, nullable=True)
    """When they first wrote to the bot."""
    blocked_at: datetime | None = moment(default=None, nullable=True)
    """Since when they cannot be written to."""
    updated_at: datetime = now_default()


class TelegramUpdate(SQLModel, table=True):
    """Something that Telegram told us: stored before it is answered, handled once."""

    __tablename__ = "telegram_updates"
    __table_args__ = (
        CheckConstraint(
            "(handled_at is null) = (outcome is null)", name="telegram_updates_handled_how"
        ),
        CheckConstraint(
            "handled_at is null or payload is null", name="telegram_updates_forgotten_when_handled"
        ),
        CheckConstraint("length(outcome) <= 40", name="telegram_updates_outcome_length"),
        Index(
            "telegram_updates_waiting",
            "chat_key",
            "update_id",
            postgresql_where=sql("handled_at is null"),
        ),
        # Whatever two workers see of each other: one at a time in a chat.
        Index(
            "telegram_updates_one_of_a_chat",
            "chat_key",
            unique=True,
            postgresql_where=sql("handled_at is null and claimed_by is not null"),
        ),
        Index(
            "telegram_updates_handled",
            "handled_at",
            postgresql_where=sql("handled_at is not null"),
        ),
    )

    update_id: int = _number()
    """Telegram's own number of it: the same one however often it tells us."""
    chat_key: int = big()
    """Within it updates are handled in order: the chat's number, or the person's where there is no
    chat."""
    payload: dict[str, Any] | None = Field(default=None, sa_type=JSONB, nullable=True)
    """As it came; emptied when it is handled."""
    received_at: datetime = now_default()
    claimed_by: str | None = text(default=None, nullable=True)
    """The worker that has it under way."""
    claimed_until: datetime | None = moment(default=None, nullable=True)
    """Nobody else takes it before this."""
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How often a worker took it."""
    failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How often it went wrong."""
    handled_at: datetime | None = moment(default=None, nullable=True)
    """When that was done with. The row is kept for two days after that, or, while it is not, after
    it came."""
    outcome: str | None = text(default=None, nullable=True)
    """How that ended: ``done``, ``failed``, ``abandoned``."""


class TelegramMove(SQLModel, table=True):
    """A group that has another number since it became a supergroup."""

    __tablename__ = "telegram_moves"

    old_id: int = _number()
    """Its number before."""
    new_id: int = big()
    """Its number now."""
    created_at: datetime = now_default()

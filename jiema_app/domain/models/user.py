"""People."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import moment, now_default, text, text_id


class Role(StrEnum):
    """What a person may do."""

    USER = "user"
    ADMIN = "admin"


class User(SQLModel, table=True):
    """A person with a balance. Nothing here tells who they are outside of the product."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role in ('user', 'admin')", name="users_role_known"),
        CheckConstraint("referrer_id <> id", name="users_referrer_is_another"),
        CheckConstraint("length(display_name) between 1 and 60", name="users_display_name_length"),
    )

    id: str = text_id(primary_key=True)
    display_name: str = text()
    """A pseudonym, made up by us or chosen by them; never copied from an identity provider."""
    lang: str = text(sa_column_kwargs={"server_default": "en"})
    """The locale they last chose."""
    referral_code: str = text(unique=True)
    """Last part of their personal link ``/r/<code>``."""
    referrer_id: str | None = text_id(
        foreign_key="users.id", default=None, nullable=True, index=True
    )
    """Whose personal link brought them. Set when the account is made, or never: a trigger refuses
    every change."""
    session_version: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Browsers signed in under an earlier version are signed out."""
    role: str = text(sa_column_kwargs={"server_default": "user"})
    banned_at: datetime | None = moment(default=None, nullable=True)
    """Since when they may not act. Their orders still run to their end, with refunds."""
    ban_reason: str | None = text(default=None, nullable=True)
    created_at: datetime = now_default()

"""Keys of the public API."""

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import moment, now_default, text, text_id


class ApiKey(SQLModel, table=True):
    """A credential of a user. The token itself is shown once and never stored."""

    __tablename__ = "api_keys"
    __table_args__ = (
        CheckConstraint("length(prefix) = 8", name="api_keys_prefix_length"),
        CheckConstraint("length(name) between 1 and 60", name="api_keys_name_length"),
    )

    id: str = text_id(primary_key=True)
    user_id: str = text_id(foreign_key="users.id", index=True)
    name: str = text()
    prefix: str = text()
    """The first eight characters of the token, ``jm_`` included, to recognise it by."""
    token_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    """SHA-256 of the token. 256 random bits need no slow hash."""
    created_at: datetime = now_default()
    last_used_at: datetime | None = moment(default=None, nullable=True)
    """Within a minute; written at most once a minute per key."""
    revoked_at: datetime | None = moment(default=None, nullable=True)

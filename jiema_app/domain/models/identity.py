"""How people sign in: the identities of others that they hold, and their browsers."""

from datetime import datetime

from sqlalchemy import ARRAY, CheckConstraint, LargeBinary
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import moment, now_default, text, text_id


class Identity(SQLModel, table=True):
    """Whom a provider knows a user as. Nothing else of what it says is kept.

    One user, one identity: who signs in with both providers has two accounts.
    """

    __tablename__ = "identities"
    __table_args__ = (
        CheckConstraint("provider in ('google', 'telegram')", name="identities_provider_known"),
        CheckConstraint("length(subject) between 1 and 255", name="identities_subject_length"),
    )

    provider: str = text(primary_key=True)
    """A word of `Provider`."""
    subject: str = text_id(primary_key=True)
    """The provider's name for the person: Google's ``sub``, Telegram's numeric user id."""
    issuer: str = text()
    """Who said so at the first sign-in."""
    user_id: str = text_id(foreign_key="users.id", unique=True)
    created_at: datetime = now_default()


class WebSession(SQLModel, table=True):
    """A browser that is signed in. Its token is a signed statement and is not stored."""

    __tablename__ = "web_sessions"
    __table_args__ = (
        CheckConstraint("length(device) between 1 and 60", name="web_sessions_device_length"),
    )

    jti: str = text_id(primary_key=True)
    """The token's id; renewed tokens of one browser share it."""
    user_id: str = text_id(foreign_key="users.id", index=True)
    device: str = text()
    """What its user knows it by, for example ``Chrome on Android``. Nothing finer is kept."""
    created_at: datetime = moment()
    """When the person signed in there."""
    last_seen_at: datetime = moment()
    """Within a quarter of an hour."""
    expires_at: datetime = moment(index=True)
    """When it ends unless it is used before."""
    absolute_expires_at: datetime = moment()
    """When it ends even if it is used every day."""
    revoked_at: datetime | None = moment(default=None, nullable=True)


class LoginLink(SQLModel, table=True):
    """An address that signs a browser in, once. Only the sandbox makes them."""

    __tablename__ = "login_links"

    token_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    """SHA-256 of the token in the address. 256 random bits need no slow hash."""
    user_id: str = text_id(foreign_key="users.id", index=True)
    expires_at: datetime = moment()
    """After this the link opens nothing."""
    used_at: datetime | None = moment(default=None, nullable=True)
    """When somebody signed in by it."""


class AdminToken(SQLModel, table=True):
    """What an administrator proves themself with on the command line."""

    __tablename__ = "admin_tokens"

    user_id: str = text_id(foreign_key="users.id", primary_key=True)
    token_hash: bytes = Field(sa_type=LargeBinary)
    """SHA-256 of the token. 256 random bits need no slow hash."""
    created_at: datetime = now_default()


class UsedSignIn(SQLModel, table=True):
    """A signed statement of Telegram's that was accepted, so that it is not accepted again."""

    __tablename__ = "used_sign_ins"

    assertion_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    """SHA-256 of its signature."""
    expires_at: datetime = moment(index=True)
    """When it is too old to be accepted anyway."""


class MiniAppLaunch(SQLModel, table=True):
    """A launch of the Mini App that was exchanged: it belongs to whoever did so first."""

    __tablename__ = "mini_app_launches"

    digest: bytes = Field(sa_type=LargeBinary, primary_key=True)
    """A hash of its signature."""
    user_id: str = text_id(foreign_key="users.id", index=True)
    session_version: int
    """The user's, when it was exchanged first: signing out everywhere ends it."""
    jti: str = text_id()
    """The session that it opened last. Signing that one out ends it, too."""
    agent_hash: bytes = Field(sa_type=LargeBinary)
    """What the first browser calls itself, hashed with a secret of the launch."""
    country: str | None = text(default=None, nullable=True)
    """Where the first browser was."""
    key_hashes: list[bytes] = Field(sa_type=ARRAY(LargeBinary))
    """The secrets of the pages that it has opened, hashed likewise."""
    first_at: datetime = moment()
    """When it was exchanged first."""
    expires_at: datetime = moment(index=True)
    """When it is too old to be accepted anyway."""

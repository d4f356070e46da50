"""What the channel was told: announcements of people, digests of prices and stock."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import big, moment, now_default, serial, text, text_id


class Announcement(SQLModel, table=True):
    """What a person wrote for the channel. How its post fares is told by its delivery."""

    __tablename__ = "announcements"
    __table_args__ = (
        CheckConstraint(
            "jsonb_typeof(texts) = 'object' and texts ? 'en'", name="announcements_in_english"
        ),
        CheckConstraint("revision > 0", name="announcements_revision"),
        Index("announcements_newest", "created_at"),
    )

    id: str = text_id(primary_key=True)
    texts: dict[str, str] = Field(sa_type=JSONB)
    """By locale: English, and what it was put into."""
    revision: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    """Grows when it is edited; so does its post."""
    actor: str = text()
    """Who wrote it: a user's id, or ``command-line``."""
    publish_at: datetime = moment()
    """Not posted before this."""
    message_id: int | None = big(default=None, nullable=True)
    """Of its post; the delivery that has it too is forgotten some weeks later."""
    withdrawn_at: datetime | None = moment(default=None, nullable=True)
    """Since when it is to be seen no more."""
    created_at: datetime = now_default()


class ChannelDigest(SQLModel, table=True):
    """Changes of prices and stock in one post. While it is young, news are added to it."""

    __tablename__ = "channel_digests"
    __table_args__ = (Index("channel_digests_by_day", "day"),)

    id: int = serial()
    day: date = Field()
    """In UTC: so many a day are posted."""
    revision: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    """Grows when news are added; so does its post."""
    items: list[dict[str, Any]] = Field(sa_type=JSONB)
    """What it tells, the most important first: service, country, prices."""
    more: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Further changes that it only counts."""
    created_at: datetime = moment()
    """When its first news were told."""


class ChannelService(SQLModel, table=True):
    """A service that the channel knows: it was told as a new one, or was there before."""

    __tablename__ = "channel_services"

    service_code: str = text(primary_key=True)
    noted_at: datetime = moment()
    """Since when."""


class ChannelRoute(SQLModel, table=True):
    """What the channel was last told of a route, or would have been had it been worth a word."""

    __tablename__ = "channel_routes"
    __table_args__ = (
        Index(
            "channel_routes_moving", "service_code", postgresql_where=sql("seen_since is not null")
        ),
    )

    service_code: str = text(primary_key=True)
    country_id: int = Field(primary_key=True)
    price_cents: int | None = Field(default=None, nullable=True)
    """None while it never was in stock."""
    is_stocked: bool = Field()
    """Whether it was in stock."""
    left_at: datetime | None = moment(default=None, nullable=True)
    """Since when it is sold out."""
    told_at: datetime | None = moment(default=None, nullable=True)
    """When it last stood in a digest."""
    seen_price_cents: int | None = Field(default=None, nullable=True)
    """What it is now, where that differs."""
    seen_stocked: bool | None = Field(default=None, nullable=True)
    """Whether it is in stock now, where that or the price differs."""
    seen_since: datetime | None = moment(default=None, nullable=True)
    """Since when it is so. It is told once it has stayed so for a while."""


class ChannelLook(SQLModel, table=True):
    """When the catalogue was last compared with what was told. One row."""

    __tablename__ = "channel_looks"
    __table_args__ = (CheckConstraint("id = 1", name="channel_looks_one_row"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    looked_at: datetime = moment()
    """When that was."""

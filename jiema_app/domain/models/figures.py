"""How well routes do. A route is a service in a country."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import moment, now_default, text


class RouteCount(SQLModel, table=True):
    """What became of the orders of a route that were judged within an hour, or a day.

    Of a whole service, with ``country_id`` -1, and of a whole country, with an empty
    ``service_code``, there are rows of their own. Days replace their hours.
    """

    __tablename__ = "route_counts"
    __table_args__ = (
        CheckConstraint("received between 0 and judged", name="route_counts_received"),
        CheckConstraint("cardinality(seconds) = cardinality(counts)", name="route_counts_pairs"),
        Index("route_counts_by_time", "starts_at"),
    )

    service_code: str = text(primary_key=True)
    country_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    starts_at: datetime = moment(primary_key=True)
    is_day: bool = Field(primary_key=True)
    judged: int = Field()
    received: int = Field()
    """Those of them that received a code."""
    seconds: list[int] = Field(sa_type=ARRAY(Integer))
    """In how many seconds after the purchase codes came: each figure once, ascending."""
    counts: list[int] = Field(sa_type=ARRAY(Integer))
    """How many came in so many seconds."""


class RouteFigure(SQLModel, table=True):
    """What is shown of a route: its counts of 30 days together."""

    __tablename__ = "route_figures"

    service_code: str = text(primary_key=True)
    """Empty for all services of a country."""
    country_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """-1 for all countries of a service."""
    sample: int = Field()
    received: int = Field()
    median_s: int | None = Field(default=None, nullable=True)
    p90_s: int | None = Field(default=None, nullable=True)
    updated_at: datetime = now_default()


class FigureProgress(SQLModel, table=True):
    """How far orders are counted: one row."""

    __tablename__ = "figure_progress"
    __table_args__ = (CheckConstraint("only_row", name="figure_progress_one_row"),)

    only_row: bool = Field(primary_key=True, sa_column_kwargs={"server_default": "true"})
    final_until: datetime = moment()
    """Hours before this are counted for good."""

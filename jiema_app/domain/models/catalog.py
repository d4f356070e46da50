"""What is for sale, and what it costs us."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import big, moment, now_default, serial, text


class Service(SQLModel, table=True):
    """An online service that sends codes. Loaded from the curated list; the switches are ours."""

    __tablename__ = "services"
    __table_args__ = (
        CheckConstraint(
            "compliance in ('allowed', 'warn', 'denied')", name="services_compliance_known"
        ),
    )

    code: str = text(primary_key=True)
    slug: str = text(unique=True)
    name: str = text()
    category: str = text()
    popularity: int = Field()
    """1 is the most popular."""
    aliases: list[str] = Field(sa_type=ARRAY(Text))
    compliance: str = text()
    """What the curated list says: allowed, warn or denied."""
    reason: str | None = text(default=None, nullable=True)
    compliance_override: str | None = text(default=None, nullable=True)
    """An administrator's word, which outlives a reload of the list."""
    is_enabled: bool = Field(sa_column_kwargs={"server_default": "true"})


class Country(SQLModel, table=True):
    """A country whose numbers are for rent."""

    __tablename__ = "countries"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """The numeric id of the handler_api family; 0 is Russia."""
    slug: str = text(unique=True)
    iso2: str = text()
    flag: str = text()
    dial_code: str = text()
    popularity: int = Field()
    names: dict[str, str] = Field(sa_type=JSONB)
    """Name by locale, from CLDR."""
    compliance: str = text()
    is_enabled: bool = Field(sa_column_kwargs={"server_default": "true"})


class Offer(SQLModel, table=True):
    """What one supplier asks for one number, and how many it has."""

    __tablename__ = "offers"
    __table_args__ = (
        CheckConstraint("cost_micro > 0", name="offers_cost_positive"),
        CheckConstraint("count >= 0", name="offers_count_not_negative"),
    )

    supplier: str = text(primary_key=True)
    service_code: str = text(primary_key=True)
    country_id: int = Field(primary_key=True)
    cost_micro: int = big()
    count: int = Field()
    """Numbers that can be bought at this cost. 0 keeps the last known cost on show."""
    updated_at: datetime = now_default()


class PricingRule(SQLModel, table=True):
    """How a cost becomes a price, from a moment on. Rows are added, never changed.

    The scope is global (neither service nor country), a service, a country, or a pair.
    The narrowest scope with a rule in force wins: pair, service, country, global.
    """

    __tablename__ = "pricing_rules"
    __table_args__ = (
        CheckConstraint("percent_bp >= 0", name="pricing_rules_percent"),
        CheckConstraint("fixed_micro >= 0", name="pricing_rules_fixed"),
        CheckConstraint("floor_micro >= 0", name="pricing_rules_floor"),
        Index("pricing_rules_scope", "service_code", "country_id", "effective_from"),
    )

    id: int = serial()
    service_code: str | None = text(default=None, nullable=True, foreign_key="services.code")
    country_id: int | None = Field(default=None, nullable=True, foreign_key="countries.id")
    percent_bp: int = Field()
    """Price as a share of the cost in basis points: 13500 is cost plus 35 %."""
    fixed_micro: int = big()
    """Added after the percentage."""
    floor_micro: int = big()
    """The price is at least this."""
    is_withdrawn: bool = Field(sa_column_kwargs={"server_default": "false"})
    """From this moment the scope has no rule of its own."""
    effective_from: datetime = moment()
    created_at: datetime = now_default()
    created_by: str | None = text(default=None, nullable=True)
    note: str = text(sa_column_kwargs={"server_default": ""})

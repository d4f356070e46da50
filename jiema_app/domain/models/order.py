"""Rented numbers and what arrived on them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import big, moment, now_default, serial, text, text_id


class Order(SQLModel, table=True):
    """One rented number, from reservation to settlement."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(
            "status in ('RESERVED','WAITING','RECEIVED','COMPLETED','FAILED','CANCELLED')",
            name="orders_status_known",
        ),
        CheckConstraint("price_micro > 0 and price_micro % 10000 = 0", name="orders_whole_cents"),
        CheckConstraint(
            "status in ('RESERVED','FAILED') or (phone is not null and expires_at is not null)",
            name="orders_number_known",
        ),
        CheckConstraint(
            "(status in ('COMPLETED','FAILED','CANCELLED')) = (ended_at is not null)",
            name="orders_end_known",
        ),
        CheckConstraint(
            "status not in ('RECEIVED','COMPLETED') or sms_count > 0", name="orders_code_came"
        ),
        CheckConstraint(
            "status not in ('FAILED','CANCELLED') or sms_count = 0", name="orders_refund_or_code"
        ),
        CheckConstraint(
            "(sms_count > 0) = (first_sms_at is not null)", name="orders_first_sms_known"
        ),
        Index("orders_of_user", "user_id", "id"),
        Index(
            "orders_of_user_by_status",
            "user_id",
            "status",
            "id",
            postgresql_where=sql("phone is not null"),
        ),
        Index(
            "orders_open_of_user",
            "user_id",
            postgresql_where=sql("status in ('RESERVED','WAITING','RECEIVED')"),
        ),
        Index(
            "orders_activation",
            "supplier",
            "activation_id",
            unique=True,
            postgresql_where=sql("activation_id is not null"),
        ),
        Index(
            "orders_idempotency",
            "user_id",
            "idempotency_key",
            unique=True,
            postgresql_where=sql("idempotency_key is not null"),
        ),
        Index(
            "orders_to_expire",
            "expires_at",
            postgresql_where=sql("status in ('WAITING','RECEIVED')"),
        ),
        Index("orders_reserved", "created_at", postgresql_where=sql("status = 'RESERVED'")),
        Index(
            "orders_failed_number",
            "user_id",
            "phone_hash",
            postgresql_where=sql("phone_hash is not null and sms_count = 0"),
        ),
        Index(
            "orders_to_purge",
            "ended_at",
            postgresql_where=sql("ended_at is not null and purged_at is null"),
        ),
        Index(
            "orders_judged",
            sql("coalesce(first_sms_at, ended_at)"),
            postgresql_where=sql(
                "phone is not null and coalesce(first_sms_at, ended_at) is not null"
            ),
        ),
        Index(
            "orders_unknown_purchase",
            "supplier",
            "service_code",
            "country_id",
            postgresql_where=sql("purchase_unknown_at is not null and activation_id is null"),
        ),
    )

    id: str = text_id(primary_key=True)
    user_id: str = text_id(foreign_key="users.id")
    status: str = text()
    reason: str | None = text(default=None, nullable=True)
    """Why it ended, one of ``EndReason``."""
    service_code: str = text()
    country_id: int = Field()
    price_micro: int = big()
    """What the buyer pays if a code comes: whole cents, quoted once."""
    max_price_cents: int | None = Field(default=None, nullable=True)
    """The ceiling the buyer asked for; part of what an idempotency key is compared with."""
    cost_limit_micro: int = big()
    """The most we let the supplier charge."""
    cost_micro: int | None = big(default=None, nullable=True)
    """What the supplier charged for the number."""
    supplier: str = text()
    activation_id: str | None = text(default=None, nullable=True)
    """The supplier's name for the rental."""
    phone: str | None = text(default=None, nullable=True)
    """E.164 with its plus sign; masked 24 hours after the end."""
    phone_hash: bytes | None = Field(default=None, sa_type=LargeBinary, nullable=True)
    """Keyed hash of the phone, kept so that a number that failed is not handed out again."""
    idempotency_key: str | None = text(default=None, nullable=True)
    api_key_id: str | None = text_id(default=None, nullable=True)
    """The API key it was placed with; none on a page. No foreign key: it would lock the key's
    row, which notes its uses, in every order."""
    operator: str | None = text(default=None, nullable=True)
    """The mobile operator that the buyer asked for, by the supplier's name for it."""
    sms_count: int = Field(sa_column_kwargs={"server_default": "0"})
    next_sms_count: int = Field(sa_column_kwargs={"server_default": "0"})
    """How often a further code was asked for."""
    version: int = Field(sa_column_kwargs={"server_default": "1"})
    """Grows with every change; the entity tag."""
    created_at: datetime = now_default()
    purchase_unknown_at: datetime | None = moment(default=None, nullable=True)
    """When a purchase ended without an answer we understood."""
    expires_at: datetime | None = moment(default=None, nullable=True)
    received_at: datetime | None = moment(default=None, nullable=True)
    """When the latest SMS came, by the supplier's word."""
    first_sms_at: datetime | None = moment(default=None, nullable=True)
    """When we learned of the first SMS, by our own clock."""
    ended_at: datetime | None = moment(default=None, nullable=True)
    purged_at: datetime | None = moment(default=None, nullable=True)


class OrderSms(SQLModel, table=True):
    """One SMS that arrived on a rented number. Deleted 24 hours after the order ended."""

    __tablename__ = "order_sms"
    __table_args__ = (UniqueConstraint("order_id", "fingerprint", name="order_sms_once"),)

    id: int = serial()
    order_id: str = text_id(foreign_key="orders.id")
    fingerprint: bytes = Field(sa_type=LargeBinary)
    """Tells a repeated delivery of one SMS from a second SMS; see ``orders.sms``."""
    body: str = text()
    code: str | None = text(default=None, nullable=True)
    """The one-time code found in the text."""
    received_at: datetime = moment()

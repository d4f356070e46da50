"""What is still to be said to a supplier, and what it has told us."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import moment, now_default, serial, text, text_id


class SupplierTask(SQLModel, table=True):
    """A call that ends a rental at the supplier, made until it is answered."""

    __tablename__ = "supplier_tasks"
    __table_args__ = (
        CheckConstraint("kind in ('cancel', 'finish')", name="supplier_tasks_kind_known"),
        UniqueConstraint("supplier", "activation_id", "kind", name="supplier_tasks_once"),
        Index("supplier_tasks_due", "due_at", postgresql_where=sql("done_at is null")),
    )

    id: int = serial()
    supplier: str = text()
    activation_id: str = text()
    order_id: str | None = text_id(default=None, nullable=True)
    kind: str = text()
    """``cancel`` gives the number back for a refund, ``finish`` closes it after a code."""
    due_at: datetime = moment()
    """Not before this: the supplier refuses to cancel a young rental. A claim moves it on."""
    attempts: int = Field(sa_column_kwargs={"server_default": "0"})
    done_at: datetime | None = moment(default=None, nullable=True)
    outcome: str | None = text(default=None, nullable=True)
    created_at: datetime = now_default()


class UnclaimedActivation(SQLModel, table=True):
    """A rental on the supplier's active list that no order knows.

    Either its purchase is still being answered, or the answer was lost. Once it is too
    old to belong to a purchase under way, it goes to an order with an unknown outcome.
    """

    __tablename__ = "unclaimed_activations"

    supplier: str = text(primary_key=True)
    activation_id: str = text(primary_key=True)
    service_code: str = text()
    country_id: int = Field()
    first_seen_at: datetime = now_default()
    resolved_at: datetime | None = moment(default=None, nullable=True)
    order_id: str | None = text_id(default=None, nullable=True)
    """The order it was given to."""


class SupplierNotice(SQLModel, table=True):
    """A webhook call waiting to be confirmed. It holds no text: the API tells it again."""

    __tablename__ = "supplier_notices"
    __table_args__ = (
        Index("supplier_notices_due", "due_at", postgresql_where=sql("done_at is null")),
        Index(
            "supplier_notices_one_pending",
            "supplier",
            "activation_id",
            unique=True,
            postgresql_where=sql("done_at is null"),
        ),
    )

    id: int = serial()
    supplier: str = text()
    activation_id: str = text()
    received_at: datetime = now_default()
    due_at: datetime = now_default()
    attempts: int = Field(sa_column_kwargs={"server_default": "0"})
    done_at: datetime | None = moment(default=None, nullable=True)

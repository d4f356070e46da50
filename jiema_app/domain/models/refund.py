"""How payments were sent back to whoever made them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import big, now_default, serial, text, text_id


class PaymentRefund(SQLModel, table=True):
    """The transfer that paid a refund, or that somebody proposes. Rows are added, never changed.

    A payment is sent back once, and one transfer pays one refund: whoever adds the second row
    is refused, be it the reader of the chain or a person.
    """

    __tablename__ = "payment_refunds"
    __table_args__ = (
        CheckConstraint("amount_micro > 0", name="payment_refunds_amount_positive"),
        CheckConstraint("length(note) between 1 and 500", name="payment_refunds_note_length"),
        CheckConstraint("(actor is null) = (note is null)", name="payment_refunds_explained"),
        CheckConstraint("is_final or actor is not null", name="payment_refunds_proposed_by"),
        Index(
            "payment_refunds_once",
            "payment_id",
            unique=True,
            postgresql_where=sql("is_final"),
        ),
        Index(
            "payment_refunds_by_one_transfer",
            "txid",
            "log_index",
            unique=True,
            postgresql_where=sql("is_final"),
        ),
        Index("payment_refunds_of_payment", "payment_id"),
    )

    id: int = serial()
    payment_id: str = text_id(foreign_key="payments.id")
    """The payment that went back."""
    txid: str = text()
    """Of the transaction that sent it: 64 hexadecimal digits."""
    log_index: int = Field()
    """Position of the log in its transaction's receipt."""
    block_number: int = big()
    """Where that stands in the chain."""
    from_address: str = text()
    """Who sent it, base58check."""
    to_address: str = text()
    """Who got it, base58check: as a rule whoever had made the payment."""
    amount_micro: int = big()
    """What was sent."""
    note: str | None = text(default=None, nullable=True)
    """What the person said; none when the reader of the chain saw it leave the pool."""
    actor: str | None = text(default=None, nullable=True)
    """A user's id, or ``command-line``; none for the reader of the chain."""
    is_final: bool = Field()
    """False: proposed, and waiting for a second person."""
    created_at: datetime = now_default()


class RefundOrder(SQLModel, table=True):
    """A person has a refund sent by the signer, or proposes it. Rows are added, never changed."""

    __tablename__ = "refund_orders"
    __table_args__ = (
        CheckConstraint("amount_micro > 0", name="refund_orders_amount_positive"),
        CheckConstraint("length(note) between 1 and 500", name="refund_orders_note_length"),
        Index("refund_orders_of_payment", "payment_id", "id"),
    )

    id: int = serial()
    payment_id: str = text_id(foreign_key="payments.id")
    """The payment that is to go back."""
    amount_micro: int = big()
    """What is owed for it."""
    note: str = text()
    actor: str = text()
    """A user's id, or ``command-line``."""
    is_final: bool = Field()
    """False: proposed, and waiting for a second person."""
    created_at: datetime = now_default()

"""What people ask to be paid out, and what the house decided about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import big, moment, now_default, serial, text, text_id

ADDRESS_FORM = "~ '^T[1-9A-HJ-NP-Za-km-z]{33}$'"


class WithdrawalTerms(SQLModel, table=True):
    """What a withdrawal costs and what it is held to. The newest row holds; rows are added."""

    __tablename__ = "withdrawal_terms"
    __table_args__ = (
        CheckConstraint("fee_bp between 0 and 5000", name="withdrawal_terms_fee"),
        CheckConstraint("fee_min_micro >= 0", name="withdrawal_terms_fee_min"),
        CheckConstraint("amount_min_micro > fee_min_micro", name="withdrawal_terms_amount_min"),
        CheckConstraint("alone_max_micro >= 0", name="withdrawal_terms_alone_max"),
        CheckConstraint("address_wait_s between 0 and 2592000", name="withdrawal_terms_wait"),
        CheckConstraint(
            "per_day_count between 1 and 1000 and per_day_micro > 0", name="withdrawal_terms_day"
        ),
        CheckConstraint("length(note) between 1 and 500", name="withdrawal_terms_note_length"),
    )

    id: int = serial()
    fee_bp: int = Field()
    """Share of the amount, in basis points, rounded up to a whole cent; 500 is 5 %."""
    fee_min_micro: int = big()
    """The fee is never less."""
    amount_min_micro: int = big()
    """Less is not paid out."""
    alone_max_micro: int = big()
    """Up to this one person approves; above it two do."""
    takes_above: bool = Field()
    """Whether more than that may be asked for at all."""
    takes_spending: bool = Field()
    """Whether the balance for orders may be paid out too, and not only commission."""
    address_wait_s: int = Field()
    """How long a changed address waits before anything is paid to it."""
    per_day_count: int = Field()
    """Withdrawals that one user may ask for in 24 hours."""
    per_day_micro: int = big()
    """And how much together."""
    actor: str = text()
    """A user's id, or ``command-line``."""
    note: str = text()
    created_at: datetime = now_default()


class Withdrawal(SQLModel, table=True):
    """Somebody's wish to be paid out. The money is held from the request on."""

    __tablename__ = "withdrawals"
    __table_args__ = (
        CheckConstraint(
            "status in ('REQUESTED','APPROVED','REJECTED','CANCELLED','SETTLED')",
            name="withdrawals_status_known",
        ),
        CheckConstraint("source in ('commission','spending')", name="withdrawals_source_known"),
        CheckConstraint(f"address {ADDRESS_FORM}", name="withdrawals_address_form"),
        CheckConstraint(
            "amount_micro = fee_micro + net_micro and net_micro > 0 and fee_micro >= 0",
            name="withdrawals_add_up",
        ),
        CheckConstraint(
            "(status in ('REJECTED','CANCELLED','SETTLED')) = (ended_at is not null)",
            name="withdrawals_end_known",
        ),
        CheckConstraint(
            "status <> 'REJECTED' or note is not null", name="withdrawals_rejected_why"
        ),
        CheckConstraint("length(request_key) between 1 and 64", name="withdrawals_key_length"),
        CheckConstraint("length(note) between 1 and 500", name="withdrawals_note_length"),
        Index(
            "withdrawals_one_open",
            "user_id",
            unique=True,
            postgresql_where=sql("status in ('REQUESTED','APPROVED')"),
        ),
        Index("withdrawals_once", "user_id", "request_key", unique=True),
        Index("withdrawals_of_user", "user_id", "id"),
        Index("withdrawals_to_address", "address"),
        Index("withdrawals_open", "id", postgresql_where=sql("status in ('REQUESTED','APPROVED')")),
        Index("withdrawals_ended", "ended_at", postgresql_where=sql("ended_at is not null")),
    )

    id: str = text_id(primary_key=True)
    user_id: str = text_id(foreign_key="users.id")
    source: str = text()
    """Which balance it comes from."""
    address: str = text()
    """Where it goes, base58check."""
    amount_micro: int = big()
    """What leaves the balance: fee and net together."""
    fee_micro: int = big()
    """What the house keeps."""
    net_micro: int = big()
    """What is sent."""
    terms_id: int = big(foreign_key="withdrawal_terms.id")
    """The terms it was asked for under."""
    status: str = text(sa_column_kwargs={"server_default": "REQUESTED"})
    """A word of `WithdrawalStatus`. How far an approved one has come its payout says."""
    version: int = Field(sa_column_kwargs={"server_default": "1"})
    """Counts up with each change; who decides names the one they saw."""
    request_key: str = text()
    """Names the request, so that a form sent twice holds once."""
    usable_from: datetime | None = moment(default=None, nullable=True)
    """For a changed address: nothing is paid to it before."""
    note: str | None = text(default=None, nullable=True)
    """Why it was rejected, for its owner to read."""
    created_at: datetime = now_default()
    approved_at: datetime | None = moment(default=None, nullable=True)
    """When the last person who had to had approved it."""
    ended_at: datetime | None = moment(default=None, nullable=True)


class WithdrawalDecision(SQLModel, table=True):
    """What a person decided about a withdrawal, or proposed. Rows are added, never changed."""

    __tablename__ = "withdrawal_decisions"
    __table_args__ = (
        CheckConstraint(
            "action in ('approve','reject','retry','paid')", name="withdrawal_decisions_known"
        ),
        CheckConstraint("length(note) between 1 and 500", name="withdrawal_decisions_note_length"),
        CheckConstraint(
            "(action = 'paid') = (txid is not null)", name="withdrawal_decisions_paid_by"
        ),
        Index("withdrawal_decisions_of_withdrawal", "withdrawal_id", "id"),
        Index(
            "withdrawal_decisions_by_one_transfer",
            "txid",
            "log_index",
            unique=True,
            postgresql_where=sql("is_final and txid is not null"),
        ),
    )

    id: int = serial()
    withdrawal_id: str = text_id(foreign_key="withdrawals.id")
    """What was decided about."""
    action: str = text()
    note: str | None = text(default=None, nullable=True)
    actor: str = text()
    """A user's id, or ``command-line``."""
    is_final: bool = Field()
    """False: proposed, and waiting for a second person."""
    checks: list[dict[str, Any]] | None = Field(sa_type=JSONB, default=None, nullable=True)
    """The eight checks as they stood."""
    txid: str | None = text(default=None, nullable=True)
    """Of the transaction that paid it otherwise."""
    log_index: int | None = Field(default=None, nullable=True)
    """Which transfer in it."""
    created_at: datetime = now_default()


class WithdrawalConfirmation(SQLModel, table=True):
    """A withdrawal that somebody prepared in the Mini App, and is asked about in their chat."""

    __tablename__ = "withdrawal_confirmations"
    __table_args__ = (
        CheckConstraint(
            "decision in ('CONFIRMED','REFUSED','EXPIRED','REPLACED','SIGNED_OUT','NOT_TAKEN')",
            name="withdrawal_confirmations_decision_known",
        ),
        CheckConstraint(
            "replaces in ('ALIKE','OTHER_ADDRESS')", name="withdrawal_confirmations_replaces_known"
        ),
        CheckConstraint(
            "(decided_at is null) = (decision is null)",
            name="withdrawal_confirmations_decided_how",
        ),
        CheckConstraint(
            "withdrawal_id is null or decision = 'CONFIRMED'",
            name="withdrawal_confirmations_came_to",
        ),
        CheckConstraint(
            "length(sealed) between 1 and 2000", name="withdrawal_confirmations_sealed_length"
        ),
        CheckConstraint("expires_at > asked_at", name="withdrawal_confirmations_time"),
        Index(
            "withdrawal_confirmations_one_open",
            "user_id",
            unique=True,
            postgresql_where=sql("decided_at is null"),
        ),
        Index("withdrawal_confirmations_followed", "id", postgresql_where=sql("is_followed")),
        Index("withdrawal_confirmations_newest", "user_id", "asked_at"),
        Index("withdrawal_confirmations_by_age", "asked_at"),
    )

    id: str = text_id(primary_key=True)
    user_id: str = text_id(foreign_key="users.id")
    telegram_id: int = big()
    """In whose chat it is asked: whoever else presses is not heard."""
    request_key: str = text()
    """Names the request that it may become: confirmed twice, it holds once."""
    sealed: str | None = text(default=None, nullable=True)
    """What is to be confirmed, sealed for its owner; emptied when that is decided. Of one that was
    replaced, when its time is over: until then the next one is compared with it."""
    asking: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    """Which asking this is. Its buttons carry it: a press confirms what its message shows alone."""
    is_repriced: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    """Whether it is asked anew, by another fee than before."""
    replaces: str | None = text(default=None, nullable=True)
    """What it stands in the place of: a word of `Replaces`."""
    asked_at: datetime = now_default()
    """When it was asked; asked anew, when that was."""
    expires_at: datetime = moment()
    """Nothing is held by a press that comes later."""
    decided_at: datetime | None = moment(default=None, nullable=True)
    """When it was answered, or was asked no more."""
    tried_at: datetime | None = moment(default=None, nullable=True)
    """When somebody last began to carry out a confirmed one."""
    decision: str | None = text(default=None, nullable=True)
    """A word of `Decision`."""
    fault: str | None = text(default=None, nullable=True)
    """Why a confirmed one was not taken: a fault, or the code of another refusal."""
    fault_micro: int | None = big(default=None, nullable=True)
    """The figure that this is about."""
    withdrawal_id: str | None = text_id(foreign_key="withdrawals.id", default=None, nullable=True)
    """What it has become."""
    told: str | None = text(default=None, nullable=True)
    """How far its message says that the withdrawal has come."""
    is_followed: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    """Whether its message may still have something else to say."""
    revision: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    """Of its message."""

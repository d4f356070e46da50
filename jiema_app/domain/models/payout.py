"""What leaves our wallets: what is to be paid, and each signed transaction that pays it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, SmallInteger, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import big, moment, now_default, serial, text, text_id
from jiema_app.domain.models.withdrawal import ADDRESS_FORM


class HouseWallet(SQLModel, table=True):
    """A wallet of the house's that is none of the pool: what pays out, and what is kept apart."""

    __tablename__ = "house_wallets"
    __table_args__ = (
        CheckConstraint("purpose in ('HOT','TREASURY')", name="house_wallets_purpose_known"),
        CheckConstraint(f"address {ADDRESS_FORM}", name="house_wallets_address_form"),
        Index(
            "house_wallets_one_in_use",
            "purpose",
            unique=True,
            postgresql_where=sql("retired_at is null"),
        ),
    )

    id: int = serial()
    purpose: str = text()
    """HOT pays out; TREASURY is kept apart, and its key is no process's."""
    address: str = text(unique=True)
    """Base58check."""
    created_at: datetime = now_default()
    retired_at: datetime | None = moment(default=None, nullable=True)
    """Since when another one is used. It is watched all the same."""
    opening_micro: int | None = big(default=None, nullable=True)
    """What it held when we began to watch it: booked as the owner's, once. None: not known yet."""


class Payout(SQLModel, table=True):
    """One thing to be sent on the chain, once."""

    __tablename__ = "payouts"
    __table_args__ = (
        CheckConstraint("kind in ('WITHDRAWAL','REFUND','SWEEP','GAS')", name="payouts_kind_known"),
        CheckConstraint("asset in ('USDT','TRX')", name="payouts_asset_known"),
        CheckConstraint("(kind = 'GAS') = (asset = 'TRX')", name="payouts_gas_is_trx"),
        CheckConstraint(
            "status in ('QUEUED','SIGNED','BROADCAST','SETTLED','FAILED_ON_CHAIN',"
            "'EXPIRED_ABSENT','NEEDS_REVIEW','CANCELLED')",
            name="payouts_status_known",
        ),
        CheckConstraint(
            f"from_address {ADDRESS_FORM} and to_address {ADDRESS_FORM}",
            name="payouts_address_form",
        ),
        CheckConstraint("from_address <> to_address", name="payouts_to_another"),
        CheckConstraint("amount > 0", name="payouts_amount_positive"),
        CheckConstraint("length(reason) between 1 and 500", name="payouts_reason_length"),
        Index(
            "payouts_once",
            "kind",
            "subject_id",
            unique=True,
            postgresql_where=sql("kind in ('WITHDRAWAL','REFUND') and status <> 'CANCELLED'"),
        ),
        Index(
            "payouts_one_sweep",
            "from_address",
            unique=True,
            postgresql_where=sql("kind = 'SWEEP' and status not in ('SETTLED','CANCELLED')"),
        ),
        Index(
            "payouts_one_gas",
            "subject_id",
            unique=True,
            postgresql_where=sql("kind = 'GAS' and status not in ('SETTLED','CANCELLED')"),
        ),
        Index(
            "payouts_unsettled_from",
            "from_address",
            postgresql_where=sql("status not in ('SETTLED','CANCELLED')"),
        ),
        Index(
            "payouts_open",
            "id",
            postgresql_where=sql("status in ('QUEUED','SIGNED','BROADCAST')"),
        ),
        Index(
            "payouts_for_a_person",
            "id",
            postgresql_where=sql("status in ('FAILED_ON_CHAIN','EXPIRED_ABSENT','NEEDS_REVIEW')"),
        ),
        Index("payouts_of_subject", "subject_id"),
    )

    id: str = text_id(primary_key=True)
    kind: str = text()
    """A word of `PayoutKind`."""
    subject_id: str = text_id()
    """Of a withdrawal its id, of a refund the payment's, of a sweep its wallet's address, of gas
    the payout that needs it."""
    asset: str = text()
    """USDT, or TRX for gas."""
    from_address: str = text()
    """The wallet that pays."""
    to_address: str = text()
    """Who is paid. It never changes."""
    amount: int = big()
    """In millionths: micro-USDT, or sun."""
    status: str = text(sa_column_kwargs={"server_default": "QUEUED"})
    """A word of `PayoutStatus`."""
    reason: str | None = text(default=None, nullable=True)
    """Why it waits or needs a person, in words."""
    version: int = Field(sa_column_kwargs={"server_default": "1"})
    """Counts up with each change; who decides names the one they saw."""
    created_by: str = text()
    """Who had it queued: a user's id, ``command-line``, ``job`` or ``signer``."""
    created_at: datetime = now_default()
    not_before: datetime | None = moment(default=None, nullable=True)
    """Not looked at again before this."""
    attempt_count: int = Field(sa_column_kwargs={"server_default": "0"})
    """How many transactions were signed for it."""
    checks: list[dict[str, Any]] | None = Field(sa_type=JSONB, default=None, nullable=True)
    """The eight checks as the signer found them last."""
    checked_at: datetime | None = moment(default=None, nullable=True)
    """When they were found so."""
    estimated_fee_sun: int | None = big(default=None, nullable=True)
    """What it was expected to cost in TRX."""
    fee_sun: int | None = big(default=None, nullable=True)
    """What it cost, over all its transactions."""
    ended_at: datetime | None = moment(default=None, nullable=True)


class PayoutAttempt(SQLModel, table=True):
    """One signed transaction. Stored before a byte of it is sent, and sent as it is stored."""

    __tablename__ = "payout_attempts"
    __table_args__ = (
        UniqueConstraint("payout_id", "number", name="payout_attempts_numbered"),
        UniqueConstraint("txid", name="payout_attempts_txid"),
        CheckConstraint(
            "outcome in ('SETTLED','FAILED','ABSENT')", name="payout_attempts_outcome_known"
        ),
        CheckConstraint(
            "(outcome is null) = (ended_at is null)", name="payout_attempts_outcome_when"
        ),
        CheckConstraint("txid ~ '^[0-9a-f]{64}$'", name="payout_attempts_txid_form"),
        CheckConstraint("amount > 0", name="payout_attempts_amount_positive"),
        # Two signed transactions of one payout could both be paid: there is one that is not
        # proved dead, and one at most that was paid.
        Index(
            "payout_attempts_one_alive",
            "payout_id",
            unique=True,
            postgresql_where=sql("outcome is null or outcome = 'SETTLED'"),
        ),
        Index("payout_attempts_alive", "id", postgresql_where=sql("outcome is null")),
        Index(
            "payout_attempts_without_cost",
            "id",
            postgresql_where=sql("outcome = 'SETTLED' and fee_sun is null"),
        ),
    )

    id: int = serial()
    payout_id: str = text_id(foreign_key="payouts.id")
    """What it pays."""
    number: int = Field()
    """1, 2, … of the payout."""
    txid: str = text()
    """Of the transaction, in lower-case hex."""
    raw_data: bytes = Field(sa_type=LargeBinary)
    """What was signed: its SHA-256 is the txid."""
    signed_json: str = text()
    """What is sent to a node, byte for byte."""
    asset: str = text()
    """As in the signed bytes, like the next three."""
    from_address: str = text()
    """The wallet that pays."""
    to_address: str = text()
    """Who is paid."""
    amount: int = big()
    """In millionths: micro-USDT, or sun."""
    fee_limit_sun: int = big()
    """What the contract may burn at most, in sun."""
    expires_at: datetime = moment()
    """No block later than this may hold it."""
    reference_block: int = big()
    """Number of the block it names as one it knows."""
    key_version: int = Field()
    """Which version of the key signed it."""
    signed_at: datetime = moment()
    """When, by the clock of the signer."""
    is_from_journal: bool = Field(sa_column_kwargs={"server_default": "false"})
    """Whether the database had lost it and the signer's journal had not."""
    sent_count: int = Field(sa_column_kwargs={"server_default": "0"})
    """How often it was given to a node: the same bytes each time."""
    first_sent_at: datetime | None = moment(default=None, nullable=True)
    """When first."""
    last_sent_at: datetime | None = moment(default=None, nullable=True)
    """When last."""
    last_answer: str | None = text(default=None, nullable=True)
    """What the node said to it, in our words."""
    block_number: int | None = big(default=None, nullable=True)
    """The block that holds it, final or not."""
    outcome: str | None = text(default=None, nullable=True)
    """A word of `AttemptOutcome`; none while it may still be paid."""
    evidence: str | None = text(default=None, nullable=True)
    """What proves the outcome, in words."""
    fee_sun: int | None = big(default=None, nullable=True)
    """What it cost, in sun; none until its block is final."""
    energy: int | None = big(default=None, nullable=True)
    """Units of energy that it used, bought or staked."""
    ended_at: datetime | None = moment(default=None, nullable=True)


class SignerState(SQLModel, table=True):
    """Whether the signer may sign, and how it is: one row."""

    __tablename__ = "signer_state"
    __table_args__ = (CheckConstraint("id = 1", name="signer_state_one"),)

    id: int = Field(
        primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False}
    )
    paused_at: datetime | None = moment(default=None, nullable=True)
    """Stopped by a person."""
    paused_by: str | None = text(default=None, nullable=True)
    """A user's id, or ``command-line``."""
    pause_note: str | None = text(default=None, nullable=True)
    """Why, in their words."""
    halted_at: datetime | None = moment(default=None, nullable=True)
    """Stopped by itself, because money moved that nobody explains."""
    halted_because: str | None = text(default=None, nullable=True)
    """What it was, in words."""
    seen_at: datetime | None = moment(default=None, nullable=True)
    """The signer's last pulse."""
    holder: str | None = text(default=None, nullable=True)
    """Which process signs: its machine and process id."""
    trouble: str | None = text(default=None, nullable=True)
    """What it complains of now, in words."""
    journal_sequence: int = big(sa_column_kwargs={"server_default": "0"})
    """The last entry of its journal that this database has seen."""
    journal_hash: str | None = text(default=None, nullable=True)
    """Hash of that entry, which holds the one before it."""
    pool_difference_micro: int | None = big(default=None, nullable=True)
    """By how much the pool's wallets and books differed when they were compared last."""
    pool_compared_at: datetime | None = moment(default=None, nullable=True)
    """When that was."""
    house_difference_micro: int | None = big(default=None, nullable=True)
    """Likewise of the hot wallet and the treasury."""
    house_compared_at: datetime | None = moment(default=None, nullable=True)
    """When that was."""


class TransferExplanation(SQLModel, table=True):
    """Why something left a wallet of ours that no payout explains. Rows are added, never changed."""

    __tablename__ = "transfer_explanations"
    __table_args__ = (
        CheckConstraint("length(note) between 1 and 500", name="transfer_explanations_note_length"),
    )

    payment_id: str = text_id(primary_key=True, foreign_key="payments.id")
    """The transfer, as the chain was read."""
    note: str = text()
    actor: str = text()
    """A user's id, or ``command-line``."""
    created_at: datetime = now_default()

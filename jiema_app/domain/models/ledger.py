"""The tables of the double-entry ledger, and how far its proof has come. See docs/money.md.

The rules that no code can break are in the database: a deferred trigger refuses a
transfer whose entries do not sum to zero, UPDATE and DELETE are refused on both
journal tables, a user's balance cannot go below zero, and an order is settled once.
"""

from datetime import datetime

from sqlalchemy import ARRAY, CheckConstraint, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from jiema_app.domain.models.columns import big, moment, now_default, serial, text, text_id


class LedgerAccount(SQLModel, table=True):
    """One purse: a user's, the house's, or the chain's."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        UniqueConstraint("user_id", "kind", name="ledger_accounts_one_per_kind"),
        Index(
            "ledger_accounts_one_house",
            "kind",
            unique=True,
            postgresql_where=sql("user_id is null"),
        ),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": True})
    user_id: str | None = text_id(default=None, nullable=True, foreign_key="users.id")
    """Whose purse it is; none for the house and the chain."""
    kind: str = text()
    """One of ``ledger.accounts.AccountKind``."""


class LedgerBalance(SQLModel, table=True):
    """What is in a user's purse now. The entries remain the truth.

    House accounts have no row: one row that every order updates costs three quarters
    of the throughput. Their balance is the sum of their entries.
    """

    __tablename__ = "ledger_balances"
    __table_args__ = (
        CheckConstraint(
            "balance_micro >= 0 or is_overdrawable", name="ledger_balances_not_negative"
        ),
        {"postgresql_with": {"fillfactor": 50}},
    )

    account_id: int = Field(primary_key=True, foreign_key="ledger_accounts.id")
    balance_micro: int = big(sa_column_kwargs={"server_default": "0"})
    is_overdrawable: bool = Field(sa_column_kwargs={"server_default": "false"})
    """True of ``user:commission`` alone: what was earned may have to be given back after it was
    spent. Only ``commission_clawed_back`` may take it below zero; ``ledger_post`` sees to that."""


class LedgerTransfer(SQLModel, table=True):
    """One movement of money, with a reason. Never changed, never deleted."""

    __tablename__ = "ledger_transfers"
    __table_args__ = (
        UniqueConstraint("kind", "reference", name="ledger_transfers_once"),
        Index(
            "ledger_transfers_order_settled_once",
            "reference",
            unique=True,
            postgresql_where=sql("kind in ('order_received', 'order_refunded')"),
        ),
    )

    id: int = serial()
    kind: str = text()
    """One of ``ledger.accounts.TransferKind``."""
    reference: str = text_id()
    """What it is about, for example an order's id. Unique per kind, which makes posting idempotent."""
    created_at: datetime = now_default()


class LedgerEntry(SQLModel, table=True):
    """One leg of a transfer. The legs of a transfer sum to zero."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint("amount_micro <> 0", name="ledger_entries_not_zero"),
        Index("ledger_entries_of_transfer", "transfer_id"),
        Index("ledger_entries_of_account", "account_id", "id"),
    )

    id: int = serial()
    transfer_id: int = big()
    """No foreign key: the balance trigger proves that transfer and account exist, without
    taking a share lock on a house account's row in every order."""
    account_id: int = Field()
    amount_micro: int = big()
    """Positive into the account, negative out of it."""
    balance_after_micro: int | None = big(default=None, nullable=True)
    """A user's balance after this entry; empty for house accounts."""
    created_at: datetime = now_default()


class LedgerProof(SQLModel, table=True):
    """How far the running proof of the books has come: one row. See docs/money.md.

    It only saves work. Whoever doubts it asks for the whole proof, which does not read it.
    """

    __tablename__ = "ledger_proofs"
    __table_args__ = (CheckConstraint("id = 1", name="ledger_proofs_one"),)

    id: int = Field(
        primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False}
    )
    transfer_id: int = big(sa_column_kwargs={"server_default": "0"})
    """Every transfer up to this one was visible to a run that found the books right."""
    entry_id: int = big(sa_column_kwargs={"server_default": "0"})
    """Likewise of entries."""
    next_transfer_id: int = big(sa_column_kwargs={"server_default": "0"})
    """The newest one of the last run: older ones may have been on their way still."""
    next_entry_id: int = big(sa_column_kwargs={"server_default": "0"})
    """Likewise of entries."""
    next_transaction: int = big(sa_column_kwargs={"server_default": "0"})
    """Who wrote an entry up to that one has a smaller transaction number."""
    horizon: int = big(sa_column_kwargs={"server_default": "0"})
    """What transactions below this number wrote was visible to the last run."""
    proved_at: datetime | None = moment(default=None, nullable=True)
    """The moment that the last run which found the books right looked at."""
    open_references: list[str] = Field(
        sa_type=ARRAY(Text(collation="C")),
        sa_column_kwargs={"server_default": "{}"},
    )
    """Orders and payments that it found undecided: how they end is looked at."""


class LedgerProofRound(SQLModel, table=True):
    """How far the proof has come in proving one table's whole past again, slice by slice."""

    __tablename__ = "ledger_proof_rounds"

    part: str = text(primary_key=True)
    """The table."""
    place: str = text_id(sa_column_kwargs={"server_default": ""})
    """The last key of the last slice; empty at the start of a round."""
    began_at: datetime = now_default()
    """When this round began."""
    proved_since: datetime | None = moment(default=None, nullable=True)
    """When the last complete round began: everything older was proved since."""

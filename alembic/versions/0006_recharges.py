"""recharges

The pool of wallets, recharges, the payments of the chain, and what people decide about them.

Revises: 0005
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


HOUSE_ACCOUNTS = (
    (8, "house:payments_held"),
    (9, "house:refunds_due"),
    (10, "house:payments_unclaimed"),
    (11, "house:pool_outgoing"),
)

# Going back with money on these accounts would leave entries of no account.
REFUSE_WITH_MONEY = """
do $$ begin
    if exists (select from ledger_entries where account_id in (6, 8, 9, 10, 11)) then
        raise exception 'recharges have moved money: this revision cannot be undone';
    end if;
end $$
"""


def upgrade() -> None:
    op.create_table(
        "chain_cursors",
        sa.Column("genesis_id", sa.Text(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("block_id", sa.Text(), nullable=False),
        sa.Column("block_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("head_number", sa.BigInteger(), nullable=True),
        sa.Column("halted_because", sa.Text(), nullable=True),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("genesis_id"),
    )
    op.create_table(
        "wallets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("derivation_index", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="FREE", nullable=False),
        sa.Column("recharge_id", sa.Text(collation="C"), nullable=True),
        sa.Column("free_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "last_used_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(status in ('LOCKED','COOLDOWN')) <= (recharge_id is not null)",
            name="wallets_holder_known",
        ),
        sa.CheckConstraint("address ~ '^T[1-9A-HJ-NP-Za-km-z]{33}$'", name="wallets_address_form"),
        sa.CheckConstraint(
            "status in ('FREE','LOCKED','COOLDOWN','QUARANTINED')", name="wallets_status_known"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account", "derivation_index", name="wallets_derived_once"),
        sa.UniqueConstraint("address"),
        sa.UniqueConstraint("recharge_id"),
    )
    op.create_index(
        "wallets_cooling",
        "wallets",
        ["free_from"],
        unique=False,
        postgresql_where=sa.text("status = 'COOLDOWN'"),
    )
    op.create_index(
        "wallets_free",
        "wallets",
        ["last_used_at"],
        unique=False,
        postgresql_where=sa.text("status = 'FREE'"),
    )
    op.create_table(
        "recharges",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("wallet_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="OPEN", nullable=False),
        sa.Column("oddity", sa.Text(), nullable=True),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("received_micro", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("credited_micro", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("created_block", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_closed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("seen_micro", sa.BigInteger(), nullable=True),
        sa.Column("seen_block", sa.BigInteger(), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('OPEN','CREDITED','EXPIRED','CANCELLED','IN_REVIEW','REFUNDED','DISMISSED')",
            name="recharges_status_known",
        ),
        sa.CheckConstraint("amount_micro > 0", name="recharges_amount_positive"),
        sa.CheckConstraint("closes_at <= expires_at", name="recharges_window"),
        sa.CheckConstraint("credited_micro >= 0", name="recharges_credited_not_negative"),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
        ),
        sa.ForeignKeyConstraint(
            ["wallet_id"],
            ["wallets.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "recharges_in_review",
        "recharges",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status = 'IN_REVIEW'"),
    )
    op.create_index("recharges_of_user", "recharges", ["user_id", "id"], unique=False)
    op.create_index("recharges_of_wallet", "recharges", ["wallet_id", "created_at"], unique=False)
    op.create_index(
        "recharges_one_open",
        "recharges",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("status = 'OPEN'"),
    )
    op.create_index(
        "recharges_seen",
        "recharges",
        ["seen_block"],
        unique=False,
        postgresql_where=sa.text("seen_block is not null"),
    )
    op.create_index(
        "recharges_to_close",
        "recharges",
        ["closes_at"],
        unique=False,
        postgresql_where=sa.text("not is_closed"),
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("txid", sa.Text(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("block_position", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.Text(), nullable=False),
        sa.Column("block_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("is_genuine", sa.Boolean(), nullable=False),
        sa.Column("from_address", sa.Text(), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=78, scale=0), nullable=False),
        sa.Column("status", sa.Text(), server_default="NEW", nullable=False),
        sa.Column("oddity", sa.Text(), nullable=True),
        sa.Column("recharge_id", sa.Text(collation="C"), nullable=True),
        sa.Column("credited_micro", sa.BigInteger(), nullable=True),
        sa.Column("credited_user_id", sa.Text(collation="C"), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column(
            "seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('NEW','CREDITED','IN_REVIEW','REFUNDED','DISMISSED','NOISE','OUTGOING')",
            name="payments_status_known",
        ),
        sa.CheckConstraint("amount >= 0", name="payments_amount_not_negative"),
        sa.ForeignKeyConstraint(
            ["credited_user_id"],
            ["users.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recharge_id"],
            ["recharges.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("txid", "log_index", name="payments_once"),
    )
    op.create_index(
        "payments_from_wallet", "payments", ["from_address", "block_number"], unique=False
    )
    op.create_index(
        "payments_in_review",
        "payments",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status = 'IN_REVIEW'"),
    )
    op.create_index(
        "payments_new",
        "payments",
        ["block_number", "block_position"],
        unique=False,
        postgresql_where=sa.text("status = 'NEW'"),
    )
    op.create_index("payments_of_recharge", "payments", ["recharge_id"], unique=False)
    op.create_index("payments_to_wallet", "payments", ["to_address", "block_number"], unique=False)
    op.create_table(
        "payment_decisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("payment_id", sa.Text(collation="C"), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "action in ('credit','refund','dismiss')", name="payment_decisions_known"
        ),
        sa.CheckConstraint("length(note) between 1 and 500", name="payment_decisions_note_length"),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payments.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "payment_decisions_of_payment", "payment_decisions", ["payment_id"], unique=False
    )
    for action, timing in (("append_only", "update or delete"), ("no_truncate", "truncate")):
        level = "statement" if timing == "truncate" else "row"
        op.execute(
            f"create trigger payment_decisions_{action} before {timing} on payment_decisions "
            f"for each {level} execute function ledger_refuse_change()"
        )
    for number, kind in HOUSE_ACCOUNTS:
        op.execute(f"insert into ledger_accounts (id, kind) values ({number}, '{kind}')")


def downgrade() -> None:
    op.execute(REFUSE_WITH_MONEY)
    numbers = ", ".join(str(number) for number, _ in HOUSE_ACCOUNTS)
    op.execute("alter table ledger_accounts disable trigger ledger_accounts_no_delete")
    op.execute(f"delete from ledger_accounts where id in ({numbers})")
    op.execute("alter table ledger_accounts enable trigger ledger_accounts_no_delete")
    op.drop_index("payment_decisions_of_payment", table_name="payment_decisions")
    op.drop_table("payment_decisions")
    op.drop_index("payments_to_wallet", table_name="payments")
    op.drop_index("payments_of_recharge", table_name="payments")
    op.drop_index("payments_new", table_name="payments", postgresql_where=sa.text("status = 'NEW'"))
    op.drop_index(
        "payments_in_review",
        table_name="payments",
        postgresql_where=sa.text("status = 'IN_REVIEW'"),
    )
    op.drop_index("payments_from_wallet", table_name="payments")
    op.drop_table("payments")
    op.drop_index(
        "recharges_to_close", table_name="recharges", postgresql_where=sa.text("not is_closed")
    )
    op.drop_index(
        "recharges_seen", table_name="recharges", postgresql_where=sa.text("seen_block is not null")
    )
    op.drop_index(
        "recharges_one_open", table_name="recharges", postgresql_where=sa.text("status = 'OPEN'")
    )
    op.drop_index("recharges_of_wallet", table_name="recharges")
    op.drop_index("recharges_of_user", table_name="recharges")
    op.drop_index(
        "recharges_in_review",
        table_name="recharges",
        postgresql_where=sa.text("status = 'IN_REVIEW'"),
    )
    op.drop_table("recharges")
    op.drop_index("wallets_free", table_name="wallets", postgresql_where=sa.text("status = 'FREE'"))
    op.drop_index(
        "wallets_cooling", table_name="wallets", postgresql_where=sa.text("status = 'COOLDOWN'")
    )
    op.drop_table("wallets")
    op.drop_table("chain_cursors")

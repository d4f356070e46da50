"""payouts

What people ask to be paid out, and each signed transaction that leaves our wallets.

Revises: 0020
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


# 5 %, at least 2 USDT; from 5 USDT on; above 500 USDT two persons approve.
TERMS = """
insert into withdrawal_terms (fee_bp, fee_min_micro, amount_min_micro, alone_max_micro,
    takes_above, takes_spending, address_wait_s, per_day_count, per_day_micro, actor, note)
values (500, 2000000, 5000000, 500000000, true, false, 86400, 5, 5000000000, 'migration',
    'as announced')
"""

# What is signed stays as it was signed, and how it ended stays too.
STAYS = {
    "withdrawal_terms": "update or delete",
    "withdrawals": "update of id, user_id, source, address, amount_micro, fee_micro, net_micro, "
    "terms_id, request_key, created_at or delete",
    "withdrawal_decisions": "update or delete",
    "payouts": "update of id, kind, subject_id, asset, from_address, to_address, amount, "
    "created_by, created_at or delete",
    "payout_attempts": "update of payout_id, number, txid, raw_data, signed_json, asset, "
    "from_address, to_address, amount, fee_limit_sun, expires_at, reference_block, key_version, "
    "signed_at, is_from_journal or delete",
    "transfer_explanations": "update or delete",
    "refund_orders": "update or delete",
}

ENDS_ONCE = """
create trigger payout_attempts_end_once before update of outcome on payout_attempts
for each row when (old.outcome is not null) execute function refuse_change()
"""

OLD_STATUSES = "'NEW','CREDITED','IN_REVIEW','REFUNDED','DISMISSED','NOISE','OUTGOING'"


def upgrade() -> None:
    op.create_table(
        "withdrawal_terms",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("fee_bp", sa.Integer(), nullable=False),
        sa.Column("fee_min_micro", sa.BigInteger(), nullable=False),
        sa.Column("amount_min_micro", sa.BigInteger(), nullable=False),
        sa.Column("alone_max_micro", sa.BigInteger(), nullable=False),
        sa.Column("takes_above", sa.Boolean(), nullable=False),
        sa.Column("takes_spending", sa.Boolean(), nullable=False),
        sa.Column("address_wait_s", sa.Integer(), nullable=False),
        sa.Column("per_day_count", sa.Integer(), nullable=False),
        sa.Column("per_day_micro", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("address_wait_s between 0 and 2592000", name="withdrawal_terms_wait"),
        sa.CheckConstraint("alone_max_micro >= 0", name="withdrawal_terms_alone_max"),
        sa.CheckConstraint("amount_min_micro > fee_min_micro", name="withdrawal_terms_amount_min"),
        sa.CheckConstraint("fee_bp between 0 and 5000", name="withdrawal_terms_fee"),
        sa.CheckConstraint("fee_min_micro >= 0", name="withdrawal_terms_fee_min"),
        sa.CheckConstraint("length(note) between 1 and 500", name="withdrawal_terms_note_length"),
        sa.CheckConstraint(
            "per_day_count between 1 and 1000 and per_day_micro > 0", name="withdrawal_terms_day"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("fee_micro", sa.BigInteger(), nullable=False),
        sa.Column("net_micro", sa.BigInteger(), nullable=False),
        sa.Column("terms_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="REQUESTED", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column("usable_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status in ('REJECTED','CANCELLED','SETTLED')) = (ended_at is not null)",
            name="withdrawals_end_known",
        ),
        sa.CheckConstraint(
            "address ~ '^T[1-9A-HJ-NP-Za-km-z]{33}$'", name="withdrawals_address_form"
        ),
        sa.CheckConstraint("source in ('commission','spending')", name="withdrawals_source_known"),
        sa.CheckConstraint(
            "status <> 'REJECTED' or note is not null", name="withdrawals_rejected_why"
        ),
        sa.CheckConstraint(
            "status in ('REQUESTED','APPROVED','REJECTED','CANCELLED','SETTLED')",
            name="withdrawals_status_known",
        ),
        sa.CheckConstraint(
            "amount_micro = fee_micro + net_micro and net_micro > 0 and fee_micro >= 0",
            name="withdrawals_add_up",
        ),
        sa.CheckConstraint("length(note) between 1 and 500", name="withdrawals_note_length"),
        sa.CheckConstraint("length(request_key) between 1 and 64", name="withdrawals_key_length"),
        sa.ForeignKeyConstraint(
            ["terms_id"],
            ["withdrawal_terms.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "withdrawals_ended",
        "withdrawals",
        ["ended_at"],
        unique=False,
        postgresql_where=sa.text("ended_at is not null"),
    )
    op.create_index("withdrawals_of_user", "withdrawals", ["user_id", "id"], unique=False)
    op.create_index("withdrawals_once", "withdrawals", ["user_id", "request_key"], unique=True)
    op.create_index(
        "withdrawals_one_open",
        "withdrawals",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("status in ('REQUESTED','APPROVED')"),
    )
    op.create_index(
        "withdrawals_open",
        "withdrawals",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status in ('REQUESTED','APPROVED')"),
    )
    op.create_index("withdrawals_to_address", "withdrawals", ["address"], unique=False)
    op.create_table(
        "withdrawal_decisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("withdrawal_id", sa.Text(collation="C"), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("checks", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("txid", sa.Text(), nullable=True),
        sa.Column("log_index", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(action = 'paid') = (txid is not null)", name="withdrawal_decisions_paid_by"
        ),
        sa.CheckConstraint(
            "action in ('approve','reject','retry','paid')", name="withdrawal_decisions_known"
        ),
        sa.CheckConstraint(
            "length(note) between 1 and 500", name="withdrawal_decisions_note_length"
        ),
        sa.ForeignKeyConstraint(
            ["withdrawal_id"],
            ["withdrawals.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "withdrawal_decisions_by_one_transfer",
        "withdrawal_decisions",
        ["txid", "log_index"],
        unique=True,
        postgresql_where=sa.text("is_final and txid is not null"),
    )
    op.create_index(
        "withdrawal_decisions_of_withdrawal",
        "withdrawal_decisions",
        ["withdrawal_id", "id"],
        unique=False,
    )
    op.create_table(
        "house_wallets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opening_micro", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "address ~ '^T[1-9A-HJ-NP-Za-km-z]{33}$'", name="house_wallets_address_form"
        ),
        sa.CheckConstraint("purpose in ('HOT','TREASURY')", name="house_wallets_purpose_known"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("address"),
    )
    op.create_index(
        "house_wallets_one_in_use",
        "house_wallets",
        ["purpose"],
        unique=True,
        postgresql_where=sa.text("retired_at is null"),
    )
    op.create_table(
        "payouts",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(collation="C"), nullable=False),
        sa.Column("asset", sa.Text(), nullable=False),
        sa.Column("from_address", sa.Text(), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="QUEUED", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("checks", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estimated_fee_sun", sa.BigInteger(), nullable=True),
        sa.Column("fee_sun", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(kind = 'GAS') = (asset = 'TRX')", name="payouts_gas_is_trx"),
        sa.CheckConstraint("asset in ('USDT','TRX')", name="payouts_asset_known"),
        sa.CheckConstraint(
            "from_address ~ '^T[1-9A-HJ-NP-Za-km-z]{33}$' and to_address ~ '^T[1-9A-HJ-NP-Za-km-z]{33}$'",
            name="payouts_address_form",
        ),
        sa.CheckConstraint(
            "kind in ('WITHDRAWAL','REFUND','SWEEP','GAS')", name="payouts_kind_known"
        ),
        sa.CheckConstraint(
            "status in ('QUEUED','SIGNED','BROADCAST','SETTLED','FAILED_ON_CHAIN','EXPIRED_ABSENT','NEEDS_REVIEW','CANCELLED')",
            name="payouts_status_known",
        ),
        sa.CheckConstraint("amount > 0", name="payouts_amount_positive"),
        sa.CheckConstraint("from_address <> to_address", name="payouts_to_another"),
        sa.CheckConstraint("length(reason) between 1 and 500", name="payouts_reason_length"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "payouts_for_a_person",
        "payouts",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status in ('FAILED_ON_CHAIN','EXPIRED_ABSENT','NEEDS_REVIEW')"),
    )
    op.create_index("payouts_of_subject", "payouts", ["subject_id"], unique=False)
    op.create_index(
        "payouts_once",
        "payouts",
        ["kind", "subject_id"],
        unique=True,
        postgresql_where=sa.text("kind in ('WITHDRAWAL','REFUND') and status <> 'CANCELLED'"),
    )
    op.create_index(
        "payouts_one_sweep",
        "payouts",
        ["from_address"],
        unique=True,
        postgresql_where=sa.text("kind = 'SWEEP' and status not in ('SETTLED','CANCELLED')"),
    )
    op.create_index(
        "payouts_one_gas",
        "payouts",
        ["subject_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'GAS' and status not in ('SETTLED','CANCELLED')"),
    )
    op.create_index(
        "payouts_unsettled_from",
        "payouts",
        ["from_address"],
        unique=False,
        postgresql_where=sa.text("status not in ('SETTLED','CANCELLED')"),
    )
    op.create_index(
        "payouts_open",
        "payouts",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status in ('QUEUED','SIGNED','BROADCAST')"),
    )
    op.create_table(
        "payout_attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("payout_id", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("txid", sa.Text(), nullable=False),
        sa.Column("raw_data", sa.LargeBinary(), nullable=False),
        sa.Column("signed_json", sa.Text(), nullable=False),
        sa.Column("asset", sa.Text(), nullable=False),
        sa.Column("from_address", sa.Text(), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee_limit_sun", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference_block", sa.BigInteger(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_from_journal", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("sent_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_answer", sa.Text(), nullable=True),
        sa.Column("block_number", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("fee_sun", sa.BigInteger(), nullable=True),
        sa.Column("energy", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome in ('SETTLED','FAILED','ABSENT')", name="payout_attempts_outcome_known"
        ),
        sa.CheckConstraint("txid ~ '^[0-9a-f]{64}$'", name="payout_attempts_txid_form"),
        sa.CheckConstraint(
            "(outcome is null) = (ended_at is null)", name="payout_attempts_outcome_when"
        ),
        sa.CheckConstraint("amount > 0", name="payout_attempts_amount_positive"),
        sa.ForeignKeyConstraint(
            ["payout_id"],
            ["payouts.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("payout_id", "number", name="payout_attempts_numbered"),
        sa.UniqueConstraint("txid", name="payout_attempts_txid"),
    )
    op.create_index(
        "payout_attempts_alive",
        "payout_attempts",
        ["id"],
        unique=False,
        postgresql_where=sa.text("outcome is null"),
    )
    op.create_index(
        "payout_attempts_without_cost",
        "payout_attempts",
        ["id"],
        unique=False,
        postgresql_where=sa.text("outcome = 'SETTLED' and fee_sun is null"),
    )
    op.create_index(
        "payout_attempts_one_alive",
        "payout_attempts",
        ["payout_id"],
        unique=True,
        postgresql_where=sa.text("outcome is null or outcome = 'SETTLED'"),
    )
    op.create_table(
        "signer_state",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_by", sa.Text(), nullable=True),
        sa.Column("pause_note", sa.Text(), nullable=True),
        sa.Column("halted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("halted_because", sa.Text(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("journal_sequence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("journal_hash", sa.Text(), nullable=True),
        sa.Column("pool_difference_micro", sa.BigInteger(), nullable=True),
        sa.Column("pool_compared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("house_difference_micro", sa.BigInteger(), nullable=True),
        sa.Column("house_compared_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name="signer_state_one"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "transfer_explanations",
        sa.Column("payment_id", sa.Text(collation="C"), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "length(note) between 1 and 500", name="transfer_explanations_note_length"
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payments.id"],
        ),
        sa.PrimaryKeyConstraint("payment_id"),
    )
    op.create_table(
        "refund_orders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("payment_id", sa.Text(collation="C"), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount_micro > 0", name="refund_orders_amount_positive"),
        sa.CheckConstraint("length(note) between 1 and 500", name="refund_orders_note_length"),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payments.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("refund_orders_of_payment", "refund_orders", ["payment_id", "id"], unique=False)
    for table, changes in STAYS.items():
        op.execute(
            f"create trigger {table}_stays before {changes} on {table} "
            "for each row execute function refuse_change()"
        )
    op.execute(ENDS_ONCE)
    op.execute(TERMS)
    op.execute("insert into signer_state (id) values (1)")
    op.add_column(
        "payments",
        sa.Column("is_unexplained", sa.Boolean(), server_default="false", nullable=False),
    )
    op.create_index(
        "payments_unexplained", "payments", ["id"], postgresql_where=sa.text("is_unexplained")
    )
    op.drop_constraint("payments_status_known", "payments", type_="check")
    op.create_check_constraint(
        "payments_status_known", "payments", f"status in ({OLD_STATUSES},'HOUSE')"
    )


def downgrade() -> None:
    op.drop_constraint("payments_status_known", "payments", type_="check")
    op.create_check_constraint("payments_status_known", "payments", f"status in ({OLD_STATUSES})")
    op.drop_index("payments_unexplained", "payments")
    op.drop_column("payments", "is_unexplained")
    for table in (
        "refund_orders",
        "transfer_explanations",
        "signer_state",
        "payout_attempts",
        "payouts",
        "house_wallets",
        "withdrawal_decisions",
        "withdrawals",
        "withdrawal_terms",
    ):
        op.drop_table(table)

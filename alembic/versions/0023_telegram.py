"""telegram

What is to be sent to people, what Telegram told us, and the chats of people with our bot.

Revises: 0022
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _now(name: str) -> "sa.Column[object]":
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _number(name: str, default: str) -> "sa.Column[object]":
    return sa.Column(name, sa.Integer(), server_default=default, nullable=False)


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("transport", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("subject_id", sa.Text(collation="C"), nullable=True),
        sa.Column("payload", postgresql.JSONB(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="QUEUED", nullable=False),
        _number("attempts", "0"),
        sa.Column("revision", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("sent_revision", sa.BigInteger(), server_default="0", nullable=False),
        _now("not_before"),
        _moment("expires_at"),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        _now("created_at"),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        _moment("claimed_at"),
        _moment("settled_at"),
        sa.CheckConstraint(
            "state in ('QUEUED','SENDING','SENT','UNKNOWN','FAILED','GONE','DROPPED')",
            name="deliveries_state_known",
        ),
        sa.CheckConstraint("length(key) between 1 and 200", name="deliveries_key_length"),
        sa.CheckConstraint(
            "length(recipient) between 1 and 64", name="deliveries_recipient_length"
        ),
        sa.CheckConstraint("priority between 0 and 5", name="deliveries_priority"),
        sa.CheckConstraint("length(error) <= 100", name="deliveries_error_length"),
        sa.CheckConstraint("sent_revision <= revision", name="deliveries_sent_revision"),
        sa.CheckConstraint("pg_column_size(payload) <= 32768", name="deliveries_payload_size"),
        sa.CheckConstraint(
            "(state in ('QUEUED','SENDING')) = (settled_at is null)", name="deliveries_settled_when"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index(
        "deliveries_queued",
        "deliveries",
        ["transport", "priority", "id"],
        postgresql_where=sa.text("state = 'QUEUED'"),
    )
    op.create_index(
        "deliveries_waiting_for",
        "deliveries",
        ["transport", "recipient", "priority", "id"],
        postgresql_where=sa.text("state = 'QUEUED'"),
    )
    op.create_index(
        "deliveries_expiring",
        "deliveries",
        ["transport", "expires_at"],
        postgresql_where=sa.text("state = 'QUEUED' and expires_at is not null"),
    )
    op.create_index(
        "deliveries_due_later",
        "deliveries",
        ["transport", "not_before"],
        postgresql_where=sa.text("state = 'QUEUED'"),
    )
    op.create_index(
        "deliveries_sending",
        "deliveries",
        ["transport"],
        postgresql_where=sa.text("state = 'SENDING'"),
    )
    op.create_index(
        "deliveries_for_a_person",
        "deliveries",
        ["state", "id"],
        postgresql_where=sa.text("state in ('UNKNOWN', 'FAILED')"),
    )
    op.create_index(
        "deliveries_settled",
        "deliveries",
        ["settled_at"],
        postgresql_where=sa.text("settled_at is not null"),
    )
    op.create_table(
        "telegram_chats",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=True),
        sa.Column("state", sa.Text(), server_default="NONE", nullable=False),
        sa.Column("language_code", sa.Text(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=True),
        _moment("place_checked_at"),
        sa.Column("notify_orders", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("notify_money", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("notify_news", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        _number("utc_offset_minutes", "0"),
        _moment("started_at"),
        _moment("blocked_at"),
        _now("updated_at"),
        sa.CheckConstraint("state in ('OPEN','BLOCKED','NONE')", name="telegram_chats_state_known"),
        sa.CheckConstraint("mode in ('support')", name="telegram_chats_mode_known"),
        sa.CheckConstraint(
            "length(language_code) between 1 and 35", name="telegram_chats_language"
        ),
        sa.CheckConstraint(
            "(quiet_from is null) = (quiet_until is null)", name="telegram_chats_quiet_both"
        ),
        sa.CheckConstraint(
            "quiet_from between 0 and 1439 and quiet_until between 0 and 1439",
            name="telegram_chats_quiet_of_the_day",
        ),
        sa.CheckConstraint("utc_offset_minutes between -840 and 840", name="telegram_chats_offset"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("telegram_id"),
        sa.UniqueConstraint("user_id"),
    )
    op.create_table(
        "telegram_updates",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chat_key", sa.BigInteger(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=True),
        _now("received_at"),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        _moment("claimed_until"),
        _number("attempts", "0"),
        _number("failures", "0"),
        _moment("handled_at"),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(handled_at is null) = (outcome is null)", name="telegram_updates_handled_how"
        ),
        sa.CheckConstraint(
            "handled_at is null or payload is null", name="telegram_updates_forgotten_when_handled"
        ),
        sa.CheckConstraint("length(outcome) <= 40", name="telegram_updates_outcome_length"),
        sa.PrimaryKeyConstraint("update_id"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index(
        "telegram_updates_waiting",
        "telegram_updates",
        ["chat_key", "update_id"],
        postgresql_where=sa.text("handled_at is null"),
    )
    op.create_index(
        "telegram_updates_one_of_a_chat",
        "telegram_updates",
        ["chat_key"],
        unique=True,
        postgresql_where=sa.text("handled_at is null and claimed_by is not null"),
    )
    op.create_index(
        "telegram_updates_handled",
        "telegram_updates",
        ["handled_at"],
        postgresql_where=sa.text("handled_at is not null"),
    )
    op.create_table(
        "telegram_moves",
        sa.Column("old_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("new_id", sa.BigInteger(), nullable=False),
        _now("created_at"),
        sa.PrimaryKeyConstraint("old_id"),
    )


def downgrade() -> None:
    for table in ("telegram_moves", "telegram_updates", "telegram_chats", "deliveries"):
        op.drop_table(table)

"""support

Whose topic is which, what was passed on by its numbers, and how long people waited.

Revises: 0026
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "support_cases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Text(collation="C"), nullable=True),
        sa.Column("last_asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "resolution in ('ADMIN', 'CUSTOMER', 'SILENCE')", name="support_cases_resolution"
        ),
        sa.CheckConstraint(
            "(resolved_at is null) = (resolution is null)", name="support_cases_resolved_how"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("support_cases_by_age", "support_cases", ["opened_at"], unique=False)
    op.create_index(
        "support_cases_one_open",
        "support_cases",
        ["telegram_id"],
        unique=True,
        postgresql_where=sa.text("resolved_at is null"),
    )
    op.create_table(
        "support_messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("is_answer", sa.Boolean(), nullable=False),
        sa.Column("source_message_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("copy_message_id", sa.BigInteger(), nullable=True),
        sa.Column("reply_to", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="WAITING", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state in ('WAITING', 'GIVEN', 'DONE', 'LOST')", name="support_messages_state"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "telegram_id", "is_answer", "source_message_id", "version", name="support_messages_once"
        ),
    )
    op.create_index(
        "support_messages_copies",
        "support_messages",
        ["telegram_id", "is_answer", "copy_message_id"],
        unique=False,
    )
    op.create_index(
        "support_messages_given",
        "support_messages",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'GIVEN'"),
    )
    op.create_index(
        "support_messages_newest", "support_messages", ["telegram_id", "created_at"], unique=False
    )
    op.create_index(
        "support_messages_waiting",
        "support_messages",
        ["telegram_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'WAITING'"),
    )
    op.create_table(
        "support_topics",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("is_lost", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("header_revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("header_hash", sa.LargeBinary(), nullable=True),
        sa.Column(
            "asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("telegram_id"),
    )
    op.create_index("support_topics_by_thread", "support_topics", ["thread_id"], unique=False)


def downgrade() -> None:
    op.drop_index("support_topics_by_thread", table_name="support_topics")
    op.drop_table("support_topics")
    op.drop_index(
        "support_messages_waiting",
        table_name="support_messages",
        postgresql_where=sa.text("state = 'WAITING'"),
    )
    op.drop_index(
        "support_messages_given",
        table_name="support_messages",
        postgresql_where=sa.text("state = 'GIVEN'"),
    )
    op.drop_index("support_messages_newest", table_name="support_messages")
    op.drop_index("support_messages_copies", table_name="support_messages")
    op.drop_table("support_messages")
    op.drop_index(
        "support_cases_one_open",
        table_name="support_cases",
        postgresql_where=sa.text("resolved_at is null"),
    )
    op.drop_index("support_cases_by_age", table_name="support_cases")
    op.drop_table("support_cases")

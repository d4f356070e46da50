"""withdrawal confirmations

What somebody prepared in the Mini App and is asked about in their chat, before anything is held.

Revises: 0029
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "withdrawal_confirmations",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("is_repriced", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("fault_micro", sa.BigInteger(), nullable=True),
        sa.Column("withdrawal_id", sa.Text(collation="C"), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("is_followed", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "decision in ('CONFIRMED','REFUSED','EXPIRED','REPLACED','NOT_TAKEN')",
            name="withdrawal_confirmations_decision_known",
        ),
        sa.CheckConstraint(
            "(decided_at is null) = (decision is null)",
            name="withdrawal_confirmations_decided_how",
        ),
        sa.CheckConstraint(
            "withdrawal_id is null or decision = 'CONFIRMED'",
            name="withdrawal_confirmations_came_to",
        ),
        sa.CheckConstraint(
            "length(sealed) between 1 and 2000", name="withdrawal_confirmations_sealed_length"
        ),
        sa.CheckConstraint("expires_at > asked_at", name="withdrawal_confirmations_time"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"]),
        sa.ForeignKeyConstraint(["withdrawal_id"], ["withdrawals.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "withdrawal_confirmations_one_open",
        "withdrawal_confirmations",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("decided_at is null"),
    )
    op.create_index(
        "withdrawal_confirmations_followed",
        "withdrawal_confirmations",
        ["id"],
        unique=False,
        postgresql_where=sa.text("is_followed"),
    )
    op.create_index(
        "withdrawal_confirmations_newest",
        "withdrawal_confirmations",
        ["user_id", "asked_at"],
        unique=False,
    )
    op.create_index(
        "withdrawal_confirmations_by_age", "withdrawal_confirmations", ["asked_at"], unique=False
    )


def downgrade() -> None:
    op.drop_table("withdrawal_confirmations")

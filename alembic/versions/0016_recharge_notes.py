"""recharge notes

What the owner of a recharge says to whoever reviews its payments.

Revises: 0015
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "recharge_notes",
        sa.Column("recharge_id", sa.Text(collation="C"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("place between 1 and 5", name="recharge_notes_few"),
        sa.CheckConstraint("length(words) between 1 and 500", name="recharge_notes_length"),
        sa.ForeignKeyConstraint(["recharge_id"], ["recharges.id"]),
        sa.PrimaryKeyConstraint("recharge_id", "place"),
    )


def downgrade() -> None:
    op.drop_table("recharge_notes")

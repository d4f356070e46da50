"""questions asked anew

A press says which asking of a question it answers; and when a confirmed one was tried last is known.

Revises: 0032
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "withdrawal_confirmations",
        sa.Column("asking", sa.Integer(), server_default="1", nullable=False),
    )
    op.add_column(
        "withdrawal_confirmations",
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
    )


def downgrade() -> None:
    op.drop_column("withdrawal_confirmations", "tried_at")
    op.drop_column("withdrawal_confirmations", "asking")

"""replaced questions

What a question about a withdrawal stands in the place of, and that one ends with a sign-out.

Revises: 0031
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLE = "withdrawal_confirmations"
DECISION = "withdrawal_confirmations_decision_known"
REPLACES = "withdrawal_confirmations_replaces_known"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("replaces", sa.Text(), nullable=True))
    op.create_check_constraint(REPLACES, TABLE, "replaces in ('ALIKE','OTHER_ADDRESS')")
    op.drop_constraint(DECISION, TABLE)
    op.create_check_constraint(
        DECISION,
        TABLE,
        "decision in ('CONFIRMED','REFUSED','EXPIRED','REPLACED','SIGNED_OUT','NOT_TAKEN')",
    )


def downgrade() -> None:
    op.execute(f"update {TABLE} set decision = 'REPLACED' where decision = 'SIGNED_OUT'")
    op.drop_constraint(DECISION, TABLE)
    op.create_check_constraint(
        DECISION, TABLE, "decision in ('CONFIRMED','REFUSED','EXPIRED','REPLACED','NOT_TAKEN')"
    )
    op.drop_constraint(REPLACES, TABLE)
    op.drop_column(TABLE, "replaces")

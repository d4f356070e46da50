"""ledger proof

How far the running proof of the books has come.

Revises: 0007
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "ledger_proofs",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("entry_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_transfer_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_entry_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_transaction", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("horizon", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "open_references",
            sa.ARRAY(sa.Text(collation="C")),
            server_default="{}",
            nullable=False,
        ),
        sa.CheckConstraint("id = 1", name="ledger_proofs_one"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "ledger_proof_rounds",
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(collation="C"), server_default="", nullable=False),
        sa.Column(
            "began_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("proved_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("part"),
    )


def downgrade() -> None:
    op.drop_table("ledger_proof_rounds")
    op.drop_table("ledger_proofs")

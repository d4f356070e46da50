"""agreed blocks

How far two nodes told the chain alike, to read again from there what one of them had invented.

Revises: 0010
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("chain_cursors", sa.Column("agreed_number", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("chain_cursors", "agreed_number")

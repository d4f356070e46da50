"""order operator

The mobile operator that a buyer asked for.

Revises: 0016
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("operator", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("orders", "operator")

"""key of orders

Which API key an order was placed with, for its owner's statement. Nothing of the past is known.

Revises: 0014
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("api_key_id", sa.Text(collation="C"), nullable=True))


def downgrade() -> None:
    op.drop_column("orders", "api_key_id")

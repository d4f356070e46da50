"""orders by status

A user's orders of one status, newest first, without reading those of the others.

Revises: 0008
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "orders_of_user_by_status",
        "orders",
        ["user_id", "status", "id"],
        unique=False,
        postgresql_where=sa.text("phone is not null"),
    )


def downgrade() -> None:
    op.drop_index(
        "orders_of_user_by_status",
        table_name="orders",
        postgresql_where=sa.text("phone is not null"),
    )

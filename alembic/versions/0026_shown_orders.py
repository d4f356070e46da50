"""shown orders

Orders that somebody asked to see in a chat are found like those that are followed there.

Revises: 0025
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _index("kind in ('order.live', 'order.shown')")


def downgrade() -> None:
    _index("kind = 'order.live'")


def _index(condition: str) -> None:
    op.drop_index("deliveries_following", "deliveries")
    op.create_index(
        "deliveries_following", "deliveries", ["created_at"], postgresql_where=sa.text(condition)
    )

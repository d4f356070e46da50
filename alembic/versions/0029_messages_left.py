"""messages left

Messages about orders that were not taken are found without looking at all the others.

Revises: 0028
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LEFT = "state in ('GONE', 'FAILED') and kind in ('order.live', 'order.shown', 'order.sms')"


def upgrade() -> None:
    op.create_index("deliveries_left", "deliveries", ["created_at"], postgresql_where=sa.text(LEFT))


def downgrade() -> None:
    op.drop_index("deliveries_left", table_name="deliveries", postgresql_where=sa.text(LEFT))

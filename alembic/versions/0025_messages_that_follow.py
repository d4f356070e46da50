"""messages that follow

Indexes by which messages in chats are found that say less than is so.

Revises: 0024
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "deliveries_about",
        "deliveries",
        ["subject_id"],
        postgresql_where=sa.text("subject_id is not null"),
    )
    op.create_index(
        "deliveries_following",
        "deliveries",
        ["created_at"],
        postgresql_where=sa.text("kind = 'order.live'"),
    )
    op.create_index(
        "recharges_settled",
        "recharges",
        ["settled_at"],
        postgresql_where=sa.text("settled_at is not null"),
    )


def downgrade() -> None:
    op.drop_index("recharges_settled", "recharges")
    op.drop_index("deliveries_following", "deliveries")
    op.drop_index("deliveries_about", "deliveries")

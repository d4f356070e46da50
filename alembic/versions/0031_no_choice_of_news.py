"""no choice of news

Nothing went by it: news stand in the channel, which everybody joins or leaves themselves.

Revises: 0030
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_column("telegram_chats", "notify_news")


def downgrade() -> None:
    op.add_column(
        "telegram_chats",
        sa.Column("notify_news", sa.Boolean(), server_default="true", nullable=False),
    )

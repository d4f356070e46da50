"""mini app launches

Whose a launch of the Mini App is: whoever exchanged it first.

Revises: 0021
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ID = sa.Text(collation="C")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "mini_app_launches",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.Column("jti", ID, nullable=False),
        sa.Column("agent_hash", sa.LargeBinary(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("key_hashes", sa.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_mini_app_launches_user_id", "mini_app_launches", ["user_id"])
    op.create_index("ix_mini_app_launches_expires_at", "mini_app_launches", ["expires_at"])


def downgrade() -> None:
    op.drop_table("mini_app_launches")

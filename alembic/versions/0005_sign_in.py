"""sign in

Identities, signed-in browsers, one-time links, and who brought whom.

Revises: 0004
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ID = sa.Text(collation="C")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("users", sa.Column("referrer_id", ID, nullable=True))
    op.add_column(
        "users", sa.Column("session_version", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_foreign_key("users_referrer_id_fkey", "users", "users", ["referrer_id"], ["id"])
    op.create_index("ix_users_referrer_id", "users", ["referrer_id"])
    op.create_check_constraint("users_referrer_is_another", "users", "referrer_id <> id")
    op.create_table(
        "identities",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("subject", ID, nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("provider in ('google', 'telegram')", name="identities_provider_known"),
        sa.CheckConstraint("length(subject) between 1 and 255", name="identities_subject_length"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("provider", "subject"),
        sa.UniqueConstraint("user_id"),
    )
    op.create_table(
        "web_sessions",
        sa.Column("jti", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("absolute_expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.CheckConstraint("length(device) between 1 and 60", name="web_sessions_device_length"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("jti"),
    )
    op.create_index("ix_web_sessions_user_id", "web_sessions", ["user_id"])
    op.create_index("ix_web_sessions_expires_at", "web_sessions", ["expires_at"])
    op.create_table(
        "login_links",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_login_links_user_id", "login_links", ["user_id"])
    op.create_table(
        "used_sign_ins",
        sa.Column("assertion_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("assertion_hash"),
    )
    op.create_index("ix_used_sign_ins_expires_at", "used_sign_ins", ["expires_at"])


def downgrade() -> None:
    op.drop_table("used_sign_ins")
    op.drop_table("login_links")
    op.drop_table("web_sessions")
    op.drop_table("identities")
    op.drop_constraint("users_referrer_is_another", "users")
    op.drop_index("ix_users_referrer_id", "users")
    op.drop_constraint("users_referrer_id_fkey", "users")
    op.drop_column("users", "session_version")
    op.drop_column("users", "referrer_id")

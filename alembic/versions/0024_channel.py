"""channel

What the channel was told: announcements of people, digests of prices and stock.

Revises: 0023
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("texts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "jsonb_typeof(texts) = 'object' and texts ? 'en'", name="announcements_in_english"
        ),
        sa.CheckConstraint("revision > 0", name="announcements_revision"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("announcements_newest", "announcements", ["created_at"], unique=False)
    op.create_table(
        "channel_digests",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("more", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("channel_digests_by_day", "channel_digests", ["day"], unique=False)
    op.create_table(
        "channel_looks",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name="channel_looks_one_row"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "channel_routes",
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("country_id", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=True),
        sa.Column("is_stocked", sa.Boolean(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_price_cents", sa.Integer(), nullable=True),
        sa.Column("seen_stocked", sa.Boolean(), nullable=True),
        sa.Column("seen_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("service_code", "country_id"),
    )
    op.create_index(
        "channel_routes_moving",
        "channel_routes",
        ["service_code"],
        unique=False,
        postgresql_where=sa.text("seen_since is not null"),
    )
    op.create_table(
        "channel_services",
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("service_code"),
    )


def downgrade() -> None:
    op.drop_table("channel_services")
    op.drop_index(
        "channel_routes_moving",
        table_name="channel_routes",
        postgresql_where=sa.text("seen_since is not null"),
    )
    op.drop_table("channel_routes")
    op.drop_table("channel_looks")
    op.drop_index("channel_digests_by_day", table_name="channel_digests")
    op.drop_table("channel_digests")
    op.drop_index("announcements_newest", table_name="announcements")
    op.drop_table("announcements")

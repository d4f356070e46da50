"""route figures

When the first code of an order came, and how the routes do: counted by hour, shown for 30 days.

Revises: 0011
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Nobody noted when we learned of an SMS: what the supplier said of the first one that is left is
# the nearest to it. No code came before its purchase, or after the end of its order.
FIRST_SMS = """
update orders o set first_sms_at = greatest(o.created_at, least(o.ended_at, coalesce(
    (select min(s.received_at) from order_sms s where s.order_id = o.id),
    o.received_at, o.ended_at, o.created_at)))
where o.sms_count > 0
"""


def upgrade() -> None:
    op.add_column("orders", sa.Column("first_sms_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(FIRST_SMS)
    op.create_check_constraint(
        "orders_first_sms_known", "orders", "(sms_count > 0) = (first_sms_at is not null)"
    )
    op.create_index(
        "orders_judged",
        "orders",
        [sa.text("coalesce(first_sms_at, ended_at)")],
        postgresql_where=sa.text(
            "phone is not null and coalesce(first_sms_at, ended_at) is not null"
        ),
    )
    op.create_table(
        "route_counts",
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("country_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_day", sa.Boolean(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("seconds", ARRAY(sa.Integer()), nullable=False),
        sa.Column("counts", ARRAY(sa.Integer()), nullable=False),
        sa.CheckConstraint("received between 0 and judged", name="route_counts_received"),
        sa.CheckConstraint("cardinality(seconds) = cardinality(counts)", name="route_counts_pairs"),
        sa.PrimaryKeyConstraint("service_code", "country_id", "starts_at", "is_day"),
    )
    op.create_index("route_counts_by_time", "route_counts", ["starts_at"])
    op.create_table(
        "route_figures",
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("country_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sample", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("median_s", sa.Integer(), nullable=True),
        sa.Column("p90_s", sa.Integer(), nullable=True),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("service_code", "country_id"),
    )
    op.create_table(
        "figure_progress",
        sa.Column("only_row", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("final_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("only_row", name="figure_progress_one_row"),
        sa.PrimaryKeyConstraint("only_row"),
    )


def downgrade() -> None:
    op.drop_table("figure_progress")
    op.drop_table("route_figures")
    op.drop_table("route_counts")
    op.drop_index("orders_judged", table_name="orders")
    op.drop_constraint("orders_first_sms_known", "orders", type_="check")
    op.drop_column("orders", "first_sms_at")

"""default price

The house rule until an administrator sets another: cost plus 35 %, at least 4 cents.

Revises: 0002
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NOTE = "the house rule that ships with the product"


def upgrade() -> None:
    op.execute(
        "insert into pricing_rules (percent_bp, fixed_micro, floor_micro, effective_from, note) "
        f"values (13500, 0, 40000, '2026-01-01T00:00:00Z', '{NOTE}')"
    )


def downgrade() -> None:
    op.execute(f"delete from pricing_rules where note = '{NOTE}'")

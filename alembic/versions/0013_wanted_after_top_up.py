"""wanted after a top-up

What the owner of a top-up was about to buy, so that it is offered once it is credited.

Revises: 0012
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("recharges", sa.Column("wanted_service", sa.Text(), nullable=True))
    op.add_column("recharges", sa.Column("wanted_country", sa.Integer(), nullable=True))
    op.add_column("recharges", sa.Column("wanted_cents", sa.Integer(), nullable=True))
    op.create_check_constraint(
        "recharges_wanted_whole",
        "recharges",
        "num_nulls(wanted_service, wanted_country, wanted_cents) in (0, 3) "
        "and length(wanted_service) <= 64 and wanted_cents > 0",
    )


def downgrade() -> None:
    op.drop_constraint("recharges_wanted_whole", "recharges", type_="check")
    op.drop_column("recharges", "wanted_cents")
    op.drop_column("recharges", "wanted_country")
    op.drop_column("recharges", "wanted_service")

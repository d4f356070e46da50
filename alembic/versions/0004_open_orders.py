"""open orders

The count behind the cap on open orders, exact also for requests that come at one moment.

Revises: 0003
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# A statement counts what was there when it began, so two at once would both see the last
# place free. In a function each statement looks anew: after the lock, which the one before
# gives up when it commits, its order is seen.
OPEN_ORDERS = """
create function count_open_orders(p_user text) returns bigint language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(p_user, 0));
    return (
        select count(*) from orders o
        where o.user_id = p_user and o.status in ('RESERVED', 'WAITING', 'RECEIVED')
    );
end $$
"""


def upgrade() -> None:
    op.execute(OPEN_ORDERS)


def downgrade() -> None:
    op.execute("drop function count_open_orders(text)")

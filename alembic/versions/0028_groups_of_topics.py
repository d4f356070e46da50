"""groups of topics

In which group a topic stands: its number means something there alone.

Revises: 0027
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Of what was made before, the delivery that had it made tells where, as long as it is kept. Where
# nothing does, nobody knows: another topic is made when somebody writes again.
KNOWN = """
update support_topics t set group_id = d.recipient::bigint
from deliveries d
where d.key = 'support:topic:' || t.telegram_id || ':' || t.generation
  and d.state = 'SENT' and d.recipient ~ '^-[0-9]{1,18}$' and t.thread_id is not null
"""

# Telegram gives no number twice; the newest has it, should it have been otherwise.
DOUBLED = """
update support_topics t set group_id = null, thread_id = null, is_lost = true
where exists (
    select from support_topics o
    where o.group_id = t.group_id and o.thread_id = t.thread_id
      and (o.asked_at, o.telegram_id) > (t.asked_at, t.telegram_id))
"""


def upgrade() -> None:
    op.add_column("support_topics", sa.Column("group_id", sa.BigInteger(), nullable=True))
    op.execute(KNOWN)
    op.execute(DOUBLED)
    op.drop_index("support_topics_by_thread", table_name="support_topics")
    op.create_index(
        "support_topics_by_thread", "support_topics", ["group_id", "thread_id"], unique=True
    )


def downgrade() -> None:
    op.drop_index("support_topics_by_thread", table_name="support_topics")
    op.create_index("support_topics_by_thread", "support_topics", ["thread_id"], unique=False)
    op.drop_column("support_topics", "group_id")

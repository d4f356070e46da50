"""abuse reports

What anybody may tell us about the misuse of a number, and what we answered.

Revises: 0017
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "abuse_reports",
        sa.Column("ticket", sa.Text(collation="C"), nullable=False),
        sa.Column("reporter", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="RECEIVED", nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("sent_hash", sa.LargeBinary(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "reporter in ('PERSON', 'SERVICE', 'AUTHORITY')", name="abuse_reports_reporter"
        ),
        sa.CheckConstraint(
            "status in ('RECEIVED', 'IN_REVIEW', 'ANSWERED', 'CLOSED')", name="abuse_reports_status"
        ),
        sa.CheckConstraint("length(words) between 10 and 4000", name="abuse_reports_words"),
        sa.CheckConstraint("length(organisation) <= 200", name="abuse_reports_organisation"),
        sa.CheckConstraint("length(contact) <= 200", name="abuse_reports_contact"),
        sa.CheckConstraint("length(subject) <= 300", name="abuse_reports_subject"),
        sa.CheckConstraint("length(answer) between 1 and 2000", name="abuse_reports_answer"),
        sa.CheckConstraint(
            "(answer is null) = (answered_at is null)", name="abuse_reports_answered_once_answer"
        ),
        sa.CheckConstraint(
            "status <> 'ANSWERED' or answer is not null", name="abuse_reports_answered_with_one"
        ),
        sa.CheckConstraint(
            "(status = 'CLOSED') = (closed_at is not null)", name="abuse_reports_closed_when"
        ),
        sa.PrimaryKeyConstraint("ticket"),
    )
    op.create_index(
        "abuse_reports_waiting",
        "abuse_reports",
        ["created_at"],
        postgresql_where=sa.text("status in ('RECEIVED', 'IN_REVIEW')"),
    )
    op.create_index(
        "abuse_reports_sent_once",
        "abuse_reports",
        ["sent_hash"],
        unique=True,
        postgresql_where=sa.text("sent_hash is not null"),
    )
    op.create_index(
        "abuse_reports_with_contact",
        "abuse_reports",
        ["created_at"],
        postgresql_where=sa.text("contact is not null"),
    )


def downgrade() -> None:
    op.drop_table("abuse_reports")

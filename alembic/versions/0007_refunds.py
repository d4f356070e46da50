"""refunds

Which transfer paid which refund: seen by the reader of the chain, or stated by a person.

Revises: 0006
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Until now the reader of the chain posted a refund and did not write down by which transfer.
# It took one of the same amount to the same address that it had not booked as something else;
# where there were several, they are alike in everything that counts.
SEEN_SO_FAR = """
insert into payment_refunds (payment_id, txid, log_index, block_number, from_address,
                             to_address, amount_micro, is_final, created_at)
select back.id, gone.txid, gone.log_index, gone.block_number, gone.from_address,
    gone.to_address, gone.amount::bigint, true, back.sent_at
from (
    select p.id, p.from_address, p.amount, t.id as transfer_id, t.created_at as sent_at,
        row_number() over (partition by p.from_address, p.amount order by t.id) as place
    from ledger_transfers t join payments p on p.id = t.reference
    where t.kind = 'payment_refunded'
) back
join (
    select p.*, row_number() over (
        partition by p.to_address, p.amount order by p.block_number, p.block_position) as place
    from payments p
    where p.status = 'OUTGOING' and not exists (
        select from ledger_transfers t where t.kind = 'pool_outgoing' and t.reference = p.id)
) gone on gone.to_address = back.from_address and gone.amount = back.amount
    and gone.place = back.place
order by back.transfer_id
"""

# What people stated stands nowhere else, and the older program would ask for it again.
REFUSE_WITH_STATEMENTS = """
do $$ begin
    if exists (select from payment_refunds where is_final and actor is not null) then
        raise exception 'refunds were stated by people: this revision cannot be undone';
    end if;
end $$
"""


def upgrade() -> None:
    op.create_table(
        "payment_refunds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("payment_id", sa.Text(collation="C"), nullable=False),
        sa.Column("txid", sa.Text(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("from_address", sa.Text(), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount_micro > 0", name="payment_refunds_amount_positive"),
        sa.CheckConstraint("length(note) between 1 and 500", name="payment_refunds_note_length"),
        sa.CheckConstraint("(actor is null) = (note is null)", name="payment_refunds_explained"),
        sa.CheckConstraint("is_final or actor is not null", name="payment_refunds_proposed_by"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "payment_refunds_once",
        "payment_refunds",
        ["payment_id"],
        unique=True,
        postgresql_where=sa.text("is_final"),
    )
    op.create_index(
        "payment_refunds_by_one_transfer",
        "payment_refunds",
        ["txid", "log_index"],
        unique=True,
        postgresql_where=sa.text("is_final"),
    )
    op.create_index("payment_refunds_of_payment", "payment_refunds", ["payment_id"])
    op.create_index(
        "payments_refunded",
        "payments",
        ["from_address"],
        postgresql_where=sa.text("status = 'REFUNDED'"),
    )
    op.execute(SEEN_SO_FAR)
    for action, timing in (("append_only", "update or delete"), ("no_truncate", "truncate")):
        level = "statement" if timing == "truncate" else "row"
        op.execute(
            f"create trigger payment_refunds_{action} before {timing} on payment_refunds "
            f"for each {level} execute function ledger_refuse_change()"
        )


def downgrade() -> None:
    op.execute(REFUSE_WITH_STATEMENTS)
    op.drop_index(
        "payments_refunded", table_name="payments", postgresql_where=sa.text("status = 'REFUNDED'")
    )
    op.drop_table("payment_refunds")

"""ledger proof

How far the running proof of the books has come, and a writer of the journal that has its
transaction number before it has an id: what that proof needs to know that an id is settled.

Revises: 0007
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Everything else is as revision 0002 made it.
POST = """
create or replace function ledger_post(
    p_kind text, p_reference text, p_from integer, p_to integer, p_amount bigint
) returns boolean language plpgsql as $$
declare
{declared}    transfer bigint;
    from_after bigint;
    to_after bigint;
begin
    if p_amount <= 0 or p_from = p_to then
        raise exception 'ledger_post moves % from % to %', p_amount, p_from, p_to
            using errcode = 'check_violation', constraint = 'ledger_post_amount';
    end if;
    insert into ledger_transfers (kind, reference) values (p_kind, p_reference)
    on conflict (kind, reference) do nothing
    returning id into transfer;
    if not found then
        return false;
    end if;
    if p_from > p_to then
        update ledger_balances set balance_micro = balance_micro + p_amount
        where account_id = p_to returning balance_micro into to_after;
    end if;
    update ledger_balances set balance_micro = balance_micro - p_amount
    where account_id = p_from returning balance_micro into from_after;
    if p_from < p_to then
        update ledger_balances set balance_micro = balance_micro + p_amount
        where account_id = p_to returning balance_micro into to_after;
    end if;
    insert into ledger_entries (transfer_id, account_id, amount_micro, balance_after_micro)
    values (transfer, p_from, -p_amount, from_after), (transfer, p_to, p_amount, to_after);
    return true;
end $$
"""

# An insert takes the id of its row first and the number of its transaction after it. Between
# the two nobody could tell that the id is on its way.
NUMBERED = "    writer xid8 := pg_current_xact_id();\n"


def upgrade() -> None:
    op.create_table(
        "ledger_proofs",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("entry_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_transfer_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_entry_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_transaction", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("horizon", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "open_references",
            sa.ARRAY(sa.Text(collation="C")),
            server_default="{}",
            nullable=False,
        ),
        sa.CheckConstraint("id = 1", name="ledger_proofs_one"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "ledger_proof_rounds",
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(collation="C"), server_default="", nullable=False),
        sa.Column(
            "began_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("proved_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("part"),
    )
    op.execute(POST.format(declared=NUMBERED))


def downgrade() -> None:
    op.execute(POST.format(declared=""))
    op.drop_table("ledger_proof_rounds")
    op.drop_table("ledger_proofs")

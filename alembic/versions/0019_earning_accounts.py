"""earning accounts

Purses for what people earn and ask to be paid, and what may take one of them below zero.

Revises: 0018
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


# As of 0002, and: only a claw-back takes a balance below zero, where that is possible at all. The
# house's accounts, those below 1000, have no balance to look for.
POST = """
create or replace function ledger_post(
    p_kind text, p_reference text, p_from integer, p_to integer, p_amount bigint
) returns boolean language plpgsql as $$
declare
    transfer bigint;
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
    if p_from > p_to{purse} then
        update ledger_balances set balance_micro = balance_micro + p_amount
        where account_id = p_to returning balance_micro into to_after;
    end if;
    update ledger_balances set balance_micro = balance_micro - p_amount
    where account_id = p_from returning balance_micro into from_after;{guard}
    if p_from < p_to{purse} then
        update ledger_balances set balance_micro = balance_micro + p_amount
        where account_id = p_to returning balance_micro into to_after;
    end if;
    insert into ledger_entries (transfer_id, account_id, amount_micro, balance_after_micro)
    values (transfer, p_from, -p_amount, from_after), (transfer, p_to, p_amount, to_after);
    return true;
end $$
"""

GUARD = """
    if from_after < 0 and p_kind <> 'commission_clawed_back' then
        raise exception 'account % does not cover %', p_from, p_amount
            using errcode = 'check_violation', constraint = 'ledger_balances_not_negative';
    end if;"""

REFUSE_CHANGE = """
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% of % is refused: it stays as it was written', tg_op, tg_table_name
        using errcode = 'restrict_violation';
end $$
"""

HOUSE_ACCOUNTS = ((12, "chain:treasury"), (13, "house:owner_funds"))


def upgrade() -> None:
    op.add_column(
        "ledger_balances",
        sa.Column("is_overdrawable", sa.Boolean(), server_default="false", nullable=False),
    )
    op.drop_constraint("ledger_balances_not_negative", "ledger_balances", type_="check")
    op.create_check_constraint(
        "ledger_balances_not_negative", "ledger_balances", "balance_micro >= 0 or is_overdrawable"
    )
    op.execute(POST.replace("{guard}", GUARD).replace("{purse}", " and p_to >= 1000"))
    op.execute(REFUSE_CHANGE)
    for number, kind in HOUSE_ACCOUNTS:
        op.execute(f"insert into ledger_accounts (id, kind) values ({number}, '{kind}')")
    op.execute(
        "create trigger users_referrer_stays before update of referrer_id on users "
        "for each row execute function refuse_change()"
    )


def downgrade() -> None:
    op.execute("drop trigger users_referrer_stays on users")
    op.execute("alter table ledger_accounts disable trigger ledger_accounts_no_delete")
    numbers = ", ".join(str(number) for number, _ in HOUSE_ACCOUNTS)
    op.execute(f"delete from ledger_accounts where id in ({numbers})")
    op.execute("alter table ledger_accounts enable trigger ledger_accounts_no_delete")
    op.execute("drop function refuse_change()")
    op.execute(POST.replace("{guard}", "").replace("{purse}", ""))
    op.drop_constraint("ledger_balances_not_negative", "ledger_balances", type_="check")
    op.create_check_constraint(
        "ledger_balances_not_negative", "ledger_balances", "balance_micro >= 0"
    )
    op.drop_column("ledger_balances", "is_overdrawable")

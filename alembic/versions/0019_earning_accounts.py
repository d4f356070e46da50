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


# As of 0002, and: only a claw-back takes a balance below zero, where that is possible at all.
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
    if p_from > p_to then
        update ledger_balances set balance_micro = balance_micro + p_amount
        where account_id = p_to returning balance_micro into to_after;
    end if;
    update ledger_balances set balance_micro = balance_micro - p_amount
    where account_id = p_from returning balance_micro into from_after;{guard}
    if p_from < p_to then
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

# As of 0002, and asked all at once: each order posts, and an invited one twice.
PROVE_BALANCE = """
create or replace function ledger_prove_balance() returns trigger language plpgsql as $$
declare
    transfer bigint;
    total numeric;
    legs bigint;
    is_account boolean := true;
    is_transfer boolean := true;
begin
    if tg_table_name = 'ledger_entries' then
        transfer := new.transfer_id;
        -- By primary key, one row each: a join would follow the statistics of the day.
        select sum(amount_micro), count(*),
            exists (select from ledger_accounts where id = new.account_id),
            exists (select from ledger_transfers where id = transfer)
        into total, legs, is_account, is_transfer
        from ledger_entries where transfer_id = transfer;
    else
        transfer := new.id;
        select sum(amount_micro), count(*) into total, legs
        from ledger_entries where transfer_id = transfer;
    end if;
    if not is_account then
        raise exception 'ledger entry % names an unknown account', new.id
            using errcode = 'foreign_key_violation', constraint = 'ledger_entry_account';
    end if;
    if not is_transfer then
        raise exception 'ledger entry % belongs to no transfer', new.id
            using errcode = 'foreign_key_violation', constraint = 'ledger_entry_transfer';
    end if;
    if legs < 2 or total <> 0 then
        raise exception 'ledger transfer % has % entries that sum to %', transfer, legs, total
            using errcode = 'check_violation', constraint = 'ledger_transfer_balances';
    end if;
    return null;
end $$
"""

PROVE_BALANCE_BEFORE = """
create or replace function ledger_prove_balance() returns trigger language plpgsql as $$
declare
    transfer bigint;
    total numeric;
    legs bigint;
begin
    if tg_table_name = 'ledger_entries' then
        transfer := new.transfer_id;
        -- By primary key, one row each: a join would follow the statistics of the day.
        if not exists (select from ledger_accounts where id = new.account_id) then
            raise exception 'ledger entry % names an unknown account', new.id
                using errcode = 'foreign_key_violation', constraint = 'ledger_entry_account';
        end if;
        if not exists (select from ledger_transfers where id = transfer) then
            raise exception 'ledger entry % belongs to no transfer', new.id
                using errcode = 'foreign_key_violation', constraint = 'ledger_entry_transfer';
        end if;
    else
        transfer := new.id;
    end if;
    select sum(amount_micro), count(*) into total, legs
    from ledger_entries where transfer_id = transfer;
    if legs < 2 or total <> 0 then
        raise exception 'ledger transfer % has % entries that sum to %', transfer, legs, total
            using errcode = 'check_violation', constraint = 'ledger_transfer_balances';
    end if;
    return null;
end $$
"""

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
    op.execute(PROVE_BALANCE)
    op.execute(POST.replace("{guard}", GUARD))
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
    op.execute(POST.replace("{guard}", ""))
    op.execute(PROVE_BALANCE_BEFORE)
    op.drop_constraint("ledger_balances_not_negative", "ledger_balances", type_="check")
    op.create_check_constraint(
        "ledger_balances_not_negative", "ledger_balances", "balance_micro >= 0"
    )
    op.drop_column("ledger_balances", "is_overdrawable")

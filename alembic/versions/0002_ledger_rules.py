"""ledger rules

What no program can break: transfers balance, the journal is append-only, house accounts exist.
And the one way to post: ``ledger_post``.

Revises: 0001
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# One function serves both tables: a transfer is proved as a whole at commit, whether the
# transaction added the transfer, or an entry to an older one.
PROVE_BALANCE = """
create function ledger_prove_balance() returns trigger language plpgsql as $$
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
create function ledger_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% of % is refused: the journal is append-only', tg_op, tg_table_name
        using errcode = 'restrict_violation';
end $$
"""

# The only writer of the journal. In the database, so that an order and its money are one
# statement and one round trip. Rows of two users are locked in the order of their numbers.
POST = """
create function ledger_post(
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

JOURNAL = ("ledger_transfers", "ledger_entries")

HOUSE_ACCOUNTS = (
    (1, "house:orders_open"),
    (2, "house:sales"),
    (3, "house:adjustments"),
    (4, "house:referral_expense"),
    (5, "house:withdrawal_fees"),
    (6, "chain:pool"),
    (7, "chain:hot"),
)


def upgrade() -> None:
    op.execute(PROVE_BALANCE)
    op.execute(POST)
    op.execute(REFUSE_CHANGE)
    for table in JOURNAL:
        op.execute(
            f"create constraint trigger {table}_balance after insert on {table} "
            "deferrable initially deferred for each row execute function ledger_prove_balance()"
        )
        op.execute(
            f"create trigger {table}_append_only before update or delete on {table} "
            "for each row execute function ledger_refuse_change()"
        )
        op.execute(
            f"create trigger {table}_no_truncate before truncate on {table} "
            "for each statement execute function ledger_refuse_change()"
        )
    op.execute(
        "create trigger ledger_accounts_no_delete before delete on ledger_accounts "
        "for each row execute function ledger_refuse_change()"
    )
    op.execute(
        "create trigger ledger_accounts_no_truncate before truncate on ledger_accounts "
        "for each statement execute function ledger_refuse_change()"
    )
    for number, kind in HOUSE_ACCOUNTS:
        op.execute(f"insert into ledger_accounts (id, kind) values ({number}, '{kind}')")
    # User accounts start at 1000, so a house account is told at a glance.
    op.execute("alter sequence ledger_accounts_id_seq restart with 1000")


def downgrade() -> None:
    for trigger in ("no_delete", "no_truncate"):
        op.execute(f"drop trigger ledger_accounts_{trigger} on ledger_accounts")
    for table in JOURNAL:
        for trigger in ("balance", "append_only", "no_truncate"):
            op.execute(f"drop trigger {table}_{trigger} on {table}")
    op.execute("drop function ledger_post(text, text, integer, integer, bigint)")
    op.execute("drop function ledger_refuse_change()")
    op.execute("drop function ledger_prove_balance()")
    numbers = ", ".join(str(number) for number, _ in HOUSE_ACCOUNTS)
    op.execute(f"delete from ledger_accounts where id in ({numbers})")

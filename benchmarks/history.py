"""A shop with years behind it: millions of orders with their money, written in minutes.

The rows are those that the product would have written, and prove as such; only the triggers and
the indexes are off while they are written, and the indexes are made again at the end.
"""

from collections.abc import Callable
from typing import Any, Final

import asyncpg

ORDERS_PER_USER: Final = 25
HEAVY_ORDERS: Final = 100_000
"""Orders of the user with the longest history, or a tenth of all where there are fewer."""
IDLE_ORDERS: Final = 30
"""Orders of the user who bought at the very beginning and never again."""
OPEN_ORDERS: Final = 2_000
"""The newest orders, which still wait for a code."""
PRICE_MICRO: Final = 420_000
CREDIT_MICRO: Final = 1_000_000_000_000
SPAN_DAYS: Final = 700

FILLED: Final = ("ledger_transfers", "ledger_entries", "orders", "order_sms", "outbox_events")
"""Tables that are filled without their indexes."""

INDEXES: Final = """
select i.indexrelid::regclass::text as name, i.indrelid::regclass::text as of_table,
    pg_get_indexdef(i.indexrelid) as definition, c.conname as constraint_name,
    pg_get_constraintdef(c.oid) as constraint_definition
from pg_index i
left join pg_constraint c on c.conindid = i.indexrelid and c.conrelid = i.indrelid
    and c.contype in ('p', 'u')
where i.indrelid::regclass::text = any($1::text[])
order by c.contype = 'p' desc nulls last, 1
"""

# Base 36 of the milliseconds, as ids begin: see the domain's ids.
_DIGITS: Final = " || ".join(
    f"substr('0123456789abcdefghijklmnopqrstuvwxyz', (ms / {36**power} % 36)::integer + 1, 1)"
    for power in range(7, -1, -1)
)
ID_FUNCTION: Final = f"""
create function pg_temp.id_at(ms bigint, n bigint) returns text language sql immutable
return 'c' || {_DIGITS} || lpad(n::text, 16, '0')
"""

FOREIGN_KEYS: Final = """
select conname as name, conrelid::regclass::text as of_table, pg_get_constraintdef(oid) as definition
from pg_constraint where contype = 'f' and confrelid::regclass::text = any($1::text[])
"""

STEPS: Final[tuple[tuple[str, str], ...]] = (
    (
        "people",
        """
        insert into users (id, display_name, referral_code, created_at)
        select pg_temp.id_at({base_ms}, n), 'Past', 'past' || n, {base}
        from generate_series(1, {users}) n;
        insert into ledger_accounts (id, user_id, kind)
        select 1000 + n, pg_temp.id_at({base_ms}, n), 'user:spending'
        from generate_series(1, {users}) n;
        """,
    ),
    (
        "top-ups",
        """
        insert into wallets (account, derivation_index, address)
        values ('past', 0, 'T' || repeat('1', 33));
        insert into recharges (id, user_id, wallet_id, status, amount_micro, received_micro,
            credited_micro, created_at, expires_at, closes_at, is_closed, settled_at)
        select pg_temp.id_at({base_ms}, n), pg_temp.id_at({base_ms}, n), (select min(id) from wallets),
            'CREDITED', {credit}, {credit}, {credit}, {base}, {base}, {base}, true, {base}
        from generate_series(1, {users}) n;
        insert into payments (id, txid, log_index, block_number, block_position, block_id,
            block_time, contract, is_genuine, from_address, to_address, amount, status,
            recharge_id, credited_micro, credited_user_id, seen_at, settled_at)
        select pg_temp.id_at({base_ms}, n), lpad(n::text, 64, '0'), 0, n, 0, repeat('0', 64), {base},
            'past', true, 'from' || n, 'T' || repeat('1', 33), {credit}, 'CREDITED',
            pg_temp.id_at({base_ms}, n), {credit}, pg_temp.id_at({base_ms}, n), {base}, {base}
        from generate_series(1, {users}) n;
        insert into ledger_transfers (id, kind, reference, created_at) overriding system value
        select n, 'recharge_credited', pg_temp.id_at({base_ms}, n), {base}
        from generate_series(1, {users}) n;
        insert into ledger_entries (id, transfer_id, account_id, amount_micro, balance_after_micro,
            created_at) overriding system value
        select 2 * n - 1, n, 6, -{credit}, null, {base} from generate_series(1, {users}) n
        union all
        select 2 * n, n, 1000 + n, {credit}, {credit}, {base} from generate_series(1, {users}) n;
        """,
    ),
    (
        "plan of the orders",
        """
        create unlogged table past as
        select n, u, at, fate,
            pg_temp.id_at((extract(epoch from at) * 1000)::bigint, n) as id,
            {credit} - {price} * (count(*) filter (where fate in ('COMPLETED', 'WAITING'))
                over (partition by u order by n)) as after
        from (
            select n, {base} + make_interval(secs => n * 86400.0 * {span_days} / {orders}) as at,
                case when n <= {idle} then 2 when n % {heavy_every} = 0 then 1
                     else 3 + n * 7919 % ({users} - 2) end as u,
                case when n > {orders} - {open} then 'WAITING' when n % 20 < 12 then 'COMPLETED'
                     when n % 20 < 18 then 'CANCELLED' else 'FAILED' end as fate
            from generate_series(1, {orders}) n
        ) drawn
        """,
    ),
    (
        "orders",
        """
        insert into orders (id, user_id, status, reason, service_code, country_id, price_micro,
            cost_limit_micro, cost_micro, supplier, activation_id, phone, phone_hash, sms_count,
            created_at, expires_at, received_at, first_sms_at, ended_at, purged_at)
        select id, pg_temp.id_at({base_ms}, u), fate,
            case fate when 'COMPLETED' then 'EXPIRED' when 'CANCELLED' then 'USER'
                      when 'FAILED' then 'NO_NUMBERS' end,
            (array['tg','wa','go','fb','ig','vk','ds','lf','tw','am'])[1 + n % 10],
            (array[7,6,12,16,31,33,36,43,48,52])[1 + n / 10 % 10],
            {price}, 300000, case when fate <> 'FAILED' then 300000 end, 'primary',
            case when fate <> 'FAILED' then 'past' || n end,
            case when fate = 'FAILED' then null when fate = 'WAITING' then '+6012' || lpad(n::text, 9, '0')
                 else '+601******' || lpad((n % 100)::text, 2, '0') end,
            case when fate <> 'FAILED' then decode(lpad(to_hex(n), 64, '0'), 'hex') end,
            case fate when 'COMPLETED' then 1 else 0 end, at,
            case when fate = 'WAITING' then now() + interval '1 day'
                 when fate <> 'FAILED' then at + interval '20 minutes' end,
            case when fate = 'COMPLETED' then at + interval '1 minute' end,
            case when fate = 'COMPLETED' then at + make_interval(secs => 3 + n * 7919 % 90) end,
            case when fate <> 'WAITING' then at + interval '2 minutes' end,
            case when fate <> 'WAITING' and at < now() - interval '1 day' then at + interval '1 day' end
        from past
        """,
    ),
    (
        "transfers",
        """
        insert into ledger_transfers (id, kind, reference, created_at) overriding system value
        select {users} + 2 * n - leg, case when leg = 1 then 'order_placed'
            when fate = 'COMPLETED' then 'order_received' else 'order_refunded' end,
            id, at
        from past, (values (1), (0)) legs (leg) where leg = 1 or fate <> 'WAITING'
        """,
    ),
    (
        "entries",
        """
        insert into ledger_entries (id, transfer_id, account_id, amount_micro, balance_after_micro,
            created_at) overriding system value
        select 2 * {users} + 4 * n - 4 + leg, {users} + 2 * n - case when leg < 3 then 1 else 0 end,
            case leg when 1 then 1000 + u when 2 then 1 when 3 then 1
                else case when fate = 'COMPLETED' then 2 else 1000 + u end end,
            case when leg in (1, 3) then -{price} else {price} end,
            case when leg = 1 then after - case when fate in ('CANCELLED', 'FAILED') then {price} else 0 end
                 when leg = 4 and fate <> 'COMPLETED' then after end, at
        from past, generate_series(1, 4) leg where leg < 3 or fate <> 'WAITING'
        """,
    ),
    (
        "balances",
        """
        insert into ledger_balances (account_id, balance_micro)
        select 1000 + n, coalesce(last.after, {credit}) from generate_series(1, {users}) n
        left join (select distinct on (u) u, after from past order by u, n desc) last on last.u = n;
        drop table past;
        select setval('ledger_accounts_id_seq', 1000 + {users});
        select setval(pg_get_serial_sequence('ledger_transfers', 'id'), {users} + 2 * {orders});
        select setval(pg_get_serial_sequence('ledger_entries', 'id'), 2 * {users} + 4 * {orders});
        """,
    ),
)


async def fill(
    address: str, orders: int, tell: Callable[[str], None], *, open_orders: int = OPEN_ORDERS
) -> None:
    """Give a migrated, empty database so many orders.

    Args:
        address: The database's. Its owner's rights are needed to switch triggers off.
        orders: How many.
        tell: Says what is being written.
        open_orders: How many of them, the newest, still wait for a code.
    """
    users = max(100, orders // ORDERS_PER_USER)
    names: dict[str, Any] = {
        "users": f"{users}::bigint",
        "orders": f"{orders}::bigint",
        "price": f"{PRICE_MICRO}::bigint",
        "credit": f"{CREDIT_MICRO}::bigint",
        "open": min(open_orders, orders // 10),
        "idle": IDLE_ORDERS,
        "heavy_every": max(10, orders // HEAVY_ORDERS),
        "span_days": SPAN_DAYS,
    }
    connection = await asyncpg.connect(address)
    try:
        for setting in (
            "session_replication_role = replica",
            "synchronous_commit = off",
            "work_mem = '512MB'",
            "maintenance_work_mem = '1GB'",
        ):
            await connection.execute(f"set {setting}")
        base = await connection.fetchval(
            f"select date_trunc('milliseconds', now() - interval '{SPAN_DAYS} days 5 minutes')"
        )
        names["base_ms"] = f"{round(base.timestamp() * 1000)}::bigint"
        names["base"] = f"'{base.isoformat()}'::timestamptz"
        await connection.execute(ID_FUNCTION)
        indexes = await connection.fetch(INDEXES, list(FILLED))
        references = await connection.fetch(FOREIGN_KEYS, list(FILLED))
        for index in indexes:
            if index["constraint_name"]:
                await connection.execute(
                    f"alter table {index['of_table']} drop constraint {index['constraint_name']} cascade"
                )
            else:
                await connection.execute(f"drop index {index['name']}")
        for name, statement in STEPS:
            tell(name)
            await connection.execute(statement.format(**names))
        for index in indexes:
            tell(f"index {index['name']}")
            if index["constraint_name"]:
                await connection.execute(
                    f"alter table {index['of_table']} add constraint {index['constraint_name']} "
                    f"{index['constraint_definition']}"
                )
            else:
                await connection.execute(index["definition"])
        for one in references:
            await connection.execute(
                f"alter table {one['of_table']} add constraint {one['name']} {one['definition']}"
            )
        tell("vacuum analyze")
        await connection.execute("vacuum (analyze)")
    finally:
        await connection.close()

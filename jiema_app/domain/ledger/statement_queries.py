"""The SQL of a statement that is read through a filter.

The account is asked for as a range, and lines are looked up one by one, for the reasons that
``queries.STATEMENT`` has. However long the history, a bounded number of entries is looked at, and
the answer says how far that went.
"""

from typing import Final

LOOKED_AT_MAX: Final = 2_000
"""Entries that one page looks at; where it ends, the next page goes on."""

SUMMED_MAX: Final = 20_000
"""Entries that are added up, newest first. Fifty thousand took 0.3 to 0.6 s: docs/performance.md."""

NO_ENTRY: Final = 9_223_372_036_854_775_807
"""Above the id of every entry."""

# $1 user, $2 kind of account, $3 below which id, $4 from which id on.
_LOOKED_AT: Final = """
looked_at as materialized (
    select e.id, e.transfer_id, e.created_at, e.amount_micro, e.balance_after_micro
    from ledger_entries e
    where e.account_id >= (select id from account)
      and (e.account_id, e.id) < ((select id from account), $3::bigint)
      and (e.account_id, e.id) >= ((select id from account), $4::bigint)
    order by e.account_id desc, e.id desc limit {limit}
)
"""

_ACCOUNT: Final = """
account as (select id from ledger_accounts where user_id = $1 and kind = $2)
"""

# $5 kinds whose reference is an order; $6 to $11 the filter.
_MEANT: Final = """
    cross join lateral (
        select kind, reference from ledger_transfers where id = line.transfer_id limit 1
    ) t
    left join lateral (
        select id, service_code, country_id, phone, api_key_id from orders
        where id = t.reference and user_id = $1 and t.kind = any($5::text[]) limit 1
    ) o on true
    where ($6::text is null or t.kind = $6) and ($7::text is null or o.service_code = $7)
      and ($8::integer is null or o.country_id = $8)
      and ($9::text is null or o.api_key_id = $9)
      and ($10::timestamptz is null or line.created_at >= $10)
      and ($11::timestamptz is null or line.created_at < $11)
"""

# $12 lines at most. One row with nothing but how far was looked, where nothing fits.
LINES: Final = f"""
with {_ACCOUNT}, {_LOOKED_AT.format(limit=LOOKED_AT_MAX)}
select found.*, r.id as recharge_id, looked.number as looked_number, looked.last_id as looked_last_id
from (select count(*) as number, min(id) as last_id from looked_at) looked
left join lateral (
    select line.id, t.kind, t.reference, line.created_at, line.amount_micro,
        line.balance_after_micro, o.id as order_id, o.service_code, o.country_id,
        o.phone is not null as is_order_shown
    from (select * from looked_at order by id desc) line {_MEANT}
    order by line.id desc limit $12
) found on true
left join lateral (
    select recharge_id from payments
    where id = found.reference and found.kind = 'recharge_credited' limit 1
) p on true
left join lateral (
    select id from recharges where id = p.recharge_id and user_id = $1 limit 1
) r on true
order by found.id desc
"""

NAME: Final = """
select t.kind, t.reference
from ledger_entries e join ledger_transfers t on t.id = e.transfer_id where e.id = $1
"""

# By month and service: what is of no order has no service. How far was looked is in each row, and
# in a row of its own where nothing fits; ``since`` is empty when there is nothing older.
SUMS: Final = f"""
with {_ACCOUNT}, {_LOOKED_AT.format(limit=SUMMED_MAX)}
select found.*, looked.since, looked.newest_id
from (
    select last.newest_id, case when exists (
        select from ledger_entries e
        where e.account_id >= (select id from account)
          and (e.account_id, e.id) < ((select id from account), coalesce(last.id, 0))
          and (e.account_id, e.id) >= ((select id from account), $4::bigint)
    ) then last.since end as since
    from (
        select min(id) as id, max(id) as newest_id, min(created_at) as since from looked_at
    ) last
) looked
left join lateral (
    select date_trunc('month', line.created_at at time zone 'UTC')::date as month,
        o.service_code, count(*) as lines,
        coalesce(sum(line.amount_micro) filter (where line.amount_micro > 0), 0)::bigint
            as in_micro,
        coalesce(-sum(line.amount_micro) filter (where line.amount_micro < 0), 0)::bigint
            as out_micro
    from looked_at line {_MEANT}
    group by 1, 2
) found on true
order by found.month desc, found.service_code
"""

# The first id from which on the account's entries are of $3 or later, by halving: an entry is
# written while its balance is locked, so times grow with ids but for the seconds for which a
# transaction waited for that lock. Whoever asks leaves room for those.
FIRST_ID_SINCE: Final = f"""
with recursive {_ACCOUNT}, halving (low, high) as (
    select 0::bigint, coalesce((
        select e.id + 1 from ledger_entries e
        where e.account_id >= (select id from account)
          and (e.account_id, e.id) < ((select id from account), {NO_ENTRY})
        order by e.account_id desc, e.id desc limit 1
    ), 1)
    union all
    select case when next.is_older then middle.id else low end,
        case when next.is_older then high else middle.id end
    from halving
    cross join lateral (select (low + high) / 2 as id) middle
    cross join lateral (
        select coalesce((
            select e.created_at < $3::timestamptz from ledger_entries e
            where (e.account_id, e.id) >= ((select id from account), middle.id)
              and e.account_id <= (select id from account)
            order by e.account_id, e.id limit 1
        ), false) as is_older
    ) next
    where high - low > 1
)
select high from halving where high - low <= 1
"""

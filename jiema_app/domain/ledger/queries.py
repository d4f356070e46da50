"""The ledger's SQL."""

from typing import Final

OPEN_ACCOUNT: Final = """
with account as (
    insert into ledger_accounts (user_id, kind) values ($1, $2) returning id
)
insert into ledger_balances (account_id) select id from account returning account_id
"""

# The rest of a user's accounts, in the order of $2. Two at once: the second one finds them.
OPEN_EARNING_ACCOUNTS: Final = """
with account as (
    insert into ledger_accounts (user_id, kind)
    select $1, kind from unnest($2::text[]) with ordinality wanted (kind, place) order by place
    on conflict (user_id, kind) do nothing
    returning id, kind
)
insert into ledger_balances (account_id, is_overdrawable)
select id, kind = 'user:commission' from account
"""

POST: Final = "select ledger_post($1, $2, $3, $4, $5)"

IS_USER: Final = "select exists (select from users where id = $1)"

ACCOUNTS: Final = """
select a.kind, a.id, b.balance_micro
from ledger_accounts a join ledger_balances b on b.account_id = a.id where a.user_id = $1
"""

ACCOUNT_OF: Final = "select id from ledger_accounts where user_id = $1 and kind = $2"

BALANCE_OF: Final = """
select b.balance_micro
from ledger_accounts a join ledger_balances b on b.account_id = a.id
where a.user_id = $1 and a.kind = $2
"""

# Only commission may be owed, and only after some of it was clawed back.
IS_STRANGE_DEBT: Final = """(not b.is_overdrawable or not exists (
    select from ledger_entries e join ledger_transfers t on t.id = e.transfer_id
    where e.account_id = b.account_id and t.kind = 'commission_clawed_back'))"""

TOTALS: Final = f"""
select
    (select count(*) from ledger_transfers) as transfers,
    (select count(*) from ledger_entries) as entries,
    (select coalesce(sum(amount_micro), 0) from ledger_entries)::bigint as sum_micro,
    (select count(*) from ledger_balances b where balance_micro < 0 and {IS_STRANGE_DEBT})
        as negative
"""

# Entries of no transfer count as well.
UNBALANCED: Final = """
select count(*) from (
    select
    from ledger_transfers t full join ledger_entries e on e.transfer_id = t.id
    group by coalesce(t.id, e.transfer_id)
    having count(t.id) = 0 or count(e.id) < 2 or sum(e.amount_micro) <> 0
) unbalanced
"""

# What makes an account wrong by itself: a user's are those from 1000 on, each has a balance, and
# no other one has.
_IS_NO_PURSE: Final = """(
    a.id is null or (a.user_id is null) <> (a.id < 1000)
    or (a.user_id is not null and a.kind not in (
        'user:spending', 'user:commission_pending', 'user:commission', 'user:withdrawal_hold'))
    or b.is_overdrawable <> (a.kind = 'user:commission')
    or (a.user_id is null and b.account_id is not null)
)"""

# A user's account without a balance, and entries of no account, count as well.
DRIFT: Final = f"""
select count(*)
from ledger_accounts a
left join ledger_balances b on b.account_id = a.id
full join (
    select account_id, sum(amount_micro) as total from ledger_entries group by account_id
) e on e.account_id = a.id
where {_IS_NO_PURSE}
   or (a.user_id is not null and b.balance_micro is distinct from coalesce(e.total, 0))
"""

# Every entry of a user continues the one before it: a page of a statement shows it as it is.
# The running proof asks this of each entry that it looks at.
BROKEN_CHAIN: Final = """
select count(*)
from (
    select amount_micro, balance_after_micro,
        lag(balance_after_micro, 1, 0::bigint) over (partition by account_id order by id) as before
    from ledger_entries where account_id >= 1000
) e
where balance_after_micro is distinct from before + amount_micro
"""

# A user's balance is what their last entry says. Numbers of no account count as well. The
# running proof asks this of some: $1, and spans above $2, up to $3.
ACCOUNTS_OF: Final = f"""
select count(*)
from (
    select unnest($1::integer[]) as id
    union
    select a.id
    from unnest($2::integer[], $3::integer[]) span (low, high)
    join ledger_accounts a on a.id > span.low and a.id <= span.high
) named
left join ledger_accounts a on a.id = named.id
left join ledger_balances b on b.account_id = named.id
where {_IS_NO_PURSE}
   or (a.user_id is not null and b.balance_micro is distinct from coalesce((
       select e.balance_after_micro from ledger_entries e
       where e.account_id >= a.id and (e.account_id, e.id) < (a.id, 9223372036854775807)
       order by e.account_id desc, e.id desc limit 1
   ), 0))
"""

# A transfer has two entries, from and to where its kind says; 0 is any user's account. There
# are no other kinds. Whose account it is, and what orders move, is asked for below.
WAYS: Final = """(values
    ('admin_credit', 3, 0), ('sandbox_credit', 3, 0),
    ('recharge_credited', 6, 0), ('recharge_credited', 8, 0),
    ('payment_held', 6, 8), ('payment_refund_due', 8, 9),
    ('payment_unclaimed', 8, 10), ('payment_unclaimed', 9, 10),
    ('payment_refunded', 9, 6), ('payment_refunded', 9, 11),
    ('pool_outgoing', 11, 6),
    ('order_placed', 0, 1), ('order_received', 1, 2), ('order_refunded', 1, 0),
    ('commission_accrued', 4, 0), ('commission_released', 0, 0), ('commission_reversed', 0, 4),
    ('commission_clawed_back', 0, 4), ('commission_moved', 0, 0), ('sandbox_commission', 3, 0),
    ('withdrawal_requested', 0, 0), ('withdrawal_returned', 0, 0), ('withdrawal_fee', 0, 5),
    ('withdrawal_settled', 0, 7), ('withdrawal_settled', 0, 13),
    ('house_funded', 7, 13), ('house_funded', 12, 13),
    ('house_outgoing', 13, 7), ('house_outgoing', 13, 12),
    ('house_moved', 6, 7), ('house_moved', 6, 12), ('house_moved', 7, 6), ('house_moved', 7, 12),
    ('house_moved', 12, 6), ('house_moved', 12, 7)
) way (kind, payer, payee)"""

# Of one transfer t: its entries, and whether its kind knows them.
LEGS: Final = f"""(
    select leg.*, leg.number = 2 and exists (
        select from {WAYS}
        where way.kind = t.kind and way.payer = leg.payer and way.payee = leg.payee
    ) as is_known
    from (
        select count(*) as number, coalesce(sum(e.amount_micro), 0) as total,
            max(case when e.account_id >= 1000 then 0 else e.account_id end)
                filter (where e.amount_micro < 0) as payer,
            max(case when e.account_id >= 1000 then 0 else e.account_id end)
                filter (where e.amount_micro > 0) as payee
        from ledger_entries e where e.transfer_id = t.id
    ) leg
) leg"""

# What orders move is not asked for twice.
STRANGE_TRANSFERS: Final = f"""
select count(*) from ledger_transfers t cross join lateral {LEGS}
where t.kind not in ('order_placed', 'order_received', 'order_refunded') and not leg.is_known
"""

# Ids that no sequence has given out: the running proof would take them for the newest ones. By
# the smallest and the largest, of which an index tells: asked for all that lie outside, the
# planner expects a third of the table, and reads all of it.
STRANGE_IDS: Final = """
select (select count(*) from (select min(id) as least, max(id) as most from ledger_transfers) ids
        where least <= 0 or most > (select last_value from ledger_transfers_id_seq))
     + (select count(*) from (select min(id) as least, max(id) as most from ledger_entries) ids
        where least <= 0 or most > (select last_value from ledger_entries_id_seq))
"""

# What follows is asked of everything, and of some orders by the running proof.
# Every open order without a code holds exactly its price in suspense; nothing else holds any.
_SUSPENSE_MISMATCH: Final = """
select count(*) from (
    select t.reference, sum(e.amount_micro) as held
    from ledger_entries e join ledger_transfers t on t.id = e.transfer_id
    where e.account_id = 1 and {transfers}
    group by t.reference
) suspense
full join (
    select id, price_micro from orders o
    where status in ('RESERVED', 'WAITING') and sms_count = 0 and {orders}
) open_order on open_order.id = suspense.reference
where coalesce(suspense.held, 0) <> coalesce(open_order.price_micro, 0)
"""

# An order was placed once, paid for if and only if a code came, refunded if and only if it
# ended without one; and no money moved for an order that does not exist.
_SETTLEMENT_MISMATCH: Final = """
select count(*)
from (select id, status, sms_count from orders o where {orders}) o
full join (
    select reference, bool_or(kind = 'order_placed') as placed,
        bool_or(kind = 'order_received') as received,
        bool_or(kind = 'order_refunded') as refunded
    from ledger_transfers t
    where kind in ('order_placed', 'order_received', 'order_refunded') and {transfers}
    group by reference
) money on money.reference = o.id
where o.id is null or money.reference is null or not money.placed
   or money.received <> (o.sms_count > 0)
   or money.refunded <> (o.status in ('CANCELLED', 'FAILED'))
"""

# Each movement of an order's money is its price, from and to where its kind says. No account:
# that of the order's user.
_STRANGE_LEGS: Final = """
select count(*) from (
    select
    from ledger_transfers t
    join (values ('order_placed', null, 1), ('order_received', 1, 2), ('order_refunded', 1, null)
    ) way (kind, payer, payee) on way.kind = t.kind
    join orders o on o.id = t.reference
    left join ledger_accounts a on a.user_id = o.user_id and a.kind = 'user:spending'
    left join ledger_entries e on e.transfer_id = t.id
    where {transfers}
    group by t.id
    having count(e.id) <> 2 or bool_or(
        abs(e.amount_micro) is distinct from o.price_micro or e.account_id is distinct from
            coalesce(case when e.amount_micro < 0 then way.payer else way.payee end, a.id)
    )
) strange
"""

SUSPENSE_MISMATCH: Final = _SUSPENSE_MISMATCH.format(transfers="true", orders="true")
SETTLEMENT_MISMATCH: Final = _SETTLEMENT_MISMATCH.format(transfers="true", orders="true")
STRANGE_LEGS: Final = _STRANGE_LEGS.format(transfers="true")

# $1: ids of the orders, $2: the kinds whose reference is an order's id.
_OF_ORDERS: Final = {
    "transfers": "t.kind = any($2::text[]) and t.reference = any($1::text[])",
    "orders": "o.id = any($1::text[])",
}
SUSPENSE_MISMATCH_OF: Final = _SUSPENSE_MISMATCH.format(**_OF_ORDERS)
SETTLEMENT_MISMATCH_OF: Final = _SETTLEMENT_MISMATCH.format(**_OF_ORDERS)
STRANGE_LEGS_OF: Final = _STRANGE_LEGS.format(**_OF_ORDERS)

# The page is cut out of the index first, newest first; what its lines are about is looked up
# for them alone. Ids follow the balance: an entry is written while its balance row is locked.
# The account is asked for as a range. To "= account order by id" the planner may answer with
# the primary key, and read everybody's entries back to the last ones of this account.
# The limits of one keep it from reading a whole table to look up a page.
STATEMENT: Final = """
with account as (select id from ledger_accounts where user_id = $1 and kind = $2)
select line.id, t.kind, t.reference, line.created_at, line.amount_micro,
    line.balance_after_micro,
    o.id as order_id, o.service_code, o.country_id, o.phone is not null as is_order_shown,
    r.id as recharge_id
from (
    select e.id, e.transfer_id, e.created_at, e.amount_micro, e.balance_after_micro
    from ledger_entries e
    where e.account_id >= (select id from account)
      and (e.account_id, e.id)
          < ((select id from account), coalesce($3::bigint, 9223372036854775807))
    order by e.account_id desc, e.id desc limit $4
) line
cross join lateral (
    select kind, reference from ledger_transfers where id = line.transfer_id limit 1
) t
left join lateral (
    select id, service_code, country_id, phone from orders
    where id = t.reference and user_id = $1 and t.kind = any($5::text[]) limit 1
) o on true
left join lateral (
    select recharge_id from payments
    where id = t.reference and t.kind = 'recharge_credited' limit 1
) p on true
left join lateral (
    select id from recharges where id = p.recharge_id and user_id = $1 limit 1
) r on true
order by line.id desc
"""

STATEMENT_LINE: Final = """
select e.id
from ledger_transfers t join ledger_entries e on e.transfer_id = t.id
where t.kind = $3 and t.reference = $4
  and e.account_id = (select id from ledger_accounts where user_id = $1 and kind = $2)
"""

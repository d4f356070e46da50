"""SQL of the invite page. Whatever a link has brought, each question reads a page of an index.

A last row's id stands where a page goes on: all ids of ours begin with ``c``, so ``d`` is beyond them.
"""

from typing import Final

# $1 whose, $2 rules that suspend a link. Purses are up to four rows, days one for each day on which
# something happened. Of findings only those of these rules are read: a link may have thousands.
OVERVIEW: Final = """
select u.referral_code,
    exists (
        select from referral_findings f
        where f.rule = any($2::text[]) and f.referrer_id = u.id and f.user_id = ''
          and f.action = 'SUSPEND' and f.cleared_at is null
          and coalesce(f.expires_at > now(), true)
    ) as is_suspended,
    coalesce(purses.pending_micro, 0) as pending_micro,
    coalesce(purses.available_micro, 0) as available_micro,
    coalesce(purses.held_micro, 0) as held_micro,
    coalesce(days.clicks, 0) as clicks, coalesce(days.sign_ups, 0) as sign_ups,
    coalesce(days.first_orders, 0) as first_orders, coalesce(days.orders, 0) as orders,
    coalesce(days.earned_micro, 0) as earned_micro
from users u
cross join lateral (
    select max(b.balance_micro) filter (where a.kind = 'user:commission_pending') as pending_micro,
        max(b.balance_micro) filter (where a.kind = 'user:commission') as available_micro,
        max(b.balance_micro) filter (where a.kind = 'user:withdrawal_hold') as held_micro
    from ledger_accounts a join ledger_balances b on b.account_id = a.id where a.user_id = u.id
) purses
cross join lateral (
    select sum(clicks) as clicks, sum(sign_ups) as sign_ups, sum(first_orders) as first_orders,
        sum(orders) as orders, sum(earned_micro)::bigint as earned_micro
    from referral_days where referrer_id = u.id
) days
where u.id = $1
"""

DAYS: Final = """
select day, earned_micro from referral_days where referrer_id = $1 and day >= $2 order by day
"""

PEOPLE: Final = """
select user_id, pseudonym, created_at, order_count, earned_micro, status
from referrals
where referrer_id = $1 and user_id < coalesce($2, 'd')
order by user_id desc limit $3
"""

PENDING: Final = """
select c.order_id, c.created_at, c.amount_micro, c.status, r.pseudonym, r.status as verdict,
    r.hold_reason
from (
    select order_id, buyer_id, created_at, amount_micro, status from commissions
    where referrer_id = $1 and status in ('PENDING', 'HELD') and order_id < coalesce($2, 'd')
    order by order_id desc limit $3
) c
join lateral (
    select pseudonym, status, hold_reason from referrals where user_id = c.buyer_id limit 1
) r on true
order by c.order_id desc
"""

# As the statement is read: see ledger/queries.py.
MOVEMENTS: Final = """
with account as (select id from ledger_accounts where user_id = $1 and kind = 'user:commission')
select line.id, t.kind, line.created_at, line.amount_micro, line.balance_after_micro, r.pseudonym
from (
    select e.id, e.transfer_id, e.created_at, e.amount_micro, e.balance_after_micro
    from ledger_entries e
    where e.account_id >= (select id from account)
      and (e.account_id, e.id)
          < ((select id from account), coalesce($2::bigint, 9223372036854775807))
    order by e.account_id desc, e.id desc limit $3
) line
cross join lateral (
    select kind, reference from ledger_transfers where id = line.transfer_id limit 1
) t
left join lateral (
    select buyer_id from commissions
    where order_id = t.reference and t.kind in ('commission_released', 'commission_clawed_back')
    limit 1
) c on true
left join lateral (select pseudonym from referrals where user_id = c.buyer_id limit 1) r on true
order by line.id desc
"""

# The balance has changed as well: the top of each open page shows that.
ANNOUNCE_MOVE: Final = "select pg_notify('commission_changed', $1 || ' balance')"

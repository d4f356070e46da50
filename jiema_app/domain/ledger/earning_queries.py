"""SQL that proves the books of commission and of withdrawals against their rows.

Each row says which entries there must be; each question counts entries that are missing, are
other ones, or are about no row.
"""

from typing import Final

_COMMISSION_PURSES: Final = """
left join ledger_accounts pending
    on pending.user_id = c.referrer_id and pending.kind = 'user:commission_pending'
left join ledger_accounts earned on earned.user_id = c.referrer_id and earned.kind = 'user:commission'
"""

_COMPARED: Final = """
select count(*)
from (
    select {row}.{key} as reference, leg.kind, leg.account_id, leg.amount
    from {table} {row}
    {purses}
    cross join lateral (values {legs}) leg (kind, account_id, amount, is_due)
    where leg.is_due and {rows}
) due
full join (
    select t.reference, t.kind, e.account_id, e.amount_micro as amount
    from ledger_transfers t join ledger_entries e on e.transfer_id = t.id
    where t.kind in ({kinds}) and {transfers}
) posted using (reference, kind, account_id)
where due.amount is distinct from posted.amount
"""

_COMMISSION_LEGS: Final = """
    ('commission_accrued', 4, -c.amount_micro, true),
    ('commission_accrued', pending.id, c.amount_micro, true),
    ('commission_released', pending.id, -c.amount_micro, c.status in ('RELEASED', 'CLAWED_BACK')),
    ('commission_released', earned.id, c.amount_micro, c.status in ('RELEASED', 'CLAWED_BACK')),
    ('commission_reversed', pending.id, -c.amount_micro, c.status = 'REVERSED'),
    ('commission_reversed', 4, c.amount_micro, c.status = 'REVERSED'),
    ('commission_clawed_back', earned.id, -c.amount_micro, c.status = 'CLAWED_BACK'),
    ('commission_clawed_back', 4, c.amount_micro, c.status = 'CLAWED_BACK')
"""

_COMMISSION_POSTINGS: Final = _COMPARED.format(
    table="commissions",
    row="c",
    key="order_id",
    purses=_COMMISSION_PURSES,
    legs=_COMMISSION_LEGS,
    kinds="'commission_accrued', 'commission_released', 'commission_reversed', "
    "'commission_clawed_back'",
    rows="{commissions}",
    transfers="{transfers}",
)

# It is the share of the order's price, of an order of somebody whom its owner invited, and its
# status is one that the order's allows.
_COMMISSION_STATES: Final = """
select count(*)
from commissions c
left join orders o on o.id = c.order_id
left join users b on b.id = c.buyer_id
where {commissions} and (
    o.id is null or o.user_id <> c.buyer_id or b.referrer_id is distinct from c.referrer_id
    or c.amount_micro <> o.price_micro * c.rate_bp / 10000
    or (c.status = 'PENDING') and o.status not in ('RESERVED', 'WAITING', 'RECEIVED')
    or c.status in ('HELD', 'RELEASED', 'CLAWED_BACK') and o.status <> 'COMPLETED'
    or o.status in ('CANCELLED', 'FAILED') and c.status <> 'REVERSED'
)
"""

# What is pending is the commission of open orders, and what is held for a look. What is held
# for withdrawals is those that are open.
PENDING: Final = """
select count(*)
from (
    select a.user_id, b.balance_micro
    from ledger_accounts a join ledger_balances b on b.account_id = a.id
    where a.kind = 'user:commission_pending'
) purse
full join (
    select referrer_id as user_id, sum(amount_micro) as amount from commissions
    where status in ('PENDING', 'HELD') group by referrer_id
) pending using (user_id)
where coalesce(purse.balance_micro, 0) <> coalesce(pending.amount, 0)
"""

HELD: Final = """
select count(*)
from (
    select a.user_id, b.balance_micro
    from ledger_accounts a join ledger_balances b on b.account_id = a.id
    where a.kind = 'user:withdrawal_hold'
) purse
full join (
    select user_id, sum(amount_micro) as amount from withdrawals
    where status in ('REQUESTED', 'APPROVED') group by user_id
) open_one using (user_id)
where coalesce(purse.balance_micro, 0) <> coalesce(open_one.amount, 0)
"""

# An invitation's own figures, and a day's, are sums of its commission.
EARNED: Final = """
select count(*)
from (select user_id, earned_micro, order_count from referrals) r
full join (
    select buyer_id as user_id, sum(amount_micro) as earned, count(*) as orders from commissions
    where status = 'RELEASED' group by buyer_id
) c using (user_id)
where coalesce(r.earned_micro, 0) <> coalesce(c.earned, 0)
   or coalesce(r.order_count, 0) <> coalesce(c.orders, 0)
"""

EARNED_BY_DAY: Final = """
select count(*)
from (
    select referrer_id, sum(earned_micro) as earned, sum(orders) as orders
    from referral_days group by referrer_id
) d
full join (
    select referrer_id, sum(amount_micro) as earned, count(*) as orders from commissions
    where status = 'RELEASED' group by referrer_id
) c using (referrer_id)
where coalesce(d.earned, 0) <> coalesce(c.earned, 0)
   or coalesce(d.orders, 0) <> coalesce(c.orders, 0)
"""

# Every user who was invited is known as such, by the same person.
REFERRALS: Final = """
select count(*)
from (select id, referrer_id from users where referrer_id is not null) u
full join referrals r on r.user_id = u.id
where u.referrer_id is distinct from r.referrer_id
"""

_MOVES: Final = """
select count(*)
from (
    select m.id as reference, leg.account_id, leg.amount
    from commission_moves m
    left join ledger_accounts earned on earned.user_id = m.user_id and earned.kind = 'user:commission'
    left join ledger_accounts spending
        on spending.user_id = m.user_id and spending.kind = 'user:spending'
    cross join lateral (values (earned.id, -m.amount_micro), (spending.id, m.amount_micro))
        leg (account_id, amount)
    where {moves}
) due
full join (
    select t.reference, e.account_id, e.amount_micro as amount
    from ledger_transfers t join ledger_entries e on e.transfer_id = t.id
    where t.kind = 'commission_moved' and {transfers}
) posted using (reference, account_id)
where due.amount is distinct from posted.amount
"""

_WITHDRAWAL_LEGS: Final = """
    ('withdrawal_requested', source.id, -w.amount_micro, true),
    ('withdrawal_requested', held.id, w.amount_micro, true),
    ('withdrawal_returned', held.id, -w.amount_micro, w.status in ('REJECTED', 'CANCELLED')),
    ('withdrawal_returned', source.id, w.amount_micro, w.status in ('REJECTED', 'CANCELLED')),
    ('withdrawal_settled', held.id, -w.net_micro, w.status = 'SETTLED'),
    ('withdrawal_settled', case when otherwise.id is null and not owners.paid then 7 else 13 end,
        w.net_micro, w.status = 'SETTLED'),
    ('withdrawal_fee', held.id, -w.fee_micro, w.status = 'SETTLED' and w.fee_micro > 0),
    ('withdrawal_fee', 5, w.fee_micro, w.status = 'SETTLED' and w.fee_micro > 0)
"""

_WITHDRAWAL_PURSES: Final = """
left join ledger_accounts source on source.user_id = w.user_id and source.kind = 'user:' || w.source
left join ledger_accounts held on held.user_id = w.user_id and held.kind = 'user:withdrawal_hold'
left join withdrawal_decisions otherwise
    on otherwise.withdrawal_id = w.id and otherwise.action = 'paid' and otherwise.is_final
-- Its transfer was read while the database had lost its signature, and booked as the owner's.
cross join lateral (select exists (
    select from payouts o join payout_attempts a on a.payout_id = o.id and a.outcome = 'SETTLED'
    join payments y on y.txid = a.txid
    join ledger_transfers b on b.kind = 'house_outgoing' and b.reference = y.id
    where o.kind = 'WITHDRAWAL' and o.subject_id = w.id) as paid) owners
"""

_WITHDRAWAL_POSTINGS: Final = _COMPARED.format(
    table="withdrawals",
    row="w",
    key="id",
    purses=_WITHDRAWAL_PURSES,
    legs=_WITHDRAWAL_LEGS,
    kinds="'withdrawal_requested', 'withdrawal_returned', 'withdrawal_settled', 'withdrawal_fee'",
    rows="{withdrawals}",
    transfers="{transfers}",
)

# What a withdrawal costs is what its terms say; somebody approved what is paid, and rejected what
# was; it was paid by its payout, once, or as a person stated; and what was rejected, cancelled or
# is not approved has nothing on the chain that may still be paid.
_WITHDRAWAL_STATES: Final = """
select count(*)
from withdrawals w
left join withdrawal_terms t on t.id = w.terms_id
left join payouts p
    on p.kind = 'WITHDRAWAL' and p.subject_id = w.id and p.status <> 'CANCELLED'
left join withdrawal_decisions otherwise
    on otherwise.withdrawal_id = w.id and otherwise.action = 'paid' and otherwise.is_final
where {withdrawals} and (
    w.fee_micro is distinct from greatest(t.fee_min_micro,
        ((w.amount_micro * t.fee_bp + 9999) / 10000 + 9999) / 10000 * 10000)
    or w.status in ('APPROVED', 'SETTLED') and not exists (
        select from withdrawal_decisions d
        where d.withdrawal_id = w.id and d.action = 'approve' and d.is_final)
    or (w.status = 'REJECTED') <> exists (
        select from withdrawal_decisions d
        where d.withdrawal_id = w.id and d.action = 'reject' and d.is_final)
    or w.status = 'APPROVED' and p.id is null
    or w.status = 'APPROVED' and p.status = 'SETTLED'
    or w.status = 'SETTLED' and (p.status is not distinct from 'SETTLED') = (otherwise.id is not null)
    or w.status in ('REQUESTED', 'REJECTED', 'CANCELLED') and p.id is not null
    or p.id is not null and (p.amount <> w.net_micro or p.to_address <> w.address)
    or w.status in ('REQUESTED', 'REJECTED', 'CANCELLED') and exists (
        select from payouts dead join payout_attempts a on a.payout_id = dead.id
        where dead.kind = 'WITHDRAWAL' and dead.subject_id = w.id
          and coalesce(a.outcome, 'SETTLED') = 'SETTLED')
)
"""

# A payout is as far as its transactions are.
_PAYOUT_STATES: Final = """
select count(*)
from payouts p
left join lateral (
    select count(*) as number, count(*) filter (where outcome is null) as alive,
        count(*) filter (where outcome = 'SETTLED') as settled,
        bool_and(a.from_address = p.from_address and a.to_address = p.to_address
                 and a.amount = p.amount and a.asset = p.asset) as is_same
    from payout_attempts a where a.payout_id = p.id
) a on true
where {payouts} and (
    not coalesce(a.is_same, true)
    or (p.status = 'SETTLED') <> (a.settled = 1)
    or p.status in ('SIGNED', 'BROADCAST') and a.alive <> 1
    or p.status in ('QUEUED', 'FAILED_ON_CHAIN', 'EXPIRED_ABSENT', 'CANCELLED') and a.alive <> 0
)
"""

COMMISSIONS: Final = (
    _COMMISSION_POSTINGS.format(commissions="true", transfers="true"),
    _COMMISSION_STATES.format(commissions="true"),
    PENDING,
    EARNED,
    EARNED_BY_DAY,
    REFERRALS,
    _MOVES.format(moves="true", transfers="true"),
)

WITHDRAWALS: Final = (
    _WITHDRAWAL_POSTINGS.format(withdrawals="true", transfers="true"),
    _WITHDRAWAL_STATES.format(withdrawals="true"),
    _PAYOUT_STATES.format(payouts="true"),
    HELD,
)

# $1: ids of the orders, $2: the kinds whose reference is an order's id.
_BY_ORDER: Final = "t.kind = any($2::text[]) and t.reference = any($1::text[])"
COMMISSIONS_OF: Final = (
    _COMMISSION_POSTINGS.format(commissions="c.order_id = any($1::text[])", transfers=_BY_ORDER),
    _COMMISSION_STATES.format(
        commissions="c.order_id = any($1::text[]) and $2::text[] is not null"
    ),
)

# $1: ids of moves.
MOVES_OF: Final = _MOVES.format(
    moves="m.id = any($1::text[])", transfers="t.reference = any($1::text[])"
)

# $1: ids of withdrawals, $2: the kinds whose reference is a withdrawal's id.
WITHDRAWALS_OF: Final = (
    _WITHDRAWAL_POSTINGS.format(withdrawals="w.id = any($1::text[])", transfers=_BY_ORDER),
    _WITHDRAWAL_STATES.format(withdrawals="w.id = any($1::text[]) and $2::text[] is not null"),
)

# $1: ids of payouts.
PAYOUTS_OF: Final = _PAYOUT_STATES.format(payouts="p.id = any($1::text[])")

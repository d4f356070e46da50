"""SQL about moving what the pool holds to a wallet of the house."""

from typing import Final

from jiema_app.domain.ledger.received import is_money, is_refund_owed

# Nobody is asked to pay to it, nobody may still pay to it, and all that touches it was judged.
_RESTS: Final = """
w.status = 'FREE' and (w.free_from is null or w.free_from <= now())
and not exists (select from payments p where p.to_address = w.address and p.status = 'NEW')
and not exists (select from payments p where p.from_address = w.address and p.status = 'NEW')
"""

# What a wallet must keep: what a person may still send back from it.
_KEPT: Final = f"""
coalesce((
    select sum(p.amount) from payments p
    where p.to_address = w.address and {is_money("p")}
      and (p.status = 'IN_REVIEW' or {is_refund_owed("p")})), 0)
"""

_HELD: Final = """
coalesce((select sum(p.amount) from payments p
          where p.to_address = w.address and p.is_genuine), 0)
- coalesce((select sum(p.amount) from payments p
            where p.from_address = w.address and p.is_genuine), 0)
"""

# Wallets that rest, with what they hold by the payments that were read and what of it stays, the
# fullest first. $1: less than this is not moved. $2: what stays in any case. $3: at most so many.
CANDIDATES: Final = f"""
with resting as (
    select w.address, ({_HELD})::bigint as held, ({_KEPT})::bigint as kept
    from wallets w
    where {_RESTS} and not exists (
        select from payouts o
        where o.from_address = w.address and o.status not in ('SETTLED', 'CANCELLED'))
)
select address, held, kept, count(*) over () as candidates from resting
where held - kept >= $1 and held - kept > $2
order by held desc, address limit $3
"""

# While it is on its way nobody is given the wallet, and whoever was given it meanwhile has it.
# $1 wallet, $2 id, $3 where to, $4 amount, $5 who, $6 what it should cost, $7 for how long.
QUEUE: Final = f"""
with resting as (
    select w.id, w.address from wallets w where w.address = $1 and {_RESTS}
    for update skip locked
), queued as (
    insert into payouts (id, kind, subject_id, asset, from_address, to_address, amount,
                         created_by, estimated_fee_sun)
    select $2, 'SWEEP', address, 'USDT', address, $3, $4, $5, $6 from resting
    on conflict do nothing
    returning id, from_address
), held as (
    update wallets w set free_from = now() + make_interval(secs => $7)
    from queued where w.address = queued.from_address
)
select id, pg_notify('payout_queued', id) from queued
"""

AUDIT: Final = """
insert into audit_records (actor, action, subject_id, details) values ($1, 'pool.sweep', $2, $3)
"""

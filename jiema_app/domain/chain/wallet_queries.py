"""SQL about the wallets as such."""

from typing import Final

WALLET_COLUMNS: Final = """
    w.address, w.status, w.account, w.derivation_index, w.recharge_id, w.free_from,
    w.last_used_at, w.note, r.closes_at, coalesce(not r.is_closed, false) as is_awaited
"""

LIST: Final = f"""
select {WALLET_COLUMNS} from wallets w left join recharges r on r.id = w.recharge_id
where $1::text is null or w.status = $1
order by w.id
"""

GET: Final = f"""
select {WALLET_COLUMNS} from wallets w left join recharges r on r.id = w.recharge_id
where w.address = $1
"""

# What came and what left, by wallet. What leaves is taken from what came first: the oldest
# money that is still there is the first payment that reaches beyond everything that left.
# $1: less than this is not looked for, because a wallet is never emptied to the last unit.
EXPOSURE: Final = f"""
with incoming as (
    select p.to_address as address, p.block_time, sum(p.amount) over (
        partition by p.to_address order by p.block_number, p.block_position) as so_far
    from payments p where p.is_genuine and p.amount > 0
), outgoing as (
    select p.from_address as address, sum(p.amount) as amount
    from payments p where p.is_genuine and p.amount > 0 group by p.from_address
), held as (
    select i.address, max(i.so_far) as received,
        min(i.block_time) filter (where i.so_far - coalesce(o.amount, 0) >= $1) as oldest_at
    from incoming i left join outgoing o on o.address = i.address group by i.address
)
select {WALLET_COLUMNS}, held.oldest_at,
    coalesce(held.received, 0) - coalesce(outgoing.amount, 0) as recorded,
    held.address is not null or outgoing.address is not null as has_payments
from wallets w
left join recharges r on r.id = w.recharge_id
left join held on held.address = w.address
left join outgoing on outgoing.address = w.address
order by w.id
"""

# The holder stays, so that what they still pay is theirs.
QUARANTINE: Final = """
with before as (
    select id, status from wallets where address = $1 for update
), taken as (
    update wallets w set status = 'QUARANTINED', note = $2
    from before where w.id = before.id and before.status <> 'QUARANTINED'
    returning w.address, w.recharge_id, before.status
), audited as (
    insert into audit_records (actor, action, subject_id, details)
    select $3, 'wallet.quarantine', address,
        jsonb_build_object('note', $2::text, 'was', status, 'recharge', recharge_id)
    from taken
)
select address from taken
"""

# A wallet that somebody held rests anew, counted from the last moment at which a payment may
# have been meant for them. $4: how long.
RELEASE: Final = """
with back as (
    update wallets w set note = null,
        status = case when w.recharge_id is null then 'FREE' else 'COOLDOWN' end,
        free_from = greatest(w.free_from, (
            select make_interval(secs => $4) + greatest(r.closes_at, (
                select max(p.block_time) from payments p
                where p.to_address = w.address and p.oddity = 'LATE'))
            from recharges r where r.id = w.recharge_id))
    where w.address = $1 and w.status = 'QUARANTINED'
      and (w.recharge_id is not null or not exists (
        select from payments p where p.to_address = w.address and p.status = 'NEW'))
    returning w.address, w.status, w.recharge_id
), audited as (
    insert into audit_records (actor, action, subject_id, details)
    select $3, 'wallet.release', address,
        jsonb_build_object('note', $2::text, 'is', status, 'recharge', recharge_id)
    from back
)
select address from back
"""

NOTE_GROWTH: Final = """
insert into audit_records (actor, action, subject_id, details)
values ($1, 'wallets.create', $2, jsonb_build_object('count', $3::int))
"""

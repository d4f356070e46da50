"""SQL about what waits for a person. Rows are locked in the order of ``queries``."""

from typing import Final

# Of a recharge, or one payment, or, when $1 is null, of everything that waits: each recharge
# with all that arrived for it. With what was last proposed.
PAYMENTS: Final = """
with wanted as (
    select id from payments where $1::text is not null and (recharge_id = $1 or id = $1)
    union
    select id from payments
    where $1::text is null and status = 'IN_REVIEW' and recharge_id is null
    union
    select id from payments
    where $1::text is null and recharge_id in (
        select recharge_id from payments where status = 'IN_REVIEW')
)
select p.id, p.recharge_id, p.txid, p.log_index, p.block_number, p.block_time, p.contract,
    p.is_genuine, p.from_address, p.to_address, p.amount, p.status, p.oddity, p.evidence,
    p.credited_micro, p.credited_user_id,
    d.actor as proposed_by, d.amount_micro as proposed_micro, d.user_id as proposed_user_id,
    d.note as proposed_note, f.txid as refund_txid
from wanted join payments p using (id)
left join payment_refunds f on f.payment_id = p.id and f.is_final
left join lateral (
    select actor, amount_micro, user_id, note from payment_decisions
    where payment_id = p.id and not is_final order by id desc limit 1
) d on true
where p.status not in ('NEW', 'NOISE', 'OUTGOING')
order by p.block_number, p.block_position
"""

# In one order, so that two who decide about the same never wait for each other in a circle.
LOCK_PAYMENTS: Final = """
select id from payments where id = any($1::text[]) order by id for update
"""

LOCK_RECHARGE: Final = "select version from recharges where id = $1 for update"

# What people have credited to one recharge so far.
CREDITED_BY_REVIEW: Final = """
select coalesce(sum(d.amount_micro), 0)::bigint
from payment_decisions d join payments p on p.id = d.payment_id
where p.recharge_id = $1 and d.is_final and d.action = 'credit'
"""

DECIDE: Final = """
insert into payment_decisions (payment_id, action, amount_micro, user_id, note, actor, is_final)
select id, action, amount_micro, case when action = 'credit' then $4::text end, $5, $6, $7
from unnest($1::text[], $2::text[], $3::bigint[]) as g (id, action, amount_micro)
"""

SETTLE: Final = """
update payments p set status = g.status, credited_micro = nullif(g.credited, 0),
    credited_user_id = case when g.credited > 0 then $4::text end, settled_at = now()
from unnest($1::text[], $2::text[], $3::bigint[]) as g (id, status, credited)
where p.id = g.id and p.status = 'IN_REVIEW'
"""

# $5: where payments that a person must decide on are held.
MOVE: Final = """
select coalesce(bool_and(ledger_post(kind, reference, $5, target, amount_micro)), true)
from unnest($1::text[], $2::text[], $3::int[], $4::bigint[])
    as g (kind, reference, target, amount_micro)
"""

# What was odd about it stays, so that one sees later why a person was needed.
SETTLE_RECHARGE: Final = """
update recharges r set version = version + 1, settled_at = now(),
    credited_micro = r.credited_micro + $2,
    status = case
        when exists (select from payments where recharge_id = r.id and status = 'IN_REVIEW')
            then 'IN_REVIEW'
        when r.credited_micro + $2 > 0 then 'CREDITED'
        when exists (select from payments where recharge_id = r.id and status = 'REFUNDED')
            then 'REFUNDED'
        else 'DISMISSED' end
where r.id = $1
returning pg_notify('recharge_changed', r.id || ' ' || r.user_id)
"""

AUDIT: Final = """
insert into audit_records (actor, action, subject_id, details) values ($1, $2, $3, $4)
"""

TELL: Final = """
insert into outbox_events (topic, subject_id, payload)
select topic, subject_id, payload
from unnest($1::text[], $2::text[], $3::jsonb[]) as g (topic, subject_id, payload)
"""

"""SQL about withdrawals. Rows are locked as in ``payouts.queries``."""

from typing import Final

_RULES: Final = (
    "fee_bp, fee_min_micro, amount_min_micro, alone_max_micro, takes_above, takes_spending, "
    "address_wait_s, per_day_count, per_day_micro"
)

TERMS: Final = f"""
select id, {_RULES}, actor, note, created_at from withdrawal_terms order by id desc limit $1
"""

# Whoever sets them is told what they set, and not what somebody else did in the same moment.
LOCK_TERMS: Final = "select pg_advisory_xact_lock(hashtextextended('withdrawal terms', 0))"

SET_TERMS: Final = f"""
with added as (
    insert into withdrawal_terms ({_RULES}, actor, note)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id
), audited as (
    insert into audit_records (actor, action, subject_id, details)
    select $10::text, 'withdrawal.terms', id::text, jsonb_build_object('note', $11::text) from added
)
select id, pg_notify('terms_changed', '') from added
"""

WITHDRAWAL_COLUMNS: Final = """
    w.id, w.user_id, w.source, w.address, w.amount_micro, w.fee_micro, w.net_micro, w.status,
    w.version, w.usable_from, w.note, w.created_at, w.approved_at, w.ended_at,
    p.id as payout_id, p.status as payout_status, p.reason as payout_reason,
    p.not_before as payout_not_before, last.txid, last.block_number, last.sent_at,
    otherwise.txid as paid_txid
"""

# With how far its payout has come, and the transaction that pays or paid it.
_SEEN: Final = """
from withdrawals w
left join payouts p
    on p.kind = 'WITHDRAWAL' and p.subject_id = w.id and p.status <> 'CANCELLED'
left join lateral (
    select a.txid, a.block_number, a.first_sent_at as sent_at from payout_attempts a
    where a.payout_id = p.id order by a.number desc limit 1
) last on true
left join lateral (
    select d.txid from withdrawal_decisions d
    where d.withdrawal_id = w.id and d.action = 'paid' and d.is_final limit 1
) otherwise on true
"""

GET: Final = f"select {WITHDRAWAL_COLUMNS} {_SEEN} where w.id = $1"

GET_OWN: Final = f"select {WITHDRAWAL_COLUMNS} {_SEEN} where w.id = $1 and w.user_id = $2"

LIST_OWN: Final = f"""
select {WITHDRAWAL_COLUMNS} {_SEEN}
where w.user_id >= $1 and (w.user_id, w.id) < ($1, coalesce($2::text, '~'))
order by w.user_id desc, w.id desc limit $3
"""

LIST_OPEN: Final = f"""
select {WITHDRAWAL_COLUMNS} {_SEEN}
where w.status in ('REQUESTED', 'APPROVED') order by w.id limit $1
"""

LIST_ENDED: Final = f"""
select {WITHDRAWAL_COLUMNS} {_SEEN}
where w.ended_at is not null order by w.ended_at desc limit $1
"""

OPEN_OWN: Final = f"""
select {WITHDRAWAL_COLUMNS} {_SEEN}
where w.user_id = $1 and w.status in ('REQUESTED', 'APPROVED')
"""

BY_KEY: Final = f"""
select {WITHDRAWAL_COLUMNS} {_SEEN} where w.user_id = $1 and w.request_key = $2
"""

LOCK: Final = "select status, version, user_id from withdrawals where id = $1 for update"

# Requests of one user come one after the other: what is counted below is exact.
LOCK_USER: Final = "select pg_advisory_xact_lock(hashtextextended('withdrawals ' || $1, 0))"

# What somebody asked for in 24 hours, but what they took back or were refused.
RECENT: Final = """
select count(*) as number, coalesce(sum(amount_micro), 0)::bigint as amount
from withdrawals
where user_id = $1 and created_at > now() - interval '24 hours'
  and status not in ('CANCELLED', 'REJECTED')
"""

# Which address somebody named first, which needs no waiting as there was none to change; and since
# when another one is known. What was taken back or refused does not make it known: whoever has
# got hold of somebody's session could let the time run unseen, with the money back where it was.
ADDRESS_AGE: Final = """
select min(created_at) filter (
        where address = $2 and status not in ('CANCELLED', 'REJECTED')) as known_since,
    (array_agg(address order by created_at, id))[1] as first_address
from withdrawals where user_id = $1
"""

IS_PAID: Final = """
select exists (select from withdrawals where user_id = $1 and address = $2 and status = 'SETTLED')
"""

INSERT: Final = """
insert into withdrawals (id, user_id, source, address, amount_micro, fee_micro, net_micro,
                         terms_id, request_key, usable_from)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict do nothing
returning id, pg_notify('withdrawal_changed', id || ' ' || user_id)
"""

CANCEL: Final = """
update withdrawals set status = 'CANCELLED', ended_at = now(), version = version + 1
where id = $1 and user_id = $2 and status = 'REQUESTED'
returning id, user_id, source, amount_micro, pg_notify('withdrawal_changed', id || ' ' || user_id)
"""

REJECT: Final = """
update withdrawals set status = 'REJECTED', note = $2, ended_at = now(), version = version + 1
where id = $1 and status in ('REQUESTED', 'APPROVED')
returning id, user_id, source, amount_micro, pg_notify('withdrawal_changed', id || ' ' || user_id)
"""

APPROVE: Final = """
update withdrawals set status = 'APPROVED', approved_at = now(), version = version + 1
where id = $1 and status = 'REQUESTED'
returning id, pg_notify('withdrawal_changed', id || ' ' || user_id)
"""

SETTLE_OTHERWISE: Final = """
update withdrawals set status = 'SETTLED', ended_at = now(), version = version + 1
where id = $1 and status = 'APPROVED'
returning id, user_id, net_micro, fee_micro, pg_notify('withdrawal_changed', id || ' ' || user_id)
"""

DECIDE: Final = """
insert into withdrawal_decisions (withdrawal_id, action, note, actor, is_final, checks, txid,
                                  log_index)
values ($1, $2, $3, $4, $5, $6, $7, $8) returning id
"""

DECISIONS: Final = """
select action, note, actor, is_final, txid, checks, created_at
from withdrawal_decisions where withdrawal_id = $1 order by id
"""

# The last word that somebody else has to confirm.
PROPOSAL: Final = """
select action, actor, txid, log_index, created_at from withdrawal_decisions
where withdrawal_id = $1 order by id desc limit 1
"""

IS_TXID_USED: Final = """
select exists (select from payout_attempts where txid = $1)
    or exists (select from withdrawal_decisions where txid = $1 and log_index = $2 and is_final)
    or exists (select from payment_refunds where txid = $1 and log_index = $2 and is_final)
"""

# What may speak against paying whoever asked.
OWNER: Final = """
select u.banned_at is not null as is_banned, coalesce((
    select b.balance_micro from ledger_accounts a join ledger_balances b on b.account_id = a.id
    where a.user_id = u.id and a.kind = 'user:commission'), 0) as commission
from users u where u.id = $1
"""

# For whoever decides: what this user asked for and was paid, and what all were, by day.
SUMS: Final = """
select
    (select coalesce(sum(net_micro), 0)::bigint from withdrawals
     where user_id = $1 and status = 'SETTLED') as user_paid,
    (select count(*) from withdrawals where user_id = $1) as user_asked,
    (select coalesce(sum(amount_micro), 0)::bigint from withdrawals
     where user_id = $1 and created_at > now() - interval '24 hours'
       and status not in ('CANCELLED', 'REJECTED')) as user_day,
    (select coalesce(sum(net_micro), 0)::bigint from withdrawals
     where status = 'SETTLED' and ended_at > now() - interval '24 hours') as all_day,
    (select count(*) from withdrawals where address = $2 and user_id <> $1) as others_to_address
"""

AUDIT: Final = """
insert into audit_records (actor, action, subject_id, details) values ($1, $2, $3, $4)
"""

TELL: Final = "insert into outbox_events (topic, subject_id, payload) values ($1, $2, $3)"

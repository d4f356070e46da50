"""SQL about payouts and their transactions.

Rows are locked in this order: the withdrawal, the payout, its transactions, purses. Every change
compares before it sets, so whoever comes second changes nothing.
"""

from typing import Final

PAYOUT_COLUMNS: Final = """
    p.id, p.kind, p.subject_id, p.asset, p.from_address, p.to_address, p.amount, p.status,
    p.reason, p.version, p.created_by, p.created_at, p.not_before, p.attempt_count,
    p.estimated_fee_sun, p.fee_sun, p.checks, p.checked_at, p.ended_at
"""

ATTEMPT_COLUMNS: Final = """
    a.id, a.payout_id, a.number, a.txid, a.raw_data, a.signed_json, a.asset, a.from_address,
    a.to_address, a.amount, a.fee_limit_sun, a.expires_at, a.reference_block, a.key_version,
    a.signed_at, a.is_from_journal, a.sent_count, a.first_sent_at, a.last_sent_at,
    a.last_answer, a.block_number, a.outcome, a.evidence, a.fee_sun, a.energy, a.ended_at
"""

# Nothing is queued twice for one subject: see the table's indexes.
ENQUEUE: Final = """
insert into payouts (id, kind, subject_id, asset, from_address, to_address, amount, created_by)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict do nothing
returning id, pg_notify('payout_queued', id)
"""

GET: Final = f"select {PAYOUT_COLUMNS} from payouts p where p.id = $1"

OF_SUBJECT: Final = f"""
select {PAYOUT_COLUMNS} from payouts p
where p.kind = $1 and p.subject_id = $2 and p.status <> 'CANCELLED'
"""

LIST_FOR_PERSON: Final = f"""
select {PAYOUT_COLUMNS} from payouts p
where p.status in ('FAILED_ON_CHAIN', 'EXPIRED_ABSENT', 'NEEDS_REVIEW') order by p.id limit $1
"""

LIST_OPEN: Final = f"""
select {PAYOUT_COLUMNS} from payouts p
where p.status in ('QUEUED', 'SIGNED', 'BROADCAST') order by p.id limit $1
"""

LIST_ENDED: Final = f"""
select {PAYOUT_COLUMNS} from payouts p
where p.status in ('SETTLED', 'CANCELLED') order by p.id desc limit $1
"""

# The TRX that a payout's wallet was given for it.
GAS_OF: Final = f"""
select {PAYOUT_COLUMNS} from payouts p where p.kind = 'GAS' and p.subject_id = $1 order by p.id
"""

AUDIT: Final = """
insert into audit_records (actor, action, subject_id, details) values ($1, $2, $3, $4)
"""

# Those that may be looked at now, oldest first.
TO_SIGN: Final = f"""
select {PAYOUT_COLUMNS} from payouts p
where p.status = 'QUEUED' and (p.not_before is null or p.not_before <= now())
order by p.id limit $1
"""

ATTEMPTS: Final = f"""
select {ATTEMPT_COLUMNS} from payout_attempts a where a.payout_id = $1 order by a.number
"""

# Those that may still be paid, of payouts that nobody has to look at first.
ALIVE: Final = f"""
select {ATTEMPT_COLUMNS}, p.kind, p.subject_id, p.attempt_count,
    now() - a.last_sent_at as sent_ago
from payout_attempts a join payouts p on p.id = a.payout_id
where a.outcome is null and p.status in ('SIGNED', 'BROADCAST') order by a.id limit $1
"""

# Settled by whoever read the transfer, who does not know what it cost.
WITHOUT_COST: Final = """
select id, payout_id, txid from payout_attempts
where outcome = 'SETTLED' and fee_sun is null and ended_at > now() - interval '1 day'
order by id limit $1
"""

NOTE_COST: Final = """
with noted as (
    update payout_attempts set fee_sun = $2, energy = $3 where id = $1 and fee_sun is null
    returning payout_id, fee_sun
)
update payouts p set fee_sun = coalesce(p.fee_sun, 0) + noted.fee_sun
from noted where p.id = noted.payout_id
"""

BY_TXID: Final = f"select {ATTEMPT_COLUMNS} from payout_attempts a where a.txid = $1"

KNOWN_TXIDS: Final = "select txid from payout_attempts where txid = any($1::text[])"

# The withdrawal first, then the payout, as everybody does who changes both.
LOCK_WITHDRAWAL_OF: Final = """
select w.id from payouts p join withdrawals w on w.id = p.subject_id
where p.id = $1 and p.kind = 'WITHDRAWAL' for update of w
"""

LOCK: Final = f"select {PAYOUT_COLUMNS} from payouts p where p.id = $1 for update"

# What was signed is stored with the payout's step, or not at all. $2: the version that was
# judged: whoever changed it meanwhile has the last word.
SIGN: Final = """
with step as (
    update payouts
    set status = 'SIGNED', version = version + 1, attempt_count = attempt_count + 1,
        reason = null, not_before = null, checks = $3, checked_at = $4, estimated_fee_sun = $5
    where id = $1 and status = 'QUEUED' and version = $2
    returning id, attempt_count
)
insert into payout_attempts (payout_id, number, txid, raw_data, signed_json, asset,
    from_address, to_address, amount, fee_limit_sun, expires_at, reference_block, key_version,
    signed_at)
select id, attempt_count, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17 from step
returning id, payout_id, pg_notify('payout_changed', payout_id)
"""

# A signature that the database has lost and the journal has not: what was signed may be paid, so
# it is followed as any other. Not beside another one that may be paid, nor under its number.
ADOPT: Final = """
with step as (
    update payouts p
    set status = 'SIGNED', version = version + 1, attempt_count = greatest(attempt_count + 1, $2),
        reason = 'signed before, by the journal', not_before = null
    where id = $1 and status in ('QUEUED', 'FAILED_ON_CHAIN', 'EXPIRED_ABSENT', 'NEEDS_REVIEW')
      and not exists (
        select from payout_attempts a
        where a.payout_id = p.id and (a.outcome is null or a.outcome = 'SETTLED'))
    returning id, attempt_count
)
insert into payout_attempts (payout_id, number, txid, raw_data, signed_json, asset,
    from_address, to_address, amount, fee_limit_sun, expires_at, reference_block, key_version,
    signed_at, is_from_journal)
select id, attempt_count, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, true from step
returning id
"""

# Said before the bytes leave, and again with the answer.
NOTE_SENDING: Final = """
with sending as (
    update payout_attempts
    set sent_count = sent_count + 1, first_sent_at = coalesce(first_sent_at, now()),
        last_sent_at = now()
    where id = $1 and outcome is null
    returning payout_id
)
update payouts p set status = 'BROADCAST', version = version + 1
from sending where p.id = sending.payout_id and p.status = 'SIGNED'
returning p.id, pg_notify('payout_changed', p.id)
"""

NOTE_ANSWER: Final = "update payout_attempts set last_answer = $2 where id = $1"

NOTE_BLOCK: Final = """
update payout_attempts set block_number = $2
where id = $1 and outcome is null and block_number is distinct from $2
"""

# Paid, in a final block: its money moves in this statement. What stays in the house is posted by
# whoever reads the transfer off the chain; a refund likewise. A transfer that was read while the
# database had lost the signature was booked as the owner's: so they have the money for it.
# $2 evidence, $3 block, $4 fee, $5 energy.
SETTLE: Final = """
with attempt as (
    update payout_attempts
    set outcome = 'SETTLED', evidence = $2, block_number = $3, fee_sun = $4, energy = $5,
        ended_at = now()
    where id = $1 and outcome is null
    returning payout_id, fee_sun, txid
), done as (
    update payouts p
    set status = 'SETTLED', reason = null, version = version + 1, ended_at = now(),
        fee_sun = coalesce(p.fee_sun, 0) + coalesce(attempt.fee_sun, 0)
    from attempt where p.id = attempt.payout_id
    returning p.id, p.kind, p.subject_id, p.asset, p.amount, attempt.txid
), paid as (
    update withdrawals w set status = 'SETTLED', ended_at = now(), version = w.version + 1
    from done
    where done.kind = 'WITHDRAWAL' and w.id = done.subject_id and w.status = 'APPROVED'
    returning w.id, w.user_id, w.net_micro, w.fee_micro
), told as (
    insert into outbox_events (topic, subject_id, payload)
    select 'payout.settled', id, jsonb_build_object(
        'kind', kind, 'asset', asset, 'amount', amount, 'subject', subject_id)
    from done
)
select done.id, done.kind, paid.id as withdrawal_id,
    case when paid.id is not null
        then ledger_post('withdrawal_settled', paid.id, a.id, case when exists (
            select from payments p join ledger_transfers t
                on t.kind = 'house_outgoing' and t.reference = p.id
            where p.txid = done.txid) then 13 else 7 end, paid.net_micro) end as posted,
    case when paid.fee_micro > 0
        then ledger_post('withdrawal_fee', paid.id, a.id, 5, paid.fee_micro) end as fee_posted,
    pg_notify('payout_changed', done.id),
    case when paid.id is not null
        then pg_notify('withdrawal_changed', paid.id || ' ' || paid.user_id) end as shown
from done
left join paid on true
left join ledger_accounts a on a.user_id = paid.user_id and a.kind = 'user:withdrawal_hold'
"""

# A transaction that moved nothing, or never will be in a block. $2 outcome, $3 evidence, $4
# block, $5 fee, $6 energy, $7 the payout's next status, $8 why, $9 not before.
END_ATTEMPT: Final = """
with attempt as (
    update payout_attempts
    set outcome = $2, evidence = $3, block_number = $4, fee_sun = $5, energy = $6, ended_at = now()
    where id = $1 and outcome is null
    returning payout_id, fee_sun
)
update payouts p
set status = $7, reason = $8, version = version + 1, not_before = $9,
    fee_sun = coalesce(p.fee_sun, 0) + coalesce(attempt.fee_sun, 0)
from attempt where p.id = attempt.payout_id
returning p.id, p.kind, p.subject_id, p.status, pg_notify('payout_changed', p.id)
"""

# It waits, or a person must look. $2 the version that was judged, $3 next status.
PUT_ASIDE: Final = """
update payouts
set status = $3, reason = $4, version = version + 1, not_before = $5,
    checks = coalesce($6, checks), checked_at = coalesce($7, checked_at)
where id = $1 and status = 'QUEUED' and version = $2
returning id, pg_notify('payout_changed', id)
"""

# A person's word. Only where nothing that was signed may still be paid.
CHANGE: Final = """
update payouts p
set status = $2, reason = $3, version = version + 1, not_before = null,
    ended_at = case when $2 = 'CANCELLED' then now() end
where p.id = $1
  and p.status in ('QUEUED', 'FAILED_ON_CHAIN', 'EXPIRED_ABSENT', 'NEEDS_REVIEW')
  and not exists (
    select from payout_attempts a
    where a.payout_id = p.id and (a.outcome is null or a.outcome = 'SETTLED'))
returning p.id, pg_notify('payout_queued', p.id), pg_notify('payout_changed', p.id)
"""

HAS_LIVE_ATTEMPT: Final = """
select exists (
    select from payout_attempts where payout_id = $1 and coalesce(outcome, 'SETTLED') = 'SETTLED')
"""

SHOW_WITHDRAWAL: Final = """
select pg_notify('withdrawal_changed', w.id || ' ' || w.user_id) from withdrawals w where w.id = $1
"""

HOUSE_WALLETS: Final = """
select id, purpose, address, created_at, retired_at from house_wallets order by id
"""

# One process at a time: another one may begin with other settings in the same moment.
LOCK_HOUSE_WALLETS: Final = "select pg_advisory_xact_lock(hashtextextended('house wallets', 0))"

RETIRE_HOUSE_WALLETS: Final = """
update house_wallets set retired_at = now()
where purpose = $1 and address <> $2 and retired_at is null
"""

ADD_HOUSE_WALLET: Final = """
insert into house_wallets (purpose, address) values ($1, $2)
on conflict (address) do nothing returning id
"""

REVIVE_HOUSE_WALLET: Final = """
update house_wallets set retired_at = null
where purpose = $1 and address = $2 and retired_at is not null returning id
"""

# Locked: whoever queues a payout from it is before whoever retires it, or sees that it is retired.
HOT_IN_USE: Final = """
select address from house_wallets where purpose = 'HOT' and retired_at is null for share
"""

# What would leave a hot wallet of before, and nobody has signed.
QUEUED_FROM_RETIRED: Final = """
select p.id from payouts p
join house_wallets h on h.address = p.from_address and h.purpose = 'HOT'
where p.status = 'QUEUED' and h.retired_at is not null order by p.id
"""

PURPOSES: Final = """
select address, purpose from house_wallets where address = any($1::text[])
union
select address, 'POOL' from wallets where address = any($1::text[])
"""

IS_OURS: Final = """
select exists (select from wallets where address = $1)
    or exists (select from house_wallets where address = $1)
"""

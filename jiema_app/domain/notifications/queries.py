"""SQL of the deliveries."""

from typing import Final

CHANNEL: Final = "delivery_queued"
"""Announced with the transport's name when something is to be sent."""

# Of replies, whose keys say so, no more wait for one recipient than anybody reads.
PUT: Final = """
with given as (
    insert into deliveries
        (transport, recipient, kind, key, subject_id, payload, priority, not_before, expires_at)
    select $1, $2, $3, $4, $5, $6, $7, coalesce($8, now()), $9
    where $4 not like 'update:%' or (select count(*) from (
        select from deliveries d where d.transport = $1 and d.recipient = $2
            and d.state = 'QUEUED' and d.priority = $7 limit $10
    ) waiting) < $10
    on conflict (key) do nothing
    returning transport
)
select pg_notify('delivery_queued', transport) from given
"""

# What met a chat that was closed is queued again by whoever asks for it once more.
# Under way, it is queued again when its sender settles it: a newer revision waits then. Of one
# whose first sending has an unknown end, nothing follows: it would be a second message.
FOLLOW: Final = """
with given as (
    insert into deliveries as d
        (transport, recipient, kind, key, subject_id, payload, priority, not_before, expires_at,
         revision)
    values ($1, $2, $3, $4, $5, $6, $7, coalesce($8, now()), $9, $10)
    on conflict (key) do update set
        revision = greatest(d.revision, excluded.revision),
        payload = excluded.payload,
        priority = case when d.state in ('QUEUED', 'SENDING') and d.revision > d.sent_revision
            then least(d.priority, excluded.priority) else excluded.priority end,
        not_before = case when d.state = 'QUEUED'
            then least(d.not_before, excluded.not_before) else excluded.not_before end,
        expires_at = case
            when d.state in ('QUEUED', 'SENDING') and d.revision > d.sent_revision
                and (d.expires_at is null or excluded.expires_at is null) then null
            when d.state in ('QUEUED', 'SENDING') and d.revision > d.sent_revision
                then greatest(d.expires_at, excluded.expires_at)
            else excluded.expires_at end,
        attempts = case when d.state in ('QUEUED', 'SENDING', 'UNKNOWN') then d.attempts else 0 end,
        state = case when d.state in ('SENDING', 'UNKNOWN') then d.state else 'QUEUED' end,
        error = case when d.state in ('SENDING', 'UNKNOWN') then d.error end,
        settled_at = case when d.state = 'UNKNOWN' then d.settled_at end
    where excluded.revision > d.revision
        or d.state = 'GONE' and excluded.revision = d.revision
    returning transport, state
)
select pg_notify('delivery_queued', transport) from given where state = 'QUEUED'
"""

COLUMNS: Final = """id, transport, recipient, kind, key, subject_id, payload, priority, attempts,
    revision, message_id, created_at"""

# The first of each recipient: to each one they go in order. What answers a press keeps none.
# Nothing is sent to who has something under way: two calls could arrive in another order.
# So many of both: however many presses there are to answer, what else is due is seen.
DUE: Final = """
(select id, recipient, priority from deliveries
 where transport = $1 and state = 'QUEUED' and priority = 0 and not_before <= now()
    and id <> all($3::bigint[])
 order by id limit $2)
union all
(select id, recipient, priority from (
    select distinct on (recipient) id, recipient, priority from deliveries
    where transport = $1 and state = 'QUEUED' and priority > 0 and not_before <= now()
    order by recipient, priority, id
 ) first
 where id <> all($3::bigint[]) and recipient <> all($4::text[])
 order by priority, id limit $2)
"""

# Who presses again is answered again: of one person one answer waits, the newest.
OVERTAKE: Final = """
update deliveries set state = 'DROPPED', error = 'overtaken', settled_at = now(), payload = null
where transport = $1 and recipient = $2 and state = 'QUEUED' and priority = 0 and key <> $3
"""

# Seconds until more is due; null: nothing waits.
NEXT_DUE: Final = """
select extract(epoch from min(not_before) - now())::float from deliveries
where transport = $1 and state = 'QUEUED' and not_before > now()
"""

EXPIRE: Final = """
update deliveries set state = 'DROPPED', error = 'expired', settled_at = now(), payload = null
where transport = $1 and state = 'QUEUED' and expires_at <= now()
returning kind
"""

READ: Final = f"""
select {COLUMNS} from deliveries
where id = $1 and state = 'QUEUED' and (expires_at is null or expires_at > now())
"""

# From here on it may have been sent, whatever becomes of this process. Only as it was read: whoever
# was slow making its words may find that another has sent it meanwhile, or that it has to wait.
MARK: Final = """
update deliveries set state = 'SENDING', claimed_by = $2, claimed_at = clock_timestamp(),
    attempts = attempts + 1
where id = $1 and state = 'QUEUED' and (expires_at is null or expires_at > now())
    and message_id is not distinct from $3 and recipient = $4 and not_before <= now()
returning claimed_at, attempts
"""

# What a sender left under way that is none any more: an edit can be repeated.
RECOVER: Final = """
update deliveries set
    state = case when message_id is null then 'UNKNOWN' else 'QUEUED' end,
    error = case when message_id is null then 'sender lost' end,
    settled_at = case when message_id is null then now() end
where transport = $1 and state = 'SENDING' and claimed_by <> $2
returning state
"""

# Handed to nobody: the mark was written, and its writer never learnt so. Another sender may have
# taken it for left behind.
UNMARK: Final = """
update deliveries set state = 'QUEUED', settled_at = null, error = null
where id = any($1::bigint[]) and claimed_by = $2
    and (state = 'SENDING' or state = 'UNKNOWN' and error = 'sender lost')
"""

# Each of these takes id, claimed_by and claimed_at: whoever was taken over settles nothing that
# somebody else has under way. What was given up as unknown may still become known.
_MINE: Final = """
where id = $1 and claimed_by = $2 and claimed_at = $3 and state in ('SENDING', 'UNKNOWN')
"""

SENT: Final = f"""
update deliveries set
    sent_revision = $4, message_id = coalesce($5, message_id), error = null,
    state = case when revision > $4 then 'QUEUED' else 'SENT' end,
    settled_at = case when revision > $4 then null else now() end,
    payload = case when revision > $4 then payload end,
    attempts = case when revision > $4 then 0 else attempts end
{_MINE} returning state
"""

AGAIN: Final = f"""
update deliveries set state = 'QUEUED', settled_at = null, error = $4,
    not_before = greatest(not_before, now() + make_interval(secs => $5)),
    attempts = attempts - 1 + $6
{_MINE} returning state
"""

AGAIN_AS_NEW: Final = f"""
update deliveries set state = 'QUEUED', settled_at = null, error = null, message_id = null,
    sent_revision = 0
{_MINE} returning state
"""

# A person may have it tried again: it keeps what its words are made of.
END: Final = f"""
update deliveries set state = $4, error = $5, settled_at = now(),
    payload = case when $4 in ('UNKNOWN', 'FAILED') then payload end,
    message_id = case when $6 then null else message_id end
{_MINE} returning state
"""

END_QUEUED: Final = """
update deliveries set state = $2, error = $3, settled_at = now(),
    payload = case when $2 = 'FAILED' then payload end
where id = $1 and state = 'QUEUED' returning state
"""

# Unless it has news since its words were asked for.
DROP_UNSAID: Final = """
update deliveries set state = 'DROPPED', error = 'nothing to say', settled_at = now(),
    payload = null
where id = $1 and state = 'QUEUED' and revision = $2 returning state
"""

POSTPONE_QUEUED: Final = """
update deliveries set not_before = now() + make_interval(secs => $2), error = $3
where id = $1 and state = 'QUEUED'
"""

LOSE: Final = """
update deliveries set state = 'GONE', error = $3, settled_at = now(), payload = null
where transport = $1 and recipient = $2 and state = 'QUEUED'
"""

MOVE: Final = """
update deliveries set recipient = $3
where transport = $1 and recipient = $2 and state in ('QUEUED', 'SENDING')
"""

SWEEP: Final = """
delete from deliveries where id in (
    select id from deliveries
    where settled_at < now() - make_interval(days => $1)
       or settled_at < now() - make_interval(days => $2) and key like 'update:%'
          and kind <> all($4::text[])
    limit $3
)
"""

COUNT: Final = """
select state, count(*) as number,
    extract(epoch from now() - min(created_at))::bigint as oldest_s
from deliveries group by state order by state
"""

# For people: what was parked or refused.
LIST: Final = """
select id, state, kind, key, recipient, error, attempts, created_at, settled_at
from deliveries where state = any($1::text[]) order by id desc limit $2
"""

RETRY: Final = """
with given as (
    update deliveries set state = 'QUEUED', settled_at = null, error = null, not_before = now(),
        expires_at = null, attempts = 0
    where id = $1 and state in ('UNKNOWN', 'FAILED') returning id, transport, key
), noted as (
    insert into audit_records (actor, action, subject_id, details)
    select $2, 'delivery.retry', id::text, jsonb_build_object('reason', $3::text, 'key', key)
    from given
)
select id, pg_notify('delivery_queued', transport) from given
"""

DROP: Final = """
with given as (
    update deliveries set state = 'DROPPED', settled_at = coalesce(settled_at, now()),
        payload = null, error = 'by a person'
    where id = $1 and state in ('UNKNOWN', 'FAILED', 'QUEUED') returning id, key
), noted as (
    insert into audit_records (actor, action, subject_id, details)
    select $2, 'delivery.drop', id::text, jsonb_build_object('reason', $3::text, 'key', key)
    from given
)
select id from given
"""

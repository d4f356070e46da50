"""SQL of the deliveries."""

from typing import Final

CHANNEL: Final = "delivery_queued"
"""Announced with the transport's name when something is to be sent."""

PUT: Final = """
with given as (
    insert into deliveries
        (transport, recipient, kind, key, subject_id, payload, priority, not_before, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, coalesce($8, now()), $9)
    on conflict (key) do nothing
    returning transport
)
select pg_notify('delivery_queued', transport) from given
"""

# Under way, it is queued again when its sender settles it: a newer revision waits then. Of one
# whose first sending has an unknown end, nothing follows: it would be a second message.
FOLLOW: Final = """
with given as (
    insert into deliveries as d
        (transport, recipient, kind, key, subject_id, payload, priority, not_before, expires_at,
         revision)
    values ($1, $2, $3, $4, $5, $6, $7, coalesce($8, now()), $9, $10)
    on conflict (key) do update set
        revision = excluded.revision,
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
    returning transport, state
)
select pg_notify('delivery_queued', transport) from given where state = 'QUEUED'
"""

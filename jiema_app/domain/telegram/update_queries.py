"""SQL of the updates."""

from typing import Final

# A chat whose backlog is full is somebody's game: what they write more is not kept. The group of those
# who answer is many people's, and none of their words is lost. What is said in a group that is not
# ours is not kept at all: numbers of groups and channels are negative.
STORE: Final = """
with given as (
    insert into telegram_updates (update_id, chat_key, payload)
    select u.update_id, u.chat_key, u.payload
    from unnest($1::bigint[], $2::bigint[], $3::jsonb[]) u (update_id, chat_key, payload)
    where u.chat_key = $5::bigint
       or exists (select from telegram_moves m where m.new_id = u.chat_key)
       or (u.chat_key >= 0 or u.payload ? 'my_chat_member') and (select count(*) from (
            select from telegram_updates w
            where w.chat_key = u.chat_key and w.handled_at is null limit $4
        ) waiting) < $4
    on conflict (update_id) do nothing
    returning update_id
), said as (
    select pg_notify('telegram_update', '') where exists (select from given)
)
select (select count(*) from given), (select count(*) from said)
"""

# The oldest of each chat that has nothing under way. What a worker left comes before it.
CLAIM: Final = """
update telegram_updates u
set claimed_by = $1, claimed_until = now() + make_interval(secs => $2), attempts = attempts + 1
from (
    select o.update_id from (
        select distinct on (chat_key) update_id, claimed_until from telegram_updates
        where handled_at is null
        order by chat_key, claimed_by nulls last, update_id
    ) first
    join telegram_updates o on o.update_id = first.update_id
    where o.handled_at is null and (o.claimed_until is null or o.claimed_until < now())
    order by o.update_id limit $3
    for update of o skip locked
) due
where u.update_id = due.update_id
returning u.update_id, u.chat_key, u.payload, u.received_at, u.failures, u.attempts
"""

FINISH: Final = """
update telegram_updates set handled_at = now(), outcome = $3, payload = null, claimed_by = null
where update_id = $1 and claimed_by = $2 and handled_at is null
returning extract(epoch from now() - received_at)::float as seconds, now() as at
"""

# Nobody of its chat overtakes it: it is the oldest until it is handled.
POSTPONE: Final = """
update telegram_updates set claimed_by = null, failures = failures + 1,
    claimed_until = now() + make_interval(secs => $3)
where update_id = $1 and claimed_by = $2 and handled_at is null
"""

# Its turn comes again in a moment; it was not tried.
PUT_BACK: Final = """
update telegram_updates set claimed_by = null, attempts = attempts - 1,
    claimed_until = now() + make_interval(secs => $3)
where update_id = $1 and claimed_by = $2 and handled_at is null
"""

# What this worker took and has not under way: the database went away in between.
RELEASE: Final = """
update telegram_updates set claimed_by = null, claimed_until = null,
    attempts = greatest(attempts - 1, 0)
where handled_at is null and claimed_by = $1 and update_id <> all($2::bigint[])
"""

# What nobody has handled for as long is of no use any more either.
SWEEP: Final = """
delete from telegram_updates where update_id in (
    select update_id from telegram_updates
    where handled_at < now() - make_interval(hours => $1)
       or handled_at is null and received_at < now() - make_interval(hours => $1)
            and (claimed_until is null or claimed_until < now())
    limit $2
)
"""

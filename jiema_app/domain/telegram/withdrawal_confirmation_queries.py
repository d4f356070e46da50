"""SQL of withdrawals that somebody is asked about in their chat.

Whatever somebody should see raises the revision, and is announced as a change of their withdrawals.
"""

from typing import Final

_COLUMNS: Final = """id, user_id, telegram_id, request_key, sealed, asking, is_repriced, replaces,
    asked_at, expires_at, decided_at is null and expires_at <= now() as is_late, decision, fault,
    fault_micro, withdrawal_id, revision"""

_TOLD: Final = f"{_COLUMNS}, pg_notify('withdrawal_changed', id || ' ' || user_id)"

NEWEST: Final = f"""
select {_COLUMNS} from withdrawal_confirmations
where user_id = $1 order by asked_at desc, id desc limit 1
"""

GET_OWN: Final = f"select {_COLUMNS} from withdrawal_confirmations where id = $1 and user_id = $2"

GET: Final = f"select {_COLUMNS} from withdrawal_confirmations where id = $1 and telegram_id = $2"

LOCK: Final = f"""
select {_COLUMNS} from withdrawal_confirmations
where id = $1 and user_id = $2 and telegram_id = $3 for update
"""

# Of one user one at a time: which of two was asked last is the same for both.
LOCK_USER: Final = (
    "select pg_advisory_xact_lock(hashtextextended('withdrawal confirmations ' || $1, 0))"
)

OPEN_ALIKE: Final = f"""
select {_COLUMNS} from withdrawal_confirmations
where user_id = $1 and request_key = $2 and telegram_id = $3 and decided_at is null
    and expires_at > now()
"""

ASKED_OF_LATE: Final = """
select count(*) from withdrawal_confirmations
where user_id = $1 and asked_at > now() - interval '1 hour'
"""

# After a refusal there is a pause, and after each further one within a day twice as long a one.
PAUSED_FOR_S: Final = """
select ceil(extract(epoch from max(decided_at) - now()) + $2 * power(2, least(count(*), 9) - 1))::int
from withdrawal_confirmations
where user_id = $1 and decision = 'REFUSED' and decided_at > now() - interval '1 day'
"""

# What was asked is known until its time is over: the next one is compared with it.
REPLACE: Final = f"""
update withdrawal_confirmations set decision = 'REPLACED', decided_at = now(),
    revision = revision + 1
where user_id = $1 and decided_at is null
returning {_TOLD}
"""

REPLACED_OF_LATE: Final = """
select sealed from withdrawal_confirmations
where user_id = $1 and is_followed and decision = 'REPLACED' and expires_at > now()
"""

FORGET_REPLACED: Final = """
update withdrawal_confirmations set sealed = null, is_followed = false
where is_followed and decision = 'REPLACED' and expires_at <= now()
"""

# Ended by whoever ended the session, in identity.session_queries.
SIGNED_OUT: Final = f"""
update withdrawal_confirmations set is_followed = false
where is_followed and decision = 'SIGNED_OUT'
returning {_COLUMNS}
"""

ASK: Final = f"""
insert into withdrawal_confirmations
    (id, user_id, telegram_id, request_key, sealed, expires_at, replaces)
values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6), $7)
returning {_TOLD}
"""

DECIDE: Final = f"""
update withdrawal_confirmations set decision = $2, decided_at = now(),
    sealed = case when $2 = 'CONFIRMED' then sealed end,
    is_followed = $2 = 'CONFIRMED', revision = revision + 1
where id = $1 and decided_at is null
returning {_TOLD}
"""

# Its message may say something else than is so: an edit that came late, or never.
SHOW_AGAIN: Final = f"""
update withdrawal_confirmations set revision = revision + 1 where id = $1
returning {_TOLD}
"""

# Asked once more, and its message met a closed chat, or was refused.
SHOW_AGAIN_IF_UNSENT: Final = f"""
update withdrawal_confirmations q set revision = revision + 1 where id = $1 and exists (
    select from deliveries d
    where d.key = 'withdrawal-asked:' || q.id and d.state in ('GONE', 'FAILED'))
returning {_TOLD}
"""

# The message of an unknown end is there: a button of it was pressed, by who has it.
LEARN_MESSAGE: Final = """
update deliveries set state = 'SENT', sent_revision = revision, message_id = $3, error = null,
    settled_at = now(), payload = null
where key = 'withdrawal-asked:' || $1 and recipient = $2 and state = 'UNKNOWN'
    and message_id is null
returning id
"""

# Somebody is about to carry it out. What waited for too long since it was pressed, nobody is.
TRY: Final = f"""
update withdrawal_confirmations set tried_at = clock_timestamp()
where id = $1 and decision = 'CONFIRMED' and withdrawal_id is null
returning {_COLUMNS}, decided_at < now() - make_interval(secs => $2) as is_stale
"""

MADE: Final = "select id, status from withdrawals where user_id = $1 and request_key = $2"

# What was confirmed and could not be taken. Nothing was held.
GIVE_UP: Final = f"""
update withdrawal_confirmations set decision = $2, fault = $3, fault_micro = $4, sealed = null,
    is_followed = false, revision = revision + 1
where id = $1 and decision = 'CONFIRMED' and withdrawal_id is null
returning {_TOLD}
"""

# Unless something else was asked meanwhile.
ASK_ANEW: Final = f"""
update withdrawal_confirmations q set decision = null, decided_at = null, sealed = $2,
    is_repriced = true, asking = asking + 1, asked_at = now(), tried_at = null,
    expires_at = now() + make_interval(secs => $3), revision = revision + 1
where id = $1 and decision = 'CONFIRMED' and withdrawal_id is null and not exists (
    select from withdrawal_confirmations o where o.user_id = q.user_id and o.decided_at is null)
returning {_TOLD}
"""

TAKE: Final = f"""
update withdrawal_confirmations set withdrawal_id = $2, told = $3, sealed = null,
    revision = revision + 1
where id = $1 and decision = 'CONFIRMED' and withdrawal_id is null
returning {_TOLD}
"""

EXPIRE: Final = f"""
update withdrawal_confirmations set decision = 'EXPIRED', decided_at = now(), sealed = null,
    is_followed = false, revision = revision + 1
where is_followed and decided_at is null and expires_at <= now()
returning {_TOLD}
"""

# An open one: whether its chat is, and what became of its message.
REACHES: Final = f"""
select {_COLUMNS}, exists (
        select from telegram_chats c where c.telegram_id = q.telegram_id and c.state = 'OPEN'
    ) as is_open,
    (select d.state from deliveries d where d.key = 'withdrawal-asked:' || q.id) as delivery
from withdrawal_confirmations q where id = $1 and decided_at is null
"""

# Confirmed, and whoever was to carry it out died. First what was tried longest ago: a node that
# hangs keeps nobody else waiting.
LEFT: Final = """
select id from withdrawal_confirmations
where is_followed and decision = 'CONFIRMED' and withdrawal_id is null
    and coalesce(tried_at, decided_at) < now() - make_interval(secs => $1)
order by coalesce(tried_at, decided_at), id limit $2
"""

# How far withdrawals have come, as withdrawals.statuses.shown_status has it.
PROGRESS: Final = f"""
update withdrawal_confirmations q set told = step.shown, is_followed = not step.is_over,
    revision = revision + 1
from (
    select f.id as asked, w.ended_at is not null as is_over, case
        when w.status = 'APPROVED' and p.status <> 'QUEUED' then p.status else w.status
        end as shown
    from withdrawal_confirmations f
    join withdrawals w on w.id = f.withdrawal_id
    left join payouts p
        on p.kind = 'WITHDRAWAL' and p.subject_id = w.id and p.status <> 'CANCELLED'
    where f.is_followed
) step
where q.id = step.asked and (q.told is distinct from step.shown or step.is_over)
returning {_COLUMNS}
"""

IS_USED: Final = "select exists (select from withdrawals where user_id = $1 and request_key = $2)"

# What an open withdrawal came from is kept: its first step is told by its message alone.
SWEEP: Final = """
delete from withdrawal_confirmations q
where q.asked_at < now() - make_interval(days => $1) and q.decided_at is not null
    and not exists (select from withdrawals w where w.id = q.withdrawal_id and w.ended_at is null)
"""

"""SQL of support."""

from typing import Final

from jiema_app.domain.telegram.chat_queries import MOVED_TO

# A group that became a supergroup has another number since.
GROUP_NOW: Final = MOVED_TO

TOPIC: Final = """
select telegram_id, group_id, thread_id, is_lost, generation, header_revision
from support_topics where telegram_id = $1
"""

TOPIC_BY_THREAD: Final = """
select telegram_id, group_id, thread_id, is_lost, generation, header_revision
from support_topics where group_id = $1 and thread_id = $2
"""

# Only one asks for the topic: the others find it asked for.
BEGIN_TOPIC: Final = """
insert into support_topics (telegram_id, asked_at) values ($1, $2)
on conflict (telegram_id) do nothing returning generation
"""

TOPICS_ASKED_FOR: Final = """
select count(*) from deliveries where kind = $1 and state = 'QUEUED'
"""

MAKE_ANEW: Final = """
update support_topics set is_lost = true, generation = generation + 1, asked_at = $3
where telegram_id = $1 and generation = $2 returning generation
"""

# Telegram gives no number twice, but whoever had it has it no more.
GIVEN_TO_ANOTHER: Final = """
update support_topics set group_id = null, thread_id = null, is_lost = true
where group_id = $2 and thread_id = $3 and telegram_id <> $1
"""

MADE: Final = """
update support_topics
set group_id = $4, thread_id = $3, is_lost = false, header_revision = 0, header_hash = null
where telegram_id = $1 and generation = $2 and (thread_id is null or is_lost)
returning telegram_id
"""

# Of another group than now: numbers of messages there are other messages here.
FORGET_GROUP: Final = """
with answers as (delete from support_messages where telegram_id = $1 and is_answer)
update support_messages set copy_message_id = null, reply_to = null
where telegram_id = $1 and not is_answer
"""

OPEN_CASE: Final = """
insert into support_cases (telegram_id, opened_at, last_asked_at) values ($1, $2, $2)
on conflict (telegram_id) where resolved_at is null do update set last_asked_at = $2
returning id, xmax = 0 as is_new
"""

ANSWERED: Final = """
update support_cases set
    first_answered_at = coalesce(first_answered_at, $2), last_answered_at = $2,
    answered_by = coalesce(answered_by, $3)
where telegram_id = $1 and resolved_at is null returning id
"""

RESOLVE: Final = """
update support_cases set resolved_at = $2, resolution = $3
where telegram_id = $1 and resolved_at is null
  and ($3 <> 'CUSTOMER' or first_answered_at is not null)
returning id
"""

RESOLVE_SILENT: Final = """
update support_cases set resolved_at = $1, resolution = 'SILENCE'
where resolved_at is null and last_answered_at > last_asked_at
  and last_answered_at < $1::timestamptz - make_interval(hours => $2)
returning id
"""

WRITTEN_LATELY: Final = """
with ban as (
    select max(u.banned_at) as since from identities i join users u on u.id = i.user_id
    where i.provider = 'telegram' and i.subject = $1::bigint::text)
select count(*) filter (where m.created_at > $2) as of_minute,
    count(*) filter (where m.created_at > greatest($3, ban.since)) as of_hour,
    count(*) filter (where m.state in ('WAITING', 'GIVEN')) as on_their_way,
    (select since is not null from ban) as is_banned
from ban left join support_messages m on m.telegram_id = $1 and not m.is_answer
  and (m.created_at > $3 or m.state in ('WAITING', 'GIVEN'))
"""

# The number that a message has on the other side, whichever side it was written on.
OTHER_SIDE: Final = """
select case when is_answer = $2 then copy_message_id else source_message_id end
from support_messages
where telegram_id = $1 and (
    (is_answer = $2 and source_message_id = $3) or (is_answer <> $2 and copy_message_id = $3))
order by version desc limit 1
"""

KEEP: Final = """
insert into support_messages
    (telegram_id, is_answer, source_message_id, version, reply_to, created_at)
values ($1, $2, $3, $4, $5, $6)
on conflict on constraint support_messages_once do nothing returning id
"""

LAST_COPY: Final = """
select copy_message_id from support_messages
where telegram_id = $1 and is_answer = $2 and source_message_id = $3 and version < $4
  and copy_message_id is not null
order by version desc limit 1
"""

IS_KNOWN: Final = """
select exists (select from support_messages
    where telegram_id = $1 and is_answer = $2 and source_message_id = $3)
"""

GIVE: Final = """
update support_messages set state = 'GIVEN', attempt = attempt + 1, given_at = $2
where id = any($1::bigint[]) and state = 'WAITING' returning id, attempt, is_answer, telegram_id
"""

WAITING_OF: Final = """
select id from support_messages
where telegram_id = $1 and state = 'WAITING' and not is_answer order by id
"""

TO_COPY: Final = """
select m.id, m.telegram_id, m.is_answer, m.source_message_id, m.reply_to, m.state, m.attempt,
    t.group_id, t.thread_id
from support_messages m join support_topics t on t.telegram_id = m.telegram_id
where m.id = $1
"""

COPIED: Final = """
update support_messages set state = 'DONE', copy_message_id = $2 where id = $1
returning telegram_id, is_answer, source_message_id, version
"""

WAIT_AGAIN: Final = """
update support_messages set state = 'WAITING' where id = $1 returning telegram_id
"""

LOSE: Final = """
update support_messages set state = 'LOST' where id = $1 returning telegram_id, is_answer
"""

# Topics to be asked for again: somebody waits, and nothing is on its way.
STUCK_TOPICS: Final = """
select t.telegram_id, t.generation from support_topics t
where (t.thread_id is null or t.is_lost or t.group_id is distinct from $2) and t.asked_at < $1
  and exists (select from support_messages m
      where m.telegram_id = t.telegram_id and m.state = 'WAITING')
  and not exists (select from deliveries d
      where d.key = 'support:topic:' || t.telegram_id || ':' || t.generation
        and d.state in ('QUEUED', 'SENDING'))
order by t.telegram_id limit 50
"""

# Given to be sent, and ended in a way that nobody was told of: with a sender that died, with
# others that waited for a chat that is gone. A sender that lost the database alone says within seconds
# how it ended.
STRANDED: Final = """
select m.id, m.telegram_id, m.is_answer, d.state
from support_messages m join deliveries d on d.key = 'support:' || m.id || ':' || m.attempt
where m.state = 'GIVEN' and d.state in ('UNKNOWN', 'FAILED', 'GONE', 'DROPPED')
  and (d.state <> 'UNKNOWN' or d.settled_at < now() - interval '1 minute')
order by m.id limit 200
"""

# Tried again after two minutes, then more and more seldom, up to half an hour.
STUCK_MESSAGES: Final = """
select m.id, t.generation
from support_messages m join support_topics t on t.telegram_id = m.telegram_id
where m.state = 'WAITING' and not m.is_answer and t.thread_id is not null and not t.is_lost
  and t.group_id = $2 and coalesce(m.given_at, m.created_at)
      < $1::timestamptz - make_interval(mins => least(30, 2 * greatest(1, m.attempt)))
order by m.id limit 100
"""

# A group takes twenty calls a minute: of these a topic has one a minute at most. What waits for its
# turn is brought up to date for nothing.
OPEN_TOPICS: Final = """
select t.telegram_id, t.thread_id, t.generation, t.header_revision, t.header_hash
from support_topics t join support_cases c
  on c.telegram_id = t.telegram_id and c.resolved_at is null
where t.thread_id is not null and not t.is_lost and t.group_id = $2
  and not exists (select from deliveries d
      where d.key = 'support:header:' || t.telegram_id || ':' || t.generation
        and d.state <> 'QUEUED' and d.claimed_at > now() - interval '1 minute')
order by c.last_asked_at desc limit $1
"""

HEADER_CHANGED: Final = """
update support_topics set header_hash = $3, header_revision = header_revision + 1
where telegram_id = $1 and generation = $2 returning header_revision
"""

FORGET: Final = """
delete from support_messages
where created_at < now() - make_interval(days => $1) and state in ('DONE', 'LOST')
"""

FIGURES: Final = """
select
    count(*) filter (where resolved_at is null) as open,
    count(*) filter (where resolved_at is null and first_answered_at is null) as unanswered,
    coalesce(extract(epoch from $1::timestamptz
        - min(opened_at) filter (where resolved_at is null and first_answered_at is null)), 0)
        ::bigint as oldest_unanswered_s,
    count(*) filter (where opened_at > $1::timestamptz - $2::interval) as opened,
    count(*) filter (where first_answered_at > $1::timestamptz - $2::interval) as answered,
    count(*) filter (where resolved_at > $1::timestamptz - $2::interval) as resolved,
    percentile_cont(0.5) within group (order by extract(epoch from first_answered_at - opened_at))
        filter (where first_answered_at > $1::timestamptz - $2::interval) as first_answer_median_s,
    percentile_cont(0.9) within group (order by extract(epoch from first_answered_at - opened_at))
        filter (where first_answered_at > $1::timestamptz - $2::interval) as first_answer_p90_s,
    percentile_cont(0.5) within group (order by extract(epoch from resolved_at - opened_at))
        filter (where resolved_at > $1::timestamptz - $2::interval) as resolution_median_s
from support_cases
where resolved_at is null or resolved_at > $1::timestamptz - $2::interval
   or opened_at > $1::timestamptz - $2::interval
   or first_answered_at > $1::timestamptz - $2::interval
"""

WAITING_FOR_GROUP: Final = """
select count(*) from support_messages
where state = 'WAITING' and created_at < $1
"""

"""SQL of the messages that follow orders and top-ups.

Rows are compared, and no event is needed: whatever was missed is found by the next look.
"""

from typing import Final

# A revision is the order's version, and within it how much of the time is over: $steps seconds
# before the end. It grows with whatever somebody should see.
_STEPS: Final = """(case when o.status in ('WAITING', 'RECEIVED') and o.expires_at is not null then (
    select count(*) from unnest(array[600, 300, 120, 60]) left_s
    where o.expires_at <= now() + make_interval(secs => left_s)) else 0 end)"""

_REVISION: Final = f"(o.version::bigint * 8 + {_STEPS})"

# Whose chat is open, and who wants to hear of orders. Orders of programs are the programs'. Of what
# has ended without a word, only what is young and was placed while the chat was open is worth one.
_WANTED: Final = """(o.api_key_id is null and c.notify_orders and (
        o.status in ('WAITING', 'RECEIVED')
        or o.ended_at > now() - interval '1 hour' and o.created_at >= c.started_at))"""

# A code of what ended long ago is no news: its owner may look at the order without being rung at.
_WANTS_CODES: Final = f"""({_WANTED} or o.api_key_id is null and c.notify_orders
        and d.id is not null and o.ended_at > now() - interval '1 hour')"""

_COLUMNS: Final = f"""
select o.id, c.telegram_id, {_REVISION} as revision, o.version, o.sms_count,
    o.purged_at is not null as is_purged, {_WANTS_CODES} as wants_codes, now() as at,
    d.id is not null or {_WANTED} as has_live, d.revision as known_revision,
    coalesce(d.state in ('GONE', 'FAILED'), false) as was_refused,
    coalesce(d.state = 'FAILED', false) as has_failed
"""

# One by one (lateral, limit): however many messages there are, it costs what the orders cost.
_BESIDE: Final = """
join telegram_chats c on c.user_id = o.user_id and c.state = 'OPEN'
left join lateral (select * from deliveries where key = 'order:' || o.id limit 1) d on true
where o.phone is not null
"""

_TOLD: Final = f"{_COLUMNS} from orders o {_BESIDE}"

# What was begun is followed to its end, whatever somebody wants by then: it may hold a code.
_BEGUN: Final = f"""(d.id is not null or {_WANTED} or exists (
    select from deliveries s where s.subject_id = o.id and s.kind = 'order.shown'))"""

CHANGED: Final = f"{_TOLD} and {_BEGUN} and o.id = any($1::text[]) order by o.id"

# What is open, and its message says less than is so: it may have met a chat that was blocked, and is
# open again. The fence (offset) has the few that are open read first, and not all orders by their id.
BEHIND: Final = f"""
{_COLUMNS}
from (select * from orders where status in ('WAITING', 'RECEIVED') offset 0) o {_BESIDE}
  and (d.id is null and {_WANTED} or d.revision < {_REVISION} or d.state = 'GONE')
order by o.id limit $1
"""

# Orders that have ended, or were forgotten, and whose messages do not say so yet. Of those that ended
# lately, whatever was missed is found at once. $1: minutes.
ENDED_LATELY: Final = """
select e.id from orders e
where e.ended_at > now() - make_interval(mins => $1) and e.purged_at is null and exists (
    select from deliveries f
    where f.subject_id = e.id and f.kind in ('order.live', 'order.shown')
      and (f.revision < e.version::bigint * 8 or f.state = 'GONE'))
order by e.id
"""

# Of all others, messages are walked through by their age, so many at a time: nobody compares all of
# them with all orders. $1: after which moment, $2: how many.
WALK: Final = """
with walked as materialized (
    select subject_id, revision, state, created_at from deliveries
    where kind in ('order.live', 'order.shown') and created_at > $1
    order by created_at fetch first $2 rows with ties
)
select max(w.created_at) as until, count(*) as passed,
    array_agg(distinct e.id) filter (
        where w.revision < e.version::bigint * 8 or w.state = 'GONE') as behind
from walked w left join lateral (
    select id, version from orders where id = w.subject_id and ended_at is not null limit 1) e on true
"""

# Likewise, of up to 30 days, for so long deliveries are known: who blocked the bot for a week, and
# what Telegram refused. That is tried each hour, at most seven times: a further revision of the
# order's, eight above, is never covered by them.
LEFT: Final = f"""
{_TOLD} and {_BEGUN} and o.id in (
    select f.subject_id from deliveries f
    join orders e on e.id = f.subject_id
    where f.kind in ('order.live', 'order.shown', 'order.sms') and f.state in ('GONE', 'FAILED')
      and f.created_at > now() - interval '30 days' and f.message_id is not null
      and e.purged_at is not null and f.error is distinct from 'nothing to delete'
      and (f.state = 'GONE' or f.settled_at < now() - interval '1 hour'
        and f.revision < case when f.kind = 'order.sms' then 9 else e.version::bigint * 8 + 7 end))
order by o.id limit $1
"""

# A message whose sending had an unknown end is there: a button of it was pressed. It is followed
# again, unless it is another one's that we know.
FOUND: Final = """
update deliveries set state = 'QUEUED', message_id = $3, settled_at = null, error = null,
    not_before = now(), expires_at = null, attempts = 0
where id = (
    select d.id from deliveries d
    where d.subject_id = $1 and d.recipient = $2 and d.kind in ('order.live', 'order.shown')
      and d.state = 'UNKNOWN' and d.message_id is null
      and not exists (select from deliveries o
        where o.subject_id = $1 and o.recipient = $2 and o.message_id = $3)
    order by d.id limit 1)
"""

# Other messages about an order or a top-up: those that its owner asked for, and of codes. What they
# took away is left alone.
OTHERS: Final = """
select key, kind, recipient, revision, state in ('GONE', 'FAILED') as was_refused,
    state = 'FAILED' as has_failed
from deliveries
where subject_id = $1 and kind = any($2::text[])
  and not (state = 'DROPPED' and error = 'message gone') order by id
"""

# Top-ups that their owner sees in the chat; steps of the window as above.
RECHARGES: Final = """
select r.id, r.version::bigint * 8 + (case when r.status = 'OPEN' then (
        select count(*) from unnest(array[600, 300, 120, 0]) left_s
        where r.closes_at <= now() + make_interval(secs => left_s)) else 0 end) as revision
from recharges r
where r.id = any($1::text[]) order by r.id
"""

OPEN_RECHARGES_SHOWN: Final = """
select distinct r.id from recharges r
join deliveries d on d.subject_id = r.id and d.kind = 'recharge.shown'
where r.status = 'OPEN'
"""

# What is open may be so for months, and that it was told is known for 30 days: younger than this it is
# told, and its key outlives it.
_TOLD_FOR: Final = "interval '25 days'"

# Money facts of whoever wants to hear of them, and did not yet. $1: seconds that one may be old.
RECHARGE_FACTS: Final = f"""
select r.id, r.status, c.telegram_id
from recharges r
join telegram_chats c on c.user_id = r.user_id and c.state = 'OPEN' and c.notify_money
where (r.status = 'IN_REVIEW' and r.created_at > now() - {_TOLD_FOR}
       or r.settled_at > now() - make_interval(secs => $1))
  and r.status in ('IN_REVIEW', 'CREDITED', 'REFUNDED', 'DISMISSED')
  and (r.status = 'IN_REVIEW' or r.settled_at >= c.started_at)
  and not exists (
    select from deliveries d where d.key = 'recharge:' || r.id || ':' || r.status)
order by r.id limit $2
"""

WITHDRAWAL_FACTS: Final = f"""
select step.id, step.shown, step.telegram_id
from (
    select w.id, c.telegram_id, case
        when w.status = 'APPROVED' and p.status <> 'QUEUED' then p.status else w.status
        end as shown -- as withdrawals.statuses.shown_status has it
    from withdrawals w
    join telegram_chats c on c.user_id = w.user_id and c.state = 'OPEN' and c.notify_money
    left join payouts p
        on p.kind = 'WITHDRAWAL' and p.subject_id = w.id and p.status <> 'CANCELLED'
    where (w.status in ('REQUESTED', 'APPROVED')
           and coalesce(w.approved_at, w.created_at) > now() - {_TOLD_FOR}
           or w.ended_at > now() - make_interval(secs => $1))
      and coalesce(w.ended_at, w.approved_at, w.created_at) >= c.started_at
      -- What was confirmed in the chat says so itself, in the message that asked: if that is there.
      and not (w.status = 'REQUESTED' and exists (
        select from withdrawal_confirmations q
        left join deliveries d on d.key = 'withdrawal-asked:' || q.id
        where q.user_id = w.user_id and q.request_key = w.request_key
            and q.decision = 'CONFIRMED' and (q.withdrawal_id is null
                or d.state in ('QUEUED', 'SENDING', 'SENT'))))
) step
where step.shown = any($3::text[]) and not exists (
    select from deliveries d where d.key = 'withdrawal:' || step.id || ':' || step.shown)
order by step.id limit $2
"""

# Once a day, of the day before.
COMMISSION_FACTS: Final = """
select e.referrer_id as user_id, e.day, c.telegram_id
from referral_days e
join telegram_chats c on c.user_id = e.referrer_id and c.state = 'OPEN' and c.notify_money
where e.day = (now() at time zone 'UTC')::date - 1 and e.earned_micro > 0
  and c.started_at <= now() - interval '1 day'
  and not exists (
    select from deliveries d where d.key = 'commission:' || e.referrer_id || ':' || e.day)
order by e.referrer_id limit $1
"""

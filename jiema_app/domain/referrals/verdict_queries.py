"""SQL about verdicts. Rows are locked in the order of 0020: an invitation, then purses."""

from typing import Final

_CLAIM: Final = """
select r.user_id, r.referrer_id, r.status, r.created_at, r.clicked_at, r.decided_at,
    r.claws_back, now() as now,
    exists (select from commissions c where c.buyer_id = r.user_id) as has_order
from referrals r
where r.judge_at <= now() and r.status {judged}
order by r.judge_at limit 1 for update skip locked
"""

# First orders go first: somebody waits for what they earn.
CLAIMS: Final = (_CLAIM.format(judged="= 'NEW'"), _CLAIM.format(judged="<> 'NEW'"))

LOCK: Final = """
select r.user_id, r.referrer_id, r.status, r.claws_back from referrals r
where r.user_id = $1 for update
"""

# $2 status, $3 score, $4 reason, $5 whether it takes back, $6 when to ask again.
SET_VERDICT: Final = """
with before as (select user_id, status from referrals where user_id = $1)
update referrals r
set status = $2, score = $3, hold_reason = $4, claws_back = $5, judge_at = $6, judged_at = now()
from before where r.user_id = before.user_id
returning case when before.status <> $2 then pg_notify('commission_changed', r.referrer_id) end
"""

# As SET_VERDICT, by a person.
SET_DECISION: Final = """
update referrals set status = $2, score = 0, hold_reason = $3, claws_back = $4, judge_at = null,
    decided_at = now(), decided_by = $5
where user_id = $1
returning pg_notify('commission_changed', referrer_id)
"""

NOT_DUE: Final = "update referrals set judge_at = null where user_id = $1"

JUDGE_SOON: Final = "update referrals set judge_at = now() where user_id = $1"

JUDGE_LATER: Final = """
update referrals set judge_at = now() + make_interval(secs => $2) where user_id = $1
"""

# $1 buyer, $2 referrer, $3 statuses it has, $4 the one it gets, $5 why, $6 who decided, $7 at most.
SETTLE_ALL: Final = """
select count(*) as number, count(*) filter (where is_settled) as settled
from (
    select commission_settle(due.order_id, $4, $5, $6) as is_settled
    from (
        select order_id from commissions
        where buyer_id = $1 and referrer_id = $2 and status = any($3::text[])
        order by order_id limit $7
    ) due
) done
"""

NOTE_LINK: Final = "insert into referral_changes (user_id, is_link) values ($1, true)"

NOTE_CHANGE: Final = "select referral_note_change($1)"

# One user's changes at a time. Who takes them has them alone.
TAKE_CHANGES: Final = """
with next as (
    select user_id from referral_changes order by id limit 1 for update skip locked
), taken as (
    delete from referral_changes where id in (
        select c.id from referral_changes c join next on next.user_id = c.user_id
        order by c.id limit 1000 for update of c skip locked)
    returning user_id, is_link
)
select user_id, bool_or(is_link) as is_link from taken group by user_id
"""

# $1 users. Always in one order, so that two who do it wait for each other at most.
JUDGE_THESE: Final = """
update referrals r set judge_at = now()
from (
    select user_id from referrals
    where user_id = any($1::text[]) and status <> 'DENIED' order by user_id for update
) due
where r.user_id = due.user_id
"""

# Of a whole link. Those without an order are judged with their first one anyway.
JUDGE_LINK: Final = """
update referrals r set judge_at = now()
from (
    select user_id from referrals
    where referrer_id = $1 and status in ('ACTIVE', 'HELD') order by user_id for update
) due
where r.user_id = due.user_id
"""

# $1: an id that all orders since then come after, $2: the day.
ACTIVE_LINKS: Final = """
select distinct referrer_id from commissions where order_id >= $1
union
select distinct referrer_id from referral_days where day >= $2
"""

"""SQL about invitations and commission. What changes commission is in the database: see 0020."""

from typing import Final

FIND_REFERRER: Final = """
select id from users
where referral_code = $1 and banned_at is null and not referral_is_suspended(id)
"""

BIND: Final = """
with bound as (
    insert into referrals (user_id, referrer_id, source, status, pseudonym, pending_account_id,
                           commission_account_id, judge_at, clicked_at)
    values ($1, $2, $3, 'NEW', $4, $5, $6, now(), $7)
    returning referrer_id
), counted as (
    insert into referral_days as d (referrer_id, day, sign_ups)
    select referrer_id, (now() at time zone 'UTC')::date, 1 from bound
    on conflict (referrer_id, day) do update set sign_ups = d.sign_ups + 1
)
select pg_notify('commission_changed', referrer_id) from bound
"""

SETTLE: Final = "select commission_settle($1, $2, $3, $4)"

COMMISSION: Final = """
select c.order_id, c.referrer_id, c.buyer_id, c.amount_micro, c.status, c.reason, c.created_at,
    c.decided_at
from commissions c where c.order_id = $1
"""

# The request's key comes first: the same form sent twice is one move.
MOVE: Final = """
insert into commission_moves (id, user_id, amount_micro, request_key) values ($1, $2, $3, $4)
on conflict (user_id, request_key) do nothing returning id
"""

MOVED: Final = """
select id, amount_micro from commission_moves where user_id = $1 and request_key = $2
"""

IS_BANNED: Final = "select banned_at is not null from users where id = $1"

INVITED: Final = "select count(*) from referrals where referrer_id = $1"

AUDIT: Final = """
insert into audit_records (actor, action, subject_id, details) values ($1, $2, $3, $4)
"""

TERMS: Final = """
select id, commission_bp, actor, note, created_at from referral_terms order by id desc limit 1
"""

TERMS_HISTORY: Final = """
select id, commission_bp, actor, note, created_at from referral_terms order by id desc limit 100
"""

SET_TERMS: Final = """
with added as (
    insert into referral_terms (commission_bp, actor, note) values ($1, $2, $3) returning id
), audited as (
    insert into audit_records (actor, action, subject_id, details)
    select $2::text, 'referral.terms', id::text,
        jsonb_build_object('commissionBp', $1::int, 'note', $3::text) from added
)
select id, pg_notify('terms_changed', '') from added
"""

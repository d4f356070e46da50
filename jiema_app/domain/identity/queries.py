"""SQL about people. Every change of standing tells the processes that cache it."""

from typing import Final

CREATE: Final = """
insert into users (id, display_name, lang, referral_code) values ($1, $2, $3, $4)
"""

ACCOUNT: Final = """
select u.id, u.display_name, u.lang, u.referral_code, b.balance_micro,
       u.banned_at is not null as is_banned
from users u
join ledger_accounts a on a.user_id = u.id and a.kind = 'user:spending'
join ledger_balances b on b.account_id = a.id
where u.id = $1
"""

RENAME: Final = "update users set display_name = $2 where id = $1 returning id"

SET_LANG: Final = "update users set lang = $2 where id = $1 returning id"

BAN: Final = """
with banned as (
    update users set banned_at = coalesce(banned_at, now()), ban_reason = $3,
                     session_version = session_version + 1
    where id = $1 returning id
), signed_out as (
    update web_sessions s set revoked_at = now() from banned
    where s.user_id = banned.id and s.revoked_at is null
), audited as (
    insert into audit_records (actor, action, subject_id, details)
    select $2, 'user.ban', id, jsonb_build_object('reason', $3::text) from banned
)
select id, pg_notify('credentials_changed', id) from banned
"""

UNBAN: Final = """
with unbanned as (
    update users set banned_at = null, ban_reason = null where id = $1 returning id
), audited as (
    insert into audit_records (actor, action, subject_id, details)
    select $2, 'user.unban', id, jsonb_build_object('reason', $3::text) from unbanned
)
select id, pg_notify('credentials_changed', id) from unbanned
"""

GRANT: Final = """
with granted as (
    update users set role = $2 where id = $1 returning id
), audited as (
    insert into audit_records (actor, action, subject_id, details)
    select $3, 'user.grant', id, jsonb_build_object('role', $2::text) from granted
)
select id from granted
"""

AUDIT: Final = """
insert into audit_records (actor, action, subject_id, details) values ($1, $2, $3, $4)
"""

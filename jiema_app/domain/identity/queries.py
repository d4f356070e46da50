"""SQL about people. Every change of standing tells the processes that cache it."""

from typing import Final

CREATE: Final = """
insert into users (id, display_name, lang, referral_code, referrer_id)
values ($1, $2, $3, $4, $5)
"""

# Most people have one purse; who invited somebody has four. One walk along the index finds them.
_ACCOUNTS: Final = """
select u.id, u.display_name, u.lang, u.referral_code, purses.balance_micro,
       coalesce(purses.commission_micro, 0) as commission_micro,
       coalesce(purses.pending_commission_micro, 0) as pending_commission_micro,
       u.banned_at is not null as is_banned
from users u
cross join lateral (
    select max(b.balance_micro) filter (where a.kind = 'user:spending') as balance_micro,
        max(b.balance_micro) filter (where a.kind = 'user:commission') as commission_micro,
        max(b.balance_micro) filter (where a.kind = 'user:commission_pending')
            as pending_commission_micro
    from ledger_accounts a join ledger_balances b on b.account_id = a.id where a.user_id = u.id
) purses
"""

ACCOUNT: Final = f"{_ACCOUNTS} where u.id = $1"

EACH_ACCOUNT: Final = f"{_ACCOUNTS} where u.id = any($1::text[])"

RENAME: Final = "update users set display_name = $2 where id = $1 returning id"

# Only a change is one: nothing is written, and nobody told, for a language that is there already.
SET_LANG: Final = """
with changed as (
    update users set lang = $2 where id = $1 and lang <> $2
    returning pg_notify('credentials_changed', id)
)
select id, (select count(*) from changed) from users where id = $1
"""

BAN: Final = """
with banned as (
    update users set banned_at = coalesce(banned_at, now()), ban_reason = $3,
                     session_version = session_version + 1
    where id = $1 returning id
), signed_out as (
    update web_sessions s set revoked_at = now() from banned
    where s.user_id = banned.id and s.revoked_at is null
), unproved as (
    delete from admin_tokens t using banned where t.user_id = banned.id
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
), unproved as (
    delete from admin_tokens t using granted where t.user_id = granted.id and $2 <> 'admin'
), audited as (
    insert into audit_records (actor, action, subject_id, details)
    select $3, 'user.grant', id, jsonb_build_object('role', $2::text) from granted
)
select id from granted
"""

# The user's row is locked, so that a ban or another role of the same moment ends the token too.
ISSUE_PROOF: Final = """
with admin as (
    select id from users where id = $1 and role = 'admin' and banned_at is null for update
), issued as (
    insert into admin_tokens (user_id, token_hash) select id, $2 from admin
    on conflict (user_id) do update set token_hash = excluded.token_hash, created_at = now()
    returning user_id
), audited as (
    insert into audit_records (actor, action, subject_id, details)
    select $3, 'admin.token', user_id, '{}'::jsonb from issued
)
select user_id from issued
"""

IS_PROOF: Final = """
select exists (
    select from admin_tokens t join users u on u.id = t.user_id
    where t.user_id = $1 and t.token_hash = $2 and u.role = 'admin' and u.banned_at is null)
"""

ADMINISTRATOR_ON_TELEGRAM: Final = """
select u.id from identities i join users u on u.id = i.user_id
where i.provider = 'telegram' and i.subject = $1::bigint::text
  and u.role = 'admin' and u.banned_at is null
"""

ARE_PROOFS: Final = """
select exists (
    select from admin_tokens t join users u on u.id = t.user_id
    where u.role = 'admin' and u.banned_at is null)
"""

AUDIT: Final = """
insert into audit_records (actor, action, subject_id, details) values ($1, $2, $3, $4)
"""

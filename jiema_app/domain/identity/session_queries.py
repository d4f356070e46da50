"""SQL about signed-in browsers. Whatever ends one tells the processes that remember it."""

from typing import Final

# Who has too many loses those that were used least lately. The newest is not among those that are
# looked at: it is there once the statement is over.
OPEN: Final = """
with opened as (
    insert into web_sessions
        (jti, user_id, device, created_at, last_seen_at, expires_at, absolute_expires_at)
    select $1, u.id, $3, $4, $4, $5, $6 from users u where u.id = $2 and u.banned_at is null
    for no key update -- two that close the same browsers would wait for each other
    returning user_id
), closed as (
    update web_sessions set revoked_at = $4
    from opened
    where jti in (
        select jti from web_sessions
        where user_id = $2 and revoked_at is null and expires_at > $4
        order by last_seen_at desc, jti desc offset $7
    )
    returning pg_notify('credentials_changed', web_sessions.user_id)
)
select u.session_version, (select count(*) from closed)
from users u join opened on opened.user_id = u.id
"""

FIND_EACH: Final = """
select s.jti, s.user_id, s.created_at, s.last_seen_at, s.absolute_expires_at, u.session_version,
       u.display_name, u.lang, u.role, a.id as account_id
from web_sessions s
join users u on u.id = s.user_id
join ledger_accounts a on a.user_id = u.id and a.kind = 'user:spending'
where s.jti = any($1::text[])
  and s.revoked_at is null and u.banned_at is null and s.expires_at > $2
"""

# What somebody else is just changing is seen again soon: nobody waits for it, nor for each other.
TOUCH: Final = """
update web_sessions set last_seen_at = $2
where jti in (
    select jti from web_sessions where jti = any($1::text[]) and last_seen_at < $3
    for no key update skip locked
)
"""

# The moment never goes back: two tabs may renew at once.
RENEW: Final = """
update web_sessions
set last_seen_at = $2, expires_at = least(greatest(expires_at, $3), absolute_expires_at)
where jti = $1 and revoked_at is null
returning expires_at
"""

LIST: Final = """
select s.jti, s.device, s.created_at, s.last_seen_at, s.expires_at
from web_sessions s
where s.user_id = $1 and s.revoked_at is null and s.expires_at > $2
order by s.last_seen_at desc, s.jti
limit $3
"""

CLOSE: Final = """
with closed as (
    update web_sessions set revoked_at = $3
    where user_id = $1 and jti = $2 and revoked_at is null returning user_id, device
), launches as (
    -- Whoever was signed out there has perhaps opened it by several: none lets in again. A
    -- user's version is never below 0.
    update mini_app_launches l set session_version = -1
    from closed where l.user_id = closed.user_id and closed.device = $4
), questions as (
    update withdrawal_confirmations q
    set decision = 'SIGNED_OUT', decided_at = now(), sealed = null, revision = revision + 1
    from closed where q.user_id = closed.user_id and closed.device = $4 and q.decided_at is null
)
select pg_notify('credentials_changed', user_id) from closed
"""

CLOSE_ALL: Final = """
with person as (
    update users set session_version = session_version + 1 where id = $1 returning id
), closed as (
    update web_sessions s set revoked_at = $2 from person
    where s.user_id = person.id and s.revoked_at is null
), questions as (
    -- What a Mini App has asked in the chat. Its message is taken out by the worker's next look.
    update withdrawal_confirmations q
    set decision = 'SIGNED_OUT', decided_at = now(), sealed = null, revision = revision + 1
    from person where q.user_id = person.id and q.decided_at is null
)
select pg_notify('credentials_changed', id) from person
"""

SWEEP: Final = (
    # A row tells its owner where they were signed in; once it is over it tells nobody anything, but
    # that a launch of the Mini App, which may be a day old, was signed out.
    """delete from web_sessions
    where revoked_at is null and expires_at < now() or revoked_at < now() - interval '1 day'""",
    "delete from login_links where expires_at < now()",
    "delete from used_sign_ins where expires_at < now()",
    "delete from mini_app_launches where expires_at < now()",
)

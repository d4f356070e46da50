"""SQL about API keys."""

from typing import Final

# The user's row is locked first, so that two creations cannot both see the tenth place free.
LOCK_OWNER: Final = "select id from users where id = $1 for update"

COUNT_ACTIVE: Final = "select count(*) from api_keys where user_id = $1 and revoked_at is null"

CREATE: Final = """
insert into api_keys (id, user_id, name, prefix, token_hash) values ($1, $2, $3, $4, $5)
returning id, name, prefix, created_at, last_used_at, revoked_at
"""

LIST: Final = """
select id, name, prefix, created_at, last_used_at, revoked_at
from api_keys where user_id = $1 and revoked_at is null order by id desc
"""

LIST_ALL: Final = """
select id, name, prefix, created_at, last_used_at, revoked_at
from api_keys where user_id = $1
order by revoked_at is not null, revoked_at desc, id desc limit $2
"""

REVOKE: Final = """
with revoked as (
    update api_keys set revoked_at = now()
    where id = $1 and user_id = $2 and revoked_at is null returning user_id
)
select pg_notify('credentials_changed', user_id) from revoked
"""

AUTHENTICATE: Final = """
select k.id as key_id, k.user_id, a.id as account_id, u.banned_at is not null as is_banned
from api_keys k
join users u on u.id = k.user_id
join ledger_accounts a on a.user_id = k.user_id and a.kind = 'user:spending'
where k.token_hash = $1 and k.revoked_at is null
"""

TOUCH: Final = """
update api_keys set last_used_at = now()
where id = any($1::text[]) and (last_used_at is null or last_used_at < now() - interval '50 s')
"""

"""SQL about identities, one-time links, and who brought whom."""

from typing import Final

LOCK_IDENTITY: Final = "select pg_advisory_xact_lock(hashtextextended($1, 0))"

FIND: Final = """
select i.user_id, u.banned_at is not null as is_banned
from identities i join users u on u.id = i.user_id
where i.provider = $1 and i.subject = $2
"""

KEEP_IDENTITY: Final = """
insert into identities (provider, subject, issuer, user_id) values ($1, $2, $3, $4)
"""

ACCEPT_ONCE: Final = """
insert into used_sign_ins (assertion_hash, expires_at) values ($1, $2)
on conflict do nothing returning expires_at
"""

MAKE_LINK: Final = """
insert into login_links (token_hash, user_id, expires_at)
select $1, id, $3 from users where id = $2 returning user_id
"""

USE_LINK: Final = """
update login_links set used_at = $2
where token_hash = $1 and used_at is null and expires_at > $2 returning user_id
"""

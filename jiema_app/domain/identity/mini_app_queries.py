"""SQL about the Mini App: its launches, and the one session that each user has for it."""

from typing import Final

# As ``session_queries.OPEN``. All of somebody's Mini Apps are one session, as long as one is used:
# its row is used again, and it lasts an hour from now.
OPEN: Final = """
with person as (
    select id, session_version from users where id = $2 and banned_at is null for no key update
), renewed as (
    update web_sessions set last_seen_at = $4, expires_at = $5, absolute_expires_at = $5
    where jti = (
        select s.jti from web_sessions s join person on person.id = s.user_id
        where s.device = $3 and s.revoked_at is null and s.expires_at > $4
        order by s.created_at limit 1
    )
    returning jti
), opened as (
    insert into web_sessions
        (jti, user_id, device, created_at, last_seen_at, expires_at, absolute_expires_at)
    select $1, person.id, $3, $4, $4, $5, $5 from person where not exists (select from renewed)
    returning jti
)
select person.session_version, coalesce((select jti from renewed), (select jti from opened)) as jti
from person
"""

FIND_LAUNCH: Final = """
select l.user_id, l.agent_hash, l.country, l.key_hashes,
       s.revoked_at is not null or u.session_version <> l.session_version as is_over
from mini_app_launches l
join users u on u.id = l.user_id
left join web_sessions s on s.jti = l.jti
where l.digest = $1
for update of l
"""

KEEP_LAUNCH: Final = """
insert into mini_app_launches
    (digest, user_id, session_version, jti, agent_hash, country, key_hashes, first_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (digest) do update set jti = excluded.jti, key_hashes = excluded.key_hashes
"""

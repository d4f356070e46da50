"""SQL of announcements."""

from typing import Final

COLUMNS: Final = """a.id, a.texts, a.revision, a.actor, a.publish_at, a.withdrawn_at, a.created_at,
    coalesce(a.message_id, v.message_id) as message_id, v.state as delivery_state,
    v.sent_revision"""

_JOINED: Final = """
from announcements a left join deliveries v on v.key = 'announcement:' || a.id
"""

LOCK: Final = "select pg_advisory_xact_lock(hashtextextended('announcements', 0))"

IS_REPEATED: Final = """
select id from announcements
where texts = $1 and withdrawn_at is null and created_at > $2 order by id desc limit 1
"""

WRITE: Final = """
insert into announcements (id, texts, actor, publish_at) values ($1, $2, $3, $4)
"""

FIND: Final = f"select {COLUMNS} {_JOINED} where a.id = $1"

NEWEST: Final = f"select {COLUMNS} {_JOINED} order by a.created_at desc limit $1"

EDIT: Final = """
update announcements set texts = $2, revision = revision + 1
where id = $1 and withdrawn_at is null
returning revision, publish_at
"""

WITHDRAW: Final = """
update announcements set withdrawn_at = $2, revision = revision + 1
where id = $1 and withdrawn_at is null returning id
"""

POSTED: Final = """
update announcements set message_id = $2 where id = $1
returning withdrawn_at is not null as is_withdrawn
"""

# Without its delivery, which is forgotten in time, it would be posted anew.
SAY_WITHDRAWN: Final = """
update announcements a set revision = revision + 1
where id = $1 and withdrawn_at is not null and exists (
    select from deliveries v where v.key = 'announcement:' || a.id and v.message_id is not null)
returning revision, publish_at
"""

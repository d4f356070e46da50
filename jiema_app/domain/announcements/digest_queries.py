"""SQL of what the channel was told of prices and stock."""

from typing import Final

NOTED: Final = """service_code, country_id, price_cents, is_stocked, left_at, told_at,
    seen_price_cents, seen_stocked, seen_since"""

LAST_LOOK: Final = "select looked_at from channel_looks where id = 1"

# Whoever has lost the job and does not know it yet finds another's look here.
LOCK_LOOK: Final = "select looked_at from channel_looks where id = 1 for update"

LOOKED: Final = """
insert into channel_looks (id, looked_at) values (1, $1)
on conflict (id) do update set looked_at = excluded.looked_at
"""

KNOWN_SERVICES: Final = "select service_code from channel_services"

KNOW_SERVICES: Final = """
insert into channel_services (service_code, noted_at)
select code, $2 from unnest($1::text[]) code on conflict do nothing
"""

ROUTES: Final = f"select {NOTED} from channel_routes where service_code = any($1::text[])"

MOVING: Final = f"select {NOTED} from channel_routes where seen_since is not null"

NOTE: Final = f"""
insert into channel_routes ({NOTED})
select * from unnest(
    $1::text[], $2::integer[], $3::integer[], $4::boolean[], $5::timestamptz[],
    $6::timestamptz[], $7::integer[], $8::boolean[], $9::timestamptz[])
on conflict (service_code, country_id) do update set
    price_cents = excluded.price_cents, is_stocked = excluded.is_stocked,
    left_at = excluded.left_at, told_at = excluded.told_at,
    seen_price_cents = excluded.seen_price_cents, seen_stocked = excluded.seen_stocked,
    seen_since = excluded.seen_since
"""

# Called: when Telegram was last given it; one may have waited for hours.
LAST_DIGEST: Final = """
select d.id, d.revision, d.items, d.more, d.created_at, v.state,
    coalesce(v.message_id is not null, false) as is_posted,
    greatest(d.created_at, v.claimed_at) as called_at
from channel_digests d left join deliveries v on v.key = 'digest:' || d.id
order by d.id desc limit 1
"""

DIGESTS_OF_DAY: Final = "select count(*) from channel_digests where day = $1"

BEGIN_DIGEST: Final = """
insert into channel_digests (day, items, more, created_at) values ($1, $2, $3, $4)
returning id, revision
"""

CONTINUE_DIGEST: Final = """
update channel_digests set items = $2, more = $3, revision = revision + 1
where id = $1 returning id, revision
"""

DIGEST: Final = "select items, more from channel_digests where id = $1"

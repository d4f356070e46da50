"""SQL of the chats."""

from typing import Final

COLUMNS: Final = """telegram_id, user_id, state, language_code, mode, place_checked_at,
    notify_orders, notify_money, quiet_from, quiet_until, utc_offset_minutes,
    started_at, blocked_at"""

FIND: Final = f"select {COLUMNS} from telegram_chats where telegram_id = $1"

FIND_OF_USER: Final = f"select {COLUMNS} from telegram_chats where user_id = $1"

OPEN: Final = f"""
insert into telegram_chats as c (telegram_id, state, language_code, started_at, user_id)
values ($1, 'OPEN', $2, now(),
    (select user_id from identities where provider = 'telegram' and subject = $1::bigint::text))
on conflict (telegram_id) do update set
    state = 'OPEN', blocked_at = null, language_code = coalesce($2, c.language_code),
    started_at = coalesce(c.started_at, now()), user_id = coalesce(c.user_id, excluded.user_id),
    updated_at = now()
returning {COLUMNS}
"""

BLOCK: Final = """
update telegram_chats set state = 'BLOCKED', blocked_at = now(), updated_at = now()
where telegram_id = $1 and state <> 'BLOCKED'
"""

BIND: Final = """
insert into telegram_chats as c (telegram_id, user_id) values ($1, $2)
on conflict (telegram_id) do update set user_id = excluded.user_id, updated_at = now()
where c.user_id is distinct from excluded.user_id
"""

NOTE_PLACE: Final = """
insert into telegram_chats as c (telegram_id, user_id, place_checked_at)
select i.subject::bigint, i.user_id, now() from identities i
where i.user_id = $1 and i.provider = 'telegram'
on conflict (telegram_id) do update set
    place_checked_at = now(), user_id = excluded.user_id, updated_at = now()
where c.place_checked_at is null or c.place_checked_at < now() - interval '1 hour'
"""

FORGET_PLACE: Final = """
update telegram_chats set place_checked_at = null, updated_at = now()
where (user_id = $1 or telegram_id = $2) and place_checked_at is not null
"""

SET_MODE: Final = """
update telegram_chats set mode = $2, updated_at = now()
where telegram_id = $1 and mode is distinct from $2
"""

CHOOSE: Final = """
update telegram_chats set
    notify_orders = coalesce($2, notify_orders), notify_money = coalesce($3, notify_money),
    updated_at = now()
where telegram_id = $1
"""

SET_QUIET: Final = """
update telegram_chats
set quiet_from = $2, quiet_until = $3, utc_offset_minutes = $4, updated_at = now()
where telegram_id = $1
"""

# Names of channels are no numbers, and nobody of these.
ELSEWHERE: Final = r"""
with wanted as (
    select recipient, recipient::bigint as number
    from unnest($1::text[]) recipient where recipient ~ '^-?[0-9]{1,18}$'
)
select recipient, null as elsewhere from wanted join telegram_chats on telegram_id = number
where state = 'BLOCKED'
union all
select recipient, new_id::text from wanted join telegram_moves on old_id = number
"""

# Whether somebody opened their chat after a moment, or did anything else here: that they had blocked
# the bot at that moment says nothing any more.
WAS_HEARD_SINCE: Final = r"""
select state = 'OPEN' and updated_at > $2 from telegram_chats
where telegram_id = case when $1::text ~ '^[0-9]{1,18}$' then $1::text::bigint end
for update
"""

BLOCK_RECIPIENT: Final = r"""
update telegram_chats set state = 'BLOCKED', blocked_at = now(), updated_at = now()
where telegram_id = case when $1::text ~ '^[0-9]{1,18}$' then $1::text::bigint end
    and state <> 'BLOCKED'
"""

# Where somebody is now, they have not moved from: moves lead in no circle.
MOVE: Final = """
with back as (
    delete from telegram_moves where old_id = $2::text::bigint and $1::text <> $2::text
)
insert into telegram_moves (old_id, new_id)
select $1::text::bigint, $2::text::bigint where $1::text <> $2::text
on conflict (old_id) do update set new_id = excluded.new_id
"""

MOVED_TO: Final = """
with recursive moved as (
    select new_id, 1 as step from telegram_moves where old_id = $1
    union all
    select m.new_id, step + 1 from moved join telegram_moves m on m.old_id = moved.new_id
    where step < 10
)
select new_id from moved order by step desc limit 1
"""

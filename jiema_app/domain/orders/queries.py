"""The orders' SQL. A change of state is one statement that compares before it sets.

Where an order and its money change together, ``ledger_post`` is part of the statement, so
there is no moment at which one has happened without the other.

Whoever writes a text or a number asks for ``purged_at is null``: what is forgotten once is not
looked at again, so whatever came later would stay for good.
"""

from itertools import count
from typing import Final

# Every change says which order it was and whose: pages of its owner show it in several places.
ORDER_COLUMNS: Final = """
    o.id, o.user_id, o.status, o.reason, o.service_code, o.country_id, o.price_micro, o.supplier,
    o.activation_id, o.phone, o.sms_count, o.next_sms_count, o.version, o.created_at,
    o.expires_at, o.received_at, o.ended_at, o.purged_at, o.operator,
    case when o.sms_count > 0 then (
        select json_agg(json_build_array(s.body, s.code, s.received_at) order by s.id)::text
        from order_sms s where s.order_id = o.id
    ) end as sms
"""

# What may be sold now, whatever a process remembers of the catalogue. $4 service, $5 country.
_IS_SERVICE_SOLD: Final = """exists (
    select from services s where s.code = {} and s.is_enabled
      and coalesce(s.compliance_override, s.compliance) <> 'denied')"""
_IS_COUNTRY_SOLD: Final = """exists (
    select from countries c where c.id = {} and c.is_enabled and c.compliance <> 'denied')"""

# No order is made for a banned user, beyond the cap, of what is not sold, or twice for one
# idempotency key.
# The count waits for the same user's reservation of the same moment: see its migration.
RESERVE: Final = f"""
with placed as (
    insert into orders (id, user_id, status, service_code, country_id, price_micro,
                        max_price_cents, cost_limit_micro, supplier, idempotency_key,
                        api_key_id, operator)
    select $1, u.id, 'RESERVED', $4, $5, $6, $7, $8, $9, $10, $12, $13
    from users u
    where u.id = $2 and u.banned_at is null and count_open_orders(u.id) < $11
      and {_IS_SERVICE_SOLD.format("$4")} and {_IS_COUNTRY_SOLD.format("$5")}
    on conflict (user_id, idempotency_key) where idempotency_key is not null do nothing
    returning id, user_id, created_at
)
select created_at, ledger_post('order_placed', id, $3, 1, $6) as posted,
    commission_accrue(id, user_id, $6) as earned
from placed
"""

WHY_NOT_RESERVED: Final = f"""
select u.banned_at is not null as is_banned,
    {_IS_SERVICE_SOLD.format("$2")} as is_service_sold,
    {_IS_COUNTRY_SOLD.format("$3")} as is_country_sold,
    (select count(*) from orders o
     where o.user_id = u.id and o.status in ('RESERVED', 'WAITING', 'RECEIVED')) as open_orders,
    (select min(coalesce(o.expires_at, o.created_at)) from orders o
     where o.user_id = u.id and o.status in ('RESERVED', 'WAITING', 'RECEIVED')) as next_end
from users u where u.id = $1
"""

# With what a wish may call them: the catalogue of a process knows only what is sold.
BY_IDEMPOTENCY_KEY: Final = f"""
select o.max_price_cents, array[lower(o.service_code), s.slug] as service_names,
    array[o.country_id::text, c.slug] as country_names, {ORDER_COLUMNS}
from orders o
left join services s on s.code = o.service_code
left join countries c on c.id = o.country_id
where o.user_id = $1 and o.idempotency_key = $2
"""

# A different supplier or cost is tried: written down before the purchase is sent.
REROUTE: Final = """
update orders set supplier = $2, cost_limit_micro = $3 where id = $1 and status = 'RESERVED'
"""

# Refuses a number that failed this buyer for this service before. An end that is over already
# is a mistake of the supplier's clock, and no reason to end the order with it. What the order
# earned is announced here and not where it is placed: of commits that announce, one at a time is
# made, and this one announces anyway.
ACTIVATE: Final = f"""
with activated as (
    update orders o
    set status = 'WAITING', activation_id = $2, phone = $3, phone_hash = $4, cost_micro = $5,
        expires_at = least(
            now() + make_interval(secs => $6), case when $7::timestamptz > now() then $7 end
        ), version = version + 1
    where o.id = $1 and o.status = 'RESERVED' and o.purged_at is null and not exists (
        select from orders past
        where past.user_id = o.user_id and past.phone_hash = $4 and past.sms_count = 0
          and past.service_code = o.service_code and past.ended_at is not null
    )
    returning *
)
select {ORDER_COLUMNS}
from activated o, pg_notify('order_changed', o.id || ' ' || o.user_id),
    lateral (select count(pg_notify('commission_changed', c.referrer_id))
             from commissions c where c.order_id = o.id) told
"""

# The purchase ended without an answer we understood: reconciliation takes over.
MARK_UNKNOWN: Final = """
update orders set purchase_unknown_at = coalesce(purchase_unknown_at, now())
where id = $1 and status = 'RESERVED'
returning pg_notify('order_changed', id || ' ' || user_id)
"""

# Every way of ending an order without a code: money back, number back, and a fact for others.
# $2 status, $3 reason, $4 statuses it may be in, $5 seconds before each supplier cancels, $6 only
# when the window is over. Its idempotency key is free again when no number was had. Nobody speaks
# to a supplier that $5, an object in JSON, does not name: its cancels wait until somebody does.
REFUND: Final = f"""
with ended as (
    update orders
    set status = $2, reason = $3, ended_at = now(), version = version + 1,
        idempotency_key = case when phone is null then null else idempotency_key end
    where id = $1 and status = any($4::text[]) and sms_count = 0
      and (not $6 or expires_at <= now())
    returning *
), cancelling as (
    insert into supplier_tasks (supplier, activation_id, order_id, kind, due_at)
    select supplier, activation_id, id, 'cancel',
        created_at + make_interval(secs => coalesce(($5::text::jsonb ->> supplier)::integer, 0))
    from ended where activation_id is not null
    on conflict (supplier, activation_id, kind) do nothing
), told as (
    insert into outbox_events (topic, subject_id, payload)
    select 'order.ended', id, jsonb_build_object(
        'status', status, 'reason', reason, 'service', service_code, 'country', country_id,
        'seconds', extract(epoch from ended_at - created_at))
    from ended
)
select ledger_post('order_refunded', o.id, 1, a.id, o.price_micro) as posted,
       commission_end(o.id, o.user_id, false) as earned,
       pg_notify('order_changed', o.id || ' ' || o.user_id), {ORDER_COLUMNS}
from ended o
join ledger_accounts a on a.user_id = o.user_id and a.kind = 'user:spending'
"""

# A window that is over with a code. $2: reason, $3: only when the window is over.
COMPLETE: Final = f"""
with ended as (
    update orders
    set status = 'COMPLETED', reason = $2, ended_at = now(), version = version + 1
    where id = $1 and status in ('WAITING', 'RECEIVED') and sms_count > 0
      and (not $3 or expires_at <= now())
    returning *
), finishing as (
    insert into supplier_tasks (supplier, activation_id, order_id, kind, due_at)
    select supplier, activation_id, id, 'finish', now() from ended
    on conflict (supplier, activation_id, kind) do nothing
), told as (
    insert into outbox_events (topic, subject_id, payload)
    select 'order.ended', id, jsonb_build_object(
        'status', status, 'reason', reason, 'service', service_code, 'country', country_id,
        'seconds', extract(epoch from ended_at - created_at))
    from ended
)
select commission_end(o.id, o.user_id, true) as earned,
       pg_notify('order_changed', o.id || ' ' || o.user_id), {ORDER_COLUMNS}
from ended o
"""

GET: Final = f"select {ORDER_COLUMNS} from orders o where o.id = $1"

GET_OWN: Final = f"""
select {ORDER_COLUMNS} from orders o
where o.id = $1 and o.user_id = $2 and o.phone is not null
"""

# Orders of several users: each is given only to whom it was asked for, by the pair.
GET_EACH_OWN: Final = f"""
select {ORDER_COLUMNS}
from unnest($1::text[], $2::text[]) asked (user_id, id)
join orders o on o.id = asked.id and o.user_id = asked.user_id
where o.phone is not null
"""

FIND_OWN: Final = f"""
select {ORDER_COLUMNS} from orders o
where o.id = any($2::text[]) and o.user_id = $1 and o.phone is not null
order by o.id desc
"""

# A user's orders are walked through in an index that begins with the user, for as many steps as
# are asked for. The user is asked for as a range: to "= user order by id" the planner may answer
# with the primary key, and read everybody's orders back to the last ones of this user.
_NEWEST_OWN: Final = """
    select * from orders o
    where o.user_id >= $1 and (o.user_id, o.id) < ($1, coalesce($2::text, '~'))
      and o.phone is not null
    order by o.user_id desc, o.id desc limit {limit}
"""

# Likewise by status: as many of each, of which the newest count.
_NEWEST_OWN_BY_STATUS: Final = """
    select o.*
    from unnest($4::text[]) wanted (status)
    cross join lateral (
        select * from orders o
        where (o.user_id, o.status, o.id) > ($1, wanted.status, '')
          and (o.user_id, o.status, o.id) < ($1, wanted.status, coalesce($2::text, '~'))
          and o.phone is not null and (not $5::boolean or o.sms_count > 0)
        order by o.user_id desc, o.status desc, o.id desc limit {limit}
    ) o
    order by o.id desc limit {limit}
"""

# What several users have open, the newest of each, and how many there are of it.
OPEN_OF_EACH: Final = f"""
select o.open_count, {ORDER_COLUMNS}
from unnest($1::text[]) asked (user_id)
cross join lateral (
    select *, count(*) over () as open_count from orders o
    where o.user_id = asked.user_id and o.status in ('RESERVED', 'WAITING', 'RECEIVED')
      and o.phone is not null
    order by o.id desc limit $2
) o
"""

LIST_OWN: Final = f"""
select {ORDER_COLUMNS} from ({_NEWEST_OWN.format(limit="$3")}) o order by o.id desc
"""

LIST_OWN_BY_STATUS: Final = f"""
select {ORDER_COLUMNS} from ({_NEWEST_OWN_BY_STATUS.format(limit="$3")}) o order by o.id desc
"""

LIST_BOUGHT: Final = """
select distinct service_code, country_id
from (
    select service_code, country_id from orders o
    where o.user_id >= $1 and (o.user_id, o.id) < ($1, '~')
    order by o.user_id desc, o.id desc limit $2
) newest
"""

# Those whose id begins so. $2 ends the page before.
OWN_BY_ID_START: Final = f"""
select {ORDER_COLUMNS} from orders o
where o.user_id >= $1 and (o.user_id, o.id) < ($1, least(coalesce($2::text, '~'), $4 || '~'))
  and (o.user_id, o.id) >= ($1, $4) and o.phone is not null
  and ($5::text[] is null or o.status = any($5)) and (not $6::boolean or o.sms_count > 0)
order by o.user_id desc, o.id desc limit $3
"""

# However long the history, a bounded number of orders is looked at, and the answer says how far that went.
_SEARCH_OWN: Final = f"""
with looked_at as materialized ({{newest}})
select o.*, looked.number as looked_number, looked.last_id as looked_last_id
from (select count(*) as number, min(id) as last_id from looked_at) looked
left join lateral (
    select {ORDER_COLUMNS} from looked_at o where true {{meant}} order by o.id desc limit $3
) o on true
order by o.id desc
"""

# Texts become codes, ids and digits before they come here: there is no pattern to escape.
_TERM: Final = """
  and (o.service_code = any(${}::text[]) or o.country_id = any(${}::integer[])
       or (o.purged_at is null and strpos(o.phone, ${}::text) > 0) or starts_with(o.id, ${}::text))
"""


# The key they were placed with, and between which moments.
_FILTER: Final = """
  and (${0}::text is null or o.api_key_id = ${0})
  and (${1}::timestamptz is null or o.created_at >= ${1})
  and (${2}::timestamptz is null or o.created_at < ${2})
"""


def search_own(terms: int, *, by_status: bool) -> str:
    """One user's orders that are meant by each of so many terms of four arguments.

    After those come the three of the filter.
    """
    newest = _NEWEST_OWN_BY_STATUS if by_status else _NEWEST_OWN
    looked_at = newest.format(limit="$6" if by_status else "$4")
    numbers = count(7 if by_status else 5)
    meant = "".join(_TERM.format(*(next(numbers) for _ in range(4))) for _ in range(terms))
    meant += _FILTER.format(*(next(numbers) for _ in range(3)))
    return _SEARCH_OWN.format(newest=looked_at, meant=meant)


# Orders by status, each up to $2; those that wait for a further code stand apart.
COUNT_OWN: Final = """
select wanted.status, counted.number, counted.received
from unnest($3::text[]) wanted (status)
cross join lateral (
    select count(*) as number, count(*) filter (where sms_count > 0) as received
    from (
        select o.sms_count from orders o
        where (o.user_id, o.status, o.id) > ($1, wanted.status, '')
          and (o.user_id, o.status, o.id) < ($1, wanted.status, '~')
          and o.phone is not null
        order by o.user_id, o.status, o.id limit $2
    ) few
) counted
"""

ASK_NEXT: Final = f"""
with asked as (
    update orders
    set status = 'WAITING', next_sms_count = next_sms_count + 1, version = version + 1
    where id = $1 and user_id = $2 and status = 'RECEIVED' and version = $3
      and expires_at > now()
    returning *
)
select {ORDER_COLUMNS} from asked o, pg_notify('order_changed', o.id || ' ' || o.user_id)
"""

_TAKES_SMS: Final = """o.purged_at is null and (
    o.status in ('WAITING', 'RECEIVED')
    or (o.status = 'COMPLETED' and o.ended_at > now() - make_interval(secs => {grace}))
)"""

LOCK_FOR_SMS: Final = f"""
select next_sms_count, array(
    select s.fingerprint from order_sms s where s.order_id = o.id
) as fingerprints
from orders o
where o.id = $1 and {_TAKES_SMS.format(grace="$2")}
for update
"""

# One SMS, unless it is recorded: no row when the order takes none. Whoever changes the order at
# the same moment is waited for, and looked at again as they left it.
RECORD_SMS: Final = f"""
with taking as (
    select o.id, o.sms_count from orders o
    where o.id = $1 and {_TAKES_SMS.format(grace="$6")}
    for update
), added as (
    insert into order_sms (order_id, fingerprint, body, code, received_at)
    select id, $2, $3, $4, $5 from taking where sms_count < $7
    on conflict (order_id, fingerprint) do nothing
    returning order_id
), noted as (
    update orders o
    set status = case when status = 'WAITING' then 'RECEIVED' else status end,
        sms_count = sms_count + 1, version = version + 1,
        first_sms_at = coalesce(first_sms_at, now()),
        received_at = greatest(coalesce(received_at, $5), $5)
    from added where o.id = added.order_id
    returning o.*
), told as (
    insert into outbox_events (topic, subject_id, payload)
    select 'order.received', id, jsonb_build_object(
        'service', service_code, 'country', country_id, 'ordinal', sms_count,
        'seconds', extract(epoch from now() - created_at))
    from noted
)
select taking.sms_count >= $7 as is_full, noted.id is not null as is_recorded,
       case when noted.sms_count = 1
       then ledger_post('order_received', noted.id, 1, 2, noted.price_micro) end as posted,
       case when noted.id is not null
       then pg_notify('order_changed', noted.id || ' ' || noted.user_id) end as told
from taking left join noted on noted.id = taking.id
"""

# One user's recent record, for the abuse limits.
STANDING: Final = """
select
    count(*) filter (where status = 'CANCELLED' and reason = 'USER'
                     and ended_at > now() - interval '1 hour') as cancels_last_hour,
    min(ended_at) filter (where status = 'CANCELLED' and reason = 'USER'
                     and ended_at > now() - interval '1 hour') as oldest_cancel_at,
    count(*) filter (where status in ('CANCELLED', 'COMPLETED')) as decided_last_day,
    count(*) filter (where sms_count > 0) as successes_last_day
from orders
where user_id = $1 and id > $2
"""

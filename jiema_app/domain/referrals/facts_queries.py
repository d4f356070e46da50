"""SQL that reads what the rules look at.

Each question reads parts of indexes that belong to the two people it is about, and is bounded
where somebody may have made such a part long. No address leaves these questions: what comes back is counts and times.
"""

from typing import Final

USER_MAX: Final = 1_000
"""Payments and withdrawals of one user that are looked at, the newest."""
ADDRESS_MAX: Final = 500
"""Of one address, likewise."""
PEOPLE_MAX: Final = 50
"""Users that may look like one."""

# What speaks for who somebody is: whence they paid, whither it went back, and is paid out.
_ADDRESSES: Final = f"""(
    (select p.from_address as address from payments p
     where p.credited_user_id = {{user}} and p.is_genuine
     order by p.id desc limit {USER_MAX})
    union
    (select p.from_address from recharges c join payments p on p.recharge_id = c.id
     where c.user_id = {{user}} and p.status = 'REFUNDED' and p.is_genuine
     order by c.id desc limit {USER_MAX})
    union
    (select w.address from withdrawals w where w.user_id = {{user}}
     order by w.id desc limit {USER_MAX})
)"""

# Who else pays from an address, or is paid out to it.
_USERS_OF: Final = f"""(
    select distinct near.user_id from (
        (select p.credited_user_id as user_id from payments p
         where p.from_address = {{address}} and p.is_genuine and p.credited_user_id is not null
         order by p.block_number desc limit {ADDRESS_MAX})
        union all
        (select w.user_id from withdrawals w where w.address = {{address}} limit {ADDRESS_MAX})
    ) near
)"""

# $1 who was invited, $2 who invited them. Of each address that speaks for both: how many use it
# who have nothing to do with this link.
SHARED_ADDRESSES: Final = f"""
select (
    select count(*) from {_USERS_OF.format(address="shared.address")} o
    where o.user_id not in ($1, $2)
      and not exists (select from referrals r where r.user_id = o.user_id and r.referrer_id = $2)
) as others
from (
    select address from {_ADDRESSES.format(user="$1")} of_user
    intersect
    select address from {_ADDRESSES.format(user="$2")} of_referrer
) shared
limit 100
"""

_DEVICES: Final = """
    select o.user_id from sign_in_marks m
    join sign_in_marks o on o.device_hash = m.device_hash
    where m.user_id = {user} and m.device_hash is not null
"""

# Accounts that look like one person's. $2: an address of so many is an exchange's.
LIKE: Final = f"""
select distinct user_id from (
    select {{user}}::text as user_id
    union all
    (select distinct user_id from ({_DEVICES}) by_device limit {PEOPLE_MAX})
    union all
    (select near.user_id
     from {_ADDRESSES} own
     cross join lateral (
         select array_agg(user_id) as users from {_USERS_OF.format(address="own.address")} u
     ) found
     cross join lateral unnest(found.users) near (user_id)
     where cardinality(found.users) < {{exchange}}
     limit {PEOPLE_MAX})
) alike
"""

# $1, $2 as above, $3 an address of so many is an exchange's, $4 steps, $5 the sign-up: after how many
# steps the way from who invited, to who invited them and so on, comes back to who was invited, by
# any account of them. Only older invitations are followed: the one that closes a ring is found.
RING: Final = f"""
with recursive alike as materialized ({LIKE.format(user="$1", exchange="$3")}),
way (user_id, step) as (
    select user_id, 0 from ({LIKE.format(user="$2", exchange="$3")}) of_referrer
    union
    select r.referrer_id, way.step + 1
    from way
    cross join lateral (
        select referrer_id from referrals
        where user_id = way.user_id and created_at < $5 limit 1
    ) r
    where way.step < $4
)
select min(step) from way
where step > 0 and user_id in (select user_id from alike) and user_id <> $2
"""

# $1, $2 as above. A referrer's own account among those that look like the user's is no ring: that
# is told by the rules about devices and wallets.
PEOPLE: Final = """
select $1::text = $2::text or exists (
        select from identities i join identities o using (provider, subject)
        where i.user_id = $1 and o.user_id = $2
    ) as is_same_person,
    (select count(distinct m.device_hash) from sign_in_marks m
     where m.user_id = $1 and m.device_hash is not null and exists (
        select from sign_in_marks o where o.device_hash = m.device_hash and o.user_id = $2)
    ) as shared_devices,
    first.created_at as first_order_at, first.price_micro as first_order_price
from (values (1)) one
left join lateral (
    select c.created_at, (select o.price_micro from orders o where o.id = c.order_id) as price_micro
    from commissions c where c.buyer_id = $1 order by c.order_id limit 1
) first on true
"""

# $1, $2 as above, $3 seconds around the sign-up.
NEAR_SIGN_INS: Final = """
select count(o.id) as number, coalesce(bool_or(o.agent_hashes && s.agent_hashes), false)
        as is_same_agent,
    min(abs(extract(epoch from o.created_at - s.created_at)))::float as nearest_s,
    coalesce(bool_or(s.is_hosting), false) as is_hosting
from sign_in_marks s
left join sign_in_marks o
    on o.user_id = $2 and o.address_hashes && s.address_hashes
   and o.created_at between s.created_at - make_interval(secs => $3)
                        and s.created_at + make_interval(secs => $3)
where s.user_id = $1 and s.is_sign_up
"""

# $1 who was invited, $2 seconds around it, $3 at most: sign-ups by links from the same address.
SIGN_UPS_FROM_ADDRESS: Final = """
select o.created_at
from sign_in_marks s
join sign_in_marks o on o.is_sign_up and o.address_hashes && s.address_hashes
    and o.created_at between s.created_at - make_interval(secs => $2)
                         and s.created_at + make_interval(secs => $2)
where s.user_id = $1 and s.is_sign_up
  and exists (select from referrals r where r.user_id = o.user_id)
limit $3
"""

# $1 whose link, $2 when, $3 seconds around it, $4 at most.
SIGN_UPS_BY_LINK: Final = """
select created_at from referrals
where referrer_id = $1
  and created_at between $2::timestamptz - make_interval(secs => $3)
                     and $2::timestamptz + make_interval(secs => $3)
limit $4
"""

SIGN_UPS_OF_DAY: Final = """
select coalesce(sum(sign_ups), 0)::integer from referral_days where referrer_id = $1 and day = $2
"""

# $1 whose link, $2 seconds that rewards and clicks are counted in.
LINK: Final = """
select u.created_at as owner_since, now() as now,
    (select coalesce(sum(d.first_orders), 0) from referral_days d
     where d.referrer_id = u.id and d.day > (now() - make_interval(secs => $2))::date)::integer
        as rewards,
    (select coalesce(sum(d.clicks), 0) from referral_days d
     where d.referrer_id = u.id and d.day > (now() - make_interval(secs => $2))::date)::integer
        as clicks,
    (select count(*) from referrals r
     where r.referrer_id = u.id and r.source = 'COOKIE'
       and r.created_at > now() - make_interval(secs => $2))::integer as sign_ups
from users u where u.id = $1
"""

# $1 whose link, $2 seconds, $3 at most, $4 an id that orders of that time come after: of the newest
# orders of invited people that have ended, how many were cancelled by their buyers. One that
# received nothing in time was not. The link is asked for as a range, so that its own index is
# walked: see orders/queries.py.
ENDED_ORDERS: Final = """
select count(*)::integer as ended,
    count(*) filter (where o.status = 'CANCELLED' and o.reason = 'USER')::integer as cancelled
from (
    select order_id from commissions
    where (referrer_id, order_id) >= ($1, $4) and (referrer_id, order_id) < ($1, '~')
      and status <> 'PENDING' and created_at > now() - make_interval(secs => $2)
    order by referrer_id desc, order_id desc limit $3
) c
cross join lateral (
    select status, reason, ended_at from orders where id = c.order_id limit 1
) o
where o.ended_at is not null
"""

# $1 whose link, $2 at most: the same of the shop's newest orders, without those of this link.
USUAL_ORDERS: Final = """
select count(*)::integer as ended,
    count(*) filter (where o.status = 'CANCELLED' and o.reason = 'USER')::integer as cancelled
from (
    select user_id, status, reason from orders
    where phone is not null and coalesce(first_sms_at, ended_at) is not null
    order by coalesce(first_sms_at, ended_at) desc limit $2
) o
where not exists (
    select from referrals r where r.user_id = o.user_id and r.referrer_id = $1)
"""

"""The recharges' SQL. Rows are locked in this order: payments, recharges, wallets, balances."""

from typing import Final

from jiema_app.domain.ledger.received import is_refund_owed

# Not for ever: what goes back is owed until the chain shows that it went. How far the chain is
# beyond a block that is not final is one node's word, and may be any number.
RECHARGE_COLUMNS: Final = f"""
    r.id, r.user_id, w.address, r.status, r.oddity, r.amount_micro, r.received_micro,
    r.credited_micro, r.version, r.created_at, r.expires_at, r.closes_at, r.settled_at,
    r.seen_micro, r.wanted_service, r.wanted_country, r.wanted_cents,
    case when r.seen_block is null then 0 else greatest(1, least(1000, coalesce(
        (select max(c.head_number) from chain_cursors c), r.seen_block) - r.seen_block + 1
    )) end::int as confirmations,
    exists (select from payments due where due.recharge_id = r.id and {is_refund_owed("due")}
    ) as is_refund_owed
"""

PAYMENT_COLUMNS: Final = """
    p.id, p.txid, p.block_time, p.is_genuine, p.amount, p.status, p.oddity, p.credited_micro,
    (select f.txid from payment_refunds f where f.payment_id = p.id and f.is_final) as refund_txid
"""

# What took a wallet for nothing. A strange token or dust is no payment: anybody can send them.
UNPAID: Final = """past.status <> 'OPEN' and past.received_micro < least({}, past.amount_micro)"""

# The wallet that was unused for longest and that nobody has paid to of late, for one who is not
# banned, has none open, and did not open too many for nothing. The window begins after the last
# final block that was read: a payment in an older block is somebody else's, whatever the clocks say.
OPEN: Final = f"""
with chosen as (
    select id from wallets where status = 'FREE' and (free_from is null or free_from <= now())
    order by last_used_at limit 1 for update skip locked
), opened as (
    insert into recharges (id, user_id, wallet_id, amount_micro, created_block,
                           expires_at, closes_at, wanted_service, wanted_country, wanted_cents)
    select $1, u.id, chosen.id, $3, c.block_number,
        now() + make_interval(secs => $4), now() + make_interval(secs => $4), $10, $11, $12
    from users u, chosen, chain_cursors c
    where u.id = $2 and u.banned_at is null and c.genesis_id = $5
      and c.halted_because is null and c.block_time > now() - make_interval(secs => $6)
      and $7 > (
        select count(*) from recharges past
        where past.user_id = u.id and past.id > $8 and {UNPAID.format("$9")})
    on conflict (user_id) where status = 'OPEN' do nothing
    returning id, wallet_id
)
update wallets w set status = 'LOCKED', recharge_id = opened.id, last_used_at = now(),
    free_from = null
from opened where w.id = opened.wallet_id
returning opened.id, pg_notify('recharge_changed', opened.id || ' ' || $2)
"""

WHY_NOT_OPENED: Final = f"""
select u.banned_at is not null as is_banned,
    (select r.id from recharges r where r.user_id = u.id and r.status = 'OPEN') as open_id,
    (select count(*) from wallets where status = 'FREE') as free_wallets,
    (select min(past.created_at) from recharges past
     where past.user_id = u.id and past.id > $2 and {UNPAID.format("$5")}) as oldest_unpaid_at,
    (select count(*) from recharges past
     where past.user_id = u.id and past.id > $2 and {UNPAID.format("$5")}) as unpaid,
    exists (select from chain_cursors c where c.genesis_id = $3 and c.halted_because is null
            and c.block_time > now() - make_interval(secs => $4)) as is_watched
from users u where u.id = $1
"""

GET_OWN: Final = f"""
select {RECHARGE_COLUMNS}
from recharges r join wallets w on w.id = r.wallet_id
where r.id = $1 and r.user_id = $2
"""

GET: Final = f"""
select {RECHARGE_COLUMNS}
from recharges r join wallets w on w.id = r.wallet_id where r.id = $1
"""

GET_SEVERAL: Final = f"""
select {RECHARGE_COLUMNS}
from recharges r join wallets w on w.id = r.wallet_id where r.id = any($1::text[])
"""

GET_OPEN: Final = f"""
select {RECHARGE_COLUMNS}
from recharges r join wallets w on w.id = r.wallet_id
where r.user_id = $1 and r.status = 'OPEN'
"""

# Of several users.
OPEN_OF_EACH: Final = f"""
select {RECHARGE_COLUMNS}
from recharges r join wallets w on w.id = r.wallet_id
where r.user_id = any($1::text[]) and r.status = 'OPEN'
"""

LIST_OWN: Final = f"""
select {RECHARGE_COLUMNS}
from recharges r join wallets w on w.id = r.wallet_id
where r.user_id >= $1 and (r.user_id, r.id) < ($1, coalesce($2::text, '~'))
order by r.user_id desc, r.id desc limit $3
"""

PAYMENTS_OF: Final = f"""
select {PAYMENT_COLUMNS} from payments p
where p.recharge_id = $1 and p.status not in ('NEW', 'NOISE', 'OUTGOING')
order by p.block_number, p.block_position
"""

# A payment that is on its way stays its owner's: then there is nothing to cancel.
CANCEL: Final = """
update recharges set status = 'CANCELLED', closes_at = least(closes_at, now()),
    version = version + 1
where id = $1 and user_id = $2 and status = 'OPEN' and received_micro = 0 and seen_block is null
returning id, pg_notify('recharge_changed', id || ' ' || user_id)
"""

# What its owner was about to buy last, when a further one cannot be opened.
REMEMBER_WISH: Final = """
update recharges set wanted_service = $2, wanted_country = $3, wanted_cents = $4
where user_id = $1 and status = 'OPEN'
returning id
"""

# "I have paid": whoever watches the chain looks at once. Changes no rule.
LOOK: Final = """
update recharges set looked_at = now()
where id = $1 and user_id = $2 and (looked_at is null or looked_at < now() - interval '2 s')
returning id, pg_notify('chain_look', '')
"""

"""SQL about what the chain brought. Rows are locked in the order of ``queries``."""

from typing import Final

# Wallets that were made after one that is known: they are made one after another, and stay.
WALLETS_AFTER: Final = "select id, address from wallets where id > $1 order by id"

# Transfers that touch a wallet, stored together with how far the chain was read: both or neither.
# More than a trillion USDT is no money, whatever contract says so: no book could hold it.
STORE: Final = """
insert into payments (id, txid, log_index, block_number, block_position, block_id, block_time,
                      contract, is_genuine, from_address, to_address, amount)
select g.id, g.txid, g.log_index, g.block_number, g.block_position, g.block_id, g.block_time,
    g.contract, g.contract = $1 and g.amount < 1e18, g.sender, g.receiver, g.amount
from unnest($2::text[], $3::text[], $4::int[], $5::bigint[], $6::int[], $7::text[],
            $8::timestamptz[], $9::text[], $10::text[], $11::text[], $12::numeric[])
    as g (id, txid, log_index, block_number, block_position, block_id, block_time,
          contract, sender, receiver, amount)
on conflict (txid, log_index) do nothing
"""

# $6: the last of them that two nodes told.
ADVANCE: Final = """
update chain_cursors set block_number = $3, block_id = $4, block_time = $5, updated_at = now(),
    head_number = greatest(head_number, $3), agreed_number = greatest(agreed_number, $6)
where genesis_id = $1 and block_number = $2 and halted_because is null
returning block_number
"""

# What was read in the last block up to $1 that brought or moved money.
LAST_MONEY: Final = """
select block_number, txid, log_index, contract, from_address, to_address, amount from payments
where block_number = (select max(block_number) from payments where block_number <= $1)
"""

# Back from a block that was none. What follows is read again, and stored once all the same.
GO_BACK: Final = """
update chain_cursors set block_number = $4, block_id = $5, block_time = $6, updated_at = now(),
    agreed_number = $4
where genesis_id = $1 and block_number = $2 and block_id = $3
"""

AGREED: Final = "select agreed_number from chain_cursors where genesis_id = $1"

CURSOR: Final = """
select block_number, block_id, block_time, halted_because from chain_cursors
where genesis_id = $1
"""

BEGIN: Final = """
insert into chain_cursors (genesis_id, block_number, block_id, block_time)
values ($1, $2, $3, $4) on conflict do nothing
"""

HALT: Final = "update chain_cursors set halted_because = $2 where genesis_id = $1"

RESUME: Final = """
update chain_cursors set halted_because = null
where genesis_id = $1 and halted_because is not null returning block_number
"""

# $2: wallets whose payments cannot be judged now.
NEW: Final = """
select id, to_address from payments where status = 'NEW' and to_address <> all($2::text[])
order by block_number, block_position limit $1
"""

# Everything there is to know about one payment that nobody has judged. $2: less than this does
# not count as a payment that came earlier.
FACTS: Final = """
select p.id, p.is_genuine, p.amount, p.block_number, p.block_time, p.block_position, p.txid,
    p.from_address, p.to_address, w.id as wallet_id,
    exists (select from wallets o where o.address = p.from_address) as is_own,
    (select count(*) from payments s where s.txid = p.txid and s.to_address = p.to_address
        and s.is_genuine and s.amount > 0) as siblings,
    r.id as recharge_id, r.user_id, r.amount_micro, r.created_at, r.created_block, r.closes_at,
    r.version,
    exists (select from payments e where e.recharge_id = r.id and e.is_genuine
        and e.status <> 'NEW' and e.oddity is distinct from 'OWN_TRANSFER'
        and e.amount >= least($2, r.amount_micro)) as has_earlier
from payments p
left join wallets w on w.address = p.to_address
left join recharges r on r.id = w.recharge_id
where p.id = $1 and p.status = 'NEW'
for update of p
"""

# $2 recharge, $3 its version when it was judged. Status follows what else waits for a person.
CREDIT: Final = """
with paid as (
    update payments set status = 'CREDITED', recharge_id = $2, credited_micro = amount::bigint,
        credited_user_id = $4, settled_at = now()
    where id = $1 and status = 'NEW'
    returning id, amount::bigint as amount_micro
), credited as (
    update recharges r set received_micro = received_micro + paid.amount_micro,
        credited_micro = credited_micro + paid.amount_micro, settled_at = now(),
        seen_micro = null, seen_block = null, version = version + 1,
        status = case when r.status = 'IN_REVIEW' then r.status else 'CREDITED' end
    from paid where r.id = $2 and r.version = $3
    returning r.id, r.user_id, r.created_at, paid.id as payment_id, paid.amount_micro
), told as (
    insert into outbox_events (topic, subject_id, payload)
    select 'recharge.credited', id, jsonb_build_object(
        'amountMicro', amount_micro, 'seconds', extract(epoch from now() - created_at))
    from credited
)
select ledger_post('recharge_credited', c.payment_id, 6, a.id, c.amount_micro) as posted,
    pg_notify('recharge_changed', c.id || ' ' || c.user_id)
from credited c join ledger_accounts a on a.user_id = c.user_id and a.kind = 'user:spending'
"""

# A person must decide. $2 oddity, $3 recharge or none, $4 its version, $5 evidence, $6 whether
# money of ours moved, $7 seconds that a wallet rests whose address somebody has kept: they may
# pay to it again. Whose it is meanwhile does not matter, so this is noted in every status.
HOLD: Final = """
with held as (
    update payments set status = 'IN_REVIEW', oddity = $2, recharge_id = $3, evidence = $5
    where id = $1 and status = 'NEW'
    returning id, amount, is_genuine, to_address, block_time
), reviewed as (
    update recharges r set status = 'IN_REVIEW', oddity = coalesce(r.oddity, $2),
        received_micro = received_micro
            + case when $6 then held.amount::bigint else 0 end,
        seen_micro = case when held.is_genuine then null else r.seen_micro end,
        seen_block = case when held.is_genuine then null else r.seen_block end,
        version = version + 1
    from held where r.id = $3 and r.version = $4
    returning r.id, r.user_id
), resting as (
    update wallets w
    set free_from = greatest(w.free_from, held.block_time + make_interval(secs => $7))
    from held where w.address = held.to_address and $2 in ('LATE', 'UNASSIGNED_WALLET')
), told as (
    insert into outbox_events (topic, subject_id, payload)
    select 'payment.held', id, jsonb_build_object('oddity', $2::text) from held
)
select case when $6 then ledger_post('payment_held', held.id, 6, 8, held.amount::bigint) end
        as posted,
    (select pg_notify('recharge_changed', id || ' ' || user_id) from reviewed),
    $3::text is null or exists (select from reviewed) as is_current
from held
"""

IGNORE: Final = "update payments set status = 'NOISE' where id = $1 and status = 'NEW'"

# Refunds that a transfer may be: whoever books one holds them, so that what is asked next sees
# all that was booked before. $1 where it went, $2 how much.
LOCK_REFUNDS: Final = """
select id from payments
where status = 'REFUNDED' and from_address = $1 and amount = $2 order by id for update
"""

# Money that left a wallet: a refund that is owed, or something that a person must explain. What
# a person has named as the transfer of a refund is no second one.
LEAVE: Final = """
with gone as (
    update payments set status = 'OUTGOING' where id = $1 and status = 'NEW'
    returning id, txid, log_index, block_number, from_address, to_address,
        amount::bigint as amount_micro
), refund as (
    insert into payment_refunds (payment_id, txid, log_index, block_number, from_address,
                                 to_address, amount_micro, is_final)
    select back.id, gone.txid, gone.log_index, gone.block_number, gone.from_address,
        gone.to_address, gone.amount_micro, true
    from payments back, gone
    where back.status = 'REFUNDED' and back.is_genuine
      and back.oddity is distinct from 'OWN_TRANSFER'
      and back.from_address = gone.to_address and back.amount = gone.amount_micro
      and not exists (select from payment_refunds f where f.payment_id = back.id and f.is_final)
    order by back.settled_at, back.id limit 1
    on conflict do nothing
    returning payment_id, amount_micro
), told as (
    insert into outbox_events (topic, subject_id, payload)
    select 'payment.refunded', payment_id, jsonb_build_object('amountMicro', amount_micro)
    from refund
), shown as (
    select pg_notify('recharge_changed', r.id || ' ' || r.user_id)
    from refund join payments p on p.id = refund.payment_id join recharges r on r.id = p.recharge_id
)
select case when exists (select from refund)
    then ledger_post('payment_refunded', (select payment_id from refund), 9, 6, gone.amount_micro)
    else ledger_post('pool_outgoing', gone.id, 11, 6, gone.amount_micro) end as posted,
    (select count(*) from shown)
from gone
"""

# Who held a wallet before: for whoever decides about a payment that nobody waits for.
LAST_HOLDERS: Final = """
select r.id, r.status, r.amount_micro, r.created_at, r.closes_at
from recharges r where r.wallet_id = $1 order by r.created_at desc limit 3
"""

ANY_WAITING: Final = """
select exists (select from recharges where not is_closed and received_micro = 0)
"""

# Not final yet, so shown and nothing else. What was seen in a block that is final by now and
# never became a payment was taken back by the chain; what lies beyond the youngest block never was.
SEE: Final = """
with head as (
    update chain_cursors set head_number = $2 where genesis_id = $1 returning block_number
), seen as (
    update recharges r set seen_micro = g.amount, seen_block = g.block_number
    from unnest($3::text[], $4::bigint[], $5::bigint[]) as g (address, amount, block_number)
    join wallets w on w.address = g.address, head
    where r.id = w.recharge_id and not r.is_closed and r.received_micro = 0
      and g.block_number > head.block_number
    returning r.id, r.user_id
), taken_back as (
    update recharges r set seen_micro = null, seen_block = null
    from head where (r.seen_block <= head.block_number or r.seen_block > $2)
      and not exists (select from seen where seen.id = r.id)
    returning r.id, r.user_id
), told as (
    select id, user_id from seen union select id, user_id from taken_back
    union select id, user_id from recharges where seen_block is not null
)
select pg_notify('recharge_changed', id || ' ' || user_id) from told
"""

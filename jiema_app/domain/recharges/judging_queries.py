"""SQL about judging payments. Rows are locked in the order of ``queries``."""

from typing import Final

from jiema_app.domain.ledger.received import is_money, is_refund_owed

# $2: wallets whose payments cannot be judged now. What touches the hot wallet or the treasury
# is booked by ``payouts``.
NEW: Final = """
select id, to_address from payments p
where status = 'NEW' and to_address <> all($2::text[])
  and not exists (select from house_wallets h where h.address in (p.to_address, p.from_address))
order by block_number, block_position limit $1
"""

# Everything there is to know about one payment that nobody has judged. $2: less than this does
# not count as a payment that came earlier.
NEW_PAYMENT: Final = f"""
select p.id, p.is_genuine, p.amount, p.block_number, p.block_time,
    p.to_address, w.id as wallet_id,
    exists (select from wallets o where o.address = p.from_address) as is_own,
    (select count(*) from payments s where s.txid = p.txid and s.to_address = p.to_address
        and s.is_genuine and s.amount > 0) as siblings,
    r.id as recharge_id, r.user_id, r.amount_micro, r.created_at, r.created_block, r.closes_at,
    r.version,
    exists (select from payments e where e.recharge_id = r.id and {is_money("e")}
        and e.status <> 'NEW' and e.amount >= least($2, r.amount_micro)) as has_earlier
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

# Which refunds a transfer ``gone`` may pay. One that the signer sent pays the refund that it was
# signed for, whatever else is owed to the same address. Any other one pays none for which a signed
# transaction may still be paid, or was: that one pays it.
_MAY_PAY: Final = """
case when exists (select from payout_attempts a where a.txid = gone.txid)
    then exists (
        select from payout_attempts a join payouts o on o.id = a.payout_id
        where a.txid = gone.txid and o.kind = 'REFUND' and o.subject_id = back.id)
    else not exists (
        select from payouts o join payout_attempts a on a.payout_id = o.id
        where o.kind = 'REFUND' and o.subject_id = back.id
          and coalesce(a.outcome, 'SETTLED') = 'SETTLED')
end
"""

# Money that left a wallet: a refund that is owed, or something that a person must explain. What
# a person has named as the transfer of a refund is no second one. Of several equal ones first
# those that nobody has told the signer to send.
LEAVE: Final = f"""
with gone as (
    update payments p
    set status = 'OUTGOING', is_unexplained = not exists (
        select from payout_attempts a where a.txid = p.txid)
    where id = $1 and status = 'NEW'
    returning id, txid, log_index, block_number, from_address, to_address,
        amount::bigint as amount_micro
), refund as (
    insert into payment_refunds (payment_id, txid, log_index, block_number, from_address,
                                 to_address, amount_micro, is_final)
    select back.id, gone.txid, gone.log_index, gone.block_number, gone.from_address,
        gone.to_address, gone.amount_micro, true
    from payments back, gone
    where {is_refund_owed("back")}
      and back.from_address = gone.to_address and back.amount = gone.amount_micro
      and {_MAY_PAY}
    order by exists (
            select from payouts o
            where o.kind = 'REFUND' and o.subject_id = back.id and o.status <> 'CANCELLED'),
        back.settled_at, back.id
    limit 1
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

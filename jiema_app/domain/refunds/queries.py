"""SQL about payments that a person decided to send back. Rows are locked as ``queries`` says."""

from typing import Final

from jiema_app.domain.ledger.received import is_money, was_sent_back

# What went back, or shall, with the payout that sends it. Neither another token nor what a wallet
# of ours sent is ever owed.
REFUNDS: Final = f"""
select p.id as payment_id, p.recharge_id, r.user_id, p.amount::bigint as amount,
    p.from_address as sender, p.to_address as wallet, p.txid, p.block_number,
    d.created_at as decided_at, d.actor as decided_by, d.note,
    o.id as payout_id, o.status as payout_status
from payments p
left join recharges r on r.id = p.recharge_id
left join payouts o on o.kind = 'REFUND' and o.subject_id = p.id and o.status <> 'CANCELLED'
join lateral (
    select created_at, actor, note from payment_decisions
    where payment_id = p.id and action = 'refund' and is_final order by id desc limit 1
) d on true
where p.status = 'REFUNDED' and {is_money("p")}
"""

OWED: Final = f"""
{REFUNDS} and not {was_sent_back("p")}
order by d.created_at, p.id
"""

ONE: Final = f"{REFUNDS} and p.id = $1"

IS_PAYMENT: Final = "select exists (select from payments where id = $1)"

# How they were sent back, or what was last proposed: the last row of each payment, for nothing
# is proposed after the final one.
SENT: Final = """
select distinct on (payment_id) payment_id, txid, log_index, block_number,
    from_address as sender, to_address as receiver, amount_micro as amount, note, actor,
    is_final, created_at as stated_at
from payment_refunds where payment_id = any($1::text[])
order by payment_id, id desc
"""

LOCK: Final = "select id from payments where id = $1 for update"

IS_WALLET: Final = "select exists (select from wallets where address = $1)"

# Whoever states what a transaction paid holds it: one transfer pays one thing.
LOCK_TRANSACTION: Final = "select pg_advisory_xact_lock(hashtextextended('paid by ' || $1, 0))"

PAYOUT_OF_TRANSACTION: Final = "select payout_id from payout_attempts where txid = $1"

# Which transfers of a transaction have paid a refund, or by a person's word a withdrawal.
USED: Final = """
select log_index, payment_id as paid from payment_refunds where txid = $1 and is_final
union all
select log_index, 'withdrawal ' || withdrawal_id from withdrawal_decisions
where txid = $1 and is_final and log_index is not null
"""

STATE: Final = """
insert into payment_refunds (payment_id, txid, log_index, block_number, from_address,
                             to_address, amount_micro, note, actor, is_final)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict do nothing returning id
"""

# The transfer was not booked as this refund: either it left the pool and was booked as that, or
# it will be, or it was money of the pool's owner. $2 what of the debt it paid, $3 the rest.
POST: Final = """
select ledger_post('payment_refunded', $1, 9, 11, $2)
    and ($3 = 0 or ledger_post('payment_unclaimed', $1, 9, 10, $3))
"""

# Whoever looks at the recharge sees at once that it went back.
SHOW: Final = """
select pg_notify('recharge_changed', r.id || ' ' || r.user_id) from recharges r where r.id = $1
"""

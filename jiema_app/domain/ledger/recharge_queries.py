"""SQL that proves the books of money that came in against the payments of the chain.

Money came in where a payment is of our token and was sent by none of our own wallets, once it
was judged. Each question counts what contradicts that.
"""

from typing import Final

from jiema_app.domain.ledger.received import is_money

# A credited payment has one posting of its amount, to its owner's balance, and there is no
# posting without such a payment.
_CREDITS: Final = f"""
select count(*)
from (
    select p.id, p.credited_micro, a.id as account_id,
        p.status = 'CREDITED' and {is_money("p")}
            and p.credited_micro <= p.amount
            and (r.id is null or r.user_id = p.credited_user_id) as is_sound
    from payments p
    left join recharges r on r.id = p.recharge_id
    left join ledger_accounts a on a.user_id = p.credited_user_id and a.kind = 'user:spending'
    where (p.status = 'CREDITED' or p.credited_micro is not null or p.credited_user_id is not null)
      and {{payments}}
) payment
full join (
    select t.reference, max(e.account_id) as account_id, max(e.amount_micro) as amount_micro
    from ledger_transfers t join ledger_entries e on e.transfer_id = t.id
    where t.kind = 'recharge_credited' and e.amount_micro > 0 and {{transfers}}
    group by t.reference
) posting on posting.reference = payment.id
where payment.is_sound is not true or posting.account_id is distinct from payment.account_id
   or posting.amount_micro is distinct from payment.credited_micro
"""

# What waits for a person is held, to the last micro, and nothing else is.
_HELD: Final = f"""
select count(*)
from (
    select id, amount from payments p
    where status = 'IN_REVIEW' and {is_money("p")}
      and {{payments}}
) payment
full join (
    select t.reference, sum(e.amount_micro) as held
    from ledger_entries e join ledger_transfers t on t.id = e.transfer_id
    where e.account_id = 8 and {{transfers}} group by t.reference
) posting on posting.reference = payment.id
where coalesce(posting.held, 0) <> coalesce(payment.amount, 0)
"""

# What is to be sent back is owed until it was.
_REFUNDS_DUE: Final = f"""
select count(*)
from (
    select id, amount from payments p
    where status = 'REFUNDED' and {is_money("p")}
      and not exists (select from ledger_transfers t
                      where t.kind = 'payment_refunded' and t.reference = p.id)
      and {{payments}}
) payment
full join (
    select t.reference, sum(e.amount_micro) as due
    from ledger_entries e join ledger_transfers t on t.id = e.transfer_id
    where e.account_id = 9 and {{transfers}} group by t.reference
) posting on posting.reference = payment.id
where coalesce(posting.due, 0) <> coalesce(payment.amount, 0)
"""

# What was sent back has one posting, out of what was owed, to the chain when it was seen to leave
# the pool and to the pool's owner when a person stated it; and there is no such posting else.
_REFUNDS: Final = f"""
select count(*)
from (
    select f.payment_id, least(f.amount_micro, p.amount) as sent,
        case when f.actor is null then 6 else 11 end as account_id,
        p.status = 'REFUNDED' and {is_money("p")}
            as is_sound
    from payment_refunds f join payments p on p.id = f.payment_id
    where f.is_final and {{payments}}
) refund
full join (
    select t.reference, max(e.account_id) as account_id, max(e.amount_micro) as sent
    from ledger_transfers t join ledger_entries e on e.transfer_id = t.id
    where t.kind = 'payment_refunded' and e.amount_micro > 0 and {{transfers}}
    group by t.reference
) posting on posting.reference = refund.payment_id
where refund.is_sound is not true or posting.account_id is distinct from refund.account_id
   or posting.sent is distinct from refund.sent
"""

# What the signer sent for a refund closed that one, once its transfer was read, and no other.
_SENT_REFUNDS: Final = """
select count(*)
from payments p
join payouts o on o.kind = 'REFUND' and o.subject_id = p.id and o.status = 'SETTLED'
join payout_attempts a on a.payout_id = o.id and a.outcome = 'SETTLED'
join payments gone on gone.txid = a.txid and gone.status = 'OUTGOING'
left join payment_refunds f
    on f.txid = gone.txid and f.log_index = gone.log_index and f.is_final
where f.payment_id is distinct from p.id and {payments}
"""

# What left the pool paid a refund that the reader of the chain saw, or has a posting of its own.
_OUTGOING: Final = """
select count(*)
from (
    select p.id, case when exists (
        select from payment_refunds f
        where f.txid = p.txid and f.log_index = p.log_index and f.is_final and f.actor is null
    ) then 0 else p.amount end as amount
    from payments p where p.status = 'OUTGOING' and {payments}
) gone
full join (
    select t.reference, sum(e.amount_micro) as amount
    from ledger_transfers t join ledger_entries e on e.transfer_id = t.id
    where t.kind = 'pool_outgoing' and e.account_id = 6 and {transfers}
    group by t.reference
) posting on posting.reference = gone.id
where coalesce(posting.amount, 0) <> coalesce(gone.amount, 0)
"""

# What a recharge says of itself is what its payments say.
_SUMS: Final = f"""
select count(*)
from (select * from recharges r where {{recharges}}) r
cross join lateral (
    select coalesce(sum(credited_micro), 0) as credited,
        coalesce(sum(amount) filter (
            where {is_money("p")}), 0) as received,
        bool_or(status = 'IN_REVIEW') as is_waiting
    from payments p
    where p.recharge_id = r.id and p.status in ('CREDITED', 'IN_REVIEW', 'REFUNDED', 'DISMISSED')
) arrived
where r.received_micro <> coalesce(arrived.received, 0)
   or r.credited_micro <> coalesce(arrived.credited, 0)
   or (r.status = 'IN_REVIEW') <> coalesce(arrived.is_waiting, false)
   or (r.status = 'CREDITED' and r.credited_micro = 0)
"""


# What a transfer between the hot wallet or the treasury and others posts: which accounts its
# ends are. 6 of the pool, 7 of the hot wallet, 12 of the treasury, 13 of anybody else.
def _account_of(address: str) -> str:
    return f"""coalesce(
        (select case purpose when 'HOT' then 7 else 12 end from house_wallets h
         where h.address = {address}),
        (select 6 from wallets w where w.address = {address}), 13)"""


# Each was booked from where it arrived to where it left; a withdrawal is posted by itself, where
# its transfer was known to pay it. What a wallet held when it was first watched is its owner's.
_HOUSE: Final = f"""
select count(*)
from (
    select p.id as reference, leg.account_id, leg.amount
    from payments p
    cross join lateral (
        select {_account_of("p.from_address")} as sender, {_account_of("p.to_address")} as receiver
    ) ends
    cross join lateral (values (ends.receiver, -p.amount), (ends.sender, p.amount))
        leg (account_id, amount)
    where p.status = 'HOUSE' and {{payments}} and not exists (
        select from payout_attempts a join payouts o on o.id = a.payout_id
        join ledger_transfers t on t.kind = 'withdrawal_settled' and t.reference = o.subject_id
        join ledger_entries e on e.transfer_id = t.id and e.account_id = 7
        where a.txid = p.txid and o.kind = 'WITHDRAWAL')
    union all
    select 'opening ' || h.address, leg.account_id, leg.amount
    from house_wallets h
    cross join lateral (values
        (case h.purpose when 'HOT' then 7 else 12 end, -h.opening_micro), (13, h.opening_micro)
    ) leg (account_id, amount)
    where h.opening_micro > 0 and {{openings}}
) due
full join (
    select t.reference, e.account_id, e.amount_micro as amount
    from ledger_transfers t join ledger_entries e on e.transfer_id = t.id
    where t.kind in ('house_funded', 'house_outgoing', 'house_moved') and {{transfers}}
) posted using (reference, account_id)
where due.amount is distinct from posted.amount
"""

# The account of the chain stands below zero by what came in and has not left.
POOL: Final = f"""
select (
    (select coalesce(sum(amount_micro), 0) from ledger_entries where account_id = 6)
    + coalesce(sum(case
        when status = 'OUTGOING' or status = 'HOUSE' and exists (
            select from wallets w where w.address = from_address) then -amount
        when status = 'HOUSE' and not exists (
            select from wallets w where w.address = to_address) then 0
        else amount end), 0) <> 0
)::int
from payments
where {is_money("payments")}
  and status in ('CREDITED', 'IN_REVIEW', 'REFUNDED', 'DISMISSED', 'OUTGOING', 'HOUSE')
"""

# What each payment moved on that account: the question above for some payments. Of a payment
# that came in, its amount less what was seen to go back; a transfer that was seen to take it
# back is as large as was booked for it. Those that left otherwise are asked about above.
SHARES_OF: Final = f"""
select count(*)
from (
    select p.id, -p.amount + coalesce(f.amount_micro, 0) as share,
        f.id is null or (gone.amount is not distinct from f.amount_micro
                         and f.amount_micro <= p.amount) as is_sound
    from payments p
    left join payment_refunds f on f.payment_id = p.id and f.is_final and f.actor is null
    left join payments gone on gone.txid = f.txid and gone.log_index = f.log_index
        and gone.status = 'OUTGOING' and {is_money("gone")}
    where {is_money("p")}
      and p.status in ('CREDITED', 'IN_REVIEW', 'REFUNDED', 'DISMISSED')
      and p.id = any($1::text[])
) payment
full join (
    select t.reference, sum(e.amount_micro) as share
    from ledger_transfers t join ledger_entries e on e.transfer_id = t.id
    where e.account_id = 6 and t.kind not in ('pool_outgoing', 'house_moved')
      and t.kind = any($2::text[]) and t.reference = any($1::text[])
    group by t.reference
) posting on posting.reference = payment.id
where payment.is_sound is not true or posting.share is distinct from payment.share
"""

_QUESTIONS: Final = (_CREDITS, _HELD, _REFUNDS_DUE, _REFUNDS, _OUTGOING, _HOUSE)

_EVERYTHING: Final = dict.fromkeys(("payments", "transfers", "recharges", "openings"), "true")
ALL: Final = (*(one.format(**_EVERYTHING) for one in (*_QUESTIONS, _SENT_REFUNDS, _SUMS)), POOL)

# $1: ids of the payments, $2: the kinds whose reference is a payment's id.
_OF_PAYMENTS: Final = {
    "payments": "p.id = any($1::text[])",
    "openings": "'opening ' || h.address = any($1::text[])",
    "transfers": "t.kind = any($2::text[]) and t.reference = any($1::text[])",
}
ALL_OF_PAYMENTS: Final = (
    *(one.format(**_OF_PAYMENTS) for one in _QUESTIONS),
    _SENT_REFUNDS.format(payments="p.id = any($1::text[]) and $2::text[] is not null"),
    SHARES_OF,
)

# $1: ids of the recharges.
SUMS_OF: Final = _SUMS.format(recharges="r.id = any($1::text[])")

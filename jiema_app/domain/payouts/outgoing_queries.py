"""SQL about transfers that touch the hot wallet and the treasury, and about what left unexplained."""

from typing import Final

# What accounts for a transfer out of a wallet of ours: a payout's transaction, a refund that was
# due, a person who named it as what paid a withdrawal, or who said what it was.
_IS_EXPLAINED: Final = """(
    exists (select from payout_attempts a where a.txid = p.txid)
    or exists (select from payment_refunds f
               where f.txid = p.txid and f.log_index = p.log_index and f.is_final)
    or exists (select from withdrawal_decisions d where d.txid = p.txid and d.is_final)
    or exists (select from transfer_explanations x where x.payment_id = p.id)
)"""

# Whoever books a transfer marks it when nothing explained it yet; what does so later is found
# here. So the question costs what is marked, and not what ever left.
IS_UNEXPLAINED: Final = f"(p.is_unexplained and not {_IS_EXPLAINED})"

FORGET_EXPLAINED: Final = f"""
update payments p set is_unexplained = false where p.is_unexplained and {_IS_EXPLAINED}
"""

UNEXPLAINED: Final = f"""
select p.id, p.txid, p.from_address, p.to_address, p.amount::bigint as amount, p.block_time
from payments p where {IS_UNEXPLAINED} order by p.id limit $1
"""

COUNT_UNEXPLAINED: Final = f"select count(*) from payments p where {IS_UNEXPLAINED}"

EXPLAIN: Final = f"""
with explained as (
    insert into transfer_explanations (payment_id, note, actor)
    select p.id, $2, $3 from payments p where p.txid = $1 and {IS_UNEXPLAINED}
    on conflict do nothing
    returning payment_id
), audited as (
    insert into audit_records (actor, action, subject_id, details)
    select $3, 'transfer.explain', payment_id, jsonb_build_object('txid', $1::text, 'note', $2::text)
    from explained
)
select count(*) from explained
"""

# Transfers that touch a house wallet and nobody has judged, oldest first.
NEW: Final = """
select p.id
from payments p
where p.status = 'NEW' and (
    exists (select from house_wallets h where h.address = p.to_address)
    or exists (select from house_wallets h where h.address = p.from_address))
order by p.block_number, p.block_position limit $1
"""

# One of them, with the account of each end: 6 of the pool, 7 of the hot wallet, 12 of the
# treasury, none of anybody else.
ONE: Final = """
select p.id, p.txid, p.is_genuine, p.amount, p.block_number, p.from_address, p.to_address,
    (select case purpose when 'HOT' then 7 else 12 end from house_wallets h
     where h.address = p.from_address
     union all select 6 from wallets w where w.address = p.from_address limit 1) as sender,
    (select case purpose when 'HOT' then 7 else 12 end from house_wallets h
     where h.address = p.to_address
     union all select 6 from wallets w where w.address = p.to_address limit 1) as receiver
from payments p where p.id = $1 and p.status = 'NEW' for update of p
"""

IGNORE: Final = "update payments set status = 'NOISE' where id = $1 and status = 'NEW'"

# $2 kind, $3 from, $4 to; no kind: a payout of ours whose money is posted with it. $5: whether
# nothing explains it so far.
BOOK: Final = """
with booked as (
    update payments set status = 'HOUSE', settled_at = now(), is_unexplained = $5
    where id = $1 and status = 'NEW'
    returning id, amount::bigint as amount
)
select id, case when $2::text is not null
    then ledger_post($2, id, $3::integer, $4::integer, amount) end as posted
from booked
"""

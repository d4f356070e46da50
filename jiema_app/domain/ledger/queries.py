"""The ledger's SQL."""

from typing import Final

OPEN_ACCOUNT: Final = """
with account as (
    insert into ledger_accounts (user_id, kind) values ($1, $2) returning id
)
insert into ledger_balances (account_id) select id from account returning account_id
"""

POST: Final = "select ledger_post($1, $2, $3, $4, $5)"

ACCOUNT_OF: Final = "select id from ledger_accounts where user_id = $1 and kind = $2"

BALANCE_OF: Final = """
select b.balance_micro
from ledger_accounts a join ledger_balances b on b.account_id = a.id
where a.user_id = $1 and a.kind = $2
"""

TOTALS: Final = """
select
    (select count(*) from ledger_transfers) as transfers,
    (select count(*) from ledger_entries) as entries,
    (select coalesce(sum(amount_micro), 0) from ledger_entries)::bigint as sum_micro,
    (select count(*) from ledger_balances where balance_micro < 0) as negative
"""

UNBALANCED: Final = """
select count(*) from (
    select t.id
    from ledger_transfers t left join ledger_entries e on e.transfer_id = t.id
    group by t.id
    having count(e.id) < 2 or sum(e.amount_micro) <> 0
) unbalanced
"""

DRIFT: Final = """
select count(*) from (
    select b.account_id
    from ledger_balances b left join ledger_entries e on e.account_id = b.account_id
    group by b.account_id, b.balance_micro
    having b.balance_micro <> coalesce(sum(e.amount_micro), 0)
) drifted
"""

# Every open order without a code holds exactly its price in suspense; nothing else holds any.
SUSPENSE_MISMATCH: Final = """
select count(*) from (
    select t.reference, sum(e.amount_micro) as held
    from ledger_entries e join ledger_transfers t on t.id = e.transfer_id
    where e.account_id = 1
    group by t.reference
) suspense
full join (
    select id, price_micro from orders
    where status in ('RESERVED', 'WAITING') and sms_count = 0
) open_order on open_order.id = suspense.reference
where coalesce(suspense.held, 0) <> coalesce(open_order.price_micro, 0)
"""

# A final order was paid for if and only if a code came.
SETTLEMENT_MISMATCH: Final = """
select count(*)
from orders o
left join ledger_transfers received on received.kind = 'order_received' and received.reference = o.id
left join ledger_transfers refunded on refunded.kind = 'order_refunded' and refunded.reference = o.id
where (received.id is not null) <> (o.sms_count > 0)
   or (refunded.id is not null) <> (o.status in ('CANCELLED', 'FAILED'))
"""

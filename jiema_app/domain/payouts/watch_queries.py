"""SQL about how payouts are doing."""

from typing import Final

# What is not sent yet, what is on its way, and what waits for a person. $1: the hot wallet.
STANDING: Final = """
select
    count(*) filter (where status = 'QUEUED') as queued,
    count(*) filter (where status in ('SIGNED', 'BROADCAST')) as under_way,
    count(*) filter (where status in ('FAILED_ON_CHAIN', 'EXPIRED_ABSENT', 'NEEDS_REVIEW'))
        as for_a_person,
    coalesce(extract(epoch from now() - min(created_at)), 0)::float as oldest_s,
    (array_agg(id order by created_at))[1] as oldest,
    coalesce(sum(amount) filter (where asset = 'USDT' and from_address = $1 and is_to_send), 0)
        ::bigint as hot_micro,
    coalesce(sum(amount) filter (where asset = 'TRX' and from_address = $1 and is_to_send), 0)
        ::bigint as hot_sun,
    count(*) filter (where asset = 'USDT' and from_address = $1 and is_to_send) as hot_transfers
from (
    select *, status not in ('SIGNED', 'BROADCAST') as is_to_send from payouts
    where status not in ('SETTLED', 'CANCELLED')
) open_one
"""

# Of 24 hours, in sun: what transactions cost, and what wallets of the pool were given.
FEES: Final = """
select
    coalesce((select sum(fee_sun) from payout_attempts
     where ended_at > now() - interval '24 hours'), 0)::bigint as fees_sun,
    coalesce((select sum(amount) from payouts
     where kind = 'GAS' and status = 'SETTLED' and ended_at > now() - interval '24 hours'), 0)
        ::bigint as gas_sun
"""

WALLETS: Final = """
select h.address, h.purpose, h.retired_at, h.opening_micro,
    -(select coalesce(sum(amount_micro), 0) from ledger_entries e
      where e.account_id = case h.purpose when 'HOT' then 7 else 12 end)::bigint as books_micro
from house_wallets h order by h.id
"""

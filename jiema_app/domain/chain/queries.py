"""SQL about how far the chain was read, and what it brought."""

from typing import Final

# Wallets that were made after one that is known: they are made one after another, and stay.
WALLETS_AFTER: Final = "select id, address from wallets where id > $1 order by id"

# The hot wallet and the treasury, those of before too: a handful.
HOUSE_WALLETS: Final = "select address from house_wallets"


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

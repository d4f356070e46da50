"""SQL about what the wallets should hold."""

from typing import Final

from jiema_app.domain.ledger.received import is_money

# Wallets to ask about: those that were paid last, then of the used ones and of the others a
# window each, which moves on with every turn. A window at least as large as its kind takes all
# of it. $1 turn, $2 of those paid last, $3 of the used ones, $4 of the others.
WALLETS: Final = """
with known as (
    select w.id, w.address,
        w.status in ('LOCKED', 'COOLDOWN')
            or exists (select from payments p where p.to_address = w.address and p.is_genuine)
            or exists (select from payments p where p.from_address = w.address and p.is_genuine)
            as is_used
    from wallets w
), placed as (
    select address, case when is_used then $3::bigint else $4::bigint end as size,
        row_number() over (partition by is_used order by id) - 1 as place,
        count(*) over (partition by is_used) as number
    from known
)
select address from placed
where size >= number or (place - ($1::bigint * size) % number + number) % number < size
union
select address from (
    select p.to_address as address from payments p
    where p.is_genuine and p.seen_at > now() - interval '20 min'
    order by p.block_number desc limit $2
) recent
where exists (select from wallets w where w.address = recent.address)
"""

COUNT: Final = "select count(*) from wallets"

# What went in and out of some wallets, up to a block.
HOLDINGS: Final = """
select address, (
    coalesce((select sum(amount) from payments
              where to_address = address and is_genuine and block_number <= $2), 0)
    - coalesce((select sum(amount) from payments
                where from_address = address and is_genuine and block_number <= $2), 0)
) as amount
from unnest($1::text[]) as given (address)
"""

# What moved after that, block by block.
CHANGES: Final = """
select given.address, p.block_number,
    sum(case when p.to_address = given.address then p.amount else 0 end
        - case when p.from_address = given.address then p.amount else 0 end) as amount
from unnest($1::text[]) as given (address)
join payments p on p.to_address = given.address or p.from_address = given.address
where p.is_genuine and p.block_number > $2 and p.block_number <= $3
group by given.address, p.block_number order by p.block_number
"""

CURSOR: Final = """
select block_number, block_time, halted_because from chain_cursors where genesis_id = $1
"""

# What the books say is in the pool, and what was judged to have come in and not left.
BOOKS: Final = """
select
    -(select coalesce(sum(amount_micro), 0) from ledger_entries where account_id = 6) as pool,
    coalesce(sum(case
        when status = 'OUTGOING' or status = 'HOUSE' and exists (
            select from wallets w where w.address = from_address) then -amount
        when status = 'HOUSE' and not exists (
            select from wallets w where w.address = to_address) then 0
        else amount end) filter (
        where status in ('CREDITED', 'IN_REVIEW', 'REFUNDED', 'DISMISSED', 'OUTGOING', 'HOUSE')
          and oddity is distinct from 'OWN_TRANSFER'), 0) as judged
from payments where is_genuine
"""

# Transactions that could explain a difference of some wallets: what is youngest first.
CLUES: Final = """
select given.address, clue.txid, clue.status, clue.why
from unnest($1::text[]) as given (address)
cross join lateral (
    select p.txid, p.status,
        case when p.status = 'NEW' then 'not judged yet'
             when p.from_address = given.address then 'left this wallet'
             else 'came in' end as why
    from payments p
    where (p.to_address = given.address or p.from_address = given.address) and p.is_genuine
    order by p.block_number desc, p.block_position desc limit $2
) clue
"""

# Payments whose postings are not theirs, so that the pool's account is wrong because of them.
BOOK_CLUES: Final = f"""
select p.txid, p.status, 'its posting is missing or another' as why
from payments p
left join lateral (
    select sum(e.amount_micro) as posted from ledger_transfers t
    join ledger_entries e on e.transfer_id = t.id and e.account_id = 6
    where t.reference = p.id and t.kind in ('recharge_credited', 'payment_held')
) books on true
where {is_money("p")}
  and p.status in ('CREDITED', 'IN_REVIEW', 'REFUNDED', 'DISMISSED')
  and p.amount is distinct from -books.posted
order by p.block_number desc limit $1
"""

NOT_JUDGED: Final = """
select txid, status, 'not judged yet' as why from payments
where status = 'NEW' and is_genuine order by block_number desc limit $1
"""

# What left the pool for a reason that nobody has given.
LEFT: Final = """
select p.txid, p.status, 'left the pool, and was no refund that was due' as why
from ledger_transfers t join payments p on p.id = t.reference
where t.kind = 'pool_outgoing' and not exists (
    select from payment_refunds f
    where f.txid = p.txid and f.log_index = p.log_index and f.is_final)
order by t.id desc limit $1
"""

WALLETS_MADE: Final = "select address, created_at from wallets where address = any($1::text[])"

KNOWN: Final = "select txid, log_index from payments where txid = any($1::text[])"

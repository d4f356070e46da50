"""SQL of the running proof: what changed since its last run, and a slice of the past.

Every question is answered out of an index, so that its cost does not depend on how long the
shop has been open. The one table that is read as a whole has a row for each user and nothing
else. What is asked of orders and payments stands beside what is asked of all of them.
"""

from typing import Final

from jiema_app.domain.ledger import queries
from jiema_app.domain.ledger.received import was_sent_back

# One run at a time: the second one waits here, and then finds that its moment has passed.
BEGIN: Final = "insert into ledger_proofs (id) values (1) on conflict (id) do nothing"
STATE: Final = "select * from ledger_proofs where id = 1 for update"

# The transaction's number is taken after its moment. ``ledger_post`` writes a transfer, and so
# has a number, before it takes ids for entries: whoever took one below the newest that is
# visible in that moment has a smaller number.
NOW: Final = """
select now() as moment,
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon,
    pg_current_xact_id()::text::bigint as next_transaction,
    coalesce((select max(id) from ledger_transfers), 0) as top_transfer,
    coalesce((select max(id) from ledger_entries), 0) as top_entry,
    coalesce((select max(id) from ledger_accounts), 0) as top_account
"""

ROUNDS: Final = "select part, place from ledger_proof_rounds"

# Spans are given as two arrays: above $1, up to $2 transfers; above $3, up to $4 entries. An
# entry brings its transfer with it, so a transfer is always proved as a whole. $5, $6 and
# $7: the kinds about orders, about payments and about withdrawals; others may be about any.
TRANSFERS: Final = f"""
with named as (
    select t.id
    from unnest($1::bigint[], $2::bigint[]) span (low, high)
    join ledger_transfers t on t.id > span.low and t.id <= span.high
    union
    select e.transfer_id
    from unnest($3::bigint[], $4::bigint[]) span (low, high)
    join ledger_entries e on e.id > span.low and e.id <= span.high
)
select count(t.id) as transfers, coalesce(sum(leg.number), 0)::bigint as entries,
    coalesce(sum(leg.total), 0)::bigint as sum_micro,
    count(*) filter (where t.id is null or leg.number < 2 or leg.total <> 0) as unbalanced,
    count(*) filter (where not leg.is_known) as strange,
    coalesce(array_agg(t.reference) filter (
        where not t.kind = any($6::text[] || $7::text[])), '{{}}') as orders,
    coalesce(array_agg(t.reference) filter (
        where not t.kind = any($5::text[] || $7::text[])), '{{}}') as payments,
    coalesce(array_agg(t.reference) filter (
        where not t.kind = any($5::text[] || $6::text[])), '{{}}') as withdrawals
from named
left join ledger_transfers t on t.id = named.id
cross join lateral {queries.LEGS.replace("= t.id", "= named.id")}
"""

# Every entry of a user continues the one before it. The account is asked for as a range: see
# the statement. Entries of a kind of transfer that has no business on their account are such
# as the questions about orders and payments would not look at.
ENTRIES: Final = """
select coalesce(array_agg(distinct e.account_id), '{}') as accounts,
    count(*) filter (
        where e.account_id >= 1000
          and e.balance_after_micro is distinct from coalesce((
              select past.balance_after_micro from ledger_entries past
              where past.account_id >= e.account_id
                and (past.account_id, past.id) < (e.account_id, e.id)
              order by past.account_id desc, past.id desc limit 1
          ), 0) + e.amount_micro
    ) as broken,
    count(*) filter (
        where e.account_id = 1 and not coalesce(t.kind = any($3::text[]), false)
    ) as strange_suspense,
    count(*) filter (
        where e.account_id in (6, 8, 9, 12) and not coalesce(t.kind = any($4::text[]), false)
    ) as strange_payments
from unnest($1::bigint[], $2::bigint[]) span (low, high)
join ledger_entries e on e.id > span.low and e.id <= span.high
left join lateral (
    select kind from ledger_transfers where id = e.transfer_id limit 1
) t on true
"""

# $1: the last run's horizon; null: every balance counts as changed. A row that a transaction
# wrote which that run could not see yet has a younger one; whoever has none yet has had it
# since. Ages are counted back from now, and turn over after two thousand million transactions.
BALANCES: Final = f"""
with since as (select coalesce(age(($1::bigint)::text::xid8::xid), 2147483647) as age)
select count(*) filter (where b.balance_micro < 0 and {queries.IS_STRANGE_DEBT}) as negative,
    coalesce(array_agg(b.account_id) filter (where age(b.xmin) <= since.age), '{{}}') as accounts
from ledger_balances b, since
"""

# $1: the smallest id that an order may have which was made since the last run, $2: that run.
# Undecided ones, new ones, and those that ended since: whatever made them so. $3: the most of each.
CHANGED_ORDERS: Final = """
select id from orders where status in ('RESERVED', 'WAITING', 'RECEIVED')
union
(select id from orders where id >= $1 order by id desc limit $3)
union
(select id from orders where ended_at is not null and purged_at is null and ended_at >= $2
 order by ended_at desc limit $3)
"""

CHANGED_PAYMENTS: Final = """
select id from payments where status = 'IN_REVIEW'
union
(select id from payments where id >= $1 order by id desc limit $2)
union
(select payment_id from payment_refunds order by id desc limit $2)
"""

# $1: as for payments, $2: the last run. Withdrawals that are open, new, or ended since.
CHANGED_WITHDRAWALS: Final = """
select id from withdrawals where status in ('REQUESTED', 'APPROVED')
union
(select id from withdrawals where id >= $1 order by id desc limit $3)
union
(select id from withdrawals where ended_at is not null and ended_at >= $2
 order by ended_at desc limit $3)
"""

# Moves of commission are written once. $1: as for payments.
CHANGED_MOVES: Final = "select id from commission_moves where id >= $1 order by id desc limit $2"

# Payouts that have not ended, or of which something was signed of late.
CHANGED_PAYOUTS: Final = """
select id from payouts where status not in ('SETTLED', 'CANCELLED')
union
(select id from payouts where id >= $1 order by id desc limit $2)
union
(select payout_id from payout_attempts order by id desc limit $2)
"""

CHANGED_RECHARGES: Final = """
select id from recharges where status = 'OPEN'
union
select id from recharges where status = 'IN_REVIEW'
union
(select id from recharges where id >= $1 order by id desc limit $3)
union
select recharge_id from payments where id = any($2::text[]) and recharge_id is not null
"""

# Transfers that took money out of the pool for a payment that is looked at, or the reverse.
PARTNERS: Final = """
select gone.id
from payment_refunds f
join payments gone on gone.txid = f.txid and gone.log_index = f.log_index
where f.payment_id = any($1::text[])
union
select f.payment_id
from payments gone
join payment_refunds f on f.txid = gone.txid and f.log_index = gone.log_index and f.is_final
where gone.id = any($1::text[]) and gone.status = 'OUTGOING'
"""

# What must be looked at again because it is not decided yet.
OPEN: Final = f"""
select id from orders where status in ('RESERVED', 'WAITING', 'RECEIVED')
union
select id from payments p where p.id = any($1::text[]) and (
    p.status in ('NEW', 'IN_REVIEW') or (p.status = 'REFUNDED' and not {was_sent_back("p")}))
"""

# The next keys of a table, for a slice of its past.
SLICES: Final = {
    table: f"select id from {table} where id > $1 order by id limit $2"
    for table in (
        "orders",
        "payments",
        "recharges",
        "withdrawals",
        "commission_moves",
        "payouts",
    )
}

# Likewise where keys are numbers, of which many may be missing: the last one of a slice.
SLICE_ENDS: Final = {
    part: f"""
    select max(id) from (select id from {table} where id > $1 order by id limit $2) slice
    """
    for part, table in (
        ("transfers", "ledger_transfers"),
        ("entries", "ledger_entries"),
        ("accounts", "ledger_accounts"),
    )
}

# Spans and lists are short whatever the planner takes them for: it would rather read a table of
# which it expects to need a third. Balances alone are read as a whole, before this.
BY_INDEX: Final = (
    "set local enable_seqscan = off",
    "set local enable_hashjoin = off",
    "set local enable_mergejoin = off",
)

KEEP: Final = """
update ledger_proofs
set transfer_id = $1, entry_id = $2, next_transfer_id = $3, next_entry_id = $4,
    next_transaction = $5, horizon = $6, proved_at = $7, open_references = $8
where id = 1
"""

# $2: where the next slice begins; empty: a round is complete, and the next one begins.
KEEP_ROUND: Final = """
insert into ledger_proof_rounds as r (part, place, began_at) values ($1, $2, $3)
on conflict (part) do update
set place = excluded.place,
    began_at = case when excluded.place = '' then excluded.began_at else r.began_at end,
    proved_since = case when excluded.place = '' then r.began_at else r.proved_since end
"""

"""The proof that runs again and again: what it looks at, what it remembers, what it costs.

That it finds every kind of damage that the whole proof finds is tested beside the whole proof.
Here most runs look at nothing but what is new: no tail, and no slice of the past.
"""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from backend_jobs.books import BooksDoNotBalance, verify_books
from benchmarks.history import fill
from jiema_app.domain.ledger.proof import Effort, RunningProof
from jiema_app.domain.ledger.proof_queries import SLICES
from jiema_app.domain.ledger.verification import verify
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.integrations.postgres.pool import open_pool
from jiema_app.settings import Settings
from tests.support.cluster import Cluster
from tests.support.polling import until_told
from tests.support.shop import Customer, Shop, now, open_shop

ONLY_NEW = {"tail": 0, "slice": 0}


@pytest.fixture
async def busy(database_address: str, settings: Settings) -> AsyncIterator[Shop]:
    """A shop whose books may be wrong at the end."""
    async with open_shop(database_address, settings) as shop:
        yield shop


async def prove_all(shop: Shop) -> None:
    """Runs until everything that there is was proved, and nothing of it is new any more.

    Transactions of other tests on the server are such as might still write something.
    """

    async def has_nothing_new() -> bool:
        found = await shop.prove(**ONLY_NEW)
        assert found.ok
        return found.transfers == 0

    await until_told(has_nothing_new)


async def let_hours_pass(shop: Shop) -> None:
    """Have nothing that exists look new by its id any more."""
    await shop.execute("update ledger_proofs set proved_at = now() + interval '1 hour'")


async def has_waiting_order(shop: Shop) -> tuple[Customer, OrderView]:
    ann = await shop.customer()
    return ann, await shop.place(ann)


async def test_what_is_proved_is_not_read_again(busy: Shop) -> None:
    await has_waiting_order(busy)
    first = await busy.prove(**ONLY_NEW)
    assert first.transfers == 2
    await prove_all(busy)
    await busy.place(await busy.customer())
    assert (await busy.prove(**ONLY_NEW)).transfers == 2


async def test_what_is_committed_late_is_proved_though_later_ids_were_before_it(
    busy: Shop, database_address: str
) -> None:
    """Ids are taken in another order than they are committed in."""
    ann = await busy.customer()
    await prove_all(busy)
    slow = await asyncpg.connect(database_address)
    late = slow.transaction()
    await late.start()
    await slow.execute("set local session_replication_role = replica")
    account = ann.buyer.account_id
    assert await slow.fetchval("select ledger_post('admin_credit', 'late', 3, $1, 70000)", account)
    await slow.execute(
        "update ledger_entries set amount_micro = amount_micro - 1 where account_id = 3 and "
        "transfer_id = (select id from ledger_transfers where reference = 'late')"
    )
    for _ in range(3):
        await busy.place(await busy.customer())
        assert (await busy.prove(**ONLY_NEW)).ok
    await late.commit()
    await slow.close()
    found = await busy.prove(**ONLY_NEW)
    assert (found.unbalanced, found.sum_micro) == (1, -1)


async def test_what_was_found_is_found_again_until_it_is_mended(busy: Shop) -> None:
    ann, _ = await has_waiting_order(busy)
    await prove_all(busy)
    account = ann.buyer.account_id
    change = "update ledger_balances set balance_micro = balance_micro + $1 where account_id = $2"
    await busy.damage(change, 1, account)
    for _ in range(3):
        assert (await busy.prove(**ONLY_NEW)).drift == 1
        with pytest.raises(BooksDoNotBalance, match="'drift': 1"):
            await verify_books(busy.services, now())
    await busy.damage(change, -1, account)
    await prove_all(busy)
    await verify_books(busy.services, now())


async def test_the_balance_of_somebody_who_does_nothing_is_compared_when_it_is_written(
    busy: Shop,
) -> None:
    ann, _ = await has_waiting_order(busy)
    await prove_all(busy)
    for _ in range(5):
        await busy.place(await busy.customer())
        await prove_all(busy)
    await busy.damage(
        "update ledger_balances set balance_micro = 1 where account_id = $1", ann.buyer.account_id
    )
    assert (await busy.prove(**ONLY_NEW)).drift == 1


@pytest.mark.parametrize(
    "statement",
    [
        "update orders set status = 'CANCELLED', ended_at = now() - interval '9 days'",
        "update orders set status = 'COMPLETED', sms_count = 1, first_sms_at = now(), ended_at = now() - interval '9 days'",
        "update orders set status = 'RECEIVED', sms_count = 1, first_sms_at = now()",
        "update orders set price_micro = price_micro + 10000",
        "delete from orders",
    ],
)
async def test_an_order_that_was_undecided_is_asked_how_it_ended(
    busy: Shop, statement: str
) -> None:
    await has_waiting_order(busy)
    await prove_all(busy)
    await let_hours_pass(busy)
    await busy.damage(statement)
    found = await busy.prove(**ONLY_NEW)
    assert found.open_suspense_mismatch == 1


async def test_the_whole_past_is_proved_again_slice_by_slice(busy: Shop) -> None:
    ann = await busy.customer()
    for _ in range(8):
        await busy.services.orders.cancel(ann.id, (await busy.place(ann)).id)
    await prove_all(busy)
    await let_hours_pass(busy)
    await busy.damage(
        "update ledger_entries set amount_micro = amount_micro + 1 where account_id = 1 and "
        "transfer_id = (select min(id) + 4 from ledger_transfers)"
    )
    assert (await busy.prove(**ONLY_NEW)).ok, "it is old"
    runs = [(await busy.prove(tail=0, slice=10)).ok for _ in range(4)]
    assert not all(runs)
    assert not (await busy.verify()).ok, "at once, for who asks"


async def test_a_round_says_since_when_everything_was_proved(busy: Shop) -> None:
    await has_waiting_order(busy)
    assert await busy.fetchval("select min(proved_since) from ledger_proof_rounds") is None
    for _ in range(3):
        assert (await busy.prove()).ok
    assert await busy.fetchval("select bool_and(proved_since < now()) from ledger_proof_rounds")
    parts = await busy.fetchval("select count(*) from ledger_proof_rounds")
    numbered = {"transfers", "entries", "accounts"}
    assert parts == len(numbered) + len(SLICES)


@pytest.mark.parametrize("shift", [10**9, -(10**9), 2**32, 2**40])
async def test_a_copy_on_another_server_is_proved_though_its_transactions_are_numbered_anew(
    busy: Shop, shift: int
) -> None:
    ann, _ = await has_waiting_order(busy)
    await prove_all(busy)
    await busy.execute(
        "update ledger_proofs set horizon = greatest(horizon + $1, 0), "
        "next_transaction = greatest(next_transaction + $1, 0)",
        shift,
    )
    await busy.damage(
        "update ledger_balances set balance_micro = 1 where account_id = $1", ann.buyer.account_id
    )
    assert (await busy.prove(**ONLY_NEW)).drift == 1
    await busy.damage(
        "update ledger_balances b set balance_micro = (select sum(amount_micro) from "
        "ledger_entries e where e.account_id = b.account_id)"
    )
    await prove_all(busy)
    await busy.place(ann)
    await prove_all(busy)


async def test_what_is_new_beyond_measure_is_left_to_the_slices(busy: Shop) -> None:
    """After days without a worker a run still costs what a run may cost."""
    ann = await busy.customer()
    for _ in range(6):
        await busy.place(ann)
    await busy.damage(
        "update ledger_entries set amount_micro = amount_micro + 1 where account_id = 1 and "
        "transfer_id = (select min(id) + 1 from ledger_transfers)"
    )
    effort = {"tail": 0, "new_max": 2, "slice": 0}
    assert (await busy.prove(**effort)).transfers == 2
    found = [await busy.prove(tail=0, new_max=2, slice=4) for _ in range(3)]
    assert any(one.unbalanced for one in found)


READS = """
select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint from pg_stat_user_tables
"""


async def count_rows_read(address: str, work: str) -> int:
    """Rows that a proof reads, as the server counts them when its connections are closed."""
    before = await _reads(address)
    pool = await open_pool(address, name="test", size=1, statement_timeout_s=60)
    try:
        database = PooledDatabase(pool)
        if work == "whole":
            assert (await verify(database)).ok
        else:
            assert (
                await RunningProof(database, Effort(tail=500, new_max=500, slice=1000)).run()
            ).ok
    finally:
        await pool.close()
    return await _reads(address) - before


async def _reads(address: str) -> int:
    connection = await asyncpg.connect(address)
    try:
        return int(await connection.fetchval(READS))
    finally:
        await connection.close()


async def test_a_run_costs_the_same_however_long_the_past(cluster: Cluster) -> None:
    costs: dict[str, list[int]] = {"whole": [], "running": []}
    for orders in (2_000, 16_000):
        address = await cluster.create()
        try:
            await fill(address, orders, lambda _: None, open_orders=100)
            await count_rows_read(address, "running")
            for work, counted in costs.items():
                counted.append(await count_rows_read(address, work))
        finally:
            await cluster.drop(address)
    small, large = costs["running"]
    assert large < 1.5 * small, costs
    small, large = costs["whole"]
    assert large > 4 * small, "the count would show it"


async def test_a_round_is_not_held_up_by_numbers_that_were_left_out(busy: Shop) -> None:
    """Slices are of rows: a sequence that leapt, by whomever, is no place to walk through."""
    await busy.execute("select setval('ledger_transfers_id_seq', 1000000000000)")
    await busy.execute("select setval('ledger_entries_id_seq', 1000000000000)")
    await has_waiting_order(busy)
    for _ in range(3):
        assert (await busy.prove(tail=0, slice=500)).ok
    assert await busy.fetchval(
        "select count(*) from ledger_proof_rounds where proved_since is not null"
    ) == 3 + len(SLICES)

"""What a question costs does not depend on how long anybody's history is.

Asked of a shop with many orders, where one user has a tenth of them, one bought long ago and
never again, and the statistics of the tables are those of the day. Rows are counted by the
server: all that a question's scans looked at, whether they were of use or not.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any, Final

import asyncpg
import pytest

from benchmarks.history import IDLE_ORDERS, fill
from jiema_app.domain import ids
from jiema_app.domain.ledger import queries as ledger_queries
from jiema_app.domain.ledger import statement_queries
from jiema_app.domain.ledger.accounts import ORDER_KINDS, UserAccount
from jiema_app.domain.operations.figures import COUNTS
from jiema_app.domain.orders import expiry, queries, retention, sync
from jiema_app.domain.orders.history import COUNTED_MAX, LOOKED_AT_MAX, OrderGroup, OrderHistory
from jiema_app.domain.orders.statuses import OPEN_STATUSES, OrderStatus
from jiema_app.domain.recharges import queries as recharge_queries
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.domain.units import UserId
from jiema_app.integrations.postgres.pool import open_pool
from tests.support.cluster import Cluster
from tests.support.plans import look
from tests.support.shop import Shop, now

ORDERS: Final = 30_000
OPEN: Final = 100
HEAVY, IDLE = 1, 2
PAGE: Final = 26
ALL: Final = [status.value for status in OrderStatus]
RECEIVED: Final = ["WAITING", "RECEIVED", "COMPLETED"]
REFUNDED: Final = ["CANCELLED", "FAILED"]


@pytest.fixture(scope="module")
def old_shop(cluster: Cluster) -> Iterator[str]:
    """A database with many orders, for the tests of this module."""

    async def make() -> str:
        address = await cluster.create()
        await fill(address, ORDERS, lambda _: None, open_orders=OPEN)
        return address

    address = asyncio.run(make())
    yield address
    asyncio.run(cluster.drop(address))


@pytest.fixture
async def connection(old_shop: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    opened = await asyncpg.connect(old_shop)
    yield opened
    await opened.close()


@pytest.fixture
async def history(old_shop: str, shop: Shop) -> AsyncIterator[OrderHistory]:
    pool = await open_pool(old_shop, name="test", size=1, statement_timeout_s=20)
    yield OrderHistory(PooledDatabase(pool), shop.services.order_history.names)
    await pool.close()


async def user(connection: "asyncpg.Connection[asyncpg.Record]", which: int) -> UserId:
    question = "select user_id from ledger_accounts where id = 1000 + $1"
    return UserId(await connection.fetchval(question, which))


LARGE: Final = {"orders", "ledger_entries", "ledger_transfers", "payments", "recharges"}

TERM: Final = (["zz"], [9999], "77777", None, None, None, None)

OWN: Final[dict[str, tuple[str, tuple[Any, ...], int]]] = {
    "newest": (queries.LIST_OWN, (None, PAGE), 3 * PAGE),
    "of a status": (queries.LIST_OWN_BY_STATUS, (None, PAGE, ["CANCELLED"], False), 3 * PAGE),
    "open": (
        queries.LIST_OWN_BY_STATUS, (None, PAGE, [*OPEN_STATUSES], False), 9 * PAGE,
    ),
    "with a code": (queries.LIST_OWN_BY_STATUS, (None, PAGE, RECEIVED, True), 9 * PAGE + OPEN),
    "refunded": (queries.LIST_OWN_BY_STATUS, (None, PAGE, REFUNDED, False), 6 * PAGE),
    "by id": (queries.OWN_BY_ID_START, (None, PAGE, "czzzzzz", None, False), 3 * PAGE),
    "searched": (
        queries.search_own(1, by_status=False), (None, PAGE, 500, *TERM), 500,
    ),
    "searched among those with a code": (
        queries.search_own(1, by_status=True), (None, PAGE, RECEIVED, True, 500, *TERM), 1600,
    ),
    "counted": (queries.COUNT_OWN, (200, ALL), 201 * len(ALL)),
    "standing": (queries.STANDING, (ids.first_id_at(now()),), PAGE),
    "statement": (
        ledger_queries.STATEMENT, (UserAccount.SPENDING, None, PAGE, list(ORDER_KINDS)), 10 * PAGE,
    ),
    "statement, filtered": (
        statement_queries.LINES,
        (UserAccount.SPENDING, statement_queries.NO_ENTRY, 0, list(ORDER_KINDS),
         "order_refunded", "zz", None, None, None, None, PAGE),
        7 * statement_queries.LOOKED_AT_MAX,
    ),
    "statement, by days": (
        statement_queries.FIRST_ID_SINCE, (UserAccount.SPENDING, now() - timedelta(days=300)), 100,
    ),
    "bought": (queries.LIST_BOUGHT, (PAGE,), 3 * PAGE),
    "recharges": (recharge_queries.LIST_OWN, (None, PAGE), 3 * PAGE),
}  # fmt: skip
"""What a user may ask about their own: the question, its arguments after the user, and the most
rows that it may look at."""


@pytest.mark.parametrize("which", [HEAVY, IDLE])
async def test_nobody_s_question_reads_a_long_history(
    connection: "asyncpg.Connection[asyncpg.Record]", which: int
) -> None:
    assert not await dear_questions(connection, await user(connection, which))


async def dear_questions(
    connection: "asyncpg.Connection[asyncpg.Record]", person: UserId
) -> dict[str, Any]:
    """What a user may ask that looks at more rows than it may, and at how many."""
    dear = {}
    for name, (question, arguments, most) in OWN.items():
        rows, whole = await look(connection, question, person, *arguments)
        if rows > most or LARGE & {*whole}:
            dear[name] = (rows, most, whole)
    return dear


async def test_who_bought_much_long_ago_and_nothing_since_reads_nobody_else_s_orders(
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    """By the statistics their next order is never far; by the newest first all others' are nearer."""
    person = await user(connection, IDLE)
    change = connection.transaction()
    await change.start()
    many = 3 * ORDERS // 10
    await connection.execute(
        "update orders set user_id = $1 where id in (select id from orders order by id limit $2)",
        person,
        many,
    )
    await connection.execute("analyze orders")
    dear = await dear_questions(connection, person)
    await change.rollback()
    # So few orders lie so close together that a search may as well sort all of the user's.
    own = {name for name, (rows, *_) in dear.items() if "searched" in name and rows <= many}
    assert set(dear) == own, dear


async def test_the_jobs_questions_read_what_is_due_and_not_what_was(
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    jobs: dict[str, tuple[str, tuple[Any, ...]]] = {
        "expiry": (expiry.DUE, (30.0, 1000)),
        "purge": (retention.PURGE, (86_400.0, 1000)),
        "idempotency": (retention.FORGET_KEYS, (86_400.0,)),
        "sync": (sync.OPEN_ACTIVATIONS, ("primary",)),
        "claimed": (sync.CLAIMED, ("primary", ["past1", "past2"])),
        "figures": (COUNTS, ()),
    }
    dear = {}
    for name, (question, arguments) in jobs.items():
        rows, whole = await look(connection, question, *arguments)
        if rows > 40 * OPEN or (LARGE - {"payments", "recharges"}) & {*whole}:
            dear[name] = (rows, whole)
    assert not dear


async def test_the_proof_does_not_expect_to_read_a_whole_table_for_ids_that_are_none(
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    """By an index it looked at nothing; but by what the planner expected, at ten million orders
    it read all of them instead."""
    explained = await connection.fetchval(f"explain (format json) {ledger_queries.STRANGE_IDS}")
    assert json.loads(explained)[0]["Plan"]["Total Cost"] < 100


async def test_a_search_goes_on_where_it_stopped(
    connection: "asyncpg.Connection[asyncpg.Record]", history: OrderHistory
) -> None:
    """What is far back is found by going on, and nothing is passed over or shown twice."""
    person = await user(connection, HEAVY)
    mine = "select id from orders where user_id = $1 and phone is not null order by id"
    wanted = [row["id"] for row in await connection.fetch(mine, person)]
    assert len(wanted) > LOOKED_AT_MAX
    oldest = {wanted[0], wanted[7]}
    await connection.execute("update orders set country_id = 6 where id = any($1)", list(oldest))
    await connection.execute(
        "update orders set country_id = 7 where user_id = $1 and not id = any($2)",
        person,
        list(oldest),
    )
    found: list[str] = []
    cursor, pages = None, 0
    while pages == 0 or cursor is not None:
        page = await history.search_own(person, text="indonesia", limit=1, cursor=cursor)
        found += [order.id for order in page.orders]
        cursor, pages = page.next_cursor, pages + 1
    assert found == sorted(oldest, reverse=True)
    assert pages <= 2 + len(wanted) // LOOKED_AT_MAX + len(oldest)
    [by_id] = (await history.search_own(person, text=wanted[0], limit=10)).orders
    assert by_id.id == wanted[0]


async def test_beyond_a_thousand_nobody_counts(
    connection: "asyncpg.Connection[asyncpg.Record]", history: OrderHistory
) -> None:
    heavy = await history.count_own(await user(connection, HEAVY))
    assert heavy[OrderGroup.ALL] == heavy[OrderGroup.RECEIVED] == COUNTED_MAX
    idle = await history.count_own(await user(connection, IDLE))
    assert idle[OrderGroup.ALL] == IDLE_ORDERS - 2, "two had no number"

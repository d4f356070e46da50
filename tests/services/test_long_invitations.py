"""What the invite page asks does not depend on how much a link has brought.

Asked of a user who has invited everybody else of a shop; see `test_long_histories.py`.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any, Final

import asyncpg
import pytest

from benchmarks.history import fill
from benchmarks.invite_page import HOST, invite_everybody
from jiema_app.domain.identity import queries as identity_queries
from jiema_app.domain.referrals import invite_queries as queries
from jiema_app.domain.referrals.invite import SUSPENDING
from tests.support.cluster import Cluster
from tests.support.plans import look
from tests.support.shop import now

ORDERS: Final = 20_000
PAGE: Final = 9
DAYS_MAX: Final = 700
"""Days on which the link did something: a row for each of them."""
PURSES: Final = 8
"""Of one user, with their balances."""

LARGE: Final = {
    "commissions", "ledger_entries", "ledger_transfers", "orders", "referrals", "users",
}  # fmt: skip
"""The days are all of this one link, and there are no findings: there is nothing to leave out."""


@pytest.fixture(scope="module")
def old_shop(cluster: Cluster) -> Iterator[str]:
    """A database in which one user has invited everybody."""

    async def make() -> str:
        address = await cluster.create()
        await fill(address, ORDERS, lambda _: None, open_orders=500)
        await invite_everybody(address)
        return address

    address = asyncio.run(make())
    yield address
    asyncio.run(cluster.drop(address))


@pytest.fixture
async def connection(old_shop: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    opened = await asyncpg.connect(old_shop)
    yield opened
    await opened.close()


async def middle(connection: "asyncpg.Connection[asyncpg.Record]", question: str) -> Any:
    """A place in the middle of a list."""
    return await connection.fetchval(f"select (array_agg(at))[count(*) / 2] from ({question}) m")


async def test_the_overview_reads_days_and_purses(
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    rows, whole = await look(connection, queries.OVERVIEW, HOST, SUSPENDING)
    assert rows <= DAYS_MAX + PURSES + 2
    assert not LARGE & set(whole)
    rows, whole = await look(connection, queries.DAYS, HOST, now().date() - timedelta(days=89))
    assert rows <= 90
    assert not LARGE & set(whole)


LISTS: Final = {
    "people": (
        queries.PEOPLE,
        f"select user_id as at from referrals where referrer_id = '{HOST}' order by user_id",
        PAGE,
    ),
    "pending": (
        queries.PENDING,
        f"""select order_id as at from commissions
            where referrer_id = '{HOST}' and status = 'PENDING' order by order_id""",
        2 * PAGE,
    ),
    # Each movement with its account, transfer, commission and invitation.
    "movements": (
        queries.MOVEMENTS,
        f"""select e.id as at
            from ledger_entries e join ledger_accounts a on a.id = e.account_id
            where a.user_id = '{HOST}' and a.kind = 'user:commission' order by e.id""",
        4 * PAGE + 3,
    ),
}


@pytest.mark.parametrize("name", LISTS)
async def test_a_page_of_a_list_reads_its_own_rows_wherever_it_stands(
    connection: "asyncpg.Connection[asyncpg.Record]", name: str
) -> None:
    question, places, most = LISTS[name]
    for place in (None, await middle(connection, places)):
        found = await connection.fetch(question, HOST, place, PAGE)
        assert len(found) == PAGE
        rows, whole = await look(connection, question, HOST, place, PAGE)
        assert rows <= most, place
        assert not LARGE & set(whole), place


async def test_reading_an_account_stays_one_short_question(
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    rows, whole = await look(connection, identity_queries.ACCOUNT, HOST)
    assert rows <= PURSES + 1
    assert not LARGE & set(whole)

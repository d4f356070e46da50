"""``python -m benchmarks.growth``: what a shop with millions of orders costs.

It fills a database for each size, on a server of its own that is gone at the end, and measures
the running proof, the whole proof, and what a user with a long history waits for. Ten million
orders take about 15 GB and a quarter of an hour; ``--folder`` says where.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import asyncpg

from benchmarks.arena import forget_foreign_environment, with_database
from benchmarks.history import fill
from jiema_app.bootstrap import build_services
from jiema_app.domain.ledger.proof import RunningProof
from jiema_app.domain.ledger.verification import verify
from jiema_app.domain.orders.history import OrderGroup
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.domain.units import UserId
from jiema_app.integrations.postgres import embedded
from jiema_app.integrations.postgres.migrations import upgrade_to_head
from jiema_app.integrations.postgres.pool import open_pool
from jiema_app.settings import get_settings

SIZES: Final = (100_000, 1_000_000)
RUNS: Final = 7
LIST_LIMIT_MS: Final = 30.0
GROWTH_LIMIT: Final = 5.0
"""A run of the running proof at the largest size against one at the smallest."""

PAGES: Final = "running proof, pages"
PAGES_LIMIT: Final = 2.0
"""The same, by the pages that the database is asked for: no other work on the machine counts. The
newest entries are of as many users as there are, until each is of another one."""

PAGES_ASKED_FOR: Final = """
select blks_hit + blks_read from pg_stat_database where datname = current_database()
"""
FLUSHED_S: Final = 11.0
"""A server process tells its counts when it has been idle for ten seconds."""

PEOPLE: Final = "select user_id from ledger_accounts where id in (1001, 1002) order by id"

QUICKLY: Final = (
    "alter system set max_wal_size = '16GB'",
    "alter system set fsync = off",
    "alter system set full_page_writes = off",
    "alter system set autovacuum = off",
    "select pg_reload_conf()",
)
"""Nothing here is to survive a power cut."""


def tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


async def timed(work: Callable[[], Awaitable[Any]], runs: int = RUNS) -> float:
    """Median seconds."""
    took = []
    for _ in range(runs):
        began = time.perf_counter()
        await work()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


async def measure(server: str, orders: int) -> dict[str, float]:
    """Seconds by what was measured."""
    name = f"grown_{orders}"
    connection = await asyncpg.connect(server)
    await connection.execute(f'create database "{name}"')
    await connection.close()
    address = with_database(server, name)
    await asyncio.to_thread(upgrade_to_head, address)
    await fill(address, orders, lambda step: tell(f"{orders:,}: {step}"))
    pool = await open_pool(address, name="growth", size=2, statement_timeout_s=15)
    database = PooledDatabase(pool)
    found: dict[str, float] = {}

    async def prove() -> None:
        assert (await RunningProof(database).run()).ok

    tell(f"{orders:,}: proofs")
    for _ in range(3):
        await prove()  # the first ones have everything to catch up with
    found[PAGES] = await _pages(pool, prove)
    found["running proof"] = await timed(prove)
    found["whole proof"] = await timed(partial(verify, database), runs=1)
    services = build_services(get_settings(), database, {})
    for who, row in zip(("heavy", "idle"), await pool.fetch(PEOPLE), strict=True):
        user = UserId(row["user_id"])
        found[f"{who}: counts"] = await timed(partial(services.order_history.count_own, user))
        for group in OrderGroup:
            found[f"{who}: list, {group}"] = await timed(
                partial(services.order_history.search_own, user, states=group, limit=25)
            )
        for text in ("tg", "tg zz", "60123", user):
            found[f"{who}: search {text[:5]}"] = await timed(
                partial(services.order_history.search_own, user, text=text, limit=25)
            )
        found[f"{who}: statement"] = await timed(
            partial(services.statement.list_lines, user, limit=25, cursor=None)
        )
    await pool.close()
    return found


async def _pages(pool: "asyncpg.Pool[Any]", work: Callable[[], Awaitable[Any]]) -> float:
    """Pages of the database that some work asks for."""
    await asyncio.sleep(FLUSHED_S)
    before = await pool.fetchval(PAGES_ASKED_FOR)
    for _ in range(RUNS):
        await work()
    await asyncio.sleep(FLUSHED_S)
    return float(await pool.fetchval(PAGES_ASKED_FOR) - before) / RUNS


def _written(name: str, figure: float) -> str:
    return f"{figure:>11,.0f}   " if name == PAGES else f"{figure * 1000:>11,.1f} ms"


def print_table(figures: dict[int, dict[str, float]]) -> None:
    """A line for each figure, a column for each size."""
    sizes = list(figures)
    print(f"{'':32}", *(f"{size:>14,}" for size in sizes))
    for name in figures[sizes[0]]:
        print(f"{name:32}", *(_written(name, figures[size][name]) for size in sizes))


def is_met(figures: dict[int, dict[str, float]]) -> bool:
    """Whether lists are quick, and proving goes on costing what it cost."""
    first, last = figures[min(figures)], figures[max(figures)]
    lists = max(seconds for name, seconds in last.items() if ":" in name)
    return (
        lists * 1000 <= LIST_LIMIT_MS
        and last[PAGES] <= PAGES_LIMIT * first[PAGES]
        and last["running proof"] <= GROWTH_LIMIT * max(first["running proof"], 0.2)
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--orders", type=int, nargs="+", default=SIZES, help="how many")
    parser.add_argument("--folder", type=Path, help="where there is room")
    arguments = parser.parse_args()
    forget_foreign_environment()
    with tempfile.TemporaryDirectory(prefix="jiema-growth-", dir=arguments.folder) as name:
        folder = Path(name)
        # Under root the database's own user must be able to walk to its data.
        folder.chmod(0o755)
        server = embedded.start(folder, die_with_us=True)
        try:
            figures = asyncio.run(_all(server, arguments.orders))
        finally:
            embedded.stop(folder)
    print_table(figures)
    return 0 if is_met(figures) else 1


async def _all(server: str, sizes: list[int]) -> dict[int, dict[str, float]]:
    connection = await asyncpg.connect(server)
    for setting in QUICKLY:
        await connection.execute(setting)
    await connection.close()
    return {size: await measure(server, size) for size in sizes}


if __name__ == "__main__":
    sys.exit(main())

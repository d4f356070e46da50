"""``python -m benchmarks.figures_served``: pages and prices with figures, and without any.

Two shops that sell the same, each with a web process of its own: behind one of them stand orders of
30 days, counted. Both are asked in turn. Ten million orders take some ten minutes to make.
"""

import argparse
import asyncio
import sys
import time
from contextlib import AsyncExitStack
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from benchmarks import figures
from benchmarks.arena import (
    Arena,
    environment_of,
    forget_foreign_environment,
    has_pages,
    open_arena,
)
from benchmarks.growth import QUICKLY
from benchmarks.people import Customer
from benchmarks.report import Row, table
from benchmarks.rounds import FULL, Target, compare, http_request
from benchmarks.web_figures import fill_shop, plain_get
from jiema_app.domain.figures.rollup import FigureRollup
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.integrations.postgres.pool import open_pool

LEAST: Final = 0.95
DAYS: Final = 28
STARTED: Final = time.monotonic()


def tell(words: str) -> None:
    print(f"[{time.monotonic() - STARTED:4.0f} s] {words}", file=sys.stderr, flush=True)


async def measure(arena: Arena, orders: int) -> list[Row]:
    """Requests per second with figures and without."""
    async with AsyncExitStack() as stack:
        tell("filling a shop")
        shop = await fill_shop(arena, stack)
        counted = await arena.new_database(template=urlsplit(shop.address).path[1:])
        tell(f"{orders:,} orders for one of two")
        await _count(counted, orders)
        with_figures = await stack.enter_async_context(
            arena.web(environment_of(counted, shop.sandbox, supplier_pace=0))
        )
        without = await stack.enter_async_context(arena.web(shop.environment))
        rows = []
        for what, request in _requests(shop.customers[0]).items():
            tell(what)
            sides = Target(with_figures.port, [request]), Target(without.port, [request])
            rows.append(await compare(what, *sides, FULL, LEAST))
        return rows


async def _count(address: str, orders: int) -> None:
    """Put orders of the routes on sale into a database, and have them counted."""
    connection = await asyncpg.connect(address)
    for setting in QUICKLY:
        await connection.execute(setting)
    services = [
        row[0] for row in await connection.fetch("select code from services order by popularity")
    ]
    countries = [
        row[0] for row in await connection.fetch("select id from countries order by popularity")
    ]
    await connection.close()
    await figures.fill(address, orders, services, countries, DAYS)
    pool = await open_pool(address, name="figures", size=1, statement_timeout_s=60)
    try:
        tell("counting them")
        await FigureRollup(PooledDatabase(pool)).run()
        shown = await pool.fetchval("select count(*) from route_figures where sample >= 20")
        tell(f"figures of {shown:,} routes")
    finally:
        await pool.close()


def _requests(customer: Customer) -> dict[str, str]:
    page = {"Accept": "text/html"}
    return {
        "GET /en/service/telegram": http_request("GET", "/en/service/telegram", page),
        "GET /en/country/id": http_request("GET", "/en/country/id", page),
        "GET /prices?service=tg": plain_get(customer, "/api/v1/prices?service=tg"),
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.figures_served", description=__doc__
    )
    parser.add_argument("--orders", type=int, default=10_000_000, help="how many stand behind them")
    arguments = parser.parse_args()
    forget_foreign_environment()
    if not has_pages():
        parser.error("the pages are stale: make build")
    with open_arena() as arena:
        rows = asyncio.run(measure(arena, arguments.orders))
    print(table(rows))
    return 0 if all(row.is_met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())

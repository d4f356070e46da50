"""``python -m benchmarks.figures``: what it takes to count a busy day of orders.

It fills a database of its own with a day of orders, over as many routes as are on sale, has them
counted from nothing, and compares the figures with the orders themselves.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import asyncpg

from benchmarks.arena import forget_foreign_environment, with_database
from benchmarks.growth import QUICKLY
from jiema_app.domain.figures.rollup import FigureRollup
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.integrations.postgres import embedded
from jiema_app.integrations.postgres.migrations import upgrade_to_head
from jiema_app.integrations.postgres.pool import open_pool

SECONDS_MAX: Final = 60.0
MEMORY_MAX_MB: Final = 50.0
SERVICES, COUNTRIES = 1_000, 200

# A few routes have most of the orders: a power of an even draw.
FILL: Final = """
insert into orders (id, user_id, status, reason, service_code, country_id, price_micro,
    cost_limit_micro, supplier, phone, sms_count, created_at, expires_at, received_at,
    first_sms_at, ended_at)
select 'c' || lpad(n::text, 24, '0'), 'nobody', case when ok then 'COMPLETED' else 'CANCELLED' end,
    'EXPIRED', ($2::text[])[1 + floor(pow(random(), 3) * cardinality($2))::integer],
    ($3::integer[])[1 + floor(pow(random(), 3) * cardinality($3))::integer],
    10000, 10000, 'primary', '+601', ok::integer, at, at + interval '15 minutes',
    case when ok then first end, case when ok then first end, at + interval '15 minutes'
from (
    select n, at, random() < 0.8 as ok, at + make_interval(secs => 2 + 60 * pow(random(), 3)) as first
    from generate_series(1, $1::integer) n,
    lateral (select date_trunc('day', now(), 'UTC') - make_interval(days => $4::integer + 1)
        + make_interval(secs => n * (86400.0 * $4 - 2400) / $1)) as moments (at)
) drawn
"""


async def fill(
    address: str, orders: int, services: Sequence[str], countries: Sequence[int], days: int = 1
) -> None:
    """Put orders of past days into a database, most of them for the first ones of both."""
    connection = await asyncpg.connect(address)
    try:
        await connection.execute("set session_replication_role = replica")
        await connection.execute(FILL, orders, services, countries, days)
        await connection.execute("vacuum analyze orders")
    finally:
        await connection.close()


def memory_mb(process: int | str, name: str = "VmHWM") -> float:
    """The most memory a process has had."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return (
        int(next(line for line in status.splitlines() if line.startswith(name)).split()[1]) / 1024
    )


async def measure(server: str, orders: int) -> dict[str, Any]:
    """Seconds, memory and whether the figures are right."""
    connection = await asyncpg.connect(server)
    for setting in QUICKLY:
        await connection.execute(setting)
    await connection.execute("create database figures")
    await connection.close()
    address = with_database(server, "figures")
    await asyncio.to_thread(upgrade_to_head, address)
    await fill(address, orders, [f"s{n}" for n in range(SERVICES)], range(COUNTRIES))
    pool = await open_pool(address, name="figures", size=1, statement_timeout_s=15)
    try:
        rollup = FigureRollup(PooledDatabase(pool))
        backend = await pool.fetchval("select pg_backend_pid()")
        before, server_before = memory_mb("self"), memory_mb(backend, "RssAnon")
        began = time.perf_counter()
        await rollup.run()
        seconds = time.perf_counter() - began
        found = {
            "orders": orders,
            "seconds": seconds,
            "worker_mb": memory_mb("self") - before,
            "server_mb": memory_mb(backend, "RssAnon") - server_before,
            "routes": await pool.fetchval("select count(*) from route_figures"),
        }
        began = time.perf_counter()
        await rollup.run()
        found["again_s"] = time.perf_counter() - began
        found["right"] = (await rollup.verify()).ok
        return found
    finally:
        await pool.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.figures", description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000, help="how many")
    arguments = parser.parse_args()
    forget_foreign_environment()
    with tempfile.TemporaryDirectory(prefix="jiema-figures-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = embedded.start(folder, die_with_us=True)
        try:
            found = asyncio.run(measure(server, arguments.orders))
        finally:
            embedded.stop(folder)
    print(
        "{orders:,} orders of a day on {routes:,} routes: counted in {seconds:.1f} s, "
        "{worker_mb:.0f} MB more in the worker, {server_mb:.0f} MB in the database's process; "
        "the next run {again_s:.2f} s; as the orders say: {right}".format(**found)
    )
    met = found["seconds"] <= SECONDS_MAX and found["worker_mb"] <= MEMORY_MAX_MB
    return 0 if met and found["right"] else 1


if __name__ == "__main__":
    sys.exit(main())

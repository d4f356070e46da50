"""What a statement of a million lines costs: its pages, its sums, a filter that nothing fits.

    python -m benchmarks.statement [--orders 1450000]

Each figure is the best and the median of seven, asked as the product asks.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from benchmarks.history import fill
from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.ledger.statement import Statement
from jiema_app.domain.ledger.statement_filter import StatementFilter
from jiema_app.domain.sealed_places import SealedPlaces
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.domain.units import ServiceCode, UserId
from jiema_app.integrations.postgres import embedded
from jiema_app.integrations.postgres.migrations import upgrade_to_head
from jiema_app.integrations.postgres.pool import open_pool

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ORDERS: Final = 1_450_000
"""Half of them are of one user, whose statement has a million lines then."""

RUNS: Final = 7


async def measure(address: str, orders: int) -> None:
    """Fill the database and say what each question takes."""
    connection = await asyncpg.connect(address)
    await fill(address, orders, lambda step: print(f"  {step}", file=sys.stderr), heavy_every=2)
    user = UserId(await connection.fetchval("select user_id from ledger_accounts where id = 1001"))
    lines = await connection.fetchval("select count(*) from ledger_entries where account_id = 1001")
    print(f"{lines} lines")
    await connection.close()
    pool = await open_pool(address, name="bench", size=1, statement_timeout_s=60)
    statement = Statement(PooledDatabase(pool), SealedPlaces.derived(b"benchmark"))
    old = datetime.now(UTC).date() - timedelta(days=400)
    month = StatementFilter(first_day=old, last_day=old + timedelta(days=30))
    none = StatementFilter(service=ServiceCode("zz"))
    asked: dict[str, Callable[[], Awaitable[Any]]] = {
        "first page": lambda: statement.list_lines(user, limit=25, cursor=None),
        "page of a kind": lambda: _page(statement, user, StatementFilter(
            kind=TransferKind.ORDER_REFUNDED)),
        "page of a service": lambda: _page(statement, user, StatementFilter(
            service=ServiceCode("tg"))),
        "page of 30 days, a year ago": lambda: _page(statement, user, month),
        "page that nothing fits": lambda: _page(statement, user, none),
        "page of one day before everything": lambda: _page(statement, user, StatementFilter(
            last_day=date(2020, 1, 1))),
        "sums of all": lambda: statement.add_up(user),
        "sums of a service": lambda: statement.add_up(user, StatementFilter(
            service=ServiceCode("tg"))),
        "sums of 30 days, a year ago": lambda: statement.add_up(user, month),
    }  # fmt: skip
    for name, ask in asked.items():
        took = []
        for _ in range(RUNS):
            began = time.perf_counter()
            await ask()
            took.append(1000 * (time.perf_counter() - began))
        print(f"{name:36} {min(took):8.1f} {statistics.median(took):8.1f} ms")
    await pool.close()


async def _page(statement: Statement, user: UserId, wanted: StatementFilter) -> Any:
    return await statement.list_lines(user, limit=25, cursor=None, wanted=wanted)


def main() -> None:
    """Measure on a database of one's own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        # The server's user must be able to walk to its data.
        Path(folder).chmod(0o755)
        address = embedded.start(Path(folder), die_with_us=True)
        try:
            upgrade_to_head(address)
            asyncio.run(measure(address, arguments.orders))
        finally:
            embedded.stop(Path(folder))


if __name__ == "__main__":
    main()

"""The figures of routes, compared with the orders themselves while everything falls over."""

import asyncio
from typing import Final

from jiema_app.domain.figures.rollup import FigureRollup
from jiema_app.domain.transaction import DATABASE_TROUBLES, PooledDatabase
from tests.chaos.result import Result
from tests.support.figures import read_figures, recount

LOOKS: Final = 2
"""While the storm lasts; a third look comes after it."""

PAUSE_S: Final = 5.0

# Whoever writes orders waits, so that there is one moment to speak of. Counting reads them only.
HOLD: Final = "lock table orders in share mode"


async def watch_figures(database: PooledDatabase, result: Result) -> None:
    """Compare them twice in the storm."""
    for _ in range(LOOKS):
        await asyncio.sleep(PAUSE_S)
        await compare_figures(database, result)


async def compare_figures(database: PooledDatabase, result: Result) -> None:
    """Count, and count again in another way, at one moment; again when the database falls over."""
    while True:
        try:
            async with database.transaction() as connection:
                await connection.execute(HOLD)
                at = await connection.fetchval("select clock_timestamp()")
                await FigureRollup(database).run(at)
                kept, slow = await read_figures(connection), await recount(connection, at)
        except DATABASE_TROUBLES:
            await asyncio.sleep(PAUSE_S / 10)
        else:
            break
    result.figures["routes_compared"] = result.figures.get("routes_compared", 0) + len(slow)
    wrong = {route for route in kept.keys() | slow.keys() if kept.get(route) != slow.get(route)}
    if wrong:
        result.broken.append(f"{len(wrong)} of {len(slow)} figures are not what the orders say")

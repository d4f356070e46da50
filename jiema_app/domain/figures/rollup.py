"""Counting what became of orders, so that how a route does costs nothing to show.

Hours are counted from the orders themselves. An hour that is over, and some minutes more, is
counted for good; the others are counted anew each time. Everything that one step changes is one
transaction: whoever is killed has counted nothing, or all of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jiema_app.domain.catalog import queries as catalog_queries
from jiema_app.domain.figures import queries
from jiema_app.domain.figures.ranking import SAMPLE_MIN
from jiema_app.domain.transaction import Connection, Database

WINDOW: Final = timedelta(days=30)
"""Whole days before today (UTC), and today so far."""

GRACE: Final = timedelta(minutes=10)
"""An order is judged by the start of its transaction, and seen when that has ended. None lasts so
long: statements are cut off after seconds, idle transactions after 30."""

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
PATIENCE_S: Final = 120.0
"""For one statement. A day with a million orders takes a few seconds an hour."""

ROUTES_AT_ONCE: Final = 5_000
"""Added up in one statement: a month of them fits into the memory of a sort."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a slow recount found otherwise than it is kept."""

    hours: int
    days: int
    figures: int

    @property
    def ok(self) -> bool:
        """Whether all of it is right."""
        return not (self.hours or self.days or self.figures)


@dataclass(frozen=True, slots=True)
class FigureRollup:
    """Keeps the figures of routes."""

    database: Database

    async def run(self, until: datetime | None = None) -> None:
        """Count all that was judged since, and publish what it changes.

        Args:
            until: As things stood at this moment; now when left out.
        """
        while not await self._step(until):
            pass

    async def run_anew(self) -> None:
        """Count the whole window again: somebody wrote orders into a past that was counted."""
        async with self.database.transaction() as connection:
            for statement in queries.START_ANEW:
                await connection.execute(statement)
        await self.run()

    async def _step(self, until: datetime | None) -> bool:
        """Count to the end of the next day that has orders, or to now.

        Returns:
            Whether all of it is counted.
        """
        async with self.database.transaction() as connection:
            await connection.execute(f"set local statement_timeout = '{PATIENCE_S:.0f}s'")
            now = until or await connection.fetchval(queries.NOW)
            edge = _day_of(now) - WINDOW
            await connection.execute(queries.BEGIN, edge)
            final_until = max(await connection.fetchval(queries.LOCK), edge)
            await connection.execute(queries.CHANGED)
            await connection.execute(queries.FORGET, edge, timeout=PATIENCE_S)
            await connection.execute(queries.DROP_OPEN, final_until, timeout=PATIENCE_S)
            # A day without any is passed over at once.
            first = await connection.fetchval(queries.NEXT_JUDGED, final_until)
            end = now if first is None else min(now, _day_of(first) + DAY)
            await self._count(connection, now if first is None else first, end)
            final_until = max(final_until, min(end, _hour_of(now - GRACE)))
            await connection.execute(queries.FOLD, _day_of(final_until), timeout=PATIENCE_S)
            seen = await self._publish(connection)
            await connection.execute(queries.KEEP_PROGRESS, final_until)
            if seen:
                await connection.execute(catalog_queries.ANNOUNCE)
        return bool(end >= now)

    async def _count(self, connection: Connection, start: datetime, end: datetime) -> None:
        """One statement an hour: none of them is large."""
        while start < end:
            until = min(_hour_of(start) + HOUR, end)
            await connection.execute(queries.COUNT, start, until, "hour", timeout=PATIENCE_S)
            start = until

    async def _publish(self, connection: Connection) -> int:
        """Add up what is kept of the routes that changed, some at a time.

        Returns:
            How many figures changed that anybody sees.
        """
        for statement in queries.KNOW_CHANGED:
            await connection.execute(statement)
        seen, changed = 0, await connection.fetchval(queries.COUNT_CHANGED)
        for start in range(0, changed, ROUTES_AT_ONCE):
            seen += await connection.fetchval(
                queries.PUBLISH, SAMPLE_MIN, start, start + ROUTES_AT_ONCE, timeout=PATIENCE_S
            )
        return seen

    async def verify(self) -> Doubt:
        """Compare what is kept with the orders themselves, all of it in one snapshot."""
        async with self.database.connection() as connection:
            transaction = connection.transaction(isolation="repeatable_read", readonly=True)
            async with transaction:
                await connection.execute("set local statement_timeout = 0")
                span = await connection.fetchrow(queries.COUNTED_SPAN)
                if span is None:
                    return Doubt(0, 0, 0)
                final_until = span["final_until"]
                edge, folded = span["today"] - WINDOW, _day_of(final_until)
                wrong = [
                    await connection.fetchval(queries.WRONG_COUNTS, since, until, unit)
                    for since, until, unit in (
                        (folded, final_until, "hour"),
                        (edge, folded, "day"),
                    )
                ]
                figures = await connection.fetchval(queries.WRONG_FIGURES)
        return Doubt(wrong[0], wrong[1], figures)


def _day_of(moment: datetime) -> datetime:
    """When its day began, UTC: the database's times carry this zone."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)

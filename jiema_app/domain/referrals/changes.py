"""Who is to be judged again, because something changed that rules look at."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from jiema_app.domain import ids
from jiema_app.domain.referrals import facts_queries
from jiema_app.domain.referrals import verdict_queries as queries
from jiema_app.domain.referrals.evaluation import evaluate_link
from jiema_app.domain.referrals.facts import read_link
from jiema_app.domain.referrals.findings import keep
from jiema_app.domain.referrals.rules import SAME_EXCHANGE
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import UserId

BATCH: Final = 200

ALIKE: Final = facts_queries.LIKE.format(user="$1", exchange="$2")


async def note_change(connection: Connection, user: UserId) -> None:
    """Have everything judged again that a user has to do with, within seconds.

    For whoever writes what rules look at: an address that is paid out to, a browser. Runs in the
    caller's transaction, locks no row, and does nothing for who neither invited nor was invited.
    What is credited from the chain is noted by the database itself.
    """
    await connection.execute(queries.NOTE_CHANGE, user)


@dataclass(frozen=True, slots=True)
class Changes:
    """Finds whom a change concerns. Any number of processes may, at once."""

    database: Database

    async def run(self) -> int:
        """Have judged whoever a change since the last run concerns; how many users had changed."""
        for done in range(BATCH):
            async with self.database.transaction() as connection:
                row = await connection.fetchrow(queries.TAKE_CHANGES)
                if row is None:
                    return done
                await self._pass_on(connection, UserId(row["user_id"]), is_link=row["is_link"])
        return BATCH

    async def _pass_on(self, connection: Connection, user: UserId, *, is_link: bool) -> None:
        if is_link:
            await connection.execute(queries.JUDGE_LINK, user)
        # An invitation is a matter of who looks like one another: whoever shares a browser or a
        # wallet with this user may be invited by them, or by whom they invited.
        alike = await connection.fetch(ALIKE, user, SAME_EXCHANGE.threshold)
        await connection.execute(queries.JUDGE_THESE, [row["user_id"] for row in alike])


@dataclass(frozen=True, slots=True)
class LinkWatch:
    """Looks at links as a whole once a day: most of what is said of them is a matter of days."""

    database: Database

    async def run(self, started: datetime) -> int:
        """Look at every link that did anything since yesterday.

        Args:
            started: Now.

        Returns:
            How many there were.
        """
        since = started - timedelta(days=1)
        async with self.database.connection() as connection:
            rows = await connection.fetch(
                queries.ACTIVE_LINKS, ids.first_id_at(since), since.astimezone(UTC).date()
            )
        for row in rows:
            await self.look(UserId(row["referrer_id"]))
        return len(rows)

    async def look(self, referrer: UserId) -> None:
        """Ask the rules about one link."""
        async with self.database.transaction() as connection:
            found = evaluate_link(await read_link(connection, referrer))
            if await keep(connection, referrer, None, found):
                await connection.execute(queries.NOTE_LINK, referrer)

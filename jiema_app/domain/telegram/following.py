"""Messages that follow orders and top-ups: asked for whenever what they tell has changed.

Nothing here makes words: a message is made when it is sent, so that changes merge, and no code
stands in a row. Each look may be made twice, by several workers: it leaves what one would have.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from jiema_app.domain.notifications.deliveries import (
    COUNTDOWN,
    NEWS,
    Delivery,
    follow,
    put,
)
from jiema_app.domain.telegram import following_queries as queries
from jiema_app.domain.telegram import kinds
from jiema_app.domain.transaction import Connection, Database

BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)

AT_ONCE: Final = 100
"""Orders of one transaction: nobody waits for a thousand of them."""

ROUNDS: Final = 2
"""Transactions of one look: what changes meanwhile does not wait for those that are left."""

LATELY_MIN: Final = 15
"""What ended within so many minutes is looked at each time."""

WALK: Final = 10_000
"""Messages of one step through all that follow orders."""

STEPS: Final = 8
"""Revisions of one version: how much of the time is over."""

COUNTDOWN_LIFE: Final = timedelta(seconds=45)
"""A later word about the time that is left is wrong by the time it is read."""

FORGOTTEN: Final = 2
"""The revision in which a code's own message is taken away."""


@dataclass(slots=True)
class Following:
    """Has the messages about orders and top-ups brought up to date."""

    database: Database
    _walked_to: datetime = field(default=BEGINNING, init=False, repr=False)

    async def look_at_orders(self, orders: Collection[str]) -> None:
        """Follow orders that have changed."""
        named = sorted(orders)
        for start in range(0, len(named), AT_ONCE):
            async with self.database.transaction() as connection:
                rows = await connection.fetch(queries.CHANGED, named[start : start + AT_ONCE])
                await self._follow_orders(connection, rows)

    async def look_for_what_is_behind(self) -> int:
        """Follow open orders whose message says less than is so: time passes, a look was missed.

        Returns:
            How many were found; the next look finds what is left.
        """
        return await self._follow_some(queries.BEHIND)

    async def look_for_what_has_ended(self) -> int:
        """Likewise of orders that have ended, and of those whose codes are forgotten.

        Of those that did not end lately one call looks at some, and the next one goes on there.

        Returns:
            How many were found.
        """
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.ENDED_LATELY, LATELY_MIN)
            walked = await connection.fetchrow(queries.WALK, self._walked_to, WALK)
        assert walked is not None
        behind = {row["id"] for row in rows}.union(walked["behind"] or ())
        await self.look_at_orders(behind)
        self._walked_to = walked["until"] if walked["passed"] >= WALK else BEGINNING
        return len(behind)

    async def look_for_what_was_left(self) -> int:
        """Likewise of those that met a blocked chat, or were refused, some weeks ago at most."""
        return await self._follow_some(queries.LEFT)

    async def look_at_recharges(self, recharges: Collection[str]) -> None:
        """Follow top-ups that have changed, as far as they are shown in a chat."""
        named = sorted(recharges)
        for start in range(0, len(named), AT_ONCE):
            async with self.database.transaction() as connection:
                some = named[start : start + AT_ONCE]
                for row in await connection.fetch(queries.RECHARGES, some):
                    shown = [kinds.RECHARGE_SHOWN]
                    for other in await connection.fetch(queries.OTHERS, row["id"], shown):
                        await _follow_other(connection, other, row["id"], row["revision"])

    async def look_at_open_recharges(self) -> None:
        """Follow those that are open and shown: time passes, a look was missed."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.OPEN_RECHARGES_SHOWN)
        await self.look_at_recharges([row["id"] for row in rows])

    async def _follow_some(self, query: str) -> int:
        done = 0
        for _ in range(ROUNDS):
            async with self.database.transaction() as connection:
                rows = await connection.fetch(query, AT_ONCE)
                await self._follow_orders(connection, rows)
            done += len(rows)
            if len(rows) < AT_ONCE:
                break
        return done

    async def _follow_orders(self, connection: Connection, rows: Sequence[Any]) -> None:
        for row in rows:
            known, revision = row["known_revision"], row["revision"]
            if row["has_failed"]:
                # What was not taken is tried again, as a further one: see `queries.LEFT`.
                revision = max(revision, known + 1)
            is_countdown = (
                known is not None and known // STEPS == row["version"] and not row["was_refused"]
            )
            if row["has_live"]:
                live = Delivery(
                    recipient=str(row["telegram_id"]),
                    kind=kinds.ORDER_LIVE,
                    key=f"order:{row['id']}",
                    subject_id=row["id"],
                    priority=COUNTDOWN if is_countdown else NEWS,
                    expires_at=row["at"] + COUNTDOWN_LIFE if is_countdown else None,
                )
                await follow(connection, live, revision)
            if not is_countdown:
                await self._put_codes(connection, row)
            await self._follow_others(connection, row)

    @staticmethod
    async def _put_codes(connection: Connection, row: Any) -> None:
        """Codes get a message each."""
        order = row["id"]
        if row["wants_codes"] and not row["is_purged"]:
            await put(
                connection,
                *(
                    Delivery(
                        recipient=str(row["telegram_id"]),
                        kind=kinds.ORDER_SMS,
                        key=f"order:{order}:sms:{ordinal}",
                        subject_id=order,
                        priority=NEWS,
                    )
                    for ordinal in range(1, row["sms_count"] + 1)
                ),
            )

    @staticmethod
    async def _follow_others(connection: Connection, row: Any) -> None:
        """What somebody asked to see follows as well; what is forgotten is taken out of all."""
        order = row["id"]
        others = [kinds.ORDER_SHOWN, *([kinds.ORDER_SMS] if row["is_purged"] else [])]
        for other in await connection.fetch(queries.OTHERS, order, others):
            if other["kind"] == kinds.ORDER_SMS:
                await _follow_other(connection, other, order, FORGOTTEN)
            elif other["revision"] // STEPS != row["version"] or other["was_refused"]:
                # Time that passes is told by the one that follows of its own accord.
                await _follow_other(connection, other, order, row["revision"])


async def note_message(connection: Connection, order: str, recipient: int, message_id: int) -> None:
    """A button of an order's message was pressed: by that we learn its number, if we do not have it."""
    await connection.execute(queries.FOUND, order, str(recipient), message_id)


async def _follow_other(connection: Connection, row: Any, subject: str, revision: int) -> None:
    if row["has_failed"]:
        revision = max(revision, row["revision"] + 1)
    delivery = Delivery(
        recipient=row["recipient"],
        kind=row["kind"],
        key=row["key"],
        subject_id=subject,
        priority=NEWS,
    )
    await follow(connection, delivery, revision)

"""Passing messages between a customer's chat and their topic in the group of those who answer.

Everything happens in the caller's transaction: with the update that told us of a message it is
written down that it is to be passed on, so that a crash loses none and doubles none. What was
written is never read here: messages are copied by their numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jiema_app.domain.clock import Clock
from jiema_app.domain.notifications.deliveries import COUNTDOWN, SUPPORT, Delivery, follow, put
from jiema_app.domain.notifications.transport import ClaimedDelivery
from jiema_app.domain.outside_numbers import whole_number
from jiema_app.domain.support import queries
from jiema_app.domain.support.customers import read_customer
from jiema_app.domain.support.statuses import PassingState, Resolution
from jiema_app.domain.transaction import Connection, Database

TOPIC_KIND: Final = "support.topic"
COPY_KIND: Final = "support.copy"
HEADER_KIND: Final = "support.header"
TELL_KIND: Final = "support.tell"
"""A word to the customer, in their language."""
NOTICE_KIND: Final = "support.notice"
"""A word to those who answer, in the topic."""

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)

TOPICS_PER_MINUTE: Final = 5

ON_THEIR_WAY_MAX: Final = 10
"""Messages of one person that are not in the group yet. Those of others wait behind them."""
BANNED_PER_HOUR: Final = 1
"""What a banned person may write: enough to object."""

NUMBER_MAX: Final = 2**53


@dataclass(frozen=True, slots=True)
class Passed:
    """A message that somebody wrote, by its numbers.

    Attributes:
        telegram_id: The customer whom it is from or for.
        message_id: Its number where it was written.
        version: 0, or when it was edited, in seconds since 1970.
        replies_to: The number, there too, of the message it replies to.
    """

    telegram_id: int
    message_id: int
    version: int = 0
    replies_to: int | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """The topic of a customer.

    Attributes:
        group_id: The group that it was made in; None before it is.
        thread_id: Its number there; None before it is made.
        is_lost: It vanished, and another one is being made.
        generation: Grows each time a topic is asked for.
    """

    telegram_id: int
    group_id: int | None
    thread_id: int | None
    is_lost: bool
    generation: int
    header_revision: int

    def is_ready(self, group: int | None) -> bool:
        """Whether it can be written to, as far as we know, where the group is this one now."""
        return self.thread_id is not None and not self.is_lost and self.group_id == group


@dataclass(frozen=True, slots=True)
class SupportDesk:
    """Takes messages in and hands them over.

    Attributes:
        group: The number of the group of those who answer; None where there is no support.
        per_minute: What one person may write in a minute.
    """

    database: Database
    clock: Clock
    group: int | None
    per_minute: int

    async def group_now(self) -> int | None:
        """The number that the group has now: one that became a supergroup has another."""
        if self.group is None:
            return None
        async with self.database.connection() as connection:
            return await self._group_now(connection)

    async def topic_by_thread(self, group: int, thread_id: int) -> Topic | None:
        """Whose topic has a number in a group; None of one that is no customer's."""
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.TOPIC_BY_THREAD, group, thread_id)
        return None if row is None else Topic(**dict(row))

    async def take(self, connection: Connection, written: Passed) -> None:
        """A customer wrote something, or edited it: to be passed on to their topic."""
        now, telegram_id = self.clock.now(), written.telegram_id
        span = await self._too_much(connection, telegram_id, now)
        if span is not None:
            number = int(now.timestamp() // span.total_seconds())
            await tell(connection, telegram_id, "busy", f"{telegram_id}:busy:{number}")
            return
        message = await self._keep(connection, written, now, is_answer=False)
        if message is None:
            return
        if not written.version:
            case = await connection.fetchrow(queries.OPEN_CASE, telegram_id, now)
            assert case is not None
            if case["is_new"]:
                await tell(connection, telegram_id, "opened", f"case:{case['id']}:opened")
        topic, group = await self._topic(connection, telegram_id, now), None
        if topic.thread_id is not None:
            group = await self._group_now(connection)
        if topic.is_ready(group):
            await self.give(connection, [message], topic.generation)
        elif topic.thread_id is not None and not topic.is_lost:
            # It stands in another group, where perhaps others read.
            await self.make_anew(connection, telegram_id, topic.generation)

    async def answer(self, connection: Connection, written: Passed, *, actor: str) -> None:
        """An administrator wrote something in a customer's topic, or edited it."""
        now = self.clock.now()
        message = await self._keep(connection, written, now, is_answer=True)
        if message is not None:
            await self.note_answer(connection, written.telegram_id, actor=actor)
            await self.give(connection, [message], 0)

    async def note_answer(self, connection: Connection, telegram_id: int, *, actor: str) -> None:
        """Count an answer to the open case, if there is one."""
        await connection.execute(queries.ANSWERED, telegram_id, self.clock.now(), actor)

    async def resolve(
        self, connection: Connection, telegram_id: int, resolution: Resolution
    ) -> bool:
        """End the open case; False when there is none, or the customer waits for its answer."""
        done = await connection.fetchval(queries.RESOLVE, telegram_id, self.clock.now(), resolution)
        return done is not None

    async def give(self, connection: Connection, messages: Iterable[int], generation: int) -> None:
        """Have messages copied that wait for it. What was given already is left alone."""
        rows = await connection.fetch(queries.GIVE, list(messages), self.clock.now())
        for row in sorted(rows, key=lambda row: row["id"]):
            recipient = row["telegram_id"] if row["is_answer"] else self.group
            await put(
                connection,
                Delivery(
                    recipient=str(recipient),
                    kind=COPY_KIND,
                    key=f"support:{row['id']}:{row['attempt']}",
                    subject_id=str(row["id"]),
                    payload={"generation": generation},
                    priority=SUPPORT,
                ),
            )

    async def ask_for_topic(
        self, connection: Connection, telegram_id: int, generation: int
    ) -> None:
        """Have a topic made: after those that are known to be asked for, a few a minute.

        Telegram bears less of these than of messages, and what it refuses stops the whole group.
        """
        before = await connection.fetchval(queries.TOPICS_ASKED_FOR, TOPIC_KIND)
        wait = before // TOPICS_PER_MINUTE * MINUTE
        await put(
            connection,
            Delivery(
                recipient=str(self.group),
                kind=TOPIC_KIND,
                key=f"support:topic:{telegram_id}:{generation}",
                subject_id=str(telegram_id),
                payload={"generation": generation},
                priority=SUPPORT,
                not_before=self.clock.now() + wait if wait else None,
            ),
        )

    async def make_anew(self, connection: Connection, telegram_id: int, generation: int) -> None:
        """A topic vanished: have another one made, unless that was asked for already."""
        renewed = await connection.fetchval(
            queries.MAKE_ANEW, telegram_id, generation, self.clock.now()
        )
        if renewed is not None:
            await self.ask_for_topic(connection, telegram_id, renewed)

    async def begin(
        self, connection: Connection, telegram_id: int, generation: int, group: int, thread_id: int
    ) -> None:
        """A topic was made: say there who they are, and pass on what waited for it."""
        before = await connection.fetchrow(queries.TOPIC, telegram_id)
        await connection.execute(queries.GIVEN_TO_ANOTHER, telegram_id, group, thread_id)
        made = await connection.fetchval(queries.MADE, telegram_id, generation, thread_id, group)
        if made is None:
            return
        if before is not None and before["group_id"] != group:
            await connection.execute(queries.FORGET_GROUP, telegram_id)
        await self.show(connection, telegram_id, generation, None)
        waiting = await connection.fetch(queries.WAITING_OF, telegram_id)
        await self.give(connection, [row["id"] for row in waiting], generation)

    async def show(
        self, connection: Connection, telegram_id: int, generation: int, known: bytes | None
    ) -> None:
        """Have the message that says who they are say it as it is now, if that is anything new.

        Args:
            connection: Of the caller's transaction.
            telegram_id: Whose.
            generation: Of their topic.
            known: The fingerprint of what it says.
        """
        customer = await read_customer(connection, telegram_id)
        fingerprint = b"" if customer is None else customer.fingerprint
        if fingerprint == known:
            return
        revision = await connection.fetchval(
            queries.HEADER_CHANGED, telegram_id, generation, fingerprint
        )
        if revision is None:
            return
        delivery = Delivery(
            recipient=str(self.group),
            kind=HEADER_KIND,
            key=f"support:header:{telegram_id}:{generation}",
            subject_id=str(telegram_id),
            payload={"generation": generation},
            # It has an older number than whatever waits for the group, and would go before all of it.
            priority=SUPPORT if known is None else COUNTDOWN,
        )
        await follow(connection, delivery, revision)

    async def notice(self, connection: Connection, telegram_id: int, word: str, key: str) -> None:
        """Say something to those who answer, in a customer's topic."""
        await put(
            connection,
            Delivery(
                recipient=str(self.group),
                kind=NOTICE_KIND,
                key=f"support:{key}",
                subject_id=str(telegram_id),
                payload={"word": word},
                priority=SUPPORT,
            ),
        )

    async def _too_much(
        self, connection: Connection, telegram_id: int, now: datetime
    ) -> timedelta | None:
        """How often somebody is told that they write too much; None when they do not.

        The group bears so few messages a minute that one or two people could keep all others out.
        """
        row = await connection.fetchrow(
            queries.WRITTEN_LATELY, telegram_id, now - MINUTE, now - HOUR
        )
        assert row is not None
        if row["is_banned"]:
            return HOUR if row["of_hour"] >= BANNED_PER_HOUR else None
        is_much = row["of_minute"] >= self.per_minute or row["on_their_way"] >= ON_THEIR_WAY_MAX
        return MINUTE if is_much else None

    async def _group_now(self, connection: Connection) -> int | None:
        moved: int | None = await connection.fetchval(queries.GROUP_NOW, self.group)
        return self.group if moved is None else moved

    async def _topic(self, connection: Connection, telegram_id: int, now: datetime) -> Topic:
        generation = await connection.fetchval(queries.BEGIN_TOPIC, telegram_id, now)
        if generation is not None:
            await self.ask_for_topic(connection, telegram_id, generation)
        row = await connection.fetchrow(queries.TOPIC, telegram_id)
        assert row is not None
        return Topic(**dict(row))

    async def _keep(
        self, connection: Connection, written: Passed, now: datetime, *, is_answer: bool
    ) -> int | None:
        """Write a message down; None when it is there, or an edit of one that never was."""
        side = (written.telegram_id, is_answer)
        reply_to = None
        if written.version:
            if not await connection.fetchval(queries.IS_KNOWN, *side, written.message_id):
                return None
            if not is_answer:
                # The group sees both: the new words answer the old ones.
                reply_to = await connection.fetchval(
                    queries.LAST_COPY, *side, written.message_id, written.version
                )
        if reply_to is None and written.replies_to is not None:
            reply_to = await connection.fetchval(queries.OTHER_SIDE, *side, written.replies_to)
        kept: int | None = await connection.fetchval(
            queries.KEEP, *side, written.message_id, written.version, reply_to, now
        )
        return kept


def subject_of(delivery: ClaimedDelivery) -> int:
    """The number that a delivery of support is about: of a customer, or of a message."""
    return whole_number(delivery.subject_id or "", at_most=NUMBER_MAX) or 0


def is_current(delivery: ClaimedDelivery, attempt: int, state: str) -> bool:
    """Whether a delivery is the one that has a message, or had it last: no second one brings it.

    A person may have one sent again that was parked.
    """
    is_last = delivery.key == f"support:{delivery.subject_id}:{attempt}"
    return is_last and state in {PassingState.GIVEN, PassingState.LOST}


async def tell(
    connection: Connection,
    telegram_id: int,
    word: str,
    key: str,
    **values: str,
) -> None:
    """Say something to a customer, in their language."""
    await put(
        connection,
        Delivery(
            recipient=str(telegram_id),
            kind=TELL_KIND,
            key=f"support:{key}",
            subject_id=str(telegram_id),
            payload={"word": word, **values},
            priority=SUPPORT,
        ),
    )

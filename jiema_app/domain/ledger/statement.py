"""What moved on a user's balance, line by line."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.ledger import queries, statement_queries
from jiema_app.domain.ledger.accounts import ORDER_KINDS, TransferKind, UserAccount
from jiema_app.domain.ledger.statement_filter import StatementFilter
from jiema_app.domain.ledger.statement_queries import LOOKED_AT_MAX, NO_ENTRY
from jiema_app.domain.sealed_places import SealedPlaces
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import CountryId, MicroUsdt, OrderId, ServiceCode, UserId

BATCH: Final = 500
"""Lines that a reader of the whole statement holds at once."""

EVERYTHING: Final = StatementFilter()

CLOCK_SLACK: Final = timedelta(hours=1)
"""An entry's time is when its transaction began, and it waited for the balance after that: far
less long than this."""

CURSOR: Final = re.compile(r"([a-z_]{1,40})\.([\x20-\x7e]{1,100})")


@dataclass(frozen=True, slots=True)
class StatementOrder:
    """The order that a line is about.

    Attributes:
        is_shown: Whether its owner finds it among their orders: not if no number was had.
    """

    id: OrderId
    service_code: ServiceCode
    country_id: CountryId
    is_shown: bool


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement on a user's balance.

    Attributes:
        amount_micro: Positive into the balance, negative out of it.
        balance_after_micro: The balance when it had moved.
        reference: What it is about; empty where that is an order of somebody else.
        recharge_id: The recharge that the money came by, if the user has it among theirs.
        sealed: Names the line where its reference must not.
    """

    created_at: datetime
    kind: TransferKind
    reference: str
    amount_micro: MicroUsdt
    balance_after_micro: MicroUsdt
    order: StatementOrder | None
    recharge_id: str | None = None
    sealed: str = ""

    @property
    def is_of_no_number(self) -> bool:
        """Whether it belongs to a purchase that found no number, or has found none yet."""
        return self.order is not None and not self.order.is_shown

    @property
    def id(self) -> str:
        """Names the line. Says nothing about how many others there are, of anybody."""
        return self.sealed or f"{self.kind}.{self.reference}"


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Lines, newest first, and where the next page begins.

    There may be further lines behind a page without any: what was looked at is bounded.
    """

    lines: Sequence[StatementLine]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Spent:
    """What the orders of one service cost in one month, less what came back in it.

    Attributes:
        month: Its first day.
    """

    month: date
    service_code: ServiceCode
    amount_micro: MicroUsdt


@dataclass(frozen=True, slots=True)
class StatementSums:
    """Lines added up.

    Attributes:
        in_micro: Into the balance.
        out_micro: Out of it; not negative.
        spending: Newest month first.
        since: Where adding up ended, if there are older lines: they do not count.
    """

    lines: int
    in_micro: MicroUsdt
    out_micro: MicroUsdt
    spending: Sequence[Spent]
    since: datetime | None
    newest_id: int
    """The entry after which nothing is in them. For us alone: it tells of everybody's entries."""

    @property
    def net_micro(self) -> MicroUsdt:
        """By how much the balance grew."""
        return MicroUsdt(self.in_micro - self.out_micro)

    def with_newer(self, newer: "StatementSums") -> "StatementSums":
        """These, and those of the lines that have come on top since."""
        spent = Counter({(one.month, one.service_code): one.amount_micro for one in self.spending})
        for one in newer.spending:
            spent[one.month, one.service_code] += one.amount_micro
        return StatementSums(
            lines=self.lines + newer.lines,
            in_micro=MicroUsdt(self.in_micro + newer.in_micro),
            out_micro=MicroUsdt(self.out_micro + newer.out_micro),
            spending=[
                Spent(month, service, MicroUsdt(amount))
                for (month, service), amount in sorted(spent.items(), reverse=True)
            ],
            since=self.since,
            newest_id=newer.newest_id,
        )


@dataclass(frozen=True, slots=True)
class _Window:
    """Ids between which all entries of some days lie: ``below`` is beyond the last one."""

    from_id: int
    below: int


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything that moved on a user's account. Nothing is ever left out.

    Attributes:
        places: Seals the names of lines that are about orders of others.
    """

    database: Database
    places: SealedPlaces

    async def list_lines(
        self,
        user: UserId,
        *,
        limit: int,
        cursor: str | None,
        wanted: StatementFilter = EVERYTHING,
    ) -> StatementPage:
        """Lines, newest first. Lines that come meanwhile move no page.

        A price that was held and released because no number was found stays on one page: there
        may be one line more than the limit.

        Args:
            user: Whose.
            limit: At most this many. A filtered page looks at ``LOOKED_AT_MAX`` lines; where it
                found fewer, ``next_cursor`` leads on from there.
            cursor: ``next_cursor`` of the page before.
            wanted: Only these.

        Raises:
            BadRequest: The cursor is none of this user's statement.
        """
        async with self.database.connection() as connection:
            below = (
                None if cursor is None else await self._find_entry(connection, user, cursor, wanted)
            )
            if wanted.is_everything:
                rows = await _fetch(connection, user, wanted, below, limit + 2)
                looked_last = None
            else:
                window = await _find_window(connection, user, wanted)
                rows, looked_last = await _fetch_wanted(
                    connection, user, window, below, limit + 2, wanted
                )
            lines = [self._line(row, user, wanted) for row in rows]
            shown = limit + 1 if _is_parted(lines, limit) else limit
            if len(lines) > shown:
                return StatementPage(lines[:shown], lines[shown - 1].id)
            on = None
            if looked_last is not None:
                on = self._named(await _name_entry(connection, looked_last), user, wanted)
        return StatementPage(lines, on)

    async def add_up(
        self,
        user: UserId,
        wanted: StatementFilter = EVERYTHING,
        *,
        known: StatementSums | None = None,
    ) -> StatementSums:
        """Sums of the newest lines, of which at most ``SUMMED_MAX`` are looked at.

        Args:
            user: Whose.
            wanted: Only these.
            known: What the same question gave before: only what came since is read, as lines
                come on top and are never changed.
        """
        async with self.database.connection() as connection:
            window = await _find_window(connection, user, wanted)
            after = 0 if known is None else known.newest_id
            rows = await connection.fetch(
                statement_queries.SUMS,
                user,
                wanted.account,
                window.below,
                max(window.from_id, after + 1),
                list(ORDER_KINDS),
                *wanted.as_arguments(),
            )
        months = [row for row in rows if row["month"] is not None]
        sums = StatementSums(
            lines=sum(row["lines"] for row in months),
            in_micro=MicroUsdt(sum(row["in_micro"] for row in months)),
            out_micro=MicroUsdt(sum(row["out_micro"] for row in months)),
            spending=[
                Spent(row["month"], row["service_code"], row["out_micro"] - row["in_micro"])
                for row in months
                if row["service_code"] is not None
            ],
            since=rows[0]["since"],
            newest_id=rows[0]["newest_id"] or after,
        )
        return sums if known is None or sums.since is not None else known.with_newer(sums)

    async def iter_all(
        self, user: UserId, *, batch: int = BATCH, wanted: StatementFilter = EVERYTHING
    ) -> AsyncIterator[Sequence[StatementLine]]:
        """The whole statement, or all wanted lines of it, newest first, in batches.

        It is as it stood at the first batch: lines are never changed and come only on top.
        No connection is held between batches, so a slow reader keeps nobody waiting.
        """
        below: int | None = None
        window: _Window | None = None
        while True:
            async with self.database.connection() as connection:
                if wanted.is_everything:
                    rows = await _fetch(connection, user, wanted, below, batch)
                    looked_last = None
                else:
                    window = window or await _find_window(connection, user, wanted)
                    rows, looked_last = await _fetch_wanted(
                        connection, user, window, below, batch, wanted
                    )
            if rows:
                yield [self._line(row, user, wanted) for row in rows]
            if len(rows) == batch:
                below = rows[-1]["id"]
            elif looked_last is not None:
                below = looked_last
            else:
                return

    async def _find_entry(
        self, connection: Connection, user: UserId, cursor: str, wanted: StatementFilter
    ) -> int:
        """The line that a cursor names.

        Raises:
            BadRequest: It is none of this statement.
        """
        if wanted.account is not UserAccount.SPENDING:
            cursor = self.places.open(user, wanted.account, cursor)
        named = CURSOR.fullmatch(cursor)
        entry = named and await connection.fetchval(
            queries.STATEMENT_LINE, user, wanted.account, *named.groups()
        )
        if entry is None:
            raise BadRequest("cursor: doesn't belong to this statement.")
        return int(entry)

    def _named(self, plain: str, user: UserId, wanted: StatementFilter) -> str:
        """The name of a line, so that it tells nothing of others."""
        if wanted.account is UserAccount.SPENDING:
            return plain
        return self.places.seal(user, wanted.account, plain)

    def _line(self, row: Any, user: UserId, wanted: StatementFilter) -> StatementLine:
        """A line as its owner may see it: commission is for orders of somebody else."""
        plain = f"{row['kind']}.{row['reference']}"
        is_others = wanted.account is not UserAccount.SPENDING and row["kind"] in ORDER_KINDS
        about = row["order_id"] and StatementOrder(
            row["order_id"], row["service_code"], row["country_id"], row["is_order_shown"]
        )
        name = self._named(plain, user, wanted)
        return StatementLine(
            created_at=row["created_at"],
            kind=TransferKind(row["kind"]),
            reference="" if is_others else row["reference"],
            amount_micro=row["amount_micro"],
            balance_after_micro=row["balance_after_micro"],
            order=about,
            recharge_id=row["recharge_id"],
            sealed="" if name == plain else name,
        )


async def _fetch(
    connection: Connection, user: UserId, wanted: StatementFilter, below: int | None, limit: int
) -> Sequence[Any]:
    return await connection.fetch(
        queries.STATEMENT, user, wanted.account, below, limit, list(ORDER_KINDS)
    )


async def _fetch_wanted(
    connection: Connection,
    user: UserId,
    window: _Window,
    below: int | None,
    limit: int,
    wanted: StatementFilter,
) -> tuple[Sequence[Any], int | None]:
    """Lines that fit, and the last one that was looked at if there may be more behind it."""
    rows = await connection.fetch(
        statement_queries.LINES,
        user,
        wanted.account,
        window.below if below is None else min(below, window.below),
        window.from_id,
        list(ORDER_KINDS),
        *wanted.as_arguments(),
        limit,
    )
    is_more = rows[0]["looked_number"] >= LOOKED_AT_MAX
    return (
        [row for row in rows if row["id"] is not None],
        rows[0]["looked_last_id"] if is_more else None,
    )


async def _find_window(connection: Connection, user: UserId, wanted: StatementFilter) -> _Window:
    """Between which ids to look. What lies between them and is not wanted is told by its time."""

    async def first_id(moment: datetime) -> int:
        found: int = await connection.fetchval(
            statement_queries.FIRST_ID_SINCE, user, wanted.account, moment
        )
        return found

    begins_at, ends_at = wanted.begins_at, wanted.ends_at
    return _Window(
        0 if begins_at is None else await first_id(begins_at - CLOCK_SLACK),
        NO_ENTRY if ends_at is None else await first_id(ends_at + CLOCK_SLACK),
    )


async def _name_entry(connection: Connection, entry: int) -> str:
    row = await connection.fetchrow(statement_queries.NAME, entry)
    assert row is not None  # entries are never deleted
    return f"{row['kind']}.{row['reference']}"


def _is_parted(lines: Sequence[StatementLine], end: int) -> bool:
    """Whether a page that ends there would part a released price from when it was held."""
    if not 0 < end < len(lines):
        return False
    last, following = lines[end - 1], lines[end]
    return last.is_of_no_number and last.order == following.order

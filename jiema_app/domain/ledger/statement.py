"""What moved on a user's balance, line by line."""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.ledger import queries
from jiema_app.domain.ledger.accounts import ORDER_KINDS, TransferKind, UserAccount
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import CountryId, MicroUsdt, OrderId, ServiceCode, UserId

BATCH: Final = 500
"""Lines that a reader of the whole statement holds at once."""

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
        recharge_id: The recharge that the money came by, if the user has it among theirs.
    """

    created_at: datetime
    kind: TransferKind
    reference: str
    amount_micro: MicroUsdt
    balance_after_micro: MicroUsdt
    order: StatementOrder | None
    recharge_id: str | None = None

    @property
    def id(self) -> str:
        """Names the line. Says nothing about how many others there are, of anybody."""
        return f"{self.kind}.{self.reference}"


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Lines, newest first, and where the next page begins."""

    lines: Sequence[StatementLine]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything that moved on the account a user spends from. Nothing is ever left out."""

    database: Database

    async def list_lines(self, user: UserId, *, limit: int, cursor: str | None) -> StatementPage:
        """Lines, newest first. Lines that come meanwhile move no page.

        Args:
            user: Whose.
            limit: At most this many.
            cursor: ``next_cursor`` of the page before.

        Raises:
            BadRequest: The cursor is none of this user's statement.
        """
        async with self.database.connection() as connection:
            below = None if cursor is None else await _find_entry(connection, user, cursor)
            rows = await _fetch(connection, user, below, limit + 1)
        lines = [_line(row) for row in rows[:limit]]
        return StatementPage(lines, lines[-1].id if len(rows) > limit else None)

    async def iter_all(
        self, user: UserId, *, batch: int = BATCH
    ) -> AsyncIterator[Sequence[StatementLine]]:
        """The whole statement, newest first, in batches.

        It is as it stood at the first batch: lines are never changed and come only on top.
        No connection is held between batches, so a slow reader keeps nobody waiting.
        """
        below: int | None = None
        while True:
            async with self.database.connection() as connection:
                rows = await _fetch(connection, user, below, batch)
            if rows:
                yield [_line(row) for row in rows]
            if len(rows) < batch:
                return
            below = rows[-1]["id"]


async def _fetch(
    connection: Connection, user: UserId, below: int | None, limit: int
) -> Sequence[Any]:
    return await connection.fetch(
        queries.STATEMENT, user, UserAccount.SPENDING, below, limit, list(ORDER_KINDS)
    )


async def _find_entry(connection: Connection, user: UserId, cursor: str) -> int:
    named = CURSOR.fullmatch(cursor)
    entry = named and await connection.fetchval(
        queries.STATEMENT_LINE, user, UserAccount.SPENDING, *named.groups()
    )
    if entry is None:
        raise BadRequest("cursor: doesn't belong to this statement.")
    return int(entry)


def _line(row: Any) -> StatementLine:
    about = row["order_id"] and StatementOrder(
        row["order_id"], row["service_code"], row["country_id"], row["is_order_shown"]
    )
    return StatementLine(
        created_at=row["created_at"],
        kind=TransferKind(row["kind"]),
        reference=row["reference"],
        amount_micro=row["amount_micro"],
        balance_after_micro=row["balance_after_micro"],
        order=about,
        recharge_id=row["recharge_id"],
    )

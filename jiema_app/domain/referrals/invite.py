"""What somebody's invite page shows, and moving what they earned to their balance.

A page reads sums of days and rows of indexes, never a row for each order: somebody may have brought
a hundred thousand. Of the people who came it tells a pseudonym, and no id of theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any, Final

from jiema_app.domain.clock import Clock
from jiema_app.domain.errors import BadRequest, IdempotencyConflict, NotFound
from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.outside_numbers import whole_number
from jiema_app.domain.referrals import invite_queries, queries
from jiema_app.domain.referrals.commissions import CommissionPurse, Commissions, CommissionTooSmall
from jiema_app.domain.referrals.findings import reason_of
from jiema_app.domain.referrals.invite_views import (
    CommissionMovement,
    EarnedDay,
    Funnel,
    Invite,
    InvitedPerson,
    MovementPage,
    PendingCommission,
    PendingPage,
    PeoplePage,
)
from jiema_app.domain.referrals.rules import RULES
from jiema_app.domain.referrals.statuses import (
    CommissionStatus,
    HoldReason,
    ReferralStatus,
    RuleAction,
)
from jiema_app.domain.sealed_places import SealedPlaces
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import MicroUsdt, UserId

SUSPENDING: Final = [rule.id for rule in RULES if rule.action is RuleAction.SUSPEND]

REQUEST_KEY_MAX: Final = 64

ENTRY_MAX: Final = 2**63 - 1

AMOUNT_MAX: Final = MicroUsdt(10**15)
"""A billion USDT: nobody has as much, and the database holds it."""


@dataclass(frozen=True, slots=True)
class Invites:
    """Links of users. Ownership is the caller's word: it comes from a session."""

    database: Database
    clock: Clock
    commissions: Commissions
    places: SealedPlaces

    async def read(self, user: UserId, *, days: int) -> Invite:
        """The link of a user, and what came of it.

        Args:
            user: Whose.
            days: For how many days to tell what was earned, today counted.

        Raises:
            NotFound: There is no such user.
        """
        today = self.clock.now().astimezone(UTC).date()
        first = today - timedelta(days=days - 1)
        async with self.database.connection() as connection:
            row = await connection.fetchrow(invite_queries.OVERVIEW, user, SUSPENDING)
            if row is None:
                raise NotFound("User not found.")
            found = await connection.fetch(invite_queries.DAYS, user, first)
        earned = {each["day"]: each["earned_micro"] for each in found}
        return Invite(
            code=row["referral_code"],
            is_suspended=row["is_suspended"],
            purse=CommissionPurse(
                row["pending_micro"], row["available_micro"], row["held_micro"], row["sign_ups"]
            ),
            funnel=Funnel(
                row["clicks"],
                row["sign_ups"],
                row["first_orders"],
                row["orders"],
                row["earned_micro"],
            ),
            days=[
                EarnedDay(day, MicroUsdt(earned.get(day, 0)))
                for day in (first + timedelta(days=n) for n in range(days))
            ],
        )

    async def list_people(self, user: UserId, *, limit: int, cursor: str | None) -> PeoplePage:
        """Whom a user has invited, the newest first.

        Args:
            user: Whose list.
            limit: At most this many.
            cursor: ``next_cursor`` of the page before.

        Raises:
            BadRequest: The cursor is none of this user's list.
        """
        after = None if cursor is None else self.places.open(user, "people", cursor)
        rows = await self._fetch(invite_queries.PEOPLE, user, after, limit)
        people = [
            InvitedPerson(
                row["pseudonym"],
                row["created_at"],
                row["order_count"],
                row["earned_micro"],
                ReferralStatus(row["status"]),
            )
            for row in rows[:limit]
        ]
        return PeoplePage(people, self._next(user, "people", rows, limit, "user_id"))

    async def list_pending(self, user: UserId, *, limit: int, cursor: str | None) -> PendingPage:
        """What a user has earned and cannot use yet, the newest order first.

        Args:
            user: Whose list.
            limit: At most this many.
            cursor: ``next_cursor`` of the page before.

        Raises:
            BadRequest: The cursor is none of this user's list.
        """
        after = None if cursor is None else self.places.open(user, "pending", cursor)
        rows = await self._fetch(invite_queries.PENDING, user, after, limit)
        pending = [
            PendingCommission(
                row["created_at"],
                row["amount_micro"],
                row["pseudonym"],
                reason_of(
                    CommissionStatus(row["status"]),
                    ReferralStatus(row["verdict"]),
                    row["hold_reason"],
                )
                or HoldReason.ORDER_OPEN,
            )
            for row in rows[:limit]
        ]
        return PendingPage(pending, self._next(user, "pending", rows, limit, "order_id"))

    async def list_movements(self, user: UserId, *, limit: int, cursor: str | None) -> MovementPage:
        """What has moved a user's available commission, the newest first.

        Args:
            user: Whose list.
            limit: At most this many.
            cursor: ``next_cursor`` of the page before.

        Raises:
            BadRequest: The cursor is none of this user's list.
        """
        after = None
        if cursor is not None:
            after = whole_number(self.places.open(user, "movements", cursor), at_most=ENTRY_MAX)
        rows = await self._fetch(invite_queries.MOVEMENTS, user, after, limit)
        movements = [
            CommissionMovement(
                row["created_at"],
                TransferKind(row["kind"]),
                row["amount_micro"],
                row["balance_after_micro"],
                row["pseudonym"] or "",
            )
            for row in rows[:limit]
        ]
        return MovementPage(movements, self._next(user, "movements", rows, limit, "id"))

    async def move(self, user: UserId, amount: MicroUsdt | None, request_key: str) -> MicroUsdt:
        """Put commission on the balance for orders, at once.

        Args:
            user: Whose.
            amount: How much; None: all that is available.
            request_key: Names the request: sent twice, it moves once.

        Returns:
            How much was moved, by this request or by the one that it repeats.

        Raises:
            BadRequest: The amount is not positive, or the key has no form of one.
            CommissionTooSmall: There is less, or nothing.
            Forbidden: The account is blocked.
            IdempotencyConflict: This key moved another amount.
            Nothing moved in any of these cases.
        """
        if not 1 <= len(request_key) <= REQUEST_KEY_MAX or not request_key.isprintable():
            raise BadRequest(f"key: must be 1 to {REQUEST_KEY_MAX} printable characters.")
        if amount is None:
            moved = await self._move_all(user, request_key)
        elif amount > AMOUNT_MAX:
            raise CommissionTooSmall((await self.read(user, days=1)).purse.available)
        else:
            await self.commissions.move(user, amount, request_key)
            moved = amount
        async with self.database.connection() as connection:
            await connection.execute(invite_queries.ANNOUNCE_MOVE, user)
        return moved

    async def _move_all(self, user: UserId, request_key: str) -> MicroUsdt:
        before = await self._moved_before(user, request_key)
        if before is not None:
            return before
        available = (await self.read(user, days=1)).purse.available
        try:
            if available <= 0:
                raise CommissionTooSmall(available)  # noqa: TRY301 - as the service does
            await self.commissions.move(user, available, request_key)
        except (IdempotencyConflict, CommissionTooSmall):
            # The same request may have been first by a moment.
            before = await self._moved_before(user, request_key)
            if before is None:
                raise
            return before
        return available

    async def _moved_before(self, user: UserId, request_key: str) -> MicroUsdt | None:
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.MOVED, user, request_key)
        return None if row is None else MicroUsdt(row["amount_micro"])

    async def _fetch(self, query: str, user: UserId, after: Any, limit: int) -> Sequence[Any]:
        """Rows of a page, and one more if there is a further page."""
        async with self.database.connection() as connection:
            return await connection.fetch(query, user, after, limit + 1)

    def _next(
        self, user: UserId, of_list: str, rows: Sequence[Any], limit: int, column: str
    ) -> str | None:
        if len(rows) <= limit:
            return None
        return self.places.seal(user, of_list, str(rows[limit - 1][column]))

"""Putting money on a balance, as its owner sees it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from jiema_app.domain import ids
from jiema_app.domain.chain.pool import WalletPool
from jiema_app.domain.clock import Clock
from jiema_app.domain.errors import (
    AlreadyChanged,
    BadRequest,
    Forbidden,
    HasOpenOrder,
    NotFound,
    NotOpen,
    RateLimited,
    RechargesPaused,
)
from jiema_app.domain.recharges import queries
from jiema_app.domain.recharges.views import (
    RechargeId,
    RechargePage,
    RechargeView,
    payment_view,
    recharge_view,
)
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import MICRO_PER_CENT, MicroUsdt, UserId, usdt_text

DAY: Final = timedelta(days=1)
DAY_S: Final = 86_400

TRIES: Final = 5
"""New wallets may all be taken by others who wait for one."""

WATCH_LAG_MAX_S: Final = 600
"""Nobody is asked to pay while nobody has read the chain for so long."""


@dataclass(frozen=True, slots=True)
class RechargeLimits:
    """What may be asked for.

    Attributes:
        unpaid_per_day: Recharges without a payment that one user may open in 24 hours.
        dust: Less than this is no payment.
    """

    amount_min: MicroUsdt
    amount_max: MicroUsdt
    window_s: int
    unpaid_per_day: int
    dust: MicroUsdt


@dataclass(frozen=True, slots=True)
class RechargeService:
    """Everything an owner may do with recharges. Ownership is checked here, on every call.

    Attributes:
        genesis_id: Names the chain that must be watched.
        final_after: A block with so many confirmations, itself counted, is usually final.
    """

    database: Database
    clock: Clock
    pool: WalletPool
    genesis_id: str
    limits: RechargeLimits
    final_after: int

    async def open(self, user: UserId, amount: MicroUsdt) -> RechargeView:
        """Give the user a wallet of their own, to pay exactly ``amount`` to in time.

        Raises:
            BadRequest: The amount is outside of the limits, or not in whole cents.
            HasOpenOrder: One is open already.
            Forbidden: The user is banned.
            RateLimited: Too many were opened for nothing today.
            RechargesPaused: No wallet is free, or nobody is watching the chain.
            NotFound: There is no such user.
            Nothing is opened in any of these cases.
        """
        limits = self.limits
        if not limits.amount_min <= amount <= limits.amount_max or amount % MICRO_PER_CENT:
            raise BadRequest(
                f"Amount: {usdt_text(limits.amount_min)} to {usdt_text(limits.amount_max)} USDT, "
                "with up to two decimal places."
            )
        recharge = RechargeId(ids.new_id())
        for _ in range(TRIES):
            if await self._open(recharge, user, amount):
                return await self.get(user, recharge)
            # Only now: growing is rare, and whoever may open none shall not cause it.
            await self._explain(user)
            await self.pool.grow_if_empty()
        raise RechargesPaused

    async def get(self, user: UserId, recharge: str) -> RechargeView:
        """One of the user's recharges, with what arrived.

        Raises:
            NotFound: There is none with this id, or it is somebody else's.
        """
        if not ids.is_id(recharge):
            raise NotFound("Top-up not found.")
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.GET_OWN, recharge, user)
            if row is None:
                raise NotFound("Top-up not found.")
            return await _with_payments(connection, recharge_view(row))

    async def find(self, recharge: str) -> RechargeView:
        """Anybody's recharge, for those who look after all of them.

        Raises:
            NotFound: There is none with this id.
        """
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.GET, recharge)
            if row is None:
                raise NotFound("Top-up not found.")
            return await _with_payments(connection, recharge_view(row))

    async def find_open(self, user: UserId) -> RechargeView | None:
        """The user's open recharge, if there is one."""
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.GET_OPEN, user)
        return None if row is None else recharge_view(row)

    async def list_own(self, user: UserId, *, limit: int, cursor: str | None) -> RechargePage:
        """The user's recharges, newest first.

        Args:
            user: Whose.
            limit: At most this many.
            cursor: ``next_cursor`` of the page before.

        Raises:
            BadRequest: The cursor was never given out.
        """
        if cursor is not None and not ids.is_id(cursor):
            raise BadRequest("cursor: doesn't belong to this list.")
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.LIST_OWN, user, cursor, limit + 1)
        recharges = [recharge_view(row) for row in rows[:limit]]
        return RechargePage(recharges, recharges[-1].id if len(rows) > limit else None)

    async def cancel(self, user: UserId, recharge: str) -> RechargeView:
        """Close the window before anything was paid.

        A payment in a block up to this moment is still credited; a later one is late, and
        waits for a person.

        Raises:
            NotFound: There is none with this id, or it is somebody else's.
            NotOpen: A payment was seen or it has ended; nothing changed.
            AlreadyChanged: It changed at the same moment.
        """
        view = await self.get(user, recharge)
        if not view.is_open:
            raise NotOpen(f"This top-up has the status {view.status}, so it can't be cancelled.")
        if view.seen_micro is not None or view.received_micro:
            raise NotOpen("A payment is on its way, so this top-up can't be cancelled.")
        async with self.database.connection() as connection:
            if await connection.fetchrow(queries.CANCEL, recharge, user) is None:
                raise AlreadyChanged("top-up")
        return await self.get(user, recharge)

    async def look(self, user: UserId, recharge: str) -> RechargeView:
        """Note that its owner says they have paid, and have the chain looked at at once.

        What they say changes no rule: only what the chain says counts.

        Raises:
            NotFound: There is none with this id, or it is somebody else's.
        """
        view = await self.get(user, recharge)
        async with self.database.connection() as connection:
            await connection.fetchrow(queries.LOOK, recharge, user)
        return view

    async def _open(self, recharge: RechargeId, user: UserId, amount: MicroUsdt) -> bool:
        async with self.database.connection() as connection:
            opened = await connection.fetchval(
                queries.OPEN,
                recharge,
                user,
                amount,
                self.limits.window_s,
                self.genesis_id,
                WATCH_LAG_MAX_S,
                self.limits.unpaid_per_day,
                ids.first_id_at(self.clock.now() - DAY),
                self.limits.dust,
            )
        return opened is not None

    async def _explain(self, user: UserId) -> None:
        """Say why a recharge was not opened, unless it is for want of a wallet."""
        now = self.clock.now()
        async with self.database.connection() as connection:
            why = await connection.fetchrow(
                queries.WHY_NOT_OPENED,
                user,
                ids.first_id_at(now - DAY),
                self.genesis_id,
                WATCH_LAG_MAX_S,
                self.limits.dust,
            )
        if why is None:
            raise NotFound("User not found.")
        if why["is_banned"]:
            raise Forbidden("This account is blocked. Contact support.")
        if why["open_id"] is not None:
            raise HasOpenOrder("You already have an open top-up. Pay or cancel it first.")
        if why["unpaid"] >= self.limits.unpaid_per_day:
            free_in = DAY_S - int((now - why["oldest_unpaid_at"]).total_seconds())
            raise RateLimited(
                f"You've reached the limit of {why['unpaid']} unpaid top-ups in 24 hours.",
                retry_after_s=free_in,
            )
        if not why["is_watched"]:
            raise RechargesPaused


async def _with_payments(connection: Connection, view: RechargeView) -> RechargeView:
    rows = await connection.fetch(queries.PAYMENTS_OF, view.id)
    return replace(view, payments=[payment_view(row) for row in rows])

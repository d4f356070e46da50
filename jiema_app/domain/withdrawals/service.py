"""Asking to be paid out, as its owner does it: quoted, held at once, given back when it ends."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

import structlog

from jiema_app.domain import ids
from jiema_app.domain.clock import Clock
from jiema_app.domain.errors import (
    AlreadyChanged,
    BadRequest,
    IdempotencyConflict,
    InsufficientBalance,
    NotFound,
    NotOpen,
)
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import TransferKind, UserAccount
from jiema_app.domain.referrals.changes import note_change
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import MicroUsdt, UserId
from jiema_app.domain.withdrawals import queries
from jiema_app.domain.withdrawals.allowing import ensure_allowed, ensure_covered, usable_from
from jiema_app.domain.withdrawals.destinations import Destinations
from jiema_app.domain.withdrawals.requests import SOURCES, WithdrawalRefused, WithdrawalRequest
from jiema_app.domain.withdrawals.statuses import WithdrawalFault
from jiema_app.domain.withdrawals.terms import WithdrawalTerms, read_terms
from jiema_app.domain.withdrawals.views import WithdrawalPage, WithdrawalView, withdrawal_view

log = structlog.get_logger()

REQUEST_KEY: Final = re.compile(r"[!-~]{1,64}")
NOT_FOUND: Final = "Withdrawal not found."

Also: TypeAlias = Callable[[Connection, WithdrawalView], Awaitable[None]]
"""What becomes true with a withdrawal, in its transaction. Raising, it takes the withdrawal back."""


@dataclass(frozen=True, slots=True)
class Withdrawals:
    """What an owner may do. Ownership is checked here, on every call.

    Attributes:
        destinations: Looks at addresses.
        is_open: Whether anything is paid out here at all.
        sign_in_max_age: Whoever asks has signed in within so long.
    """

    database: Database
    clock: Clock
    destinations: Destinations
    is_open: bool
    sign_in_max_age: timedelta

    def must_sign_in_again(self, signed_in_at: datetime) -> bool:
        """Whether a sign-in is too old to ask for money by."""
        return self.clock.now() - signed_in_at > self.sign_in_max_age

    async def request(
        self, user: UserId, wish: WithdrawalRequest, *, also: Also | None = None
    ) -> WithdrawalView:
        """Hold an amount to be paid out. The same request once more says the same again.

        Args:
            user: Whose it is.
            wish: What they ask for.
            also: Done with a new one; not with one that was requested before.

        Raises:
            BadRequest: The key is none.
            WithdrawalRefused: It does not fit; the fault says how.
            Forbidden: The account is blocked.
            IdempotencyConflict: This key names another request.
            NotFound: There is no such user.
            Nothing was held in any of these cases.
        """
        _ensure_named(user, wish)
        before = await self._find_before(user, wish)
        if before is not None:
            return before
        if not self.is_open:
            raise WithdrawalRefused(WithdrawalFault.PAUSED)
        if wish.signed_in_at is not None and self.must_sign_in_again(wish.signed_in_at):
            raise WithdrawalRefused(WithdrawalFault.SIGN_IN_AGAIN)
        found = await self.destinations.describe(wish.address)
        if found.fault is not None:
            raise WithdrawalRefused(found.fault)
        async with self.database.transaction() as connection:
            await connection.execute(queries.LOCK_USER, user)
            row = await connection.fetchrow(queries.BY_KEY, user, wish.request_key)
            if row is not None:
                return _same(withdrawal_view(row), found.address, wish)
            terms = await read_terms(connection)
            await ensure_allowed(connection, user, wish, terms)
            made = await _hold(connection, user, found.address, wish, terms)
            row = await connection.fetchrow(queries.GET, made)
            if also is not None:
                await also(connection, withdrawal_view(row))
        log.info("withdrawal requested", withdrawal=made)
        return withdrawal_view(row)

    async def _find_before(self, user: UserId, wish: WithdrawalRequest) -> WithdrawalView | None:
        """The withdrawal that this request made before, whatever has changed since.

        Raises:
            IdempotencyConflict: It was for something else.
        """
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.BY_KEY, user, wish.request_key)
        if row is None:
            return None
        found = await self.destinations.describe(wish.address, asks_chain=False)
        return _same(withdrawal_view(row), found.address, wish)

    async def cancel(self, user: UserId, withdrawal: str) -> WithdrawalView:
        """Take back what nobody has approved yet: the whole amount is given back at once.

        Raises:
            NotFound: There is none with this id, or it is somebody else's.
            NotOpen: It was approved, or has ended. Nothing changed.
        """
        if not ids.is_id(withdrawal):
            raise NotFound(NOT_FOUND)
        async with self.database.transaction() as connection:
            row = await connection.fetchrow(queries.GET_OWN, withdrawal, user)
            if row is None:
                raise NotFound(NOT_FOUND)
            cancelled = await connection.fetchrow(queries.CANCEL, withdrawal, user)
            if cancelled is None:
                # What somebody else did to it meanwhile is seen now.
                row = await connection.fetchrow(queries.GET_OWN, withdrawal, user)
                status = withdrawal_view(row).status
                raise NotOpen(f"This withdrawal is {status} and can't be cancelled any more.")
            await give_back(connection, cancelled)
            row = await connection.fetchrow(queries.GET, withdrawal)
        log.info("withdrawal cancelled", withdrawal=withdrawal)
        return withdrawal_view(row)

    async def get(self, user: UserId, withdrawal: str) -> WithdrawalView:
        """One of the user's.

        Raises:
            NotFound: There is none with this id, or it is somebody else's.
        """
        row = None
        if ids.is_id(withdrawal):
            async with self.database.connection() as connection:
                row = await connection.fetchrow(queries.GET_OWN, withdrawal, user)
        if row is None:
            raise NotFound(NOT_FOUND)
        return withdrawal_view(row)

    async def find_open(self, user: UserId) -> WithdrawalView | None:
        """The one that is under way, if there is one."""
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.OPEN_OWN, user)
        return None if row is None else withdrawal_view(row)

    async def list_own(self, user: UserId, *, limit: int, cursor: str | None) -> WithdrawalPage:
        """The user's withdrawals, newest first.

        Args:
            user: Whose.
            limit: At most this many.
            cursor: ``next_cursor`` of the page before.
        """
        if cursor is not None and not ids.is_id(cursor):
            cursor = None
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.LIST_OWN, user, cursor, limit + 1)
        views = [withdrawal_view(row) for row in rows[:limit]]
        return WithdrawalPage(views, views[-1].id if len(rows) > limit else None)


def _ensure_named(user: UserId, wish: WithdrawalRequest) -> None:
    if not ids.is_id(user):
        raise NotFound("User not found.")
    if REQUEST_KEY.fullmatch(wish.request_key) is None:
        raise BadRequest("The key of a request has 1 to 64 characters that can be typed.")


def _same(before: WithdrawalView, address: str, wish: WithdrawalRequest) -> WithdrawalView:
    if (before.address, before.amount, before.source) != (address, wish.amount, wish.source):
        raise IdempotencyConflict("This request has asked for something else already.")
    return before


async def _hold(
    connection: Connection,
    user: UserId,
    address: str,
    wish: WithdrawalRequest,
    terms: WithdrawalTerms,
) -> str:
    """Write it down and hold its amount.

    Raises:
        WithdrawalRefused: The balance does not cover it, or another one is open since a moment.
    """
    purses = await ledger.open_earning_accounts(connection, user)
    ensure_covered(purses, wish)
    source = purses[SOURCES[wish.source]]
    quote = terms.rules.quote(wish.amount)
    made = await connection.fetchval(
        queries.INSERT,
        ids.new_id(),
        user,
        wish.source,
        address,
        quote.amount,
        quote.fee,
        quote.net,
        terms.id,
        wish.request_key,
        await usable_from(connection, user, address, terms.rules.address_wait_s),
    )
    if made is None:
        raise WithdrawalRefused(WithdrawalFault.ONE_OPEN)
    # Whether it is a wallet that their guests pay from, or are paid to, is looked at now.
    await note_change(connection, user)
    try:
        posted = await ledger.post(
            connection,
            TransferKind.WITHDRAWAL_REQUESTED,
            made,
            source=source.account,
            target=purses[UserAccount.WITHDRAWAL_HOLD].account,
            amount=wish.amount,
        )
    except InsufficientBalance as error:
        # Something else took it between the look and the posting.
        raise WithdrawalRefused(WithdrawalFault.NOT_COVERED, source.balance) from error
    assert posted, "the id of a withdrawal is new"
    return str(made)


async def give_back(connection: Connection, withdrawal: Any) -> None:
    """Return the whole amount of a withdrawal to where it came from, fee and all.

    Args:
        connection: Of the transaction that ends it.
        withdrawal: Its row: id, user, source and amount.
    """
    purses = await ledger.list_purses(connection, UserId(withdrawal["user_id"]))
    posted = await ledger.post(
        connection,
        TransferKind.WITHDRAWAL_RETURNED,
        withdrawal["id"],
        source=purses[UserAccount.WITHDRAWAL_HOLD].account,
        target=purses[SOURCES[withdrawal["source"]]].account,
        amount=MicroUsdt(withdrawal["amount_micro"]),
    )
    if not posted:
        raise AlreadyChanged("withdrawal")

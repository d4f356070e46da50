"""What somebody earned by inviting: seeing it, moving it to the balance, taking it back."""

from dataclasses import dataclass

import structlog

from jiema_app.domain import ids
from jiema_app.domain.errors import (
    AlreadyChanged,
    BadRequest,
    Forbidden,
    IdempotencyConflict,
    InsufficientBalance,
    NotFound,
    NotOpen,
)
from jiema_app.domain.identity.deciding import ensure_may_decide
from jiema_app.domain.labels import clean_label
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import TransferKind, UserAccount
from jiema_app.domain.referrals import queries
from jiema_app.domain.referrals.statuses import CommissionStatus
from jiema_app.domain.referrals.terms import NOTE_MAX
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import MicroUsdt, OrderId, UserId

log = structlog.get_logger()

BLOCKED = "This account is blocked. Contact support."
NOT_EARNED = "This order earned no commission."


class CommissionTooSmall(BadRequest):
    """There is less commission than somebody wants to move. Nothing moved."""

    def __init__(self, available: MicroUsdt) -> None:
        super().__init__("Your commission doesn't cover this amount.")
        self.available = available


@dataclass(frozen=True, slots=True)
class CommissionPurse:
    """What somebody earned, in micro-USDT.

    Attributes:
        pending: Of open orders, and of orders that wait for a verdict.
        available: To be moved or paid out; below zero after a claw-back of what was spent.
        held: Asked to be paid out, from whichever balance.
        invited: How many people came by their link.
    """

    pending: MicroUsdt
    available: MicroUsdt
    held: MicroUsdt
    invited: int


@dataclass(frozen=True, slots=True)
class Commissions:
    """Commission of users. Ownership is the caller's word: it comes from a session or a shell."""

    database: Database

    async def purse(self, user: UserId) -> CommissionPurse:
        """What a user has earned.

        Raises:
            NotFound: There is no such user.
        """
        async with self.database.connection() as connection:
            purses = await ledger.list_purses(connection, user)
            if not purses:
                raise NotFound("User not found.")
            invited = await connection.fetchval(queries.INVITED, user)

        def of(kind: UserAccount) -> MicroUsdt:
            return purses[kind].balance if kind in purses else MicroUsdt(0)

        return CommissionPurse(
            of(UserAccount.COMMISSION_PENDING),
            of(UserAccount.COMMISSION),
            of(UserAccount.WITHDRAWAL_HOLD),
            invited,
        )

    async def move(self, user: UserId, amount: MicroUsdt, request_key: str) -> str:
        """Put commission on the balance for orders, at once.

        Args:
            user: Whose.
            amount: Any amount that there is.
            request_key: Names the request: sent twice, it moves once.

        Returns:
            The id of the move.

        Raises:
            BadRequest: The amount is not positive.
            CommissionTooSmall: There is less.
            Forbidden: The account is blocked.
            IdempotencyConflict: This key moved another amount.
            Nothing moved in any of these cases.
        """
        if amount <= 0:
            raise BadRequest("Enter an amount above zero.")
        async with self.database.transaction() as connection:
            if await connection.fetchval(queries.IS_BANNED, user) is not False:
                raise Forbidden(BLOCKED)
            move = await connection.fetchval(
                queries.MOVE, ids.new_id(), user, amount, request_key[:64]
            )
            if move is None:
                return await _moved_before(connection, user, amount, request_key[:64])
            await _post_move(connection, user, amount, move)
        return str(move)

    async def get_owner(self, order: OrderId) -> UserId:
        """Who earned by an order.

        Raises:
            NotFound: Nobody did.
        """
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.COMMISSION, order)
        if row is None:
            raise NotFound(NOT_EARNED)
        return UserId(row["referrer_id"])

    async def claw_back(self, order: OrderId, *, actor: str, note: str) -> CommissionStatus:
        """Take back what one order earned: what is pending is never released.

        Returns:
            ``REVERSED`` or ``CLAWED_BACK``.

        Raises:
            BadRequest: The note is empty or too long.
            NotFound: This order earned nothing.
            Forbidden: Who decides is no administrator, or whom it was taken from.
            NotOpen: It was taken back before.
            AlreadyChanged: It changed at the same moment.
            Nothing changed in any of these cases.
        """
        note = clean_label(note, what="Note", length_max=NOTE_MAX)
        async with self.database.transaction() as connection:
            await ensure_may_decide(connection, actor, "commission")
            row = await connection.fetchrow(queries.COMMISSION, order)
            if row is None:
                raise NotFound(NOT_EARNED)
            if actor in {row["referrer_id"], row["buyer_id"]}:
                raise Forbidden("Nobody decides about an invitation of their own.")
            before = CommissionStatus(row["status"])
            if before in {CommissionStatus.REVERSED, CommissionStatus.CLAWED_BACK}:
                raise NotOpen("This commission was taken back already.")
            after = (
                CommissionStatus.CLAWED_BACK
                if before is CommissionStatus.RELEASED
                else CommissionStatus.REVERSED
            )
            if not await connection.fetchval(queries.SETTLE, order, after, note, actor):
                raise AlreadyChanged("commission")
            details = {"amountMicro": row["amount_micro"], "was": before, "note": note}
            await connection.execute(queries.AUDIT, actor, "commission.claw_back", order, details)
        log.info("commission taken back", order=order, status=after)
        return after


async def _moved_before(
    connection: Connection, user: UserId, amount: MicroUsdt, request_key: str
) -> str:
    row = await connection.fetchrow(queries.MOVED, user, request_key)
    if row is None or row["amount_micro"] != amount:
        raise IdempotencyConflict("This request has moved another amount already.")
    return str(row["id"])


async def _post_move(connection: Connection, user: UserId, amount: MicroUsdt, move: str) -> None:
    purses = await ledger.list_purses(connection, user)
    source = purses.get(UserAccount.COMMISSION)
    if source is None or source.balance < amount:
        raise CommissionTooSmall(MicroUsdt(0) if source is None else source.balance)
    try:
        posted = await ledger.post(
            connection,
            TransferKind.COMMISSION_MOVED,
            move,
            source=source.account,
            target=purses[UserAccount.SPENDING].account,
            amount=amount,
        )
    except InsufficientBalance as error:
        # Something else took it between the look and the posting.
        raise CommissionTooSmall(source.balance) from error
    assert posted, "the id of a move is new"

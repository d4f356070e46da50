"""Moving money. Every function runs inside the caller's transaction.

Orders post through the same database function in the statement that changes them:
see ``orders.queries``.
"""

from collections.abc import Mapping
from typing import NamedTuple

import asyncpg

from jiema_app.domain.errors import InsufficientBalance, NotFound
from jiema_app.domain.ledger import queries
from jiema_app.domain.ledger.accounts import (
    EARNING_ACCOUNTS,
    HouseAccount,
    TransferKind,
    UserAccount,
)
from jiema_app.domain.transaction import Connection
from jiema_app.domain.units import AccountId, MicroUsdt, UserId


class Purse(NamedTuple):
    """One account of a user, and what is in it."""

    account: AccountId
    balance: MicroUsdt


NOT_NEGATIVE = "ledger_balances_not_negative"
"""The CHECK that a posting beyond the balance breaks."""


def is_overdraft(error: asyncpg.CheckViolationError) -> bool:
    """Whether a posting failed because the balance does not cover it."""
    return getattr(error, "constraint_name", None) == NOT_NEGATIVE


async def open_accounts(connection: Connection, user: UserId) -> AccountId:
    """Give a new user their spending account, empty. Done once, with the user."""
    number = await connection.fetchval(queries.OPEN_ACCOUNT, user, UserAccount.SPENDING)
    return AccountId(number)


async def open_earning_accounts(connection: Connection, user: UserId) -> Mapping[str, Purse]:
    """Give a user the purses of commission and withdrawals, unless they have them.

    Returns:
        Every purse of theirs, by its kind; none where there is no such user.
    """
    if await connection.fetchval(queries.IS_USER, user):
        kinds = [str(kind) for kind in EARNING_ACCOUNTS]
        await connection.execute(queries.OPEN_EARNING_ACCOUNTS, user, kinds)
    return await list_purses(connection, user)


async def list_purses(connection: Connection, user: UserId) -> Mapping[str, Purse]:
    """Every purse that a user has, by its kind."""
    rows = await connection.fetch(queries.ACCOUNTS, user)
    return {
        row["kind"]: Purse(AccountId(row["id"]), MicroUsdt(row["balance_micro"])) for row in rows
    }


async def post(
    connection: Connection,
    kind: TransferKind,
    reference: str,
    *,
    source: AccountId | HouseAccount,
    target: AccountId | HouseAccount,
    amount: MicroUsdt,
) -> bool:
    """Move ``amount`` from ``source`` to ``target``, once per kind and reference.

    Returns:
        False when this kind was posted for this reference before; nothing moved.

    Raises:
        InsufficientBalance: ``source`` is a user's and does not cover it; the caller's
            transaction is spent and must roll back.
    """
    try:
        posted = await connection.fetchval(
            queries.POST, kind, reference, int(source), int(target), amount
        )
    except asyncpg.CheckViolationError as error:
        if is_overdraft(error):
            raise InsufficientBalance from error
        raise
    return bool(posted)


async def credit(
    connection: Connection, user: UserId, amount: MicroUsdt, *, kind: TransferKind, reference: str
) -> bool:
    """Give a user money of the house, once per kind and reference.

    Raises:
        NotFound: There is no such user. Nothing moved.
    """
    account = await connection.fetchval(queries.ACCOUNT_OF, user, UserAccount.SPENDING)
    if account is None:
        raise NotFound("User not found.")
    return await post(
        connection,
        kind,
        reference,
        source=HouseAccount.ADJUSTMENTS,
        target=AccountId(account),
        amount=amount,
    )


async def get_balance(connection: Connection, user: UserId) -> MicroUsdt:
    """What the user may spend now.

    Raises:
        NotFound: There is no such user.
    """
    balance = await connection.fetchval(queries.BALANCE_OF, user, UserAccount.SPENDING)
    if balance is None:
        raise NotFound("User not found.")
    return MicroUsdt(balance)

"""Whether somebody may be paid out what they ask for, by the terms of the moment and the books."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from jiema_app.domain.errors import Forbidden, NotFound
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import UserAccount
from jiema_app.domain.referrals.queries import IS_BANNED
from jiema_app.domain.transaction import Connection
from jiema_app.domain.units import MicroUsdt, UserId
from jiema_app.domain.withdrawals import queries
from jiema_app.domain.withdrawals.requests import (
    BLOCKED,
    SOURCES,
    WithdrawalRefused,
    WithdrawalRequest,
)
from jiema_app.domain.withdrawals.statuses import WithdrawalFault
from jiema_app.domain.withdrawals.terms import WithdrawalTerms


async def ensure_allowed(
    connection: Connection, user: UserId, wish: WithdrawalRequest, terms: WithdrawalTerms
) -> None:
    """Everything but whether the balance covers it.

    Raises:
        WithdrawalRefused: Some rule refuses it.
        Forbidden: The account is blocked.
        NotFound: There is no such user.
    """
    is_banned = await connection.fetchval(IS_BANNED, user)
    if is_banned is None:
        raise NotFound("User not found.")
    if is_banned:
        raise Forbidden(BLOCKED)
    rules = terms.rules
    if wish.source not in SOURCES or (wish.source == "spending" and not rules.takes_spending):
        raise WithdrawalRefused(WithdrawalFault.SOURCE)
    net = rules.quote(wish.amount).net
    if wish.amount < rules.amount_min_micro or net <= 0:
        raise WithdrawalRefused(WithdrawalFault.TOO_SMALL, rules.amount_min_micro)
    if wish.net is not None and wish.net != net:
        raise WithdrawalRefused(WithdrawalFault.TERMS_CHANGED, net)
    if wish.amount > rules.alone_max_micro and not rules.takes_above:
        raise WithdrawalRefused(WithdrawalFault.TOO_LARGE, rules.alone_max_micro)
    if await connection.fetchrow(queries.OPEN_OWN, user) is not None:
        raise WithdrawalRefused(WithdrawalFault.ONE_OPEN)
    recent = await connection.fetchrow(queries.RECENT, user)
    assert recent is not None
    if recent["number"] >= rules.per_day_count:
        raise WithdrawalRefused(WithdrawalFault.DAY_COUNT)
    if recent["amount"] + wish.amount > rules.per_day_micro:
        raise WithdrawalRefused(WithdrawalFault.DAY_SUM, rules.per_day_micro)


def ensure_covered(purses: Mapping[str, ledger.Purse], wish: WithdrawalRequest) -> None:
    """See to it that the balance covers a request.

    Args:
        purses: Of who asks; one that was never opened is empty.
        wish: What they want, from a source that there is.

    Raises:
        WithdrawalRefused: It does not, or commission is owed.
    """
    commission, source = (
        purses[kind].balance if kind in purses else MicroUsdt(0)
        for kind in (UserAccount.COMMISSION, SOURCES[wish.source])
    )
    if commission < 0:
        raise WithdrawalRefused(WithdrawalFault.COMMISSION_OWED)
    if source < wish.amount:
        raise WithdrawalRefused(WithdrawalFault.NOT_COVERED, source)


async def usable_from(
    connection: Connection, user: UserId, address: str, wait_s: int
) -> datetime | None:
    """Until when a changed address waits; None where it need not."""
    row = await connection.fetchrow(queries.ADDRESS_AGE, user, address)
    if row is None or row["first_address"] in {None, address}:
        return None
    now: datetime = await connection.fetchval("select now()")
    usable = (row["known_since"] or now) + timedelta(seconds=wait_s)
    return usable if usable > now else None

"""Whose link brought a newcomer: bound once, when their account is made.

Whoever lets people in says by which links they came and how that is known: see `Invitation` and
``SignIn.with_identity``. The most trustworthy one counts, and of several of one kind the last.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from jiema_app.domain.identity.service import new_pseudonym
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import UserAccount
from jiema_app.domain.referrals import queries
from jiema_app.domain.referrals.statuses import ReferralSource
from jiema_app.domain.transaction import Connection
from jiema_app.domain.units import UserId

CODE: Final = re.compile(r"[0-9a-z]{8}")
"""What the last part of a personal link looks like."""

LIFE: Final = timedelta(days=30)
"""Whoever followed a link longer ago was not brought by it."""

AHEAD: Final = timedelta(minutes=5)
"""Clocks of our own machines may differ by so much."""

INVITATIONS_MAX: Final = 8
"""Links that are looked at, of those that somebody came by."""

NEVER: Final = datetime.min.replace(tzinfo=UTC)

TRUST: Final = {source: place for place, source in enumerate(ReferralSource)}


@dataclass(frozen=True, slots=True)
class Invitation:
    """A personal link that a newcomer came by.

    Attributes:
        code: The last part of the link, as it was sent: of anybody's making.
        source: How we know: ``START_PARAM`` where Telegram has signed it, ``BOT`` where they sent
            it to the bot themselves, ``COOKIE`` where their browser says so.
        clicked_at: When they followed it; None when that is not known. It must be our own word,
            or signed by us.
    """

    code: str
    source: ReferralSource
    clicked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Referrer:
    """Who invited somebody, and by what."""

    user: UserId
    invitation: Invitation


async def find_referrer(
    connection: Connection, invitations: Sequence[Invitation], now: datetime
) -> Referrer | None:
    """Who invited a newcomer: by the most trustworthy of what they came by.

    A code that is nobody's, of somebody who is banned, of a link that is suspended, or that was
    followed more than 30 days ago, is passed over.

    Args:
        connection: Of the transaction that makes the account.
        invitations: The links that they came by.
        now: The moment.
    """
    for one in sorted(invitations[:INVITATIONS_MAX], key=_preference):
        code = one.code[:16].lower()
        if CODE.fullmatch(code) and _is_fresh(one, now):
            user = await connection.fetchval(queries.FIND_REFERRER, code)
            if user is not None:
                return Referrer(UserId(user), one)
    return None


async def bind(connection: Connection, user: UserId, referrer: Referrer) -> None:
    """Write down an invitation, in the transaction that makes the account.

    ``users.referrer_id`` is written with the user. The referrer is given the purses that
    commission goes to, if they had none.
    """
    purses = await ledger.open_earning_accounts(connection, referrer.user)
    await connection.execute(
        queries.BIND,
        user,
        referrer.user,
        referrer.invitation.source,
        new_pseudonym(),
        purses[UserAccount.COMMISSION_PENDING].account,
        purses[UserAccount.COMMISSION].account,
        referrer.invitation.clicked_at,
    )


def _preference(one: Invitation) -> tuple[int, timedelta]:
    return TRUST[one.source], NEVER - (one.clicked_at or NEVER)


def _is_fresh(one: Invitation, now: datetime) -> bool:
    return one.clicked_at is None or now - LIFE <= one.clicked_at <= now + AHEAD

"""Whose account belongs to somebody on Telegram, and what the bot must know of it."""

from dataclasses import dataclass
from typing import Final

from jiema_app.domain.orders.requests import Buyer
from jiema_app.domain.transaction import Connection
from jiema_app.domain.units import AccountId, UserId

FIND: Final = """
select u.id, u.lang, a.id as account_id
from users u join ledger_accounts a on a.user_id = u.id and a.kind = 'user:spending'
where u.id = $1
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Who writes to the bot.

    Attributes:
        lang: The locale of their account.
    """

    user_id: UserId
    lang: str
    account_id: AccountId

    @property
    def buyer(self) -> Buyer:
        """As whom they rent."""
        return Buyer(self.user_id, self.account_id)


async def find_person(connection: Connection, user: UserId) -> Person:
    """Read what the bot must know of an account."""
    row = await connection.fetchrow(FIND, user)
    assert row is not None
    return Person(UserId(row["id"]), row["lang"], AccountId(row["account_id"]))

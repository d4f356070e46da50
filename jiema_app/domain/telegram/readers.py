"""What a message tells of, read at the moment it is sent: of its recipient, or of nobody."""

from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from jiema_app.domain.orders.queries import ORDER_COLUMNS
from jiema_app.domain.orders.views import OrderView, order_view
from jiema_app.domain.outside_numbers import whole_number
from jiema_app.domain.telegram.chats import Chat, find
from jiema_app.domain.transaction import Connection
from jiema_app.domain.units import UserId

T = TypeVar("T")

PERSON_MAX: Final = 2**53
"""Telegram's numbers of people are smaller."""

READER: Final = """
select u.id, u.lang, u.banned_at is not null as is_banned from telegram_chats c join users u on u.id = c.user_id
where c.telegram_id = $1
"""

ORDER: Final = f"select {ORDER_COLUMNS} from orders o where o.id = $1 and o.user_id = $2"  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Reader:
    """Who gets a message.

    Attributes:
        locale: Of their account, now.
        is_banned: They are shown neither numbers, nor codes, nor money: as little as by the web.
    """

    user_id: UserId
    locale: str
    chat: Chat
    is_banned: bool


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """Something that is told to somebody."""

    about: T
    reader: Reader


async def find_reader(connection: Connection, recipient: str) -> Reader | None:
    """Whose chat a delivery goes to; None when nobody has an account there."""
    telegram_id = whole_number(recipient, at_most=PERSON_MAX)
    if telegram_id is None:
        return None  # a group
    row: Any = await connection.fetchrow(READER, telegram_id)
    chat = None if row is None else await find(connection, telegram_id)
    if chat is None:
        return None
    return Reader(UserId(row["id"]), row["lang"], chat, row["is_banned"])


async def read_order(
    connection: Connection, order: str | None, recipient: str
) -> Told[OrderView] | None:
    """An order with its owner; None when it is not the recipient's."""
    reader = await find_reader(connection, recipient)
    if reader is None:
        return None
    row: Any = await connection.fetchrow(ORDER, order, reader.user_id)
    return None if row is None else Told(order_view(row), reader)

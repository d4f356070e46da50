"""People on Telegram: who can be written to, and what they chose. All in the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jiema_app.domain.telegram import chat_queries as queries
from jiema_app.domain.telegram.states import ChatState
from jiema_app.domain.transaction import Connection
from jiema_app.domain.units import UserId

DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True)
class Chat:
    """A person on Telegram.

    Attributes:
        telegram_id: Their number, and that of their private chat with the bot.
        user_id: Whose account it is, if they have one.
        mode: ``support`` while what they write goes to support.
        place_checked_at: When their address was last admitted, on the web or in the Mini App.
        quiet_from: Minutes of their day, by a clock that is ``utc_offset_minutes`` ahead of UTC.
    """

    telegram_id: int
    user_id: UserId | None
    state: ChatState
    language_code: str | None
    mode: str | None
    place_checked_at: datetime | None
    notify_orders: bool
    notify_money: bool
    quiet_from: int | None
    quiet_until: int | None
    utc_offset_minutes: int
    started_at: datetime | None
    blocked_at: datetime | None

    def is_placed(self, now: datetime, days: int) -> bool:
        """Whether their address was admitted within so many days."""
        checked = self.place_checked_at
        return checked is not None and now - checked < timedelta(days=days)

    def is_quiet(self, now: datetime) -> bool:
        """Whether they do not want to be woken now."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        minute = (now.hour * 60 + now.minute + self.utc_offset_minutes) % DAY_MINUTES
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= minute < self.quiet_until
        return minute >= self.quiet_from or minute < self.quiet_until


async def find(connection: Connection, telegram_id: int) -> Chat | None:
    """Who has a number on Telegram, as far as we know of them."""
    return _chat(await connection.fetchrow(queries.FIND, telegram_id))


async def find_of_user(connection: Connection, user: UserId) -> Chat | None:
    """As whom a user is on Telegram."""
    return _chat(await connection.fetchrow(queries.FIND_OF_USER, user))


async def open_chat(connection: Connection, telegram_id: int, language_code: str | None) -> Chat:
    """Somebody wrote to the bot, or let it write again: they can be written to."""
    language = language_code if language_code and len(language_code) <= 35 else None  # noqa: PLR2004
    chat = _chat(await connection.fetchrow(queries.OPEN, telegram_id, language))
    assert chat is not None
    return chat


async def block(connection: Connection, telegram_id: int) -> None:
    """Somebody blocked the bot: it does not try to write to them."""
    await connection.execute(queries.BLOCK, telegram_id)


async def bind(connection: Connection, telegram_id: int, user: UserId) -> None:
    """Somebody has an account."""
    await connection.execute(queries.BIND, telegram_id, user)


async def note_place(connection: Connection, user: UserId) -> None:
    """The address of a user was admitted. Of one who is not on Telegram nothing is noted.

    Written at most once an hour: it may be called with every request.
    """
    await connection.execute(queries.NOTE_PLACE, user)


async def forget_place(
    connection: Connection, *, user: UserId | None = None, telegram_id: int | None = None
) -> None:
    """Somebody was seen in a place that we may not serve: what was seen before counts no more."""
    await connection.execute(queries.FORGET_PLACE, user, telegram_id)


async def set_mode(connection: Connection, telegram_id: int, mode: str | None) -> None:
    """What becomes of what somebody writes: ``support`` has it relayed."""
    await connection.execute(queries.SET_MODE, telegram_id, mode)


async def choose_notices(
    connection: Connection,
    telegram_id: int,
    *,
    orders: bool | None = None,
    money: bool | None = None,
) -> None:
    """Which kinds of notices somebody wants; None leaves one as it is."""
    await connection.execute(queries.CHOOSE, telegram_id, orders, money)


async def set_quiet_hours(
    connection: Connection,
    telegram_id: int,
    hours: tuple[int, int] | None,
    utc_offset_minutes: int = 0,
) -> None:
    """When somebody does not want to be woken.

    Args:
        connection: Of the caller's transaction.
        telegram_id: Whose.
        hours: From and until, in minutes of their day; None: never.
        utc_offset_minutes: How far their clock is ahead of UTC.
    """
    begin, end = hours or (None, None)
    await connection.execute(queries.SET_QUIET, telegram_id, begin, end, utc_offset_minutes)


async def note_move(connection: Connection, old_id: int, new_id: int) -> None:
    """A group has another number from now on; what waits for it goes there."""
    await connection.execute(queries.MOVE, str(old_id), str(new_id))


async def current_id(connection: Connection, chat_id: int) -> int:
    """The number that a group has now, which settings may know by an older one."""
    found: int | None = await connection.fetchval(queries.MOVED_TO, chat_id)
    return chat_id if found is None else found


def _chat(row: object) -> Chat | None:
    if row is None:
        return None
    fields = dict(row)  # type: ignore[call-overload]
    fields["state"] = ChatState(fields["state"])
    return Chat(**fields)

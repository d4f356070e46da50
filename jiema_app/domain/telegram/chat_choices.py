"""What somebody chose for their chat, for who knows them by their account: the Mini App."""

from dataclasses import dataclass

from jiema_app.domain.errors import BadRequest, NotFound
from jiema_app.domain.telegram.chats import Chat, choose_notices, find_of_user, set_quiet_hours
from jiema_app.domain.telegram.quiet_hours import OFFSET_MAX
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import UserId


@dataclass(frozen=True, slots=True)
class ChatChoices:
    """The same as the bot's own settings."""

    database: Database

    async def find(self, user: UserId) -> Chat | None:
        """Their chat, as far as there is one."""
        async with self.database.connection() as connection:
            return await find_of_user(connection, user)

    async def choose_notices(
        self,
        user: UserId,
        *,
        orders: bool | None = None,
        money: bool | None = None,
    ) -> None:
        """Have kinds of notices sent, or not; None leaves one as it is.

        Raises:
            NotFound: They are not on Telegram.
        """
        async with self.database.transaction() as connection:
            chat = await _chat_of(connection, user)
            await choose_notices(connection, chat.telegram_id, orders=orders, money=money)

    async def choose_quiet_hours(
        self, user: UserId, hours: tuple[int, int] | None, utc_offset_minutes: int | None
    ) -> None:
        """Choose when no message makes a sound.

        Args:
            user: Whose.
            hours: From and until, in minutes of their day; None: never.
            utc_offset_minutes: How far their clock is ahead of UTC; None: as it was.

        Raises:
            BadRequest: There is no such clock.
            NotFound: They are not on Telegram.
        """
        if utc_offset_minutes is not None and abs(utc_offset_minutes) > OFFSET_MAX:
            raise BadRequest("There is no such clock.")
        async with self.database.transaction() as connection:
            chat = await _chat_of(connection, user)
            offset = chat.utc_offset_minutes if utc_offset_minutes is None else utc_offset_minutes
            await set_quiet_hours(connection, chat.telegram_id, hours, offset)


async def _chat_of(connection: Connection, user: UserId) -> Chat:
    chat = await find_of_user(connection, user)
    if chat is None:
        raise NotFound("There is no chat.")
    return chat

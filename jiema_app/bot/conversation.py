"""Somebody in their private chat: who they are, in which language, and what is said to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jiema_app.bot.desk import BotDesk
from jiema_app.bot.incoming import Press, Sender
from jiema_app.bot.replies import ReplyBook
from jiema_app.domain.errors import Forbidden
from jiema_app.domain.identity.provider import Provider
from jiema_app.domain.identity.sign_in import BLOCKED
from jiema_app.domain.referrals.attribution import Invitation
from jiema_app.domain.telegram.chats import Chat, bind, open_chat
from jiema_app.domain.telegram.people import Person, find_person
from jiema_app.domain.units import UserId
from jiema_app.i18n.locale_list import locale_named

ISSUER: Final = "https://telegram.org"

A_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Conversation:
    """One update of somebody, with all that handling it needs.

    Attributes:
        person: Whose account it is; None when they are banned.
        is_new: Whether their account was made just now.
        message_id: Of the message whose button was pressed; None of what was written.
        shown_at: When that message was sent, or edited last; None when nobody can tell.
        heard_at: When the press reached us, however much later it is handled.
    """

    desk: BotDesk
    update_id: int
    sender: Sender
    chat: Chat
    person: Person | None
    is_new: bool
    locale: str
    now: datetime
    replies: ReplyBook
    message_id: int | None = None
    shown_at: datetime | None = None
    heard_at: datetime | None = None

    @property
    def me(self) -> Person:
        """Whose account it is.

        Raises:
            Forbidden: They are banned.
        """
        if self.person is None:
            raise Forbidden(BLOCKED)
        return self.person

    @property
    def user(self) -> UserId:
        """Whose account it is; raises as ``me`` does."""
        return self.me.user_id

    @property
    def may_buy_here(self) -> bool:
        """Whether their address was admitted of late: a chat tells no address."""
        return self.chat.is_placed(self.now, self.desk.place_days)

    async def begin_change(self) -> None:
        """Count a change of theirs, before it is made, as on the web.

        Raises:
            RateLimited: It is one too many.
            Forbidden: They are banned.
        """
        await self.desk.admit_write(self.user)

    def is_shown_before(self, moment: datetime) -> bool:
        """Whether what was pressed is older than that."""
        return self.shown_at is None or self.shown_at < moment

    def is_pressed_within(self, patience: timedelta) -> bool:
        """Whether what was pressed stood there for less than that: Telegram tells whole seconds."""
        if self.shown_at is None or self.heard_at is None:
            return False
        return self.heard_at < self.shown_at + patience + A_SECOND


async def meet(
    desk: BotDesk,
    update_id: int,
    sender: Sender,
    replies: ReplyBook,
    *,
    invitation: Invitation | None = None,
    press: Press | None = None,
    heard_at: datetime | None = None,
) -> Conversation:
    """Know who writes; at their first time, make their account.

    Repeated for the same update it finds what it made: but for the first answer's words nothing
    is lost when a process dies in between.
    """
    lang = locale_named(sender.language_code or "") or "en"
    person, is_new = None, False
    async with desk.database.transaction() as connection:
        try:
            user, is_new = await desk.sign_in.find_or_make(
                connection,
                Provider.TELEGRAM,
                ISSUER,
                str(sender.id),
                lang=lang,
                invitations=() if invitation is None else (invitation,),
            )
        except Forbidden:
            pass
        else:
            await bind(connection, sender.id, user)
            person = await find_person(connection, user)
        chat = await open_chat(connection, sender.id, sender.language_code)
    if is_new and person is not None:
        await desk.sign_in.welcome_newcomer(person.user_id)
    return Conversation(
        desk=desk,
        update_id=update_id,
        sender=sender,
        chat=chat,
        person=person,
        is_new=is_new,
        locale=lang if person is None else person.lang,
        now=desk.clock.now(),
        replies=replies,
        message_id=None if press is None else press.message_id,
        shown_at=None if press is None else press.shown_at,
        heard_at=heard_at,
    )

"""What somebody chose for the bot's chat, as the Mini App's settings show it."""

from dataclasses import dataclass
from typing import Any, Final

import reflex as rx

from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.outside_numbers import whole_number
from jiema_app.domain.telegram.chats import Chat
from jiema_app.domain.telegram.quiet_hours import OFFSET_MAX, QUIET
from jiema_app.domain.telegram.states import ChatState
from jiema_app.i18n.quiet_hours_texts import hours_label, quiet_line
from jiema_app.site.states.member_page import MEMBER, MemberPage
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import locale_of

KINDS: Final = ("orders", "money")


@dataclass(frozen=True, slots=True)
class Hours:
    """Quiet hours that can be chosen."""

    key: str = ""
    label: str = ""


class MiniSettings(MemberPage, rx.State):
    """Kinds of notices, and when they make no sound."""

    is_open: bool = False
    """Whether the bot may write to them at all."""
    orders: bool = True
    money: bool = True
    hours: str = "0"
    """Which of the hours is chosen; empty for some that the bot does not offer."""
    offered: rx.Field[list[Hours]] = rx.field(default_factory=list)
    quiet: str = ""
    """The same, in words."""
    notice: str = ""

    @rx.event
    async def choose_kind(self, kind: str, is_wanted: bool) -> None:  # noqa: FBT001 - a checkbox
        """Have a kind of notices sent, or not."""
        if kind in KINDS:
            choice = {kind: is_wanted is True}
            await self._change(
                lambda visitor: page_services().chat_choices.choose_notices(
                    visitor.user_id, **choice
                )
            )

    @rx.event
    async def choose_hours(self, form: dict[str, Any]) -> None:
        """Choose quiet hours, by the clock of the browser that says so."""
        hours, offset = str(form.get("hours", "")), _offset(str(form.get("offset", "")))
        if hours in QUIET:
            await self._change(
                lambda visitor: page_services().chat_choices.choose_quiet_hours(
                    visitor.user_id, QUIET[hours], offset
                )
            )

    async def _change(self, change: Any) -> None:
        self.notice = await self._attempt(change)
        if self.access == MEMBER:
            await self._read()

    async def _show(self, visitor: Visitor) -> None:
        locale = locale_of(self)
        chat = await page_services().chat_choices.find(visitor.user_id)
        self.is_open = chat is not None and chat.state is ChatState.OPEN
        self.offered = [Hours(key, hours_label(hours, locale)) for key, hours in QUIET.items()]
        if chat is not None:
            self._show_choices(chat, locale)

    def _show_choices(self, chat: Chat, locale: str) -> None:
        self.orders, self.money = chat.notify_orders, chat.notify_money
        self.quiet = quiet_line(chat, locale)
        chosen = None
        if chat.quiet_from is not None and chat.quiet_until is not None:
            chosen = (chat.quiet_from, chat.quiet_until)
        self.hours = next((key for key, hours in QUIET.items() if hours == chosen), "")

    def _refuse(self, words: str) -> None:
        self.notice = words


def _offset(text: str) -> int | None:
    """How far a browser's clock is ahead of UTC, in minutes, as it says."""
    found = whole_number(text.removeprefix("-"), at_most=OFFSET_MAX)
    if found is None:
        return None
    return -found if text.startswith("-") else found

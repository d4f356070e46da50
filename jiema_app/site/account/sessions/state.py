"""The browsers in which the visitor is signed in."""

from dataclasses import dataclass

import reflex as rx

from jiema_app.domain.identity.devices import UNKNOWN as UNKNOWN_DEVICE
from jiema_app.domain.identity.sessions import SessionView, Visitor
from jiema_app.i18n.formats import day_and_time, iso_time
from jiema_app.i18n.translation import t
from jiema_app.site.states.member_page import MemberPage
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import locale_of


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A signed-in browser in the reader's words."""

    id: str
    device: str
    since: str
    since_text: str
    seen: str
    seen_text: str
    is_current: bool


def session_row(locale: str, session: SessionView) -> SessionRow:
    """Put a signed-in browser into words."""
    return SessionRow(
        id=session.jti,
        device=_device(locale, session.device),
        since=iso_time(session.created_at),
        since_text=day_and_time(locale, session.created_at),
        seen=iso_time(session.last_seen_at),
        seen_text=day_and_time(locale, session.last_seen_at),
        is_current=session.is_current,
    )


def _device(locale: str, device: str) -> str:
    """The device as it was noted when it signed in, which was in English."""
    if device == UNKNOWN_DEVICE:
        return t(locale, "Unknown browser")
    browser, on, system = device.partition(" on ")
    if not on:
        return device
    return t(locale, "{browser} on {system}", browser=browser, system=system)


class SessionsState(MemberPage, rx.State):
    """The list, and signing one of them out."""

    rows: list[SessionRow] = []  # noqa: RUF012 - Reflex copies it for each browser
    has_others: bool = False
    problem: str = ""
    done: str = ""

    async def _show(self, visitor: Visitor) -> None:
        locale = locale_of(self)
        sessions = await page_services().sessions.list_open(visitor.user_id, visitor.jti)
        # The one in one's hand first: the others are what one came to look at.
        sessions.sort(key=lambda session: not session.is_current)
        self.rows = [session_row(locale, session) for session in sessions]
        self.has_others = any(not session.is_current for session in sessions)

    @rx.event
    async def sign_out(self, session: str) -> None:
        """Sign one of the visitor's browsers out."""
        self.done = ""
        self.problem = await self._attempt(
            lambda visitor: page_services().sessions.close(visitor.user_id, str(session)),
            is_counted=False,
        )
        if not self.problem:
            self.done = t(locale_of(self), "That browser is signed out.")
        await self._read()

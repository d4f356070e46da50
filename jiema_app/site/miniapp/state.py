"""The Mini App's own state: whose it is by now, and what it shows."""

from typing import Any, Final

import reflex as rx

from jiema_app.settings import get_settings
from jiema_app.site.miniapp.views import HOME, LOADS, view_at
from jiema_app.site.states.member_page import TROUBLES
from jiema_app.site.states.visitor import Session, is_mini_app

ASKS: Final = "asks"
"""Nobody's: the page is asked for its bearer."""
IN: Final = "in"


class MiniApp(rx.State):
    """What frames the views."""

    phase: str = ASKS
    view: str = HOME
    refusals: int = 0
    """Grows when a bearer does not hold any more: the page fetches another one."""
    language: str = ""
    """That of the account, if the shop is served in it."""

    @rx.event
    async def enter(self, form: dict[str, Any]) -> Any:
        """Take a page's bearer. It is sent after each connection, and again when it is renewed."""
        if not is_mini_app(self):
            return None
        session: Session = await self.get_state(Session)
        refusals = self.refusals
        visitor = await session._take_bearer(str(form.get("bearer", "")))  # noqa: SLF001 - no event
        if visitor is None:
            self.phase, self.refusals = ASKS, refusals + 1
            return None
        self.language = visitor.lang if visitor.lang in get_settings().locales else ""
        if self.phase == IN:
            return None  # renewed: all is there
        await session.refresh()
        return self._show_view()

    @rx.event
    async def arrive(self) -> Any:
        """Show what the address names now."""
        if not is_mini_app(self):
            return None
        session: Session = await self.get_state(Session)
        try:
            visitor = await session._identify_bearer()  # noqa: SLF001 - no event
        except TROUBLES:
            return None
        if visitor is None:
            return None
        language = self.language
        session._arrive()  # noqa: SLF001 - no event
        self.language = language
        return self._show_view()

    def _show_view(self) -> Any:
        self.phase, self.view = IN, view_at(str(self.router.url.path))
        return LOADS[self.view]

    def _refuse(self, words: str) -> None:
        """What is refused by place has nothing to show here."""

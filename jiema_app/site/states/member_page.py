"""What the pages about a visitor's own things have in common."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import reflex as rx
import structlog

from jiema_app.domain.errors import BadRequest, DomainError
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.transaction import DATABASE_TROUBLES
from jiema_app.domain.units import UserId
from jiema_app.i18n.error_messages import explain
from jiema_app.site.states.live_pages import orders_topic
from jiema_app.site.states.page_services import PageServicesClosed, page_services
from jiema_app.site.states.pushed import pushed
from jiema_app.site.states.visitor import Session, locale_of, refusal_to_read, visitor_of

log = structlog.get_logger()

UNKNOWN: Final = "unknown"
"""Nobody has been asked yet: the page is a skeleton."""
GUEST: Final = "guest"
MEMBER: Final = "member"
FAILED: Final = "failed"
"""The page could not be read. Loading it again may help."""

TROUBLES: Final[tuple[type[Exception], ...]] = (PageServicesClosed, *DATABASE_TROUBLES)


class MemberPage(rx.State, mixin=True):
    """A page that shows a visitor what is theirs, and nothing to anybody else.

    Who asks is found out anew each time: a session may end while its page is open.
    """

    access: str = UNKNOWN

    @rx.event
    async def load(self) -> None:
        """Read the page. Runs when it loads, and after each reconnection."""
        await self._read_if_allowed()

    @pushed
    async def refresh(self) -> None:
        """Read the page again, because something it shows has changed."""
        await self._read()

    async def _show(self, visitor: Visitor) -> None:
        """Take what the page shows of this visitor. Each page has its own."""
        raise NotImplementedError

    def _topics(self, user: UserId) -> set[str]:
        """What is announced when something changes that the page shows of a user."""
        return {f"user:{user}", orders_topic(user)}

    async def _read_if_allowed(self) -> None:
        """Read the page because somebody there asked."""
        try:
            is_refused = bool(await refusal_to_read(self))
        except TROUBLES:
            is_refused = False  # reading says what there is to say about it
        if not is_refused:
            await self._read()
        elif self.access == UNKNOWN:
            self.access = FAILED

    async def _read(self) -> None:
        try:
            visitor = await visitor_of(self)
            if visitor is None:
                self._forget()
                return
            page_services().live.watch(
                self._topics(visitor.user_id), self.router.session.client_token, type(self)
            )
            await self._show(visitor)
        except TROUBLES:
            log.warning("page not read", page=type(self).__name__, exc_info=True)
            self.access = FAILED
        else:
            self.access = MEMBER

    async def _attempt(
        self,
        change: Callable[[Visitor], Awaitable[Any]],
        malformed: str = "",
        *,
        is_counted: bool = True,
    ) -> str:
        """Make a change for whoever asks.

        Args:
            change: The change, in the name of the visitor it is given.
            malformed: What is wrong with the form when the service refuses its content.
            is_counted: Whether it counts as one of the changes allowed in a minute. What
                locks others out never does: whoever stole a key could use them all up.

        Returns:
            Why it was refused, in the page's language; empty when it was made.
        """
        locale = locale_of(self)
        try:
            visitor = await visitor_of(self)
            if visitor is None:
                self._forget()
                session: Any = await self.get_state(Session)
                await session.refresh()
                return explain("AUTH_INVALID", locale)
            if is_counted:
                await page_services().admit_write(visitor.user_id)
            await change(visitor)
        except BadRequest as error:
            return malformed or explain(error, locale)
        except DomainError as error:
            return explain(error, locale)
        except TROUBLES:
            log.warning("change not made", page=type(self).__name__, exc_info=True)
            return explain("INTERNAL", locale)
        return ""

    def _refuse(self, words: str) -> None:
        """Say why nothing was done. Pages with actions that can be refused have a place for it."""

    def _put_away_secrets(self) -> None:
        """Forget what is shown once, before all of the state is sent to a page that connects."""

    def _forget(self) -> None:
        """Leave nothing of a visitor on the page."""
        self.reset()
        self.access = GUEST

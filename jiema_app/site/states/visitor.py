"""Who is looking at the page, and their balance at the top of it."""

import reflex as rx

from jiema_app.domain.errors import RateLimited
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.formats import money
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.pushed import pushed


async def visitor_of(state: rx.State) -> Visitor | None:
    """Whose page a state belongs to, by the cookie of its connection.

    Asked in every handler, never remembered: a session may end at any moment. The cookie
    is the one the connection was opened with, so signing in and out load a page anew.
    """
    # Not through `router`: it is put together of all that is known of the page, each time.
    token = page_services().read_session(state.rx_router_headers.cookie or "")
    return await page_services().sessions.identify(token) if token else None


async def refusal_to_read(state: rx.State) -> str:
    """Count that somebody had their page read anew; why not, when they did so too often.

    What we push is not counted. A stranger's page has nothing to be read.
    """
    visitor = await visitor_of(state)
    if visitor is not None:
        try:
            await page_services().admit_read(visitor.user_id)
        except RateLimited as error:
            return explain(error, locale_of(state))
    return ""


def locale_of(state: rx.State) -> str:
    """The language of the page a state belongs to, by its address."""
    named = str(state.rx_router_url.path).strip("/").partition("/")[0]
    return named if named in LOCALES else "en"


class Session(rx.State):
    """The visitor, as every page shows them."""

    is_known: bool = False
    """Whether the server has said who this is."""
    is_member: bool = False
    display_name: str = ""
    balance: str = ""
    _belongs_to: str = ""
    _owner: str = ""
    _address: str = ""

    @rx.event
    async def load(self) -> None:
        """Say who is there. Runs when a page loads, and after each reconnection."""
        if not await refusal_to_read(self):
            await self.refresh()

    @pushed
    async def refresh(self) -> None:
        """Look again who is there: the session may have ended, or the balance moved."""
        visitor = await visitor_of(self)
        self.is_known = True
        self.is_member = visitor is not None
        if visitor is None:
            self.display_name = self.balance = ""
            return
        token = self.rx_router_session.client_token
        page_services().live.watch({f"user:{visitor.user_id}"}, token, Session)
        account = await page_services().identity.get_account(visitor.user_id)
        self.display_name = account.display_name
        self.balance = money(locale_of(self), account.balance_micro)

    @property
    def belongs_to(self) -> str:
        """The session that everything in this tab is of, or none; see ``privacy.py``."""
        return self._belongs_to

    @property
    def owner(self) -> str:
        """The user whose session that is, or none."""
        return self._owner

    def _belong_to(self, visitor: Visitor | None) -> None:
        """Empty all that this tab's pages keep: from now on it is another session's.

        Without the underscore any page could call it and say whose its tab is.
        """
        address = self._address
        for page in self._get_root_state().substates.values():
            page.reset()
        self._address = address
        self._belongs_to, self._owner = (
            (visitor.jti, visitor.user_id) if visitor is not None else ("", "")
        )

    def _arrive(self) -> None:
        """Empty what the page before has left, when the tab is at another address now.

        Else a list would stand under the words of another one until its own can be read.
        """
        before, self._address = self._address, str(self.router.url)
        if before in {"", self._address}:
            return
        for page in self._get_root_state().substates.values():
            if page is not self:
                page.reset()
                page_services().live.watch((), self.router.session.client_token, type(page))

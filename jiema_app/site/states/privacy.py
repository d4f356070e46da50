"""A tab outlives its visitor: what it showed to one must not be sent to the next.

Reflex keeps the state of a tab for whoever names it, and sends all of it whenever the tab
connects, before any handler of ours runs. So before each event the session of the
connection is compared with the one that the state was filled for; the first event of
another one, whichever it is, finds an empty state. So does the first event from another
address: else a page would show the number of the order that the tab was at before, or a list
that of another filter, until its own can be read.

A tab of the Mini App has no cookie: it is nobody's at each connection, until its bearer comes.
"""

from typing import Final

import reflex as rx
from reflex.event import Event
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate

from jiema_app.site.states.member_page import TROUBLES, MemberPage
from jiema_app.site.states.owned_item import OwnedItem
from jiema_app.site.states.visitor import Session, visitor_of

WHOLE_STATE: Final = frozenset({"hydrate", "hydrate_and_load"})
"""Handlers of Reflex's own that send everything. The page's own ones follow them."""


class ForgetOtherVisitors(Middleware):
    """Empties a tab's state when it was filled for another session."""

    async def preprocess(
        self,
        app: rx.App,  # noqa: ARG002 - the interface is Reflex's
        state: BaseState,
        event: Event,
    ) -> StateUpdate | None:
        """Compare the session of the connection with the one that the state is of."""
        is_beginning = event.name.rpartition(".")[2] in WHOLE_STATE
        for page in state._get_root_state().substates.values():  # noqa: SLF001 - no public way
            if isinstance(page, OwnedItem):
                page._forget_another()  # noqa: SLF001 - public ones are events
            if is_beginning and isinstance(page, MemberPage):
                page._put_away_secrets()  # noqa: SLF001 - likewise
        session = await state.get_state(Session)
        try:
            if is_beginning:
                session._put_bearer_away()  # noqa: SLF001 - public ones are events
                session._arrive()  # noqa: SLF001 - likewise
            visitor = await visitor_of(session)
        except TROUBLES:
            if is_beginning:
                # Nobody can say whose tab this is: it starts empty, and shows that it failed.
                session._belong_to(None)  # noqa: SLF001
            return None
        jti = visitor.jti if visitor else ""
        if session.belongs_to != jti:
            session._belong_to(visitor)  # noqa: SLF001
            if not is_beginning:
                await session.refresh()
        return None

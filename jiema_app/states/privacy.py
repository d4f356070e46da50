"""A tab outlives its visitor: what it showed to one must not be sent to the next.

Reflex keeps the state of a tab and sends all of it whenever the tab connects, before any
handler of ours runs. Whoever connects with another session, or none, gets an empty state.
"""

from typing import Final

import reflex as rx
from reflex.event import Event
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate

from jiema_app.states.session import Session, visitor_of

WHOLE_STATE: Final = frozenset({"hydrate", "hydrate_and_load"})
"""Handlers of Reflex's own that send everything."""


class ForgetOtherVisitors(Middleware):
    """Empties a tab's state when it was filled for another session."""

    async def preprocess(
        self,
        app: rx.App,  # noqa: ARG002 - the interface is Reflex's
        state: BaseState,
        event: Event,
    ) -> StateUpdate | None:
        """Compare the session of the connection with the one that was shown."""
        if event.name.rpartition(".")[2] not in WHOLE_STATE:
            return None
        session = await state.get_state(Session)
        visitor = await visitor_of(session)
        if visitor is None or session.shown_to != visitor.jti:
            session.forget_everything()
        return None

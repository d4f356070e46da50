"""Forgetting tabs whose browser has gone.

Reflex keeps the state of a tab for an hour after its last event, whoever it was: a stranger
who connects again and again fills its memory. A page builds its state anew from its address
and its cookie, so a guest loses nothing with it. Who is signed in may have something on the
page that is shown once, and gets longer to come back.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Final, Protocol

import structlog

log = structlog.get_logger()

TIDY_S: Final = 5.0
GUEST_GRACE_S: Final = 30.0
MEMBER_GRACE_S: Final = 900.0
"""A network that fails for longer has the page read anew, as a reload does."""
GUESTS_MAX: Final = 50
MEMBERS_MAX: Final = 1_000
"""Tabs that went are kept at most, those that went last, of everybody."""
TABS_OF_MEMBER_MAX: Final = 50
"""And of one user, in all of their browsers: they may be signed in with a hundred."""


class Tabs(Protocol):
    """What is known of tabs in this process."""

    def tokens(self) -> Iterable[str]:
        """Those that have a state here."""
        ...

    async def is_connected(self, token: str) -> bool:
        """Whether this process holds the tab's connection."""
        ...

    def user_of(self, token: str) -> str:
        """Whose things the tab shows; empty for a guest's."""
        ...

    def forget(self, token: str) -> bool:
        """Drop the tab's state; False when it is in use."""
        ...


class DepartedTabs:
    """Which tabs have gone, and since when."""

    def __init__(self, tabs: Tabs, now: Callable[[], float] = time.monotonic) -> None:
        self._tabs: Final = tabs
        self._now: Final = now
        self._since: dict[str, float] = {}
        """In the order in which they went."""

    def __len__(self) -> int:
        return len(self._since)

    async def sweep(self) -> None:
        """Tidy up from time to time, until cancelled."""
        while True:
            await asyncio.sleep(TIDY_S)
            try:
                await self.tidy()
            except Exception:
                log.warning("departed tabs not forgotten", exc_info=True)

    async def tidy(self) -> int:
        """Forget those that are gone for long, or are too many; how many it forgot."""
        present = dict.fromkeys(self._tabs.tokens())
        self._since = {token: at for token, at in self._since.items() if token in present}
        for token in present:
            if await self._tabs.is_connected(token):
                self._since.pop(token, None)
            else:
                self._since.setdefault(token, self._now())
        doomed = self._doomed()
        for token in doomed:
            # It may have come back meanwhile: asking is a wait.
            if not await self._tabs.is_connected(token) and self._tabs.forget(token):
                del self._since[token]
            await asyncio.sleep(0)  # a thousand may have gone at once: others have their turn
        return len(doomed)

    def _doomed(self) -> list[str]:
        now, doomed = self._now(), []
        guests = members = 0
        of_user: dict[str, int] = {}
        for token, at in reversed(self._since.items()):
            user = self._tabs.user_of(token)
            if user:
                members += 1
                of_user[user] = of_user.get(user, 0) + 1
                is_over = (
                    now - at >= MEMBER_GRACE_S
                    or members > MEMBERS_MAX
                    or of_user[user] > TABS_OF_MEMBER_MAX
                )
            else:
                guests += 1
                is_over = now - at >= GUEST_GRACE_S or guests > GUESTS_MAX
            if is_over:
                doomed.append(token)
        return doomed

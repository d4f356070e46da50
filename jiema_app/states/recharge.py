"""The page of one recharge: how to pay, and what has become of it.

The recharge is the one that the page's address names, and the visitor is whoever the cookie
of the connection belongs to. Neither is ever taken from what a browser sends with an event.
"""

from collections.abc import Awaitable, Callable

import reflex as rx

from jiema_app.domain.errors import AlreadyChanged, DomainError, NotFound, NotOpen
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.units import UserId
from jiema_app.formats import money
from jiema_app.messages import explain
from jiema_app.settings import get_settings
from jiema_app.states.desk import desk
from jiema_app.states.recharge_display import RechargeCard, dust, recharge_card
from jiema_app.states.session import Session, locale_of, visitor_of
from jiema_app.translation import t

Act = Callable[[UserId, str], Awaitable[RechargeView]]


class RechargePage(rx.State):
    """What a recharge's page shows."""

    phase: str = "loading"
    """``loading``, ``guest``, ``missing`` (also when it is somebody else's) or ``shown``."""
    recharge: RechargeCard = RechargeCard()
    server_now: float = 0.0
    """Unix seconds when ``recharge`` was read: the visitor's clock may be wrong."""
    balance: str = ""
    is_sandbox: bool = False
    """Whether the page offers to pay with play money."""
    notice: str = ""
    """Why the last thing they asked for was refused."""
    good_news: str = ""
    """What came of it."""
    announcement: str = ""
    """What a screen reader says at once: a change that came while the page was open."""

    @rx.event
    async def load(self) -> None:
        """Show the recharge. Runs when the page loads, and after each reconnection."""
        self.notice = self.good_news = self.announcement = ""
        await self.refresh()

    @rx.event
    async def look_again(self) -> None:
        """Read the recharge anew: the browser was asleep, or the window has just closed."""
        await self.refresh()

    async def refresh(self) -> None:
        """Show the recharge as it is now, or nothing when the session has ended."""
        visitor = await visitor_of(self)
        if visitor is None:
            self._empty("guest")
            return
        # First: what changes while it is read must be announced.
        self._watch(visitor)
        try:
            recharge = await desk().recharges.get(visitor.user_id, self._recharge_id())
        except NotFound:
            self._empty("missing")
            return
        account = await desk().identity.get_account(visitor.user_id)
        self.balance = money(locale_of(self), account.balance_micro)
        self._show(recharge)

    @rx.event
    async def look(self) -> None:
        """Have the chain looked at now, for its owner says that they have paid."""
        if await self._act(desk().recharges.look):
            self.good_news = t(
                locale_of(self),
                "We are looking now. This page shows your payment as soon as the network has it.",
            )

    @rx.event
    async def cancel(self) -> None:
        """Close the window before anything was paid."""
        if await self._act(desk().recharges.cancel):
            session = await self.get_state(Session)
            await session.refresh()

    async def _act(self, act: Act) -> bool:
        self.notice = self.good_news = ""
        visitor = await visitor_of(self)
        if visitor is None:
            self._empty("guest")
            return False
        refusal = ""
        try:
            await desk().admit_write(visitor.user_id)
            await act(visitor.user_id, self._recharge_id())
        except (NotOpen, AlreadyChanged):
            refusal = t(
                locale_of(self),
                "This top-up has just changed and can no longer be cancelled. Nothing was done.",
            )
        except DomainError as error:
            refusal = explain(error, locale_of(self))
        await self.refresh()
        if self.phase == "shown":
            self.notice = refusal
        return not refusal and self.phase == "shown"

    def _show(self, recharge: RechargeView) -> None:
        now = desk().clock.now()
        before = self.recharge.stage if self.phase == "shown" else ""
        self.recharge = recharge_card(
            recharge,
            locale=locale_of(self),
            now=now,
            dust=dust(),
            final_after=desk().recharges.final_after,
        )
        self.server_now = now.timestamp()
        self.is_sandbox = get_settings().is_paid_in_play_money
        self.phase = "shown"
        if before and before != self.recharge.stage:
            self.good_news = ""
            self.announcement = self.recharge.headline

    def _empty(self, phase: str) -> None:
        """Leave nothing of a recharge behind, on the screen or here."""
        self.reset()
        self.phase = phase
        desk().live.watch((), self.router.session.client_token, RechargePage)

    def _watch(self, visitor: Visitor) -> None:
        topics = {f"recharge:{self._recharge_id()}", f"user:{visitor.user_id}"}
        desk().live.watch(topics, self.router.session.client_token, RechargePage)

    def _recharge_id(self) -> str:
        """The recharge that the page's address names."""
        parts = str(self.router.url.path).strip("/").split("/")
        is_ours = len(parts) == 4 and parts[1:3] == ["account", "topup"]  # noqa: PLR2004
        return parts[3] if is_ours else ""

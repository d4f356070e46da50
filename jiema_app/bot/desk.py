"""The services behind the chat, laid out by the composition root."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from jiema_app.bot.flood import Flood
from jiema_app.bot.searching import NameSearch
from jiema_app.domain.catalog.live import LiveCatalog
from jiema_app.domain.clock import Clock
from jiema_app.domain.glances import Glances
from jiema_app.domain.identity.service import IdentityService
from jiema_app.domain.identity.sign_in import SignIn
from jiema_app.domain.orders.own_routes import OwnRoutes
from jiema_app.domain.orders.service import OrderService
from jiema_app.domain.recharges.service import RechargeService
from jiema_app.domain.referrals.invite import Invites
from jiema_app.domain.telegram.updates import ClaimedUpdate, Effects
from jiema_app.domain.telegram.withdrawal_confirmations import WithdrawalConfirmations
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.withdrawals.service import Withdrawals


class Relay(Protocol):
    """Passes on what somebody writes to our team."""

    async def relay(self, update: ClaimedUpdate, effects: Effects, locale: str, /) -> None:
        """Pass on what an update holds; where it cannot be, say so in the locale's words."""
        ...

    async def leave(self, connection: Connection, telegram_id: int, /) -> None:
        """They write to our team no more, and need nothing more where they were answered."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BotDesk:
    """What handlers and makers of messages may ask.

    Attributes:
        admit_write: Counts a change that a user makes; raises RateLimited beyond their limit.
        username: Of the bot, without the @.
        origin: Where the web is: ``https://jiema.my``.
        place_days: For so long an address that was admitted counts.
        window_s: How long an order waits for its code.
        support_handle: Whom to write to where nobody relays.
        relay: Passes on what people write to our team; None where nobody does.
        channel: Name of the channel where news stand, without the @; None where there is none.
        news: What an announcement says, by the parameter of its link; None where there is none.
    """

    database: Database
    clock: Clock
    catalog: LiveCatalog
    search: NameSearch
    identity: IdentityService
    sign_in: SignIn
    glances: Glances
    orders: OrderService
    own_routes: OwnRoutes
    recharges: RechargeService
    withdrawals: Withdrawals
    confirmations: WithdrawalConfirmations
    invites: Invites
    flood: Flood
    admit_write: Callable[[str], Awaitable[None]]
    username: str
    origin: str
    place_days: int
    window_s: int
    support_handle: str
    relay: Relay | None
    channel: str | None = None
    news: Callable[[str], Awaitable[str | None]] | None = None

    def bot_link(self, start: str) -> str:
        """An address that opens the private chat with a start parameter."""
        return f"https://t.me/{self.username}?start={start}"

    def page(self, locale: str, path: str) -> str:
        """The address of a page."""
        return f"{self.origin}/{locale}/{path}"

    def mini_app(self, query: str = "", view: str = "") -> str:
        """The address of the Mini App, or of one of its views: ``/withdraw``."""
        return f"{self.origin}/tg{view}{'?' if query else ''}{query}"

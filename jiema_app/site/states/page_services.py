"""What states need of the process they run in: its services and its guards.

States are classes that Reflex makes for each browser, so nothing can be handed to them.
The process lays its services out here when it starts.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from jiema_app.domain.abuse_reports.service import AbuseReports
from jiema_app.domain.api_keys.service import ApiKeyService
from jiema_app.domain.catalog.live import LiveCatalog
from jiema_app.domain.clock import Clock
from jiema_app.domain.compliance.geo import GeoPolicy
from jiema_app.domain.glances import Glances
from jiema_app.domain.identity.mini_app import MiniAppDoor
from jiema_app.domain.identity.service import IdentityService
from jiema_app.domain.identity.sessions import Sessions
from jiema_app.domain.ledger.statement import Statement
from jiema_app.domain.orders.history import OrderHistory
from jiema_app.domain.orders.own_routes import OwnRoutes
from jiema_app.domain.orders.service import OrderService
from jiema_app.domain.recharges.service import RechargeService
from jiema_app.domain.referrals.commissions import Commissions
from jiema_app.domain.referrals.invite import Invites
from jiema_app.domain.telegram.chat_choices import ChatChoices
from jiema_app.domain.telegram.withdrawal_confirmations import WithdrawalConfirmations
from jiema_app.domain.units import UserId
from jiema_app.domain.withdrawals.decision_times import DecisionTimes
from jiema_app.domain.withdrawals.drafts import WithdrawalDrafts
from jiema_app.domain.withdrawals.service import Withdrawals
from jiema_app.domain.withdrawals.terms import WithdrawalTermsBook
from jiema_app.site.states.live_pages import LivePages


@dataclass(frozen=True, slots=True, kw_only=True)
class PageServices:
    """The services behind the pages of one process."""

    clock: Clock
    catalog: LiveCatalog
    identity: IdentityService
    sessions: Sessions
    mini_app: MiniAppDoor
    api_keys: ApiKeyService
    orders: OrderService
    order_history: OrderHistory
    own_routes: OwnRoutes
    statement: Statement
    recharges: RechargeService
    invites: Invites
    commissions: Commissions
    withdrawals: Withdrawals
    withdrawal_drafts: WithdrawalDrafts
    withdrawal_confirmations: WithdrawalConfirmations
    withdrawal_terms: WithdrawalTermsBook
    decision_times: DecisionTimes
    abuse_reports: AbuseReports
    glances: Glances
    chat_choices: ChatChoices
    live: LivePages
    geo: GeoPolicy
    read_session: Callable[[str], str | None]
    """The session's token in a ``Cookie`` header, if there is one."""
    admit_read: Callable[[str], Awaitable[None]]
    """Counts a page that a user has read anew; raises RateLimited beyond their limit. Their API
    keys do not share it: a program that asks much must not close its owner's pages."""
    admit_write: Callable[[str], Awaitable[None]]
    """Counts a change that a user makes; raises RateLimited beyond their limit, which
    they share with their API keys."""
    note_refused: Callable[[UserId], Awaitable[None]]
    """Notes that a user was refused for where they are: so they are in the chat, too."""
    may_ask_chain: Callable[[str], Awaitable[bool]]
    """Counts that a user has the nodes of the chain asked while they type; False beyond their limit,
    or that of all users together."""


class PageServicesClosed(RuntimeError):
    """The process has not started, or is stopping."""


_open: list[PageServices] = []


def open_page_services(desk: PageServices) -> None:
    """Lay out the services of this process."""
    _open[:] = [desk]


def close_page_services() -> None:
    """Take them away."""
    _open.clear()


def page_services() -> PageServices:
    """The services of this process.

    Raises:
        PageServicesClosed: There are none yet.
    """
    if not _open:
        raise PageServicesClosed
    return _open[0]

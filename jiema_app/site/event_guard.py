"""Which action is behind each event of a page, and the guard that every event passes.

Browsers, and whoever speaks their protocol, may call any handler of any state at any time.
What is not in the table is refused to blocked places, and fails a test.
"""

from collections.abc import Mapping
from typing import Any, Final

import reflex as rx
from reflex.event import Event
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate

from jiema_app.domain.compliance.actions import Action
from jiema_app.domain.errors import Forbidden
from jiema_app.i18n.error_messages import explain
from jiema_app.site.account.api_keys.state import ApiKeysState
from jiema_app.site.account.order.state import OrderPage
from jiema_app.site.account.orders.state import OrdersPage
from jiema_app.site.account.overview.state import AccountState
from jiema_app.site.account.recharge.state import RechargePage
from jiema_app.site.account.sessions.state import SessionsState
from jiema_app.site.account.statement.state import StatementState
from jiema_app.site.account.together.state import TogetherPage
from jiema_app.site.account.topup.state import TopUpState
from jiema_app.site.account.withdraw.state import WithdrawState
from jiema_app.site.design.showcase.state import ComponentsPage
from jiema_app.site.miniapp.service_state import MiniService
from jiema_app.site.miniapp.settings_state import MiniSettings
from jiema_app.site.miniapp.state import MiniApp
from jiema_app.site.miniapp.withdraw_state import MiniWithdraw
from jiema_app.site.shop.home.state import HomeRoutes
from jiema_app.site.shop.invite.state import InviteState
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import Session, is_mini_app, locale_of, visitor_of

EVENTS: Final[Mapping[type[rx.State], Mapping[str, Action]]] = {
    Session: {"load": Action.READ_OWN, "put_away": Action.READ_OWN},
    AccountState: {
        "load": Action.READ_OWN,
        "rename": Action.CHANGE_PROFILE,
        "choose_language": Action.CHANGE_PROFILE,
    },
    ApiKeysState: {
        "load": Action.READ_OWN,
        "create": Action.NEW_KEY,
        "put_away": Action.READ_OWN,
        "revoke": Action.REVOKE_KEY,
    },
    SessionsState: {
        "load": Action.READ_OWN,
        "sign_out": Action.SIGN_OUT,
    },
    StatementState: {"load": Action.READ_OWN},
    HomeRoutes: {"load": Action.READ_OWN, "star": Action.CHANGE_PROFILE},
    InviteState: {"load": Action.READ_OWN},
    TopUpState: {"load": Action.READ_OWN},
    OrdersPage: {
        "load": Action.READ_OWN,
        "search": Action.READ_OWN,
    },
    TogetherPage: {
        "cancel_waiting": Action.CANCEL_ORDER,
        "load": Action.READ_OWN,
        "look_again": Action.READ_OWN,
    },
    OrderPage: {
        "load": Action.READ_OWN,
        "look_again": Action.READ_OWN,
        "cancel": Action.CANCEL_ORDER,
        "ask_next": Action.NEXT_SMS,
        "finish": Action.FINISH_ORDER,
        "star": Action.CHANGE_PROFILE,
    },
    RechargePage: {
        "load": Action.READ_OWN,
        "look_again": Action.READ_OWN,
        "look": Action.CLAIM_PAYMENT,
        "cancel": Action.CANCEL_TOP_UP,
    },
    WithdrawState: {
        "load": Action.READ_OWN,
        "type_address": Action.READ_OWN,
        "type_amount": Action.READ_OWN,
        "choose_source": Action.READ_OWN,
        "go_on": Action.WITHDRAW,
        "go_back": Action.READ_OWN,
        "confirm": Action.WITHDRAW,
        "cancel": Action.CANCEL_WITHDRAWAL,
    },
    MiniWithdraw: {
        "load": Action.READ_OWN,
        "type_address": Action.READ_OWN,
        "type_amount": Action.READ_OWN,
        "choose_source": Action.READ_OWN,
        "go_on": Action.WITHDRAW,
        "go_back": Action.READ_OWN,
        "ask": Action.WITHDRAW,
        "stop_asking": Action.CANCEL_WITHDRAWAL,
        "cancel": Action.CANCEL_WITHDRAWAL,
    },
    MiniSettings: {
        "load": Action.READ_OWN,
        "choose_kind": Action.CHANGE_PROFILE,
        "choose_hours": Action.CHANGE_PROFILE,
    },
    MiniApp: {"enter": Action.READ_OWN, "arrive": Action.READ_OWN},
    MiniService: {"load": Action.LOOK_AROUND, "look_for": Action.LOOK_AROUND},
    ComponentsPage: {"begin": Action.LOOK_AROUND},
}

IN_MINI_APP: Final = frozenset(
    {
        Session,
        MiniApp,
        MiniService,
        MiniSettings,
        MiniWithdraw,
        HomeRoutes,
        InviteState,
        OrderPage,
        OrdersPage,
        RechargePage,
        TopUpState,
    }
)
"""What a bearer opens. It makes no API key, which would outlive it, and withdraws nothing: what it
prepares is confirmed in the bot's chat."""

OWN_HANDLERS: Final = frozenset(rx.State.event_handlers)
"""Of Reflex, which every state has: they change nothing but what the tab itself shows."""

_ACTIONS: Final[Mapping[str, tuple[type[rx.State], Action]]] = {
    f"{page.get_full_name()}.{name}": (page, action)
    for page, events in EVENTS.items()
    for name, action in events.items()
}
_STATES: Final = {page.get_full_name(): page for page in EVENTS}


def action_behind(event: str) -> tuple[type[rx.State] | None, Action]:
    """The page that an event is of, and what it does; no page when it is one of Reflex's."""
    known = _ACTIONS.get(event)
    if known is not None:
        return known
    state, _, name = event.rpartition(".")
    if state in _STATES and name not in OWN_HANDLERS:
        return _STATES[state], Action.UNKNOWN
    return None, Action.LOOK_AROUND


class GuardEvents(Middleware):
    """Refuses by place, before any handler runs, what its door may not be used for there."""

    async def preprocess(
        self,
        app: rx.App,  # noqa: ARG002 - the interface is Reflex's
        state: BaseState,
        event: Event,
    ) -> StateUpdate | None:
        """Let an event through, or say on its page why it is not."""
        page_class, action = action_behind(event.name)
        if page_class is None:
            return None
        root: Any = state._get_root_state()  # noqa: SLF001 - as Reflex's own middleware does
        if page_class not in IN_MINI_APP and is_mini_app(root):
            return StateUpdate()
        try:
            page_services().geo.admit(action, root.router.session.client_ip)
        except Forbidden as error:
            visitor = await visitor_of(root)
            if visitor is not None:
                await page_services().note_refused(visitor.user_id)
            page: Any = await state.get_state(page_class)
            page._refuse(explain(error, locale_of(page)))  # noqa: SLF001 - no event: pages could call it
            delta = await root._get_resolved_delta()  # noqa: SLF001 - likewise
            root._clean()  # noqa: SLF001 - likewise
            return StateUpdate(delta=delta)
        return None

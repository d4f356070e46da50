"""The views of the Mini App, and which of them an address below ``/tg`` names."""

from collections.abc import Mapping
from typing import Any, Final

from jiema_app.site.account.order.state import OrderPage
from jiema_app.site.account.orders.state import OrdersPage
from jiema_app.site.account.recharge.state import RechargePage
from jiema_app.site.account.topup.state import TopUpState
from jiema_app.site.miniapp.service_state import MiniService
from jiema_app.site.miniapp.settings_state import MiniSettings
from jiema_app.site.miniapp.withdraw_state import MiniWithdraw
from jiema_app.site.shop.home.state import HomeRoutes
from jiema_app.site.shop.invite.state import InviteState
from jiema_app.site.states.visitor import MINI_APP

HOME: Final = "home"
SERVICE: Final = "service"
ORDER: Final = "order"
ORDERS: Final = "orders"
TOP_UP: Final = "topup"
RECHARGE: Final = "recharge"
INVITE: Final = "invite"
MORE: Final = "more"
WITHDRAW: Final = "withdraw"

LOADS: Final[Mapping[str, Any]] = {
    HOME: HomeRoutes.load,
    SERVICE: MiniService.load,
    ORDER: OrderPage.load,
    ORDERS: OrdersPage.load,
    TOP_UP: TopUpState.load,
    RECHARGE: RechargePage.load,
    INVITE: InviteState.load,
    MORE: MiniSettings.load,
    WITHDRAW: MiniWithdraw.load,
}
"""The event that fetches what each shows."""

OF_ONE: Final[Mapping[str, str]] = {"service": SERVICE, "order": ORDER, "topup": RECHARGE}
"""Views of one thing, by the first part of their address."""
OF_ALL: Final = frozenset({ORDERS, TOP_UP, INVITE, MORE, WITHDRAW})


def view_at(path: str) -> str:
    """The view that an address names; the first one where it names none."""
    first, _, thing = path.removeprefix(MINI_APP).strip("/").partition("/")
    if thing:
        return OF_ONE.get(first, HOME)
    return first if first in OF_ALL else HOME

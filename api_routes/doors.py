"""Which action is behind each address.

A route that is not here is refused to blocked places, and fails a test.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from jiema_app.domain.compliance.actions import Action

ROUTES: Final[Mapping[tuple[str, str], Action]] = {
    ("GET", "/api/v1/openapi.json"): Action.LOOK_AROUND,
    ("GET", "/api/v1/services"): Action.LOOK_AROUND,
    ("GET", "/api/v1/countries"): Action.LOOK_AROUND,
    ("GET", "/api/v1/prices"): Action.LOOK_AROUND,
    ("GET", "/api/v1/account"): Action.READ_OWN,
    ("GET", "/api/v1/orders"): Action.READ_OWN,
    ("GET", "/api/v1/orders/{order_id}"): Action.READ_OWN,
    ("POST", "/api/v1/orders"): Action.BUY,
    ("POST", "/api/v1/orders/{order_id}/cancel"): Action.CANCEL_ORDER,
    ("POST", "/api/v1/orders/{order_id}/next-sms"): Action.NEXT_SMS,
    ("POST", "/api/shop/orders"): Action.BUY,
    ("POST", "/api/shop/orders/{order_id}/cancel"): Action.CANCEL_ORDER,
    ("POST", "/api/shop/orders/{order_id}/finish"): Action.FINISH_ORDER,
    ("POST", "/api/shop/orders/{order_id}/next-sms"): Action.NEXT_SMS,
    ("POST", "/api/shop/language"): Action.CHANGE_PROFILE,
    ("GET", "/api/shop/operators"): Action.LOOK_AROUND,
    ("POST", "/api/shop/recharges"): Action.TOP_UP,
    ("POST", "/api/shop/recharges/{recharge}/sandbox-payment"): Action.TOP_UP,
    ("POST", "/api/shop/recharges/{recharge}/notes"): Action.EXPLAIN_PAYMENT,
    ("POST", "/api/shop/commission/moves"): Action.MOVE_COMMISSION,
    ("POST", "/api/shop/withdrawals/drafts"): Action.WITHDRAW,
    ("POST", "/api/shop/withdrawals"): Action.WITHDRAW,
    ("POST", "/api/shop/withdrawals/{withdrawal}/cancel"): Action.CANCEL_WITHDRAWAL,
    ("POST", "/api/shop/abuse-reports"): Action.REPORT_ABUSE,
    ("GET", "/api/shop/statement.csv"): Action.READ_OWN,
    ("GET", "/api/auth/google"): Action.SIGN_IN,
    ("GET", "/api/auth/google/callback"): Action.SIGN_IN,
    ("GET", "/api/auth/telegram"): Action.SIGN_IN,
    ("GET", "/api/auth/telegram/callback"): Action.SIGN_IN,
    ("POST", "/api/auth/telegram/miniapp"): Action.SIGN_IN,
    ("GET", "/api/auth/link/{token}"): Action.SIGN_IN,
    ("GET", "/api/auth/session"): Action.READ_OWN,
    ("POST", "/api/auth/sign-out"): Action.SIGN_OUT,
    ("POST", "/api/auth/sign-out-everywhere"): Action.SIGN_OUT,
    ("GET", "/r/{code}"): Action.LOOK_AROUND,
    ("POST", "/webhooks/supplier/{secret}"): Action.LOOK_AROUND,
    ("POST", "/webhooks/telegram"): Action.LOOK_AROUND,
    ("GET", "/healthz"): Action.LOOK_AROUND,
    ("GET", "/readyz"): Action.LOOK_AROUND,
    ("GET", "/metrics"): Action.LOOK_AROUND,
}


def action_at(scope: Scope) -> Action:
    """What a request does whose route has been found."""
    route = getattr(scope.get("route"), "path", "")
    return ROUTES.get((scope["method"], route), Action.UNKNOWN)


class Doors:
    """What a request does whose route has not been looked for yet."""

    def __init__(self, routes: Iterable[BaseRoute], prefix: str) -> None:
        """Take what changes something.

        Args:
            routes: Of the application.
            prefix: Only addresses that begin with this.
        """
        self._writes = [
            route
            for route in routes
            if isinstance(route, Route)
            and route.path.startswith(prefix)
            and not {"GET", "HEAD"} & set(route.methods or ())
        ]

    def action_of(self, scope: Scope) -> Action:
        """The action behind the address; `UNKNOWN` of one that nothing answers."""
        for route in self._writes:
            if route.matches(scope)[0] is Match.FULL:
                return ROUTES.get((scope["method"], route.path), Action.UNKNOWN)
        return Action.UNKNOWN

"""Every route of the API, and what each kind of caller gets from it.

A route that is missing here fails ``test_access.py``; so does one that is no more.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

from fastapi import FastAPI

from jiema_app.domain.orders.views import OrderView
from jiema_app.settings import SANDBOX_WEBHOOK_PATH
from tests.support.shop import Customer, Shop

Need = Literal["nothing", "waiting", "received"]


@dataclass(frozen=True, slots=True)
class Route:
    """One route.

    Attributes:
        path: As the route table has it.
        is_open: Whether it needs no key.
        needs: The order in its address must be in this state for it to succeed.
        body: What it is sent.
        query: What it must be asked.
    """

    method: str
    path: str
    is_open: bool = False
    needs: Need = "nothing"
    body: Any = None
    query: str = ""

    @property
    def is_write(self) -> bool:
        """Whether it counts as a write."""
        return self.method == "POST"

    def address(self, order_id: str = "cmissing0000000000000000") -> str:
        """Where to send the request."""
        path = self.path.replace("{order_id}", order_id)
        return path.replace("{secret}", SANDBOX_WEBHOOK_PATH) + self.query


TG_IN_MALAYSIA: Final = {"service": "tg", "country": 7}

ROUTES: Final = (
    Route("GET", "/api/v1/account"),
    Route("GET", "/api/v1/services"),
    Route("GET", "/api/v1/countries"),
    Route("GET", "/api/v1/prices", query="?service=tg"),
    Route("POST", "/api/v1/orders", body=TG_IN_MALAYSIA),
    Route("GET", "/api/v1/orders"),
    Route("GET", "/api/v1/orders/{order_id}", needs="waiting"),
    Route("POST", "/api/v1/orders/{order_id}/cancel", needs="waiting"),
    Route("POST", "/api/v1/orders/{order_id}/next-sms", needs="received"),
    Route("GET", "/api/v1/openapi.json", is_open=True),
    Route("GET", "/healthz", is_open=True),
    Route("GET", "/readyz", is_open=True),
    Route("GET", "/metrics", is_open=True),
    Route("POST", "/webhooks/supplier/{secret}", is_open=True, body={"activationId": 1}),
)

KEYED: Final = tuple(route for route in ROUTES if not route.is_open)
OPEN: Final = tuple(route for route in ROUTES if route.is_open)
OF_AN_ORDER: Final = tuple(route for route in ROUTES if "{order_id}" in route.path)


WITH_ITS_OWN_SECRET: Final = ("/webhooks/telegram",)
"""Shows a secret of its own, and is tried in `test_telegram_webhook.py`."""

FOR_BROWSERS: Final = ("/api/auth/", "/api/shop/", "/r/")
"""Below these a cookie says who asks; they have tests of their own."""


def route_table(app: FastAPI) -> set[tuple[str, str]]:
    """Method and address of everything that an application answers to programs."""
    return {
        (method, getattr(route, "path", ""))
        for route in app.router.routes
        if not getattr(route, "path", "").startswith((*FOR_BROWSERS, *WITH_ITS_OWN_SECRET))
        for method in getattr(route, "methods", None) or ()
    }


async def order_for(shop: Shop, owner: Customer, route: Route) -> OrderView | None:
    """An order in the state that a route needs."""
    if route.needs == "nothing":
        return None
    order = await shop.place(owner)
    if route.needs == "received":
        await shop.deliver(order)
    return await shop.read(owner, order)

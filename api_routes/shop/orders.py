"""Buying from a page: a form that works without scripts, and answers scripts in JSON.

A browser without them is always sent on: to the order, to signing in, or back to the
service's page, which then shows why nothing was bought.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from api_routes.context import WebContext, context_of
from api_routes.envelope import ok
from api_routes.shop.forms import (
    NO_STORE,
    admit_change,
    known_locale,
    led_to_sign_in,
    read_fields,
    refusal_answer,
    sent_on,
    wants_json,
)
from api_routes.shop.recharges import recharge_page
from api_routes.shop.several import bought_answer, read_quantity, read_route
from api_routes.visitors import visitor_of
from jiema_app.domain.catalog.routes import Route, find_route
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.errors import (
    BadRequest,
    CodeReceived,
    DomainError,
    InsufficientBalance,
    NoNumbers,
    Unauthenticated,
)
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.ids import is_id
from jiema_app.domain.orders.operators import OPERATOR_LENGTH_MAX
from jiema_app.domain.orders.requests import Buyer, OrderRequest, Placed
from jiema_app.domain.orders.several import place_several
from jiema_app.domain.orders.swaps import OLD_ORDER, OldOrder, swap
from jiema_app.domain.outside_numbers import whole_number
from jiema_app.domain.recharges.views import Wish
from jiema_app.domain.units import Cents, micro
from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.formats import money
from jiema_app.i18n.translation import t
from jiema_app.site.account.topup_address import topup_page
from jiema_app.site.shop.buying import buy_label
from jiema_app.site.shop.refusals import refusal_anchor

router = APIRouter()

SHOP_ORDERS: Final = "/api/shop/orders"
FIELD_MAX: Final = 64
PRICE_MAX: Final = 1_000_000
PRICE_RULE: Final = "max_price_cents: the price that was shown, in whole cents."


@dataclass(frozen=True, slots=True)
class _Click:
    """What a page's button sent: text as it came, not yet believed.

    Attributes:
        locale: One of ours, whatever was sent.
        wants_json: Whether a script asks.
    """

    service: str
    country: str
    max_price: str
    quantity: str
    operator: str
    locale: str
    wants_json: bool
    instead: str = ""
    """Id of the order that this one is bought in place of; empty for none."""

    def order_request(self, idempotency_key: str | None) -> OrderRequest:
        """What is to be bought.

        Raises:
            BadRequest: A field is missing or absurd. Without the price that was shown
                nothing is bought: somebody agreed to it.
        """
        fields = (self.service, self.country)
        if not all(0 < len(field) <= FIELD_MAX for field in fields):
            raise BadRequest("Name a service and a country.")
        price = self.max_price_cents
        if not price:
            raise BadRequest(PRICE_RULE)
        if len(self.operator) > OPERATOR_LENGTH_MAX:
            raise BadRequest("operator: choose one of those that are offered.")
        return OrderRequest(
            service=self.service,
            country=self.country,
            max_price_cents=price,
            operator=self.operator or None,
            idempotency_key=idempotency_key,
        )

    @property
    def max_price_cents(self) -> int | None:
        """The price that was shown; None when no such price can have been."""
        return whole_number(self.max_price, at_most=PRICE_MAX)

    def page(self, catalog: Catalog) -> str:
        """Address of the page to buy this from, with its row in view."""
        service = catalog.find_service(self.service)
        if service is None:
            return f"/{self.locale}/browse"
        country = catalog.find_country(self.country)
        query = {"country": country.slug} if country else {}
        if is_id(self.instead):
            query["instead"] = self.instead
        row = f"?{urlencode(query)}" if query else ""
        return f"/{self.locale}/service/{service.slug}{row}"


@router.post(SHOP_ORDERS, include_in_schema=False)
async def buy(request: Request) -> Response:
    """Rent a number for who is signed in, at the price that the page showed or less."""
    context = context_of(request)
    click = await _read_click(request, context.services.settings.locales)
    try:
        visitor = await visitor_of(request)
        try:
            return await _bought(request, context, click, visitor)
        except DomainError as error:
            return await _refused(request, context, click, error, visitor)
    except Unauthenticated as error:
        back = click.page(context.services.live_catalog.current)
        return led_to_sign_in(request, SHOP_ORDERS, back, error, click.locale)


async def _bought(
    request: Request, context: WebContext, click: _Click, visitor: Visitor
) -> Response:
    await admit_change(request, context, visitor.user_id)
    await context.services.sign_in.note_admitted(visitor.user_id)
    order_request = click.order_request(request.headers.get("idempotency-key"))
    quantity = read_quantity(click.quantity)
    buyer = Buyer(visitor.user_id, visitor.account_id)
    orders = context.services.orders
    old: OldOrder | None = None

    async def place(buyer: Buyer, wish: OrderRequest) -> Placed:
        """The first one in place of the old order, if there is one to be replaced."""
        nonlocal old
        if not click.instead or old is not None:
            return await orders.place(buyer, wish)
        swapped = await swap(orders, buyer, wish, click.instead)
        old = swapped.old
        return swapped.placed

    if quantity > 1:
        admit = partial(context.limits.admit_write, visitor.user_id)
        bought = await place_several(place, buyer, order_request, quantity, admit)
        return bought_answer(bought, click.locale, old, wants_json=click.wants_json)
    placed = await place(buyer, order_request)
    location = f"/{click.locale}/order/{placed.order.id}"
    if old is not None:
        location += f"?{urlencode({OLD_ORDER: old})}"
    if click.wants_json:
        return ok({"id": placed.order.id, "location": location}, headers=NO_STORE)
    return sent_on(location)


async def _read_click(request: Request, locales: tuple[str, ...]) -> _Click:
    fields = await read_fields(request)
    country, max_price = read_route(fields)
    return _Click(
        service=fields.get("service", "").strip(),
        country=country,
        max_price=max_price,
        quantity=fields.get("quantity", "").strip(),
        operator=fields.get("operator", "").strip(),
        locale=known_locale(fields.get("locale", ""), locales),
        wants_json=wants_json(request),
        instead=fields.get("instead", "").strip(),
    )


async def _refused(
    request: Request, context: WebContext, click: _Click, error: DomainError, visitor: Visitor
) -> Response:
    catalog = context.services.live_catalog.current
    route = find_route(catalog, click.service, click.country)
    if isinstance(error, InsufficientBalance) and route is not None and route.price_cents:
        return await _led_to_top_up(request, context, click, error, visitor, route)
    if not click.wants_json:
        return sent_on(f"{click.page(catalog)}#{refusal_anchor(error.code)}")
    details: dict[str, Any] = {"notice": explain(error, click.locale)}
    price, shown = None if route is None else route.price_cents, click.max_price_cents
    if isinstance(error, NoNumbers) and price is not None and shown is not None and price > shown:
        details = _new_price(catalog, click, price)
    elif isinstance(error, CodeReceived):
        details["notice"] = t(
            click.locale,
            "The code of your other order has arrived. You weren't charged for a new number.",
        )
        both = {
            "label": t(click.locale, "Keep both"),
            "href": replace(click, instead="").page(catalog),
        }
        details["more"] = [_old_order(click), both]
    return refusal_answer(request, SHOP_ORDERS, error, details)


async def _led_to_top_up(
    request: Request,
    context: WebContext,
    click: _Click,
    error: InsufficientBalance,
    visitor: Visitor,
    route: Route,
) -> Response:
    """To where the missing amount is asked for, and what was to be bought is remembered."""
    assert route.price_cents is not None
    account = await context.services.identity.get_account(visitor.user_id)
    balance, price = account.balance_micro, micro(route.price_cents)
    if click.instead and await _refund_would_do(context, click, visitor, price - balance):
        # The old order is never given up before there is a new one: its owner decides.
        anchor = f"{click.page(context.services.live_catalog.current)}#{refusal_anchor(error.code)}"
        top_up = {"label": t(click.locale, "Top up"), "href": topup_page(click.locale, route)}
        location, more = anchor, [_old_order(click), top_up]
        notice = t(
            click.locale,
            "Your balance covers this number only after the refund of your other order. Cancel "
            "that one first, or top up. You weren't charged.",
        )
        details: dict[str, Any] = {"notice": notice, "more": more}
    else:
        wish = Wish(route.service.code, route.country.id, route.price_cents)
        open_one = await context.services.recharges.remember_wish(visitor.user_id, wish)
        location = (
            topup_page(click.locale, route)
            if open_one is None
            else recharge_page(click.locale, open_one)
        )
        notice = t(
            click.locale,
            "This number costs {price}, but your balance is {balance}. You weren't charged.",
            price=money(click.locale, price),
            balance=money(click.locale, balance),
        )
        details = {"notice": notice, "location": location}
    if not click.wants_json:
        return sent_on(location)
    return refusal_answer(request, SHOP_ORDERS, error, details)


async def _refund_would_do(
    context: WebContext, click: _Click, visitor: Visitor, missing: int
) -> bool:
    """Whether the balance would cover the price once the old order was cancelled."""
    try:
        old = await context.services.orders.get(visitor.user_id, click.instead, refresh=False)
    except DomainError:
        return False
    return old.is_open and not old.sms_count and missing <= old.price_micro


def _old_order(click: _Click) -> dict[str, str]:
    """The way to the order that was to be replaced."""
    return {
        "label": t(click.locale, "Go to the order"),
        "href": f"/{click.locale}/order/{click.instead}",
    }


def _new_price(catalog: Catalog, click: _Click, price: Cents) -> dict[str, Any]:
    """For a page that shows an older one: what to say, and what to show from now on."""
    service, country = catalog.get_service(click.service), catalog.get_country(click.country)
    words = money(click.locale, micro(price))
    notice = t(
        click.locale,
        "The price is now {price}. You weren't charged. To accept the new price, buy again.",
        price=words,
    )
    return {
        "notice": notice,
        "price": words,
        "priceCents": price,
        "label": buy_label(service, country, price, click.locale),
    }

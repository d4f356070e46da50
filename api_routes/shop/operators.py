"""The mobile operators of one route, for whoever opens the further options of a page."""

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from api_routes.context import context_of
from api_routes.doors import action_at
from api_routes.envelope import ok
from api_routes.shop.forms import NO_STORE, known_locale
from api_routes.visitors import visitor_of
from jiema_app.domain.errors import BadRequest, NoNumbers, RateLimited
from jiema_app.domain.orders.operators import OperatorStock
from jiema_app.domain.units import Cents, micro
from jiema_app.i18n.formats import money
from jiema_app.i18n.translation import t, tn
from jiema_app.site.account.operator_names import operator_name

router = APIRouter()

SHOP_OPERATORS: Final = "/api/shop/operators"
FIELD_MAX: Final = 64


@router.get(SHOP_OPERATORS, include_in_schema=False)
async def list_operators(request: Request) -> Response:
    """Each with its price and what is known of its stock. Only for members: it is asked of others.

    Raises:
        RateLimited: They asked too often.
        BadRequest, BadService, BadCountry, NoNumbers: There is no such route to buy from.
    """
    visitor = await visitor_of(request)
    context = context_of(request)
    context.geo.admit(action_at(request.scope), context.addresses.of(request.scope))
    verdict = await context.limits.count_page(visitor.user_id)
    if not verdict.allowed:
        raise RateLimited("Too many requests. Try again soon.", retry_after_s=verdict.reset_s)
    query = request.query_params
    names = [query.get(name, "")[: FIELD_MAX + 1] for name in ("service", "country")]
    if not all(0 < len(name) <= FIELD_MAX for name in names):
        raise BadRequest("Name a service and a country.")
    services = context.services
    catalog = services.live_catalog.current
    service, country = catalog.get_service(names[0]), catalog.get_country(names[1])
    stocked = [quote for quote in catalog.list_quotes(service.code, country.id) if quote.stock]
    if not stocked:
        raise NoNumbers
    cents, supplier = stocked[0].price_cents, stocked[0].supplier
    found = await services.operators.list_stock(supplier, service.code, country.id)
    locale = known_locale(query.get("locale", ""), services.settings.locales)
    rows = [_row(one, cents, locale) for one in found]
    return ok({"priceCents": cents, "operators": rows}, headers=NO_STORE)


def _row(one: OperatorStock, cents: Cents, locale: str) -> dict[str, Any]:
    name, price = operator_name(one.name), money(locale, micro(cents))
    if one.count is None:
        label = f"{name} · {price}"
    elif one.count == 0:
        label = f"{name} · {t(locale, 'Sold out')}"
    else:
        stock = tn(locale, "{n} number", "{n} numbers", one.count)
        label = f"{name} · {price} · {stock}"
    return {"id": one.name, "name": name, "stock": one.count, "label": label}

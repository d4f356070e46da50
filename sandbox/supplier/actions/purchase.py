"""getNumber and getNumberV2."""

from sandbox.supplier.actions.context import Request
from sandbox.supplier.activations import Activation
from sandbox.supplier.dialects import Reply, json, text
from sandbox.supplier.engine import Purchase
from sandbox.supplier.money import parse_usd
from sandbox.supplier.numbers import parse_exceptions
from sandbox.supplier.refusals import invalid

_TRUE = frozenset({"true", "1"})


def get_number(request: Request) -> Reply:
    """Buy, and answer ACCESS_NUMBER:id:phone."""
    activation = _buy(request)
    return text(f"ACCESS_NUMBER:{activation.id}:{activation.phone}")


def get_number_v2(request: Request) -> Reply:
    """Buy, and answer the JSON object of the dialect."""
    activation = _buy(request)
    rows = request.rows
    if request.legacy:
        return json(rows.bought_legacy(activation))
    return json(rows.bought(activation))


def _buy(request: Request) -> Activation:
    params = request.params
    service, country = request.service(), request.country()
    max_price = params.get("maxPrice")
    max_price_micro = None
    if max_price:
        max_price_micro = parse_usd(max_price)
        if max_price_micro is None:
            raise invalid("maxPrice")
    excluded = parse_exceptions(params.get("phoneException", ""))
    if excluded is None:
        raise invalid("phoneException")
    order_id = params.get("orderId") if request.action == "getNumberV2" else None
    return request.supplier.buy(
        Purchase(
            service=service,
            country=country,
            operator=params.get("operator") or None,
            max_price_micro=max_price_micro,
            fixed_price=max_price_micro is not None
            and params.get("fixedPrice", "").lower() in _TRUE,
            excluded=excluded,
            order_id=(order_id or None) if request.legacy else None,
        )
    )

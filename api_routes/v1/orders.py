"""Orders: create, get, list, cancel, next SMS."""

from typing import Annotated, Any, Final

from fastapi import Header, Path, Query, Request
from pydantic import BeforeValidator, ValidationError
from starlette.responses import Response

from api_routes.context import context_of, principal_of
from api_routes.envelope import ok
from api_routes.expectations import EXAMPLE, describe
from api_routes.payloads import matches
from api_routes.times import timestamp, timestamp_or_none
from api_routes.v1.responses import cacheable, header, problems
from api_routes.v1.router import new_router
from api_routes.v1.schemas import (
    ChangedOrderOut,
    NewOrderOut,
    Ok,
    OrderIn,
    OrderOut,
    OrdersOut,
    PublicStatus,
)
from jiema_app.domain.errors import BadRequest
from jiema_app.domain.ids import ID_PATTERN
from jiema_app.domain.orders.requests import Buyer, OrderRequest
from jiema_app.domain.orders.service import IDS_MAX
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.outside_numbers import decimal_number, whole_number

router = new_router()

WAIT_MAX_S: Final = 25
VERSION_MAX: Final = 2**31 - 1
"""The column is an integer."""

CURSOR: Final = f"^({ID_PATTERN.strip('^$')})?$"
"""An empty one is the first page: some clients always send it."""

REPLAYED: Final = header("`true` when this is the order of an earlier request.", const="true")

LIMIT_MAX: Final = 100
IDS_LENGTH_MAX: Final = 26 * IDS_MAX
"""An id has 25 characters, and a comma."""


def _whole(text: str) -> int:
    """The framework's own reader takes ``1_0``, spaces and signs as well."""
    number = whole_number(text, at_most=LIMIT_MAX)
    if number is None:
        raise ValueError("not a whole number")
    return number


def _seconds(text: str) -> float:
    number = decimal_number(text)
    if number is None:
        raise ValueError("not a number of seconds")
    return number


OrderId = Annotated[str, Path(description="The order's ID.", min_length=1, max_length=64)]


def new_order_json(order: OrderView) -> dict[str, Any]:
    """An order as its creation answers it."""
    return {
        "id": order.id,
        "status": order.status,
        "service": order.service_code,
        "country": str(order.country_id),
        "phone": order.phone,
        "expiresAt": timestamp_or_none(order.expires_at),
        "chargedCents": str(order.price_cents),
    }


def order_json(order: OrderView) -> dict[str, Any]:
    """An order with everything its buyer may know."""
    latest = order.sms[-1] if order.sms else None
    return {
        **new_order_json(order),
        "smsBody": latest and latest.body,
        "smsCode": latest and latest.code,
        "smsHistory": [
            {"body": sms.body, "code": sms.code, "receivedAt": timestamp(sms.received_at)}
            for sms in order.sms
        ],
        "smsReceivedAt": timestamp_or_none(order.received_at),
        "refundedCents": str(order.price_cents if order.is_refunded else 0),
        "reason": order.reason,
        "createdAt": timestamp(order.created_at),
        "endedAt": timestamp_or_none(order.ended_at),
    }


def entity_tag(order: OrderView) -> str:
    """Names this version of an order."""
    return f'W/"{order.id}.{order.version}"'


async def _order_request(request: Request, idempotency_key: str | None) -> OrderRequest:
    """The order_request in a request's body, whatever its content type says.

    Raises:
        BadRequest: It is not a JSON object with the right fields.
    """
    body = await request.body()
    if not body.strip():
        raise BadRequest(f"Send a JSON object, for example {EXAMPLE}.")
    try:
        order_request = OrderIn.model_validate_json(body)
    except ValidationError as error:
        raise BadRequest(describe(error.errors(include_url=False))) from None
    return OrderRequest(
        service=order_request.service,
        country=order_request.country,
        max_price_cents=order_request.maxPriceCents,
        idempotency_key=idempotency_key,
    )


@router.post(
    "/orders",
    summary="Rent a number",
    response_model=Ok[NewOrderOut],
    responses={
        200: {"headers": {"Idempotent-Replayed": REPLAYED}},
        **problems("BAD_SERVICE", "BAD_COUNTRY", "NO_NUMBERS", "INSUFFICIENT", "UPSTREAM_ERROR",
                   "IDEMPOTENCY_CONFLICT"),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/OrderIn"},
                    "example": {"service": "tg", "country": 7},
                }
            },
        }
    },
)  # fmt: skip
async def create_order(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            description="Repeating a request with the same key within {remembered} returns the "
            "same order.",
        ),
    ] = None,
) -> Response:
    """Holds the price and reserves a number. If no code arrives, it's refunded in full."""
    principal = principal_of(request)
    order_request = await _order_request(request, idempotency_key)
    placed = await context_of(request).services.orders.place(
        Buyer(principal.user_id, principal.account_id, principal.key_id), order_request
    )
    headers = {"Idempotent-Replayed": "true"} if placed.is_replay else None
    return ok(new_order_json(placed.order), headers=headers)


@router.get(
    "/orders",
    summary="Your orders, newest first",
    response_model=Ok[OrdersOut],
    responses=problems(),
)
async def list_orders(
    request: Request,
    status: Annotated[
        PublicStatus | None, Query(description="Only orders with this status.")
    ] = None,
    limit: Annotated[
        int,
        BeforeValidator(_whole),
        Query(ge=1, le=LIMIT_MAX, description="Orders per page."),
    ] = 20,
    cursor: Annotated[
        str | None, Query(pattern=CURSOR, description="`nextCursor` from the previous page.")
    ] = None,
    ids: Annotated[
        str | None,
        Query(
            max_length=IDS_LENGTH_MAX,
            description=f"Returns only these orders, at most {IDS_MAX} IDs separated by commas, "
            "and counts as one read. Can't be combined with other parameters.",
        ),
    ] = None,
) -> Response:
    """`nextCursor` is null on the last page. Any `ids` that aren't yours are left out."""
    if ids is not None:
        return await _named_orders(request, ids)
    page = await context_of(request).services.orders.list_own(
        principal_of(request).user_id,
        status=None if status is None else OrderStatus(status),
        limit=limit,
        cursor=cursor or None,
    )
    items = [order_json(order) for order in page.orders]
    return ok({"items": items, "nextCursor": page.next_cursor})


async def _named_orders(request: Request, ids: str) -> Response:
    others = sorted({"status", "limit", "cursor"} & set(request.query_params))
    if others:
        raise BadRequest(f"ids can't be combined with {', '.join(others)}.")
    orders = await context_of(request).services.orders.find_own(
        principal_of(request).user_id, set(ids.split(","))
    )
    return ok({"items": [order_json(order) for order in orders], "nextCursor": None})


@router.get(
    "/orders/{order_id}",
    summary="One order, with its SMS",
    response_model=Ok[OrderOut],
    responses={**cacheable(), **problems("NOT_FOUND")},
)
async def get_order(
    request: Request,
    order_id: OrderId,
    wait: Annotated[
        float,
        BeforeValidator(_seconds),
        Query(
            ge=0,
            le=WAIT_MAX_S,
            description="Respond when something changes, or after this many seconds. A change "
            "is another version than `If-None-Match` names or, without it, any status but WAITING.",
        ),
    ] = 0,
) -> Response:
    """Poll every 3 to 5 seconds, or use `wait`. Each request also checks for new messages."""
    orders = context_of(request).services.orders
    user, order_id = principal_of(request).user_id, _storable(order_id)
    known = request.headers.get("if-none-match")
    if wait:
        order = await orders.wait(
            user, order_id, seconds=wait, known_version=_known_version(known, order_id)
        )
        await context_of(request).credentials.ensure_still_known(request.scope)
    else:
        order = await orders.get(user, order_id)
    tag = entity_tag(order)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if matches(known, tag):
        return Response(status_code=304, headers=headers)
    return ok(order_json(order), headers=headers)


@router.post(
    "/orders/{order_id}/cancel",
    summary="Give the number back before a code came",
    response_model=Ok[ChangedOrderOut],
    responses=problems("NOT_FOUND", "CODE_RECEIVED", "NOT_OPEN", "ALREADY_CHANGED"),
)
async def cancel_order(request: Request, order_id: OrderId) -> Response:
    """The full price is back in your balance when this responds."""
    order = await context_of(request).services.orders.cancel(
        principal_of(request).user_id, _storable(order_id)
    )
    return ok({"id": order.id, "status": order.status})


@router.post(
    "/orders/{order_id}/next-sms",
    summary="Wait for a further code on the same number",
    response_model=Ok[ChangedOrderOut],
    responses=problems("NOT_FOUND", "NOT_OPEN", "ALREADY_CHANGED", "UPSTREAM_ERROR"),
)
async def next_sms(request: Request, order_id: OrderId) -> Response:
    """Free of charge until the order's time is up, a limited number of times."""
    order = await context_of(request).services.orders.ask_next_sms(
        principal_of(request).user_id, _storable(order_id)
    )
    return ok({"id": order.id, "status": order.status})


def _storable(text: str) -> str:
    """Text that the database can compare: it takes no NUL, and no order has one in its id."""
    return text.replace("\0", "")


def _known_version(if_none_match: str | None, order_id: str) -> int | None:
    """The version that a client's entity tag names; None when it names none that can be."""
    prefix = f'"{order_id}.'
    for tag in (if_none_match or "").split(","):
        bare = tag.strip().removeprefix("W/")
        if bare.startswith(prefix):
            digits = bare.removeprefix(prefix).removesuffix('"')
            version = whole_number(digits, at_most=VERSION_MAX)
            if version is not None:
                return version
    return None

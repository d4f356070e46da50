"""What is asked for when a number is rented, by whom, and what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from jiema_app.domain.catalog.snapshot import Quote
from jiema_app.domain.errors import NoNumbers
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.units import AccountId, UserId, micro


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who rents, and the account that pays.

    Attributes:
        api_key: The key that they proved themselves with; none on a page.
    """

    user_id: UserId
    account_id: AccountId
    api_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """What a buyer asks for. The price is quoted by us; they may only set a ceiling.

    Attributes:
        service: Code or slug.
        country: Numeric id or slug.
        max_price_cents: Refuse rather than pay more.
        operator: Only a number of this mobile operator, by the supplier's name for it.
        idempotency_key: Repeating a order_request with its key gives the same order again.
    """

    service: str
    country: str | int
    max_price_cents: int | None = None
    operator: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A placed order.

    Attributes:
        is_replay: Whether it is the order of an earlier request with the same key.
    """

    order: OrderView
    is_replay: bool = False


def affordable(quotes: Sequence[Quote], order_request: OrderRequest) -> list[Quote]:
    """The quotes to try for an order, the one that sets the price first.

    Raises:
        NoNumbers: None is in stock at the buyer's ceiling.
    """
    stocked = [quote for quote in quotes if quote.stock > 0]
    if not stocked:
        raise NoNumbers
    price = stocked[0].price_cents
    if order_request.max_price_cents is not None and price > order_request.max_price_cents:
        raise NoNumbers(
            f"No numbers are available at or below {order_request.max_price_cents} cents."
        )
    # Another supplier may serve the order as long as the quoted price covers its cost.
    return [quote for quote in stocked if quote.cost_micro <= micro(price)]

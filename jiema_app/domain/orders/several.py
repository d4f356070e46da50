"""Several numbers of one route by one click: each is an order of its own, held and refunded alone.

The first is bought alone, and fails as a single one would. What fails later takes nothing back:
the others stand, and no further one is begun.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from jiema_app.domain.errors import DomainError
from jiema_app.domain.orders.requests import Buyer, OrderRequest, Placed

log = structlog.get_logger()

SEVERAL_MAX: Final = 10
AT_ONCE: Final = 3
"""Purchases of one click under way together: others buy meanwhile, and share the supplier."""

OURS: Final = "INTERNAL"
UNSETTLED: Final = ("UPSTREAM_ERROR", OURS, "IDEMPOTENCY_CONFLICT")
"""Why a price may still be held: to be said before any other reason."""

Place = Callable[[Buyer, OrderRequest], Awaitable[Placed]]


@dataclass(frozen=True, slots=True)
class Bought:
    """What came of one click.

    Attributes:
        orders: Those that were placed, by their place in the click. One at least.
        wanted: How many were asked for.
        shortage: Code of the error that kept it from being all; None when it is all.
    """

    orders: Sequence[Placed]
    wanted: int
    shortage: str | None


async def place_several(
    place: Place,
    buyer: Buyer,
    wish: OrderRequest,
    quantity: int,
    admit: Callable[[], Awaitable[None]],
) -> Bought:
    """Place up to so many orders of one wish.

    Args:
        place: Places one, for example ``OrderService.place``.
        buyer: Whose.
        wish: What each of them is. Its idempotency key is the click's: a repeated click has
            each of its orders again, and tries again only what came to nothing.
        quantity: How many, from 1 to ``SEVERAL_MAX``.
        admit: Counts one more than the first; raises RateLimited beyond the buyer's limit.

    Raises:
        DomainError: As placing the first one does. Nothing was bought.
    """
    assert 1 <= quantity <= SEVERAL_MAX
    placed = {1: await place(buyer, wish)}
    failures: list[str] = []
    places = iter(range(2, quantity + 1))

    async def buy_on() -> None:
        for position in places:
            try:
                await admit()
                placed[position] = await place(buyer, _wish_at(wish, position))
            except DomainError as error:
                failures.append(error.code)
            except Exception as error:  # noqa: BLE001 - others of this click are paid for
                log.error("one of several not placed", error=type(error).__name__)  # noqa: TRY400 - never quoted
                failures.append(OURS)
            if failures:
                return

    await asyncio.gather(*(buy_on() for _ in range(min(AT_ONCE, quantity - 1))))
    shortage = min(failures, key=lambda code: code not in UNSETTLED) if failures else None
    return Bought([placed[position] for position in sorted(placed)], quantity, shortage)


def _wish_at(wish: OrderRequest, position: int) -> OrderRequest:
    """The wish for one place.

    Its key does not say how many there are: who lost the answer to three and then asks for five
    has two more.
    """
    if wish.idempotency_key is None:
        return wish
    return replace(wish, idempotency_key=f"{wish.idempotency_key}+{position}")

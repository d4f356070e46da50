"""Where orders of one click are shown together: their ids are the address.

So nothing needs to be stored of what belongs together, and any of one's orders can be put side
by side. Whoever is given the address sees nothing of somebody else's.
"""

from collections.abc import Sequence
from typing import Final

from jiema_app.domain import ids
from jiema_app.domain.orders.several import SEVERAL_MAX

BETWEEN: Final = "-"
"""No id holds one."""

PART_MAX: Final = SEVERAL_MAX * (ids.ID_LENGTH + 1) - 1


def together_path(locale: str, orders: Sequence[str]) -> str:
    """Address of the page that shows these orders."""
    return f"/{locale}/orders/together/{BETWEEN.join(orders)}"


def read_together(part: str) -> list[str]:
    """The ids in the last part of such an address; none when it is no such part."""
    if len(part) > PART_MAX:
        return []
    named = part.split(BETWEEN)
    return named if all(map(ids.is_id, named)) else []

"""Several numbers by one click: what the form says besides, and the answer to it."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from api_routes.envelope import ok
from api_routes.shop.forms import NO_STORE, sent_on
from jiema_app.domain.errors import BadRequest
from jiema_app.domain.orders.several import SEVERAL_MAX, Bought
from jiema_app.domain.orders.swaps import OLD_ORDER, OldOrder
from jiema_app.domain.outside_numbers import whole_number
from jiema_app.site.account.shortages import shortage_anchor, shortage_text
from jiema_app.site.account.together_address import together_path

QUANTITY_RULE: Final = f"quantity: how many numbers, from 1 to {SEVERAL_MAX}."


def read_quantity(text: str) -> int:
    """How many numbers a form asks for: one, when it does not say.

    Raises:
        BadRequest: It is no number from 1 to ``SEVERAL_MAX``.
    """
    quantity = whole_number(text, at_most=SEVERAL_MAX) if text else 1
    if not quantity:
        raise BadRequest(QUANTITY_RULE)
    return quantity


def read_route(fields: Mapping[str, str]) -> tuple[str, str]:
    """Country and price that was shown: fields of their own, or one choice that holds both.

    Without scripts an option of a list can carry a price with it in no other way.
    """
    country, max_price = fields.get("country", ""), fields.get("max_price_cents", "")
    if not country and not max_price:
        country, _, max_price = fields.get("route", "").rpartition(":")
    return country.strip(), max_price.strip()


def bought_answer(
    bought: Bought, locale: str, old: OldOrder | None, *, wants_json: bool
) -> Response:
    """Where to see them all, why there are not more, and what became of the order they replace."""
    ids = [placed.order.id for placed in bought.orders]
    location = together_path(locale, ids)
    short = bought.shortage
    replaced = {} if old is None else {OLD_ORDER: old}
    missing = {"wanted": bought.wanted, "why": short} if short else {}
    query = urlencode(replaced | missing)
    if wants_json:
        notice = short and shortage_text(locale, len(ids), bought.wanted, short)
        data = {"ids": ids, "wanted": bought.wanted, "why": short, "notice": notice}
        location += f"?{query}" if query else ""
        return ok(data | {"location": location}, headers=NO_STORE)
    # A page without scripts is told by the address which of its notices to show.
    location += f"?plain&{query}" if query else ""
    location += f"#{shortage_anchor(short)}" if short else ""
    return sent_on(location)

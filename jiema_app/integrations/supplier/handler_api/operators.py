"""Mobile operators: which there are, and how many numbers one of them has."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from jiema_app.domain.orders.supplier import SupplierUnavailable
from jiema_app.domain.units import CountryId, ServiceCode
from jiema_app.integrations.supplier.handler_api import values
from jiema_app.integrations.supplier.handler_api.answers import Answer

OPERATORS_MAX: Final = 30
"""Of one country: the most that is known has 26."""

COUNTRIES_MAX: Final = 1_000
SERVICES_MAX: Final = 5_000

ANY: Final = "any"
"""What stands where no operator was asked for."""

_NONE: Final = frozenset({"OPERATORS_NOT_FOUND", "BAD_ACTION"})
_NAME: Final = re.compile(r"[a-z0-9_]{1,32}")

Ask = Callable[[str], Awaitable[Answer]]


def name(value: Any) -> str | None:
    """An operator's name; None for what is none, and where none is named."""
    if isinstance(value, str) and value != ANY and _NAME.fullmatch(value):
        return value
    return None


async def list_operators(ask: Ask) -> Mapping[CountryId, Sequence[str]]:
    """Every country's; errors as the port says."""
    answer = await ask("getOperators")
    if answer.word in _NONE:
        return {}
    rows = answer.data.get("countryOperators") if isinstance(answer.data, dict) else None
    if not isinstance(rows, dict):
        raise SupplierUnavailable(f"operators: {answer.word or 'unknown shape'}")
    found = {}
    for key, names in list(rows.items())[:COUNTRIES_MAX]:
        country = values.country(key)
        if country is not None and isinstance(names, list):
            read = filter(None, map(name, names[:OPERATORS_MAX]))
            found[country] = tuple(dict.fromkeys(read))
    return found


async def count_of_operator(
    ask: Ask, country: CountryId, operator: str
) -> Mapping[ServiceCode, int]:
    """Stock by service; errors as the port says."""
    answer = await ask(f"getNumbersStatus&country={country}&operator={operator}")
    if answer.word or not isinstance(answer.data, dict):
        raise SupplierUnavailable(f"stock of an operator: {answer.word or 'unknown shape'}")
    found = {}
    for key, value in list(answer.data.items())[:SERVICES_MAX]:
        # A suffix says whether the number is forwarded: something else that we do not sell.
        plain, _, forwarding = key.partition("_")
        service, count = values.service(plain), values.count(value)
        if service is not None and count is not None and forwarding in {"", "0"}:
            found[service] = count
    return found

"""What a malformed request should have said instead, in its sender's own terms.

pydantic's sentences speak of types and constraints, and once per alternative of a union.
A test sees to it that every parameter of the API has its line here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from jiema_app.domain.orders.service import IDS_MAX

EXAMPLE: Final = '{"service": "tg", "country": 7}'

EXPECTED: Final[Mapping[str, str]] = {
    "service": "a code or a slug of at most 64 characters",
    "country": "a number or a slug",
    "mode": '"sms"',
    "maxPriceCents": "a whole number from 1 to 1000000, or null",
    "Idempotency-Key": "1 to 255 printable characters",
    "order_id": "the ID of an order",
    "wait": "seconds from 0 to 25",
    "limit": "a whole number from 1 to 100",
    "status": "WAITING, RECEIVED, COMPLETED, FAILED or CANCELLED",
    "cursor": "nextCursor of the previous page",
    "ids": f"up to {IDS_MAX} order IDs, separated by commas",
    "shape": "object or array",
    "inStock": "1 or 0",
    "lang": "a language code such as zh",
}

_BY_LOWER: Final = {name.lower(): name for name in EXPECTED}


def describe(problems: Sequence[Mapping[str, Any]]) -> str:
    """One sentence per field that is wrong, out of pydantic's list."""
    sentences: dict[str, str] = {}
    for problem in problems:
        kind, place = problem["type"], _field(problem["loc"])
        if place is None:
            sentences[""] = _of_the_body(kind, problem)
        elif kind == "missing":
            sentences[place] = f"{place} is required: {_expected(place, problem)}."
        else:
            sentences[place] = f"{place}: {_expected(place, problem)}."
    return " ".join(sentences.values())


def _field(location: Sequence[Any]) -> str | None:
    """The field as its sender wrote it: the parts of a union come after its name."""
    parts = [part for part in location if part not in {"body", "query", "path", "header"}]
    if not parts:
        return None
    return _BY_LOWER.get(str(parts[0]).lower(), str(parts[0]))


def _expected(place: str, problem: Mapping[str, Any]) -> str:
    known = EXPECTED.get(place)
    return str(problem["msg"]) if known is None else f"must be {known}"


def _of_the_body(kind: str, problem: Mapping[str, Any]) -> str:
    if kind == "json_invalid":
        return f"The body isn't valid JSON: {problem['ctx']['error']}."
    return f"Send a JSON object, for example {EXAMPLE}."

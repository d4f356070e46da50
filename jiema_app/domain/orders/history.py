"""Finding one's orders again: by what became of them, and by a few typed words."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from jiema_app.domain import ids
from jiema_app.domain.catalog.search import CatalogSearch, fold
from jiema_app.domain.errors import BadRequest
from jiema_app.domain.orders import queries
from jiema_app.domain.orders.statuses import OPEN_STATUSES, OrderStatus
from jiema_app.domain.orders.views import OrderPage, order_view
from jiema_app.domain.outside_numbers import is_digits
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import CountryId, ServiceCode, UserId

TEXT_MAX: Final = 100
WORDS_MAX: Final = 8
DIGITS_MIN: Final = 3
"""Fewer digits are in nearly every phone number."""

PHONE_LIKE: Final = re.compile(r"[\d\s+().-]+")
CODE: Final = re.compile(r"[0-9a-z]{1,10}")
ID_START: Final = re.compile(r"c[0-9a-z]{5,24}")
"""The first six characters or more: shorter ones are in nearly every id."""


class OrderGroup(StrEnum):
    """What became of orders, as their owner looks for them. An order may be in several."""

    ALL = "all"
    OPEN = "open"
    """Something may still happen to it."""
    RECEIVED = "received"
    """A code came."""
    REFUNDED = "refunded"
    """It ended without one."""


GROUP_STATUSES: Final[Mapping[OrderGroup, Collection[OrderStatus]]] = {
    OrderGroup.OPEN: OPEN_STATUSES,
    OrderGroup.REFUNDED: (OrderStatus.CANCELLED, OrderStatus.FAILED),
}


@dataclass(frozen=True, slots=True)
class Term:
    """One typed word, and everything it may mean. An order must be meant by each term."""

    services: Sequence[ServiceCode] = ()
    countries: Sequence[CountryId] = ()
    phone_digits: str | None = None
    id_start: str | None = None


@dataclass(frozen=True, slots=True)
class OrderHistory:
    """The orders of a person, their own alone."""

    database: Database
    names: CatalogSearch

    async def search_own(
        self,
        user: UserId,
        *,
        states: OrderGroup | Collection[OrderStatus] = OrderGroup.ALL,
        text: str = "",
        limit: int,
        cursor: str | None = None,
    ) -> OrderPage:
        """The user's orders, newest first.

        Args:
            user: Whose.
            states: Only these.
            text: Words that must all fit: of a service or country by any of its names, digits
                of a phone that is not masked yet, or the beginning of an order's id.
            limit: At most this many.
            cursor: ``next_cursor`` of the page before.

        Raises:
            BadRequest: The text is too long, or the cursor was never given out.
        """
        if cursor is not None and not ids.is_id(cursor):
            raise BadRequest("cursor: none of this list.")
        terms = self._parse(text)
        statuses, is_received = _criteria(states)
        arguments: list[Any] = [user, statuses, is_received, cursor, limit + 1]
        for term in terms:
            arguments += [term.services, term.countries, term.phone_digits, term.id_start]
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.search_own(len(terms)), *arguments)
        orders = [order_view(row) for row in rows[:limit]]
        return OrderPage(orders, orders[-1].id if len(rows) > limit else None)

    async def count_own(self, user: UserId) -> dict[OrderGroup, int]:
        """How many of the user's orders are in each group."""
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.COUNT_OWN, user)
        assert row is not None
        return {group: row[group] for group in OrderGroup}

    def _parse(self, text: str) -> list[Term]:
        """What is meant by a text: one term for each word, one alone for a phone number.

        Raises:
            BadRequest: It is too long.
        """
        if len(text) > TEXT_MAX:
            raise BadRequest(f"Search for at most {TEXT_MAX} characters.")
        if not text.strip():
            return []
        words = fold(text).split()
        if PHONE_LIKE.fullmatch(text) and len("".join(words)) >= DIGITS_MIN:
            return [Term(phone_digits="".join(words))]
        if len(words) > WORDS_MAX:
            raise BadRequest(f"Search for at most {WORDS_MAX} words.")
        # Of signs alone no order is meant, rather than every one.
        return [self._term(word) for word in words] or [Term()]

    def _term(self, word: str) -> Term:
        services = self.names.find_services(word)
        if CODE.fullmatch(word):
            # A service that is no longer on sale has no name here, and still its orders.
            services.append(ServiceCode(word))
        return Term(
            services=services,
            countries=self.names.find_countries(word),
            phone_digits=word if is_digits(word) and len(word) >= DIGITS_MIN else None,
            id_start=word if ID_START.fullmatch(word) else None,
        )


def _criteria(
    states: OrderGroup | Collection[OrderStatus],
) -> tuple[list[OrderStatus] | None, bool]:
    """The statuses an order must have one of, and whether a code must have come."""
    if isinstance(states, OrderGroup):
        statuses = GROUP_STATUSES.get(states)
        return None if statuses is None else list(statuses), states is OrderGroup.RECEIVED
    return list(states), False

"""Finding one's orders again: by what became of them, and by a few typed words."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from jiema_app.domain import ids
from jiema_app.domain.catalog.folding import fold
from jiema_app.domain.catalog.search import CatalogSearch
from jiema_app.domain.errors import BadRequest
from jiema_app.domain.ledger.statement import CLOCK_SLACK, EVERYTHING
from jiema_app.domain.ledger.statement_filter import StatementFilter
from jiema_app.domain.orders import queries
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.domain.orders.views import OrderPage, order_view
from jiema_app.domain.outside_numbers import is_digits
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import CountryId, ServiceCode, UserId

TEXT_MAX: Final = 100
WORDS_MAX: Final = 8
DIGITS_MIN: Final = 3
"""Fewer digits are in nearly every phone number."""

LOOKED_AT_MAX: Final = 2_000
"""Orders that one search looks at; where it ends, the next page goes on."""

COUNTED_MAX: Final = 1_000

BOUGHT_LOOKED_AT: Final = 1_000
"""Orders whose services and countries are offered to choose from."""

PHONE_LIKE: Final = re.compile(r"[\d\s+().-]+")
CODE: Final = re.compile(r"[0-9a-z]{1,10}")
ID_START: Final = re.compile(r"c[0-9a-z]{5,24}")
"""The first six characters or more: shorter ones are in nearly every id."""


class OrderGroup(StrEnum):
    """What became of orders, as their owner looks for them. An order may be in several."""

    ALL = "all"
    OPEN = "open"
    """It waits for a code. One that has its code may still be used, and is not waited for."""
    RECEIVED = "received"
    """A code came."""
    REFUNDED = "refunded"
    """It ended without one."""


GROUP_STATUSES: Final[Mapping[OrderGroup, Collection[OrderStatus]]] = {
    OrderGroup.OPEN: (OrderStatus.RESERVED, OrderStatus.WAITING),
    OrderGroup.RECEIVED: (OrderStatus.WAITING, OrderStatus.RECEIVED, OrderStatus.COMPLETED),
    OrderGroup.REFUNDED: (OrderStatus.CANCELLED, OrderStatus.FAILED),
}
"""What an order's status may be. One with a code may wait for a further one."""


@dataclass(frozen=True, slots=True)
class Term:
    """One typed word, and everything it may mean. An order must be meant by each term."""

    services: Sequence[ServiceCode] = ()
    countries: Sequence[CountryId] = ()
    phone_digits: str | None = None
    id_start: str | None = None

    def as_arguments(self) -> tuple[Any, ...]:
        """In the order in which the SQL has them."""
        return self.services, self.countries, self.phone_digits, self.id_start


@dataclass(frozen=True, slots=True)
class Bought:
    """What somebody has bought of late."""

    services: frozenset[ServiceCode]
    countries: frozenset[CountryId]


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
        wanted: StatementFilter = EVERYTHING,
    ) -> OrderPage:
        """The user's orders, newest first.

        Args:
            user: Whose.
            states: Only these.
            text: Words that must all fit: of a service or country by any of its names, digits
                of a phone that is not masked yet, or the beginning of an order's id.
            limit: At most this many. A search looks at ``LOOKED_AT_MAX`` orders; where it found
                fewer, ``next_cursor`` leads on from there.
            cursor: ``next_cursor`` of the page before.
            wanted: Only orders of this service, country and key that were placed on these days.

        Raises:
            BadRequest: The text is too long, or the cursor was never given out.
        """
        if cursor is not None and not ids.is_id(cursor):
            raise BadRequest("cursor: doesn't belong to this list.")
        terms = self._parse(text) + _terms_of(wanted)
        ends_at, begins_at = wanted.ends_at, wanted.begins_at
        if ends_at is not None:
            # What is newer is not looked at: ids sort by age, but for a little of the clocks.
            newest = ids.first_id_at(ends_at + CLOCK_SLACK)
            cursor = newest if cursor is None else min(cursor, newest)
        statuses, is_received = _criteria(states)
        async with self.database.connection() as connection:
            if len(terms) == 1 and terms[0].id_start is not None and wanted == EVERYTHING:
                rows = await connection.fetch(
                    queries.OWN_BY_ID_START,
                    user, cursor, limit + 1, terms[0].id_start, statuses, is_received,
                )  # fmt: skip
                if rows:
                    return _page(rows, limit)
            if not terms and wanted == EVERYTHING:
                listed = await _list(
                    connection, user, cursor, limit, statuses, is_received=is_received
                )
                return _page(listed, limit)
            by_status = [] if statuses is None else [statuses, is_received]
            meant = [argument for term in terms for argument in term.as_arguments()]
            rows = await connection.fetch(
                queries.search_own(len(terms), by_status=bool(by_status)),
                user, cursor, limit + 1, *by_status, LOOKED_AT_MAX, *meant,
                wanted.api_key, begins_at, ends_at,
            )  # fmt: skip
        page = _searched_page(rows, limit)
        if begins_at is None or page.next_cursor is None:
            return page
        is_over = page.next_cursor < ids.first_id_at(begins_at - CLOCK_SLACK)
        return OrderPage(page.orders, None) if is_over else page

    async def count_own(self, user: UserId) -> dict[OrderGroup, int]:
        """How many of the user's orders are in each group.

        Beyond ``COUNTED_MAX`` nobody counts: so much means that many or more.
        """
        async with self.database.connection() as connection:
            rows = await connection.fetch(
                queries.COUNT_OWN, user, COUNTED_MAX, [status.value for status in OrderStatus]
            )
        number = {OrderStatus(row["status"]): row["number"] for row in rows}
        received = sum(row["received"] for row in rows)
        counts = {
            OrderGroup.ALL: sum(number.values()),
            OrderGroup.RECEIVED: received,
            OrderGroup.OPEN: sum(number[one] for one in GROUP_STATUSES[OrderGroup.OPEN]),
            OrderGroup.REFUNDED: sum(number[one] for one in GROUP_STATUSES[OrderGroup.REFUNDED]),
        }
        return {group: min(counts[group], COUNTED_MAX) for group in OrderGroup}

    async def list_bought(self, user: UserId) -> Bought:
        """The services and countries of the user's newest ``BOUGHT_LOOKED_AT`` orders."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.LIST_BOUGHT, user, BOUGHT_LOOKED_AT)
        return Bought(
            frozenset(row["service_code"] for row in rows),
            frozenset(row["country_id"] for row in rows),
        )

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


def _terms_of(wanted: StatementFilter) -> list[Term]:
    """What a filter says that a typed word could say as well."""
    terms = []
    if wanted.service is not None:
        terms.append(Term(services=[wanted.service]))
    if wanted.country is not None:
        terms.append(Term(countries=[wanted.country]))
    return terms


def _criteria(
    states: OrderGroup | Collection[OrderStatus],
) -> tuple[list[OrderStatus] | None, bool]:
    """The statuses an order must have one of, and whether a code must have come."""
    if isinstance(states, OrderGroup):
        statuses = GROUP_STATUSES.get(states)
        return None if statuses is None else list(statuses), states is OrderGroup.RECEIVED
    return list(states), False


async def _list(
    connection: Connection,
    user: UserId,
    cursor: str | None,
    limit: int,
    statuses: list[OrderStatus] | None,
    *,
    is_received: bool,
) -> Sequence[Any]:
    if statuses is None:
        return await connection.fetch(queries.LIST_OWN, user, cursor, limit + 1)
    return await connection.fetch(
        queries.LIST_OWN_BY_STATUS, user, cursor, limit + 1, statuses, is_received
    )


def _page(rows: Sequence[Any], limit: int) -> OrderPage:
    orders = [order_view(row) for row in rows[:limit]]
    return OrderPage(orders, orders[-1].id if len(rows) > limit else None)


def _searched_page(rows: Sequence[Any], limit: int) -> OrderPage:
    """What was found, and where to look on: behind it, or behind all that was looked at."""
    looked = rows[0]
    orders = [
        order_view({name: row[name] for name in dict(row) if not name.startswith("looked_")})
        for row in rows[:limit]
        if row["id"] is not None
    ]
    if len(rows) > limit:
        return OrderPage(orders, orders[-1].id)
    is_more = looked["looked_number"] >= LOOKED_AT_MAX
    return OrderPage(orders, looked["looked_last_id"] if is_more else None)

"""The list of active rentals: reading a page, and asking for pages at once."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from jiema_app.domain.orders.supplier import ActiveActivation, IncomingSms, SupplierUnavailable
from jiema_app.integrations.supplier.dropped import DroppedRows
from jiema_app.integrations.supplier.handler_api import values
from jiema_app.integrations.supplier.handler_api.answers import Answer

PAGE_ROWS: Final = 100
"""The most that the suppliers give at once."""

PAGES_AT_ONCE: Final = 8

PAGES_SPARE: Final = 100
"""Whoever lists more pages beyond twice the expected ones has a list that does not end: the same
page for every offset, for example."""

SHAPE_ROWS: Final = 2
"""So many rows that cannot be read, and none that can, are another shape than ours. One alone is
an odd row."""

ENDED: Final = frozenset({"6", "8", "10"})
"""Finished, cancelled, refunded. Rows with other numbers are open, whatever they mean."""

Page = list[Any]


def read_page(answer: Answer) -> Page:
    """The rows of one page.

    Raises:
        SupplierUnavailable: It is a refusal, or not a list.
    """
    if answer.word == "NO_ACTIVATIONS":
        return []
    if answer.word or not isinstance(answer.data, dict):
        raise SupplierUnavailable(f"active list: {answer.word or 'unknown shape'}")
    # One dialect fills `data` and leaves an object in `activeActivations`, the other
    # fills `activeActivations`.
    for name in ("data", "activeActivations"):
        rows = answer.data.get(name)
        if isinstance(rows, dict):
            rows = rows.get("rows")
        if isinstance(rows, list):
            return rows
    raise SupplierUnavailable("active list: unknown shape")


@dataclass(slots=True)
class RowReader:
    """Reads the open rentals of a list, page by page. Odd rows are dropped, counted and named.

    The order of a dropped row is missed on the list, and so looked at by itself.
    """

    dropped: DroppedRows
    _read: int = 0
    _odd: int = 0

    def read(self, page: Page) -> list[ActiveActivation]:
        """The open rentals of a page."""
        rentals: list[ActiveActivation] = []
        for row in page:
            if isinstance(row, dict) and values.identifier(row.get("activationStatus")) in ENDED:
                continue
            rental = _read_row(row)
            if isinstance(rental, str):
                self._odd += 1
                name = row.get("activationId") if isinstance(row, dict) else None
                self.dropped.note("active", rental, name)
            else:
                rentals.append(rental)
        self._read += len(rentals)
        return rentals

    def ensure_read(self) -> None:
        """Refuse a list of which nothing could be read.

        Raises:
            SupplierUnavailable: The shape has changed.
        """
        if not self._read and self._odd >= SHAPE_ROWS:
            raise SupplierUnavailable("active list: no row can be read")


async def walk_pages(
    ask: Callable[[int], Awaitable[Page]], expected: int, *, first_alone: bool
) -> AsyncGenerator[Page]:
    """Every page, as they come, several asked for at once.

    Args:
        ask: Gets the page that begins at an offset.
        expected: How many rows there are likely to be.
        first_alone: Look at the first page before asking for others: an old supplier
            may answer each request with the whole list.

    Raises:
        SupplierUnavailable: It does not end.
    """
    planned = max(1, expected // PAGE_ROWS + 1)
    walk = _Walk(ask, planned=planned, pages_max=2 * planned + PAGES_SPARE)
    if first_alone:
        page = await ask(0)
        yield page
        if len(page) != PAGE_ROWS:
            return
        walk.first_row, walk.next_page = _id_of(page), 1
    try:
        while walk.go_on():
            async for page in walk.next_pages():
                yield page
    finally:
        await walk.stop()


@dataclass(slots=True)
class _Walk:
    """The pages asked for, and whether more are to be."""

    ask: Callable[[int], Awaitable[Page]]
    planned: int
    pages_max: int
    next_page: int = 0
    first_row: str | None = None
    """The first row of the list, when seeing it again means that there is only one page."""
    is_over: bool = False
    pending: set[asyncio.Future[Page]] = field(default_factory=set)

    def go_on(self) -> bool:
        """Ask for more pages; whether there is anything to wait for."""
        if not self.pending and self.next_page >= self.planned:
            # More rows than expected: feel the way forward, in growing steps.
            self.planned = self.next_page + max(1, self.next_page // 8)
        while not self.is_over and self.next_page < self.planned:
            if len(self.pending) == PAGES_AT_ONCE:
                break
            if self.next_page >= self.pages_max:
                raise SupplierUnavailable("active list: it does not end")
            self.pending.add(asyncio.ensure_future(self.ask(self.next_page * PAGE_ROWS)))
            self.next_page += 1
        return bool(self.pending)

    async def next_pages(self) -> AsyncIterator[Page]:
        """The pages that come next, at least one of those asked for."""
        done, _ = await asyncio.wait(self.pending, return_when=asyncio.FIRST_COMPLETED)
        for asked in done:
            page = asked.result()
            self.pending.discard(asked)
            # A short page is the last one; those already asked for are read as well.
            is_repeated = self.first_row is not None and _id_of(page) == self.first_row
            self.is_over = self.is_over or is_repeated or len(page) != PAGE_ROWS
            if page and not is_repeated:
                yield page

    async def stop(self) -> None:
        """Forget what was asked for and not read."""
        for asked in self.pending:
            asked.cancel()
        await asyncio.gather(*self.pending, return_exceptions=True)


def _id_of(page: Page) -> str | None:
    first = page[0] if page else None
    return values.identifier(first.get("activationId")) if isinstance(first, dict) else None


def _read_row(row: Any) -> ActiveActivation | str:
    """The rental of a row, or what of it cannot be read."""
    if not isinstance(row, dict):
        return "no object"
    activation_id = values.identifier(row.get("activationId"))
    if activation_id is None:
        return "id"
    country = values.country(row.get("countryCode"))
    if country is None:
        return "country"
    phone = values.phone(row.get("phoneNumber"))
    if phone is None:
        return "phone"
    code = row.get("serviceCode")
    service = values.service(code.partition("_")[0]) if isinstance(code, str) else None
    if service is None:
        return "service"
    return ActiveActivation(
        activation_id=activation_id,
        service=service,
        country=country,
        phone=phone,
        cost_micro=values.micro(row.get("activationCost")),
        sms=_newest_sms(row.get("smsText"), row.get("smsCode")),
    )


def _newest_sms(text: Any, code: Any) -> IncomingSms | None:
    """The last SMS of a row. Lists are oldest first, and their last code goes with the text."""
    if not text and not code:
        return None
    body = values.text(text[-1] if isinstance(text, list) and text else text)
    if isinstance(code, list):
        codes = code if body is not None else [one for one in code if values.text(one)]
        code = codes[-1] if codes else None
    body = body or values.text(code)
    return None if body is None else IncomingSms(body, values.code(code), None)

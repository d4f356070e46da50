"""Comparing the catalogue with what the channel was told, and telling what is news.

What is told and that it was told are written in one transaction: a crash tells nothing twice
and loses nothing. What may not be told now, because a post was made just before or the day
has had its share, is found again by the next look.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final, TypeVar

import structlog

from jiema_app.domain.announcements import digest_queries as queries
from jiema_app.domain.announcements.digests import Digest, put_together, restored, stored
from jiema_app.domain.announcements.rules import (
    SOLD_OUT,
    DigestRules,
    News,
    NewsKind,
    Noted,
    Shown,
    Verdict,
    judge,
)
from jiema_app.domain.catalog.live import LiveCatalog
from jiema_app.domain.catalog.snapshot import Catalog, Quote
from jiema_app.domain.clock import Clock
from jiema_app.domain.notifications.deliveries import CHANNEL, Delivery, follow
from jiema_app.domain.outside_numbers import whole_number
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import CountryId, ServiceCode

log = structlog.get_logger()

Thing = TypeVar("Thing")

DIGEST_KIND: Final = "channel_digest"

SERVICES_AT_ONCE: Final = 5
"""Services whose routes are compared before others get a turn: some hundreds of routes."""

WRITTEN_AT_ONCE: Final = 5_000

NUMBER_MAX: Final = 2**53

OPEN_STATES: Final = frozenset({"QUEUED", "SENDING", "SENT"})
"""A digest in another state is done with: nobody knows whether it stands in the channel."""

UNPOSTED_STATES: Final = frozenset({"QUEUED", "SENDING", "FAILED", "GONE"})
"""Without a post a digest in these was not read by anybody, and takes up what comes."""


@dataclass(slots=True)
class _Look:
    """What one look has found."""

    quiet: list[Noted] = field(default_factory=list)
    told: list[Noted] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    firsts: dict[str, list[Noted]] = field(default_factory=dict)

    def add(self, verdict: Verdict) -> None:
        """Sort a verdict in."""
        if verdict.is_first:
            self.firsts.setdefault(verdict.noted.service_code, []).append(verdict.noted)
        elif verdict.news is None:
            self.quiet.append(verdict.noted)
        else:
            self.told.append(verdict.noted)
            self.news.append(verdict.news)

    def introduce(self, catalog: Catalog) -> None:
        """Make news of services that the channel does not know."""
        for code, routes in self.firsts.items():
            found = catalog.find_service(code)
            price = None if found is None else catalog.summarise(found).min_price_cents
            if price is not None:
                self.news.append(News(NewsKind.NEW, code, None, None, price))
                self.told += routes


@dataclass(slots=True)
class ChannelDigests:
    """Tells the channel what changed. Runs in one worker at a time.

    Attributes:
        channel: Its id or name; None where there is none, and nothing is compared.
    """

    database: Database
    clock: Clock
    catalog: LiveCatalog
    rules: DigestRules
    channel: str | None
    _compared: Catalog | None = field(default=None, init=False, repr=False)
    _looked_at: datetime | None = field(default=None, init=False, repr=False)

    async def run(self) -> None:
        """Look once. What has not changed since this worker's last look is not looked at."""
        catalog, at = self.catalog.current, self.clock.now()
        # A shop that begins has services before anybody has said what they cost: all of them would
        # be new a moment later.
        if self.channel is None or not any(catalog.quotes.values()):
            return
        async with self.database.connection() as connection:
            looked_at = await connection.fetchval(queries.LAST_LOOK)
        if looked_at is None or at - looked_at >= self.rules.absent:
            is_done = await self._note_all(catalog, at, looked_at)
        else:
            # Another worker has looked since: what it has told is not known here.
            before = self._compared if looked_at == self._looked_at else None
            is_done = await self._look(catalog, before, at, looked_at)
        self._compared, self._looked_at = (catalog, at) if is_done else (None, None)

    async def find(self, digest: str) -> Digest | None:
        """What a post tells, by its number; None when it was forgotten."""
        number = whole_number(digest, at_most=NUMBER_MAX)
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.DIGEST, number)
        return None if row is None else restored(row["items"], row["more"])

    async def _note_all(self, catalog: Catalog, at: datetime, looked_at: datetime | None) -> bool:
        """Take everything for told: what is there is no news to a channel that begins."""
        notes = [
            Noted(service, country, shown.price_cents, shown.is_stocked)
            for service, countries in catalog.quotes.items()
            for country, quotes in countries.items()
            for shown in [_shown(quotes)]
        ]
        async with self.database.transaction() as connection:
            if await connection.fetchval(queries.LOCK_LOOK) != looked_at:
                return False
            await _write(connection, notes)
            await connection.execute(queries.KNOW_SERVICES, list(catalog.quotes), at)
            await connection.execute(queries.LOOKED, at)
        log.info("channel begins", routes=len(notes))
        return True

    async def _look(
        self, catalog: Catalog, before: Catalog | None, at: datetime, looked_at: datetime
    ) -> bool:
        """Compare; False when another worker did so at the same moment, and nothing was written."""
        async with self.database.connection() as connection:
            known = {row[0] for row in await connection.fetch(queries.KNOWN_SERVICES)}
            last = await connection.fetchrow(queries.LAST_DIGEST)
            standing = self._open_digest(last, at)
        open_routes = set() if standing is None else {one.about for one in standing.items}
        look = _Look()
        async for noted, shown in self._pairs(catalog, before):
            verdict = judge(
                noted,
                shown,
                at,
                self.rules,
                is_known=noted.service_code in known,
                is_open=noted.route in open_routes,
            )
            if verdict is not None:
                look.add(verdict)
        look.introduce(catalog)
        async with self.database.transaction() as connection:
            if await connection.fetchval(queries.LOCK_LOOK) != looked_at:
                return False
            await _write(connection, look.quiet)
            if look.news and await self._may_tell(connection, last, standing, at):
                await self._tell(connection, catalog, look, last, standing, at)
            await connection.execute(queries.LOOKED, at)
        return True

    async def _pairs(
        self, catalog: Catalog, before: Catalog | None
    ) -> AsyncIterator[tuple[Noted, Shown]]:
        """Routes as they were told, beside what they are: those that changed, and those that move."""
        looked_at: set[tuple[str, int]] = set()
        for services in _in_parts(catalog.quotes, SERVICES_AT_ONCE):
            changed: dict[tuple[str, int], Shown] = {
                (service, country): _shown(quotes)
                for service in services
                for country, quotes in catalog.quotes[service].items()
                if before is None or _differs(before, service, country, quotes)
            }
            await asyncio.sleep(0)  # the worker has more to do than this
            if not changed:
                continue
            looked_at |= changed.keys()
            for noted in await self._read(sorted({service for service, _ in changed})):
                shown = changed.pop(noted.route, None)
                if shown is not None:
                    yield noted, shown
            for (service, country), shown in changed.items():
                yield Noted(service, country, None, is_stocked=False), shown
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.MOVING)
        for noted in map(_noted, rows):
            quotes = catalog.list_quotes(
                ServiceCode(noted.service_code), CountryId(noted.country_id)
            )
            if quotes and noted.route not in looked_at:
                yield noted, _shown(quotes)

    async def _read(self, services: list[str]) -> list[Noted]:
        async with self.database.connection() as connection:
            return [_noted(row) for row in await connection.fetch(queries.ROUTES, services)]

    def _open_digest(self, last: Any, at: datetime) -> Digest | None:
        """The last post, while news may be added to it."""
        if last is None:
            return None
        age = at - last["created_at"]
        if last["is_posted"]:
            is_open = last["state"] in OPEN_STATES and age < self.rules.fresh
        else:
            # What is not posted yet, because Telegram is away or says no, grows: it does not become
            # many. After a day of it another one is tried.
            is_waiting = last["state"] in UNPOSTED_STATES
            is_open = is_waiting and (last["state"] == "QUEUED" or age < self.rules.absent)
        return restored(last["items"], last["more"]) if is_open else None

    async def _may_tell(
        self, connection: Connection, last: Any, standing: Digest | None, at: datetime
    ) -> bool:
        if standing is not None:
            return True
        if last is not None and at - last["called_at"] < self.rules.apart:
            return False
        count: int = await connection.fetchval(queries.DIGESTS_OF_DAY, at.date())
        return count < self.rules.per_day

    async def _tell(
        self,
        connection: Connection,
        catalog: Catalog,
        look: _Look,
        last: Any,
        standing: Digest | None,
        at: datetime,
    ) -> None:
        assert self.channel is not None
        popularity = {str(service.code): service.popularity for service in catalog.services}
        digest = put_together(standing, look.news, self.rules, popularity)
        content = (stored(digest), digest.more)
        if standing is None:
            row = await connection.fetchrow(queries.BEGIN_DIGEST, at.date(), *content, at)
        else:
            row = await connection.fetchrow(queries.CONTINUE_DIGEST, last["id"], *content)
        assert row is not None
        number = str(row["id"])
        await follow(
            connection,
            Delivery(
                recipient=self.channel,
                kind=DIGEST_KIND,
                key=f"digest:{number}",
                subject_id=number,
                priority=CHANNEL,
            ),
            row["revision"],
        )
        await _write(connection, look.told)
        await connection.execute(queries.KNOW_SERVICES, list(look.firsts), at)
        log.info("channel told", digest=number, news=len(look.news), is_new=standing is None)


def _in_parts(things: Iterable[Thing], size: int) -> Iterator[tuple[Thing, ...]]:
    """Some at a time."""
    left = iter(things)
    while part := tuple(islice(left, size)):
        yield part


def _differs(
    before: Catalog, service: ServiceCode, country: CountryId, quotes: Sequence[Quote]
) -> bool:
    """Whether what is to be bought is another than in an earlier catalogue."""
    earlier = before.list_quotes(service, country)
    return not earlier or _shown(earlier) != _shown(quotes)


def _shown(quotes: Sequence[Quote]) -> Shown:
    """What is to be bought: the cheapest in stock stands first."""
    first = quotes[0]
    return Shown(first.price_cents, is_stocked=True) if first.stock > 0 else SOLD_OUT


def _noted(row: Any) -> Noted:
    fields = dict(row)
    price, stocked = fields.pop("seen_price_cents"), fields.pop("seen_stocked")
    return Noted(**fields, seen=None if stocked is None else Shown(price, stocked))


async def _write(connection: Connection, notes: Iterable[Noted]) -> None:
    for some in _in_parts(notes, WRITTEN_AT_ONCE):
        columns = zip(*map(_columns, some), strict=True)
        await connection.execute(queries.NOTE, *map(list, columns))


def _columns(noted: Noted) -> tuple[Any, ...]:
    seen = noted.seen
    return (
        noted.service_code,
        noted.country_id,
        noted.price_cents,
        noted.is_stocked,
        noted.left_at,
        noted.told_at,
        None if seen is None else seen.price_cents,
        None if seen is None else seen.is_stocked,
        noted.seen_since,
    )

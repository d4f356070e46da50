"""Finding services and countries by what people type, in any of the shop's languages.

Browsers search by themselves, in the same way (``assets/js/search.js``): one list of queries holds
both to the same answers.

What fits best comes first: the very name, another name (an alias, an ISO code, a country code), a
name that begins with it, words that do, a name that holds it, and at last names from which it
differs by a slip or two. Of what fits as well, the more popular comes first; what hardly anybody
wants stands behind something well known that was misspelled by one letter.

A service and a country together ("telegram indonesia") mean the one for the other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from jiema_app.domain.catalog.folding import fold
from jiema_app.domain.catalog.live import LiveCatalog
from jiema_app.domain.catalog.search_entries import Entry, Form, Kind, entries_of, letters_of
from jiema_app.domain.catalog.search_words import load_search_words
from jiema_app.domain.units import CountryId, ServiceCode

QUERY_MAX: Final = 60
"""Characters of a query that are looked at."""

ANYWHERE_FROM: Final = 3
"""A shorter word of Latin letters must begin a word: "us" is not in "Russia"."""

ONE_SLIP_FROM: Final = 4
TWO_SLIPS_FROM: Final = 8
"""Letters of a query from which so many slips are forgiven."""

ENOUGH: Final = 3
"""With as many hits nobody looks for misspelled ones."""

NAME, ALIAS, NAME_BEGINS, ALIAS_BEGINS, WORDS_BEGIN, HOLDS, HOLDS_WORDS, NEARLY = range(8)
SELDOM_MORE: Final = 4
"""Words and parts of what is seldom wanted come so much later: behind ``NEARLY``."""
SLIPS: Final = 10
"""And one more for each slip."""
BEGINS_WITH_SLIPS: Final = 13
BY_SOUND: Final = 30
"""More than that, when only its letters' sound was found."""

POPULAR_UP_TO: Final = 100
"""Weight of the well known: misspelled by one letter, they are ``NEARLY`` named."""
SELDOM_FROM: Final = 300

_SLIPPED: Final = (NEARLY, SLIPS + 1, SLIPS + 2)
ROUTE_WORDS_MAX: Final = 5
"""Longer queries are not taken apart into a service and a country: every way to do so is tried."""


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """Something that fits a query. The best is the least.

    Attributes:
        tier: How well it fits.
        weight: How popular it is.
        key: Its slug.
        kind: What it is.
        country: Slug of the country for which a service is meant, if one was named too.
    """

    tier: int
    weight: int
    key: str
    kind: Kind
    country: str = ""


def find(entries: Iterable[Entry], text: str) -> list[Hit]:
    """What fits a text, the best first; nothing when there is no word in it."""
    query = fold(text[:QUERY_MAX])
    if text.lstrip().startswith(("+", "00")):
        query = query.removeprefix("00")  # before a country code
    if not query:
        return []
    entries = tuple(entries)
    hits = _ranked(entries, query)
    if hits and hits[0].tier < WORDS_BEGIN:
        return hits
    route = _route(entries, query.split(), hits[0].tier if hits else None)
    if route is None:
        return hits
    return [route, *(hit for hit in hits if (hit.kind, hit.key) != (route.kind, route.key))]


class _Fit(NamedTuple):
    """How well a service and a country fit a query's two parts: the worse of both first."""

    worse: int
    sum: int


def _route(entries: Sequence[Entry], parts: Sequence[str], best: int | None) -> Hit | None:
    """A service for a country, as a query names both in either order.

    Args:
        entries: What there is.
        parts: The words of the query.
        best: How well the whole query fits something: both must fit better.
    """
    if not 1 < len(parts) <= ROUTE_WORDS_MAX:
        return None
    services = [entry for entry in entries if entry.kind == "service"]
    countries = [entry for entry in entries if entry.kind == "country"]
    found: tuple[_Fit, Hit] | None = None
    for cut in range(1, len(parts)):
        halves = " ".join(parts[:cut]), " ".join(parts[cut:])
        for one, other in (halves, halves[::-1]):
            country = _named(countries, other)
            service = country and _named(services, one)
            if not country or not service:
                continue
            tiers = sorted((service.tier, country.tier))
            fit = _Fit(tiers[1], sum(tiers))
            # One of them may be misspelled: two guesses are no answer.
            is_fit = tiers[0] < WORDS_BEGIN and (best is None or fit.worse < best)
            if is_fit and (found is None or fit < found[0]):
                hit = Hit(fit.worse, service.weight, service.key, "service", country.key)
                if fit.worse <= ALIAS:
                    return hit
                found = (fit, hit)
    return found and found[1]


def _named(entries: Sequence[Entry], half: str) -> Hit | None:
    """The best, if it is called so or nearly: names that hold a word somewhere say too little."""
    best = next(iter(_ranked(entries, half)), None)
    tier = best.tier % BY_SOUND if best else HOLDS
    return best if tier < HOLDS or tier in _SLIPPED else None


def _ranked(entries: Sequence[Entry], query: str) -> list[Hit]:
    """What fits a folded query as it is, or else as it sounds; the best first."""
    hits = _hits(entries, query)
    if not hits:
        sound = "".join(load_search_words().letters.get(letter, letter) for letter in query)
        if sound not in {query, ""}:
            hits = [
                Hit(hit.tier + BY_SOUND, hit.weight, hit.key, hit.kind)
                for hit in _hits(entries, sound)
            ]
    return sorted(hits)


def _hits(entries: Sequence[Entry], query: str) -> list[Hit]:
    compact, parts = query.replace(" ", ""), query.split()
    tiers = [(entry, _tier(entry, compact, parts)) for entry in entries]
    hits = [_hit(entry, tier) for entry, tier in tiers if tier is not None]
    if sum(hit.tier < NEARLY for hit in hits) >= ENOUGH or len(compact) < ONE_SLIP_FROM:
        return hits
    letters = letters_of(compact)
    for entry, tier in tiers:
        if tier is None:
            slip = _slip_tier(entry, compact, letters)
            if slip == SLIPS + 1 and entry.weight < POPULAR_UP_TO:
                slip = NEARLY
            if slip is not None:
                hits.append(_hit(entry, slip))
    return hits


def _hit(entry: Entry, tier: int) -> Hit:
    return Hit(tier, entry.weight, entry.key, entry.kind)


def is_short(word: str) -> bool:
    """Whether a folded word must begin a word."""
    return len(word) < ANYWHERE_FROM and word.isascii()


def _tier(entry: Entry, compact: str, parts: Sequence[str]) -> int | None:
    best: int | None = None
    for form in entry.forms:
        name = form.compact
        if not name.startswith(compact):
            continue
        if name == compact:
            tier = NAME if form.is_shown else ALIAS
        else:
            tier = NAME_BEGINS if form.is_shown else ALIAS_BEGINS
        if best is None or tier < best:
            best = tier
    if best is not None:
        return best
    later = SELDOM_MORE if entry.weight >= SELDOM_FROM else 0
    if all(f" {part}" in entry.text for part in parts):
        return WORDS_BEGIN + later
    if not is_short(compact) and compact in entry.text:
        return HOLDS + later
    if len(parts) > 1 and all(
        (f" {part}" if is_short(part) else part) in entry.text for part in parts
    ):
        return HOLDS_WORDS + later
    return None


def _slip_tier(entry: Entry, compact: str, letters: int) -> int | None:
    allowed = 2 if len(compact) >= TWO_SLIPS_FROM else 1
    best: int | None = None
    for form in entry.forms:
        if _may_be(form, compact, letters, allowed):
            whole, beginning = distances(compact, form.compact, allowed)
            tier = SLIPS + whole if whole <= allowed else BEGINS_WITH_SLIPS + beginning
            if min(whole, beginning) <= allowed and (best is None or tier < best):
                best = tier
    if best is not None:
        return best
    for form in entry.words:
        if _may_be(form, compact, letters, allowed):
            whole, _ = distances(compact, form.compact, allowed)
            tier = BEGINS_WITH_SLIPS + whole
            if whole <= allowed and (best is None or tier < best):
                best = tier
    return best


def _may_be(form: Form, compact: str, letters: int, allowed: int) -> bool:
    """Whether a name is long enough and has enough of the letters: most have not."""
    return (
        len(form.compact) >= len(compact) - allowed
        and len(form.compact) >= ONE_SLIP_FROM - 1
        and (letters & ~form.letters).bit_count() <= allowed
    )


def distances(typed: str, name: str, allowed: int) -> tuple[int, int]:
    """Slips between a text and a name, and between it and the best beginning of the name.

    A slip is a letter too many, too few, another one, or two that changed places. What is more
    than ``allowed`` is not counted out.
    """
    name = name[: len(typed) + allowed + 1]
    before: list[int] = []
    row = list(range(len(name) + 1))
    for i, letter in enumerate(typed, 1):
        now = [i]
        for j, other in enumerate(name, 1):
            cost = min(row[j] + 1, now[j - 1] + 1, row[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == name[j - 2] and typed[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        if min(now) > allowed:
            return allowed + 1, allowed + 1
        before, row = row, now
    return row[-1], min(row)


class CatalogSearch:
    """Looks words up in the current catalogue; its names are folded when they change."""

    def __init__(self, live: LiveCatalog) -> None:
        self._live = live
        self._catalog = live.current
        self._read()

    def find_services(self, word: str) -> list[ServiceCode]:
        """Services with a folded word in one of their names or as their code, or nearly."""
        self._follow()
        found = [self._codes[entry.key] for entry in _having(word, self._services)]
        return list(dict.fromkeys((*found, *self._by_code.get(word, ()))))

    def find_countries(self, word: str) -> list[CountryId]:
        """Countries with a folded word in a name of any language or as their code, or nearly."""
        self._follow()
        return [self._ids[entry.key] for entry in _having(word, self._countries)]

    def _follow(self) -> None:
        known, catalog = self._catalog, self._live.current
        if catalog is known:
            return
        # Most snapshots bring new prices alone; folding all names anew takes a while.
        if catalog.sells_the_same_as(known):
            self._catalog = catalog
        else:
            self._read()

    def _read(self) -> None:
        catalog = self._catalog = self._live.current
        entries = entries_of(catalog, "en")
        self._services = [entry for entry in entries if entry.kind == "service"]
        self._countries = [entry for entry in entries if entry.kind == "country"]
        self._codes = {one.slug: one.code for one in catalog.services}
        self._by_code = {one.code.lower(): (one.code,) for one in catalog.services}
        self._ids = {one.slug: one.id for one in catalog.countries}


def _having(word: str, entries: Sequence[Entry]) -> list[Entry]:
    """Those with a word in one of their names; if there are none, those that are nearly called so."""
    sought = f" {word}" if is_short(word) else word
    found = [entry for entry in entries if sought in entry.text]
    if found:
        return found
    keys = {hit.key for hit in find(entries, word)}
    return [entry for entry in entries if entry.key in keys]

"""When a change of a route is news for the channel.

A route is compared with what was last told of it, never with the moment before: whatever is
missed between two looks is told by the next one, and a restart tells nothing twice.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple


class NewsKind(StrEnum):
    """What is told of a route, or of a service."""

    NEW = "NEW"
    """The service was not sold before."""
    BACK = "BACK"
    """It is in stock again."""
    FALL = "FALL"
    """It costs less."""
    RISE = "RISE"
    """It costs more."""


@dataclass(frozen=True, slots=True)
class DigestRules:
    """How much is told, and how often.

    Attributes:
        threshold_percent: Prices that moved by less are not told.
        per_day: Posts of one day, in UTC.
        settle: A change is told once it has held for so long.
        apart: Between two posts.
        fresh: A post that is younger is edited instead.
        away: Who was sold out for a shorter time was never away.
        rest: What was told of a route is not told again within this.
        absent: After so long without a look nothing is told: the world has moved on.
    """

    threshold_percent: int
    per_day: int
    settle: timedelta = timedelta(seconds=60)
    apart: timedelta = timedelta(minutes=3)
    fresh: timedelta = timedelta(minutes=10)
    away: timedelta = timedelta(minutes=30)
    rest: timedelta = timedelta(hours=6)
    absent: timedelta = timedelta(hours=24)

    def is_worth_telling(self, before_cents: int, now_cents: int) -> bool:
        """Whether a price moved far enough."""
        return abs(now_cents - before_cents) * 100 >= self.threshold_percent * before_cents


class Shown(NamedTuple):
    """A route as it is to be bought now. Sold out, it has no price."""

    price_cents: int | None
    is_stocked: bool


SOLD_OUT: Final = Shown(None, is_stocked=False)


@dataclass(frozen=True, slots=True)
class Noted:
    """A route as the channel knows it: see `ChannelRoute`."""

    service_code: str
    country_id: int
    price_cents: int | None
    is_stocked: bool
    left_at: datetime | None = None
    told_at: datetime | None = None
    seen: Shown | None = None
    seen_since: datetime | None = None

    @property
    def route(self) -> tuple[str, int]:
        """What it is about."""
        return self.service_code, self.country_id


@dataclass(frozen=True, slots=True)
class News:
    """Something to be told.

    Attributes:
        country_id: None where it is about a whole service.
        before_cents: What it cost; None where it cost nothing yet, or that is no matter.
        now_cents: What it costs; of a service, at least.
    """

    kind: NewsKind
    service_code: str
    country_id: int | None
    before_cents: int | None
    now_cents: int

    @property
    def about(self) -> tuple[str, int | None]:
        """Of what it is."""
        return self.service_code, self.country_id

    @property
    def moved_percent(self) -> float:
        """By how much the price moved."""
        if not self.before_cents:
            return 0.0
        return abs(self.now_cents - self.before_cents) * 100 / self.before_cents


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a route at a look.

    Attributes:
        noted: To be kept, at once when there is no news, else with the digest that tells it.
        news: To be told; None when there is nothing to say.
        is_first: It is the first stock of a service that the channel does not know.
    """

    noted: Noted
    news: News | None = None
    is_first: bool = False


def judge(
    noted: Noted,
    shown: Shown,
    at: datetime,
    rules: DigestRules,
    *,
    is_known: bool = True,
    is_open: bool = False,
) -> Verdict | None:
    """What a route's present state means beside what was told of it.

    Args:
        noted: What was told.
        shown: What it is.
        at: When.
        rules: Of the channel.
        is_known: Whether the channel knows the service.
        is_open: Whether the route stands in a post that is edited anyway: it rests no more.

    Returns:
        None when nothing is to be written, now or yet.
    """
    if not _differs(noted, shown, rules):
        return None if noted.seen is None else Verdict(_settled(noted))
    if noted.seen != shown or noted.seen_since is None:
        return Verdict(replace(noted, seen=shown, seen_since=at))
    if at - noted.seen_since < rules.settle:
        return None
    if not shown.is_stocked or shown.price_cents is None:
        return Verdict(_settled(replace(noted, is_stocked=False, left_at=noted.seen_since)))
    told = _settled(replace(noted, price_cents=shown.price_cents, is_stocked=True, left_at=None))
    if not is_known or noted.price_cents is None:
        # A further country of a service that is known is no news.
        return Verdict(told, is_first=not is_known)
    rests = noted.told_at is not None and at - noted.told_at < rules.rest and not is_open
    return _tell(noted, told, at, rules, rests=rests)


def _tell(
    noted: Noted, told: Noted, at: datetime, rules: DigestRules, *, rests: bool
) -> Verdict | None:
    """What is said of a route that is in stock and differs, now that this has held for a while."""
    before, now = noted.price_cents, told.price_cents
    assert before is not None
    assert now is not None
    if not noted.is_stocked and _was_away(noted, rules) and not rests:
        return Verdict(replace(told, told_at=at), News(NewsKind.BACK, *noted.route, None, now))
    if rests and noted.is_stocked:
        return None  # its price is told when it has rested
    if rests or not rules.is_worth_telling(before, now):
        # That it is in stock again would be old news by then; the price is kept to be compared.
        return Verdict(replace(told, price_cents=before))
    kind = NewsKind.FALL if now < before else NewsKind.RISE
    return Verdict(replace(told, told_at=at), News(kind, *noted.route, before, now))


def _differs(noted: Noted, shown: Shown, rules: DigestRules) -> bool:
    if noted.is_stocked != shown.is_stocked:
        return True
    if not shown.is_stocked or shown.price_cents is None:
        return False
    return noted.price_cents is None or rules.is_worth_telling(noted.price_cents, shown.price_cents)


def _was_away(noted: Noted, rules: DigestRules) -> bool:
    return (
        noted.left_at is not None
        and noted.seen_since is not None
        and noted.seen_since - noted.left_at >= rules.away
    )


def _settled(noted: Noted) -> Noted:
    return replace(noted, seen=None, seen_since=None)

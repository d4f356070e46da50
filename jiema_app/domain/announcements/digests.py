"""The news of one post: put together, brought up to date, kept short."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jiema_app.domain.announcements.rules import DigestRules, News, NewsKind

ITEMS_MAX: Final = 60
"""Of one digest; its post names fewer, and counts the rest."""

PRICES: Final = frozenset({NewsKind.FALL, NewsKind.RISE})
ORDER: Final = (NewsKind.NEW, NewsKind.BACK, NewsKind.FALL, NewsKind.RISE)


@dataclass(frozen=True, slots=True)
class Digest:
    """What a post tells.

    Attributes:
        items: The most important first.
        more: Further changes that are only counted.
    """

    items: tuple[News, ...]
    more: int = 0


def put_together(
    before: Digest | None, news: Iterable[News], rules: DigestRules, popularity: Mapping[str, int]
) -> Digest:
    """What a post tells after further news.

    Args:
        before: What it told until now; None for a new one.
        news: In the order in which they came.
        rules: Of the channel: what has moved back is told no more.
        popularity: Of services, by code; 1 is the most popular.
    """
    found: dict[tuple[str, int | None], News] = (
        {} if before is None else {one.about: one for one in before.items}
    )
    for one in news:
        merged = _merge(found.pop(one.about, None), one, rules)
        if merged is not None:
            found[one.about] = merged
    ranked = sorted(found.values(), key=lambda one: _rank(one, popularity))
    more = 0 if before is None else before.more
    return Digest(tuple(ranked[:ITEMS_MAX]), more + max(0, len(ranked) - ITEMS_MAX))


def stored(digest: Digest) -> list[dict[str, Any]]:
    """The items as their column keeps them."""
    return [
        {
            "kind": str(one.kind),
            "service": one.service_code,
            "country": one.country_id,
            "before": one.before_cents,
            "now": one.now_cents,
        }
        for one in digest.items
    ]


def restored(items: Sequence[Mapping[str, Any]], more: int) -> Digest:
    """A digest from its columns."""
    return Digest(
        tuple(
            News(NewsKind(one["kind"]), one["service"], one["country"], one["before"], one["now"])
            for one in items
        ),
        more,
    )


def _merge(old: News | None, new: News, rules: DigestRules) -> News | None:
    """One item of two about the same; None when they come to nothing."""
    if old is None or new.kind not in PRICES:
        return new
    if old.kind not in PRICES or old.before_cents is None:
        return News(old.kind, old.service_code, old.country_id, old.before_cents, new.now_cents)
    if not rules.is_worth_telling(old.before_cents, new.now_cents):
        return None
    kind = NewsKind.FALL if new.now_cents < old.before_cents else NewsKind.RISE
    return News(kind, old.service_code, old.country_id, old.before_cents, new.now_cents)


def _rank(one: News, popularity: Mapping[str, int]) -> tuple[int, float, int]:
    # Whole percents: of two that moved as far, the more popular service comes first.
    moved = -round(one.moved_percent)
    return ORDER.index(one.kind), moved, popularity.get(one.service_code, len(popularity) + 1)

"""When a change of a route is news, and what several of them come to in one post."""

from datetime import UTC, datetime, timedelta

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

RULES = DigestRules(threshold_percent=10, per_day=5)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
TOLD = Noted("tg", 7, 50, is_stocked=True)
MINUTE = timedelta(minutes=1)


def at_price(cents: int) -> Shown:
    return Shown(cents, is_stocked=True)


def settled(noted: Noted, shown: Shown, at: datetime = NOON, **how: bool) -> Verdict:
    """What is said of a route that has been so for a minute."""
    seen = judge(noted, shown, at - MINUTE, RULES, **how)
    assert seen is not None
    assert seen.news is None
    assert not seen.is_first
    verdict = judge(seen.noted, shown, at, RULES, **how)
    assert verdict is not None
    return verdict


def news(kind: NewsKind, before: int | None, now: int, service: str = "tg") -> News:
    return News(kind, service, 7, before, now)


def test_what_has_not_changed_is_not_even_written() -> None:
    assert judge(TOLD, at_price(50), NOON, RULES) is None


def test_a_price_that_moved_far_is_told_once_it_has_held_for_a_minute() -> None:
    first = judge(TOLD, at_price(40), NOON, RULES)
    assert first is not None
    assert first.news is None
    assert judge(first.noted, at_price(40), NOON + MINUTE / 2, RULES) is None
    then = judge(first.noted, at_price(40), NOON + MINUTE, RULES)
    assert then is not None
    assert then.news == news(NewsKind.FALL, 50, 40)
    assert judge(then.noted, at_price(40), NOON + MINUTE, RULES) is None


def test_a_price_that_moves_again_has_to_hold_again() -> None:
    first = judge(TOLD, at_price(40), NOON, RULES)
    assert first is not None
    second = judge(first.noted, at_price(30), NOON + MINUTE, RULES)
    assert second is not None
    assert second.news is None
    assert second.noted.seen_since == NOON + MINUTE


def test_a_price_that_came_back_in_time_was_nothing() -> None:
    first = judge(TOLD, at_price(40), NOON, RULES)
    assert first is not None
    assert judge(first.noted, at_price(50), NOON + MINUTE, RULES) == Verdict(TOLD)


def test_small_steps_add_up_until_they_are_worth_a_word() -> None:
    assert judge(TOLD, at_price(52), NOON, RULES) is None
    assert judge(TOLD, at_price(54), NOON, RULES) is None
    assert settled(TOLD, at_price(55)).news == news(NewsKind.RISE, 50, 55)


def test_selling_out_is_noted_and_not_told() -> None:
    verdict = settled(TOLD, SOLD_OUT)
    assert verdict.news is None
    assert not verdict.noted.is_stocked
    assert verdict.noted.left_at == NOON - MINUTE


def test_who_was_away_for_half_an_hour_is_back() -> None:
    gone = Noted("tg", 7, 50, is_stocked=False, left_at=NOON - timedelta(minutes=31))
    verdict = settled(gone, at_price(48))
    assert verdict.news == news(NewsKind.BACK, None, 48)
    assert (verdict.noted.is_stocked, verdict.noted.price_cents) == (True, 48)


def test_who_was_away_for_a_moment_was_never_away() -> None:
    gone = Noted("tg", 7, 50, is_stocked=False, left_at=NOON - timedelta(minutes=5))
    verdict = settled(gone, at_price(51))
    assert verdict.news is None
    assert (verdict.noted.is_stocked, verdict.noted.price_cents) == (True, 50)
    assert settled(gone, at_price(40)).news == news(NewsKind.FALL, 50, 40)


def test_a_route_that_comes_and_goes_is_told_once_in_six_hours() -> None:
    gone = Noted(
        "tg",
        7,
        50,
        is_stocked=False,
        left_at=NOON - timedelta(hours=1),
        told_at=NOON - timedelta(hours=2),
    )
    verdict = settled(gone, at_price(50))
    assert verdict.news is None
    assert verdict.noted.is_stocked


def test_a_price_that_was_told_lately_is_told_when_it_has_rested() -> None:
    lately = Noted("tg", 7, 50, is_stocked=True, told_at=NOON - timedelta(hours=5))
    seen = judge(lately, at_price(40), NOON - MINUTE, RULES)
    assert seen is not None
    assert judge(seen.noted, at_price(40), NOON, RULES) is None
    later = judge(seen.noted, at_price(40), NOON + timedelta(hours=1), RULES)
    assert later is not None
    assert later.news == news(NewsKind.FALL, 50, 40)


def test_a_route_in_a_post_that_is_edited_anyway_does_not_rest() -> None:
    lately = Noted("tg", 7, 50, is_stocked=True, told_at=NOON - 5 * MINUTE)
    assert settled(lately, at_price(40), is_open=True).news == news(NewsKind.FALL, 50, 40)


def test_the_first_stock_of_an_unknown_service_introduces_it() -> None:
    unknown = Noted("xx", 7, None, is_stocked=False)
    assert settled(unknown, at_price(20), is_known=False).is_first
    further = settled(unknown, at_price(20))
    assert not further.is_first
    assert further.news is None


def test_a_post_names_the_new_ones_first_and_the_biggest_moves_before_others() -> None:
    digest = put_together(
        None,
        [
            news(NewsKind.RISE, 50, 90, "wa"),
            news(NewsKind.FALL, 50, 45, "go"),
            news(NewsKind.FALL, 50, 25, "fb"),
            news(NewsKind.BACK, None, 10, "tw"),
            News(NewsKind.NEW, "xx", None, None, 12),
        ],
        RULES,
        {"go": 1, "fb": 2},
    )
    assert [one.service_code for one in digest.items] == ["xx", "tw", "fb", "go", "wa"]


def test_further_news_of_a_route_are_merged_and_what_moved_back_is_gone() -> None:
    first = put_together(None, [news(NewsKind.FALL, 50, 40)], RULES, {})
    lower = put_together(first, [news(NewsKind.FALL, 40, 30)], RULES, {})
    assert lower.items == (news(NewsKind.FALL, 50, 30),)
    higher = put_together(lower, [news(NewsKind.RISE, 30, 80)], RULES, {})
    assert higher.items == (news(NewsKind.RISE, 50, 80),)
    assert put_together(higher, [news(NewsKind.FALL, 80, 51)], RULES, {}).items == ()
    back = put_together(None, [news(NewsKind.BACK, None, 40)], RULES, {})
    assert put_together(back, [news(NewsKind.FALL, 40, 30)], RULES, {}).items == (
        news(NewsKind.BACK, None, 30),
    )


def test_a_post_is_bounded_and_counts_the_rest() -> None:
    many = [News(NewsKind.FALL, "tg", number, 100, 50) for number in range(150)]
    digest = put_together(None, many, RULES, {})
    assert (len(digest.items), digest.more) == (60, 90)


def test_a_digest_is_read_as_it_was_stored() -> None:
    digest = Digest((news(NewsKind.FALL, 50, 40), News(NewsKind.NEW, "xx", None, None, 12)), 3)
    assert restored(stored(digest), digest.more) == digest

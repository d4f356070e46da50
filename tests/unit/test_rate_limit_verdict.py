"""What a refusal says of the moment from which there is room."""

import time

import pytest
from limits import RateLimitItemPerDay, RateLimitItemPerMinute

from api_routes.process_windows import ProcessWindows
from api_routes.verdicts import verdict_of

LIMIT = RateLimitItemPerMinute(60)


def test_a_full_window_has_room_when_its_oldest_request_is_a_minute_old() -> None:
    verdict = verdict_of(60, allowed=False, count=60, left_s=41.5)
    assert (verdict.reset_s, verdict.remaining) == (42, 0)


def test_a_refusal_names_a_moment_ahead_and_within_the_window() -> None:
    """Its window may move while it is answered, and clocks may jump."""
    for left_s, reset_s in ((-3.0, 1), (0.0, 1), (0.2, 1), (60.0, 60), (3_600.0, 60)):
        assert verdict_of(60, allowed=False, count=60, left_s=left_s).reset_s == reset_s
    assert verdict_of(60, allowed=True, count=1, left_s=-1.0).reset_s == 0


def test_a_limit_that_was_lowered_leaves_nothing_and_not_less() -> None:
    assert verdict_of(10, allowed=False, count=60, left_s=5).remaining == 0


async def test_a_clock_that_is_set_back_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asked a moment before would wait for as long as the clock went back."""
    windows, now = ProcessWindows(), [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])
    for _ in range(LIMIT.amount):
        assert (await windows.hit(LIMIT, "reads", "ann")).allowed
    now[0] -= 0.5
    assert not (await windows.hit(LIMIT, "reads", "ann")).allowed
    now[0] -= 7_200
    for _ in range(LIMIT.amount):
        assert (await windows.hit(LIMIT, "reads", "ann")).allowed
    refused = await windows.hit(LIMIT, "reads", "ann")
    assert (refused.allowed, refused.reset_s) == (False, 60)
    now[0] += 60.1
    assert (await windows.hit(LIMIT, "reads", "ann")).allowed


async def test_a_window_of_a_day_outlives_those_of_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    windows, day, now = ProcessWindows(), RateLimitItemPerDay(2), [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])
    for _ in range(2):
        assert (await windows.hit(day, "report", "ann")).allowed
    for _ in range(LIMIT.amount):
        await windows.hit(LIMIT, "reads", "ann")
    now[0] += 3_600  # every window of a minute is swept meanwhile
    assert (await windows.hit(LIMIT, "reads", "ann")).remaining == LIMIT.amount - 1
    refused = await windows.hit(day, "report", "ann")
    assert (refused.allowed, refused.reset_s) == (False, 82_800)
    assert await windows.is_full(day, "report", "ann")
    now[0] += 82_801
    assert (await windows.hit(day, "report", "ann")).allowed

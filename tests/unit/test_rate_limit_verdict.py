"""What a refusal says of the moment from which there is room."""

import time

import pytest
from limits import RateLimitItemPerMinute
from limits.util import WindowStats

from api_routes.rate_limits import ProcessWindows, _verdict

LIMIT = RateLimitItemPerMinute(60)


def test_a_full_window_has_room_when_its_oldest_request_is_a_minute_old() -> None:
    verdict = _verdict(LIMIT, WindowStats(time.time() + 41.5, 0), allowed=False)
    assert verdict.reset_s == 42


def test_a_window_that_moved_while_it_was_asked_about_has_room_at_once() -> None:
    """Redis is asked twice; the second answer may describe the next window."""
    verdict = _verdict(LIMIT, WindowStats(time.time() + 60, 20), allowed=False)
    assert verdict.reset_s == 1


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

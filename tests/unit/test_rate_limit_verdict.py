"""What a refusal says of the moment from which there is room."""

import time

from limits import RateLimitItemPerMinute
from limits.util import WindowStats

from api_routes.rate_limits import _verdict

LIMIT = RateLimitItemPerMinute(60)


def test_a_full_window_has_room_when_its_oldest_request_is_a_minute_old() -> None:
    verdict = _verdict(LIMIT, WindowStats(time.time() + 41.5, 0), allowed=False)
    assert verdict.reset_s == 42


def test_a_window_that_moved_while_it_was_asked_about_has_room_at_once() -> None:
    """Redis is asked twice; the second answer may describe the next window."""
    verdict = _verdict(LIMIT, WindowStats(time.time() + 60, 20), allowed=False)
    assert verdict.reset_s == 1

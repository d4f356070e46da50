"""Saying seldom what others can have happen as often as they like."""

from jiema_app.domain.seldom import AGAIN_S, Seldom


def test_it_is_said_once_a_minute_and_how_often_it_was_not() -> None:
    now = 100.0
    seldom = Seldom(clock=lambda: now)
    assert [seldom.count() for _ in range(1000)] == [0, *[None] * 999]
    now += AGAIN_S
    assert [seldom.count() for _ in range(3)] == [999, None, None]
    now += AGAIN_S
    assert seldom.count() == 2

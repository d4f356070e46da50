"""How much of what a page's connection has sent never came out."""

from typing import Final

from jiema_app.serving.unread_bytes import LOOK_EVERY_S, UNREAD_MAX, Sender

HEAD: Final = 600
PONG: Final = 7
"""Bytes of the shortest message that pages send, on the wire."""
DAY_S: Final = 24 * 3600


def sender() -> Sender:
    return Sender(descriptor=5, ends=("192.0.2.1", "40000", "8000"), sent=HEAD, since=0.0)


def test_what_is_sent_and_never_comes_out_is_counted() -> None:
    page = sender()
    assert page.unread(HEAD + 50_000, 1.0) == 50_000 - 64
    assert page.unread(HEAD + 200_000, 1.5) == 200_000 - 96


def test_what_comes_out_is_not_counted_and_small_control_frames_are_allowed() -> None:
    page, received = sender(), HEAD
    for second in range(1, DAY_S, 60):
        received += PONG + 60 * 40  # a message, and some pings
        page.hear(1)
        assert page.unread(received, float(second)) <= PONG + 60 * 40


def test_nobody_saves_up_for_one_large_message() -> None:
    page, received, now = sender(), HEAD, 0.0
    while now < DAY_S / 8:
        now += LOOK_EVERY_S
        for _ in range(10):
            received += PONG
            page.hear(1)
        assert page.unread(received, now) <= 0
    assert page.unread(received + 2 * UNREAD_MAX, now + LOOK_EVERY_S) > UNREAD_MAX

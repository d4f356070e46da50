"""The pace of messages, as the sandbox's Telegram measures it."""

import random

from jiema_app.bootstrap_bot import PACES
from jiema_app.domain.notifications.pacing import Pacing
from sandbox.telegram.errors import Refused
from sandbox.telegram.rates import Rates


class Simulated:
    """A sender that always has something for everybody, and a clock that is ours."""

    def __init__(self, recipients: list[str]) -> None:
        self.now = 1_000.0
        self.pacing = Pacing(PACES)
        self.rates = Rates(lambda: self.now)
        self.rates.is_enforced = True
        self.recipients = recipients
        self.refused = 0
        self.sent = 0

    def send_for(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            waits = [self.pacing.wait_for_s(one, self.now) for one in self.recipients]
            wait = max(self.pacing.wait_s(self.now), min(waits))
            if wait > 0:
                self.now += wait
                continue
            recipient = self.recipients[waits.index(min(waits))]
            self.pacing.note(recipient, self.now)
            self.sent += 1
            try:
                self.rates.count("sendmessage", recipient)
            except Refused:
                self.refused += 1
            self.now += 0.0001


def test_telegram_never_finds_us_too_fast() -> None:
    people = [str(number) for number in range(100)]
    sender = Simulated([*people, "-1", "-2", "@channel"])
    sender.send_for(90)
    assert sender.refused == 0
    told = sender.rates.to_json()
    assert told["peakPerSecond"] <= 29
    assert told["peakPerSecondOfAChat"] == 1
    assert told["peakPerMinuteOfAGroup"] <= 20
    # And not slower than it may be.
    assert sender.sent >= 90 * 24.5


def test_one_chat_gets_nearly_one_a_second_and_a_group_twenty_a_minute() -> None:
    alone = Simulated(["7"])
    alone.send_for(60)
    assert 56 <= alone.sent <= 60
    group = Simulated(["-7"])
    group.send_for(180)
    assert 57 <= group.sent <= 63


def test_what_is_kept_of_recipients_is_bounded_by_a_minute() -> None:
    pacing, now = Pacing(PACES), 0.0
    for _ in range(20_000):
        pacing.note(str(random.randrange(10**9)), now)
        now += 0.04
    assert len(pacing._last) <= 60 * 25 + 1

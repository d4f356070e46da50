"""When the next block is asked for: simulated chains, no clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from jiema_app.domain.chain.block_polling import BLOCK_S, MISSED_S, BlockPolling

ASKING_S = 0.01


@dataclass
class Simulation:
    """A reader of a chain of which block ``n`` is made at ``3 n`` and final a while later.

    Attributes:
        lag_s: After which a block is final, by its number.
        late_s: How long each block was final before it was read.
    """

    lag_s: Callable[[int], float]
    polling: BlockPolling = field(default_factory=BlockPolling)
    now: float = 1_000.0
    block: int = 310
    asked: int = 0
    late_s: list[float] = field(default_factory=list)

    def final_at(self, block: int) -> float:
        return block * BLOCK_S + self.lag_s(block)

    def read_until(self, moment: float) -> None:
        while self.now < moment:
            self.now = max(self.now, self.polling.next_at) + ASKING_S
            self.asked += 1
            if self.final_at(self.block + 1) > self.now:
                self.polling.note_miss(self.now)
                continue
            self.block += 1
            self.late_s.append(self.now - self.final_at(self.block))
            age = timedelta(seconds=self.now - self.block * BLOCK_S)
            self.polling.note_found(self.now - ASKING_S, age)


def test_a_steady_chain_costs_hardly_more_than_one_question_a_block() -> None:
    reader = Simulation(lambda _: 57.0)
    reader.read_until(1_030)
    reader.asked, reader.late_s = 0, []
    reader.read_until(2_000)
    assert reader.asked / len(reader.late_s) < 1.2
    assert max(reader.late_s) <= MISSED_S[0] + 2 * ASKING_S


def test_after_a_pause_everything_is_read_at_once() -> None:
    reader = Simulation(lambda _: 57.0)
    reader.read_until(1_060)
    reader.now += 45
    reader.read_until(reader.now + 2)
    assert reader.late_s[-1] < BLOCK_S
    reader.late_s = []
    reader.read_until(reader.now + 60)
    assert max(reader.late_s) <= 1.0


def test_many_unread_blocks_are_a_backlog_and_the_last_one_ends_it() -> None:
    reader = Simulation(lambda _: 57.0)
    reader.read_until(1_060)
    states = [reader.polling.is_behind]
    reader.now += 300
    for seconds in (4 * ASKING_S, 10):
        reader.read_until(reader.now + seconds)
        states.append(reader.polling.is_behind)
    assert states == [False, True, False]


def test_blocks_that_become_final_later_or_sooner_are_followed() -> None:
    reader = Simulation(lambda block: 57.0 if block < 400 else 75.0 if block < 500 else 45.0)
    for since, until in ((1_400, 1_540), (1_650, 1_850)):
        reader.read_until(since)
        reader.late_s, reader.asked = [], 0
        reader.read_until(until)
        assert max(reader.late_s) <= 1.0
        assert reader.asked / len(reader.late_s) < 1.3


def test_a_chain_that_was_stuck_is_caught_up_with() -> None:
    stuck = range(350, 380)
    reader = Simulation(lambda block: (380 - block) * BLOCK_S + 57 if block in stuck else 57.0)
    reader.read_until(380 * BLOCK_S + 57 + 5)
    assert reader.late_s[-1] < BLOCK_S
    assert reader.block >= 380


def test_whoever_says_that_they_paid_is_looked_for_at_once() -> None:
    reader = Simulation(lambda _: 57.0)
    reader.read_until(1_060)
    reader.polling.hurry()
    assert reader.polling.next_at == 0

"""What many ask for at one moment is asked once, and each is given their own."""

import asyncio
from collections.abc import Sequence

import pytest

from jiema_app.domain.grouped_reads import GROUP_MAX, LANES, GroupedReads


class Shelf:
    """Answers questions, when the test lets it, and remembers them."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.hears = asyncio.Semaphore(0)
        """Let go once for each question."""
        self.is_open = asyncio.Event()
        self.is_open.set()
        self.trouble: Exception | None = None

    async def ask(self, keys: Sequence[int]) -> dict[int, str]:
        self.asked.append(list(keys))
        self.hears.release()
        await self.is_open.wait()
        if self.trouble is not None:
            raise self.trouble
        return {key: f"value {key}" for key in keys if key >= 0}


async def test_those_who_come_together_share_a_question() -> None:
    shelf = Shelf()
    reads = GroupedReads(shelf.ask)
    found = await asyncio.gather(*(reads.read(key) for key in (3, 1, 2, 3)))
    assert found == ["value 3", "value 1", "value 2", "value 3"]
    assert shelf.asked == [[3, 1, 2]]


async def test_what_is_not_there_is_none() -> None:
    reads = GroupedReads(Shelf().ask)
    assert [*await asyncio.gather(reads.read(-1), reads.read(1))] == [None, "value 1"]


async def test_who_comes_later_is_answered_by_a_later_question() -> None:
    """What was stored after the question was put would be missing from its answer."""
    shelf = Shelf()
    shelf.is_open.clear()
    reads = GroupedReads(shelf.ask)
    early = [asyncio.create_task(reads.read(1)) for _ in range(2)]
    await shelf.hears.acquire()
    late = asyncio.create_task(reads.read(1))
    await shelf.hears.acquire()
    shelf.is_open.set()
    assert await asyncio.gather(*early, late) == ["value 1"] * 3
    assert shelf.asked == [[1], [1]]


async def test_a_question_without_an_answer_holds_nobody_up() -> None:
    shelf = Shelf()
    shelf.is_open.clear()
    reads = GroupedReads(shelf.ask)
    stuck = asyncio.create_task(reads.read(1))
    await shelf.hears.acquire()
    stalled, shelf.is_open = shelf.is_open, asyncio.Event()
    shelf.is_open.set()
    assert await reads.read(2) == "value 2"
    assert not stuck.done()
    stalled.set()
    assert await stuck == "value 1"


async def test_no_more_questions_than_lanes_are_on_their_way() -> None:
    shelf = Shelf()
    shelf.is_open.clear()
    reads = GroupedReads(shelf.ask)
    waiting = []
    for key in range(LANES + 3):
        waiting.append(asyncio.create_task(reads.read(key)))
        for _ in range(5):
            await asyncio.sleep(0)
    assert len(shelf.asked) == LANES
    shelf.is_open.set()
    await asyncio.gather(*waiting)
    assert shelf.asked[LANES] == [LANES, LANES + 1, LANES + 2]


async def test_a_question_has_a_bound() -> None:
    shelf = Shelf()
    reads = GroupedReads(shelf.ask)
    await asyncio.gather(*(reads.read(key) for key in range(2 * GROUP_MAX + 1)))
    assert [len(keys) for keys in shelf.asked] == [GROUP_MAX, GROUP_MAX, 1]


async def test_who_goes_away_takes_the_answer_from_nobody() -> None:
    shelf = Shelf()
    shelf.is_open.clear()
    reads = GroupedReads(shelf.ask)
    leaving, staying = (asyncio.create_task(reads.read(1)) for _ in range(2))
    await shelf.hears.acquire()
    leaving.cancel()
    shelf.is_open.set()
    assert await staying == "value 1"
    assert leaving.cancelled()


async def test_all_are_told_of_trouble_and_the_next_asks_again() -> None:
    shelf = Shelf()
    shelf.trouble = OSError("gone")
    reads = GroupedReads(shelf.ask)
    told = await asyncio.gather(reads.read(1), reads.read(2), return_exceptions=True)
    assert [type(one) for one in told] == [OSError, OSError]
    shelf.trouble = None
    assert await reads.read(1) == "value 1"


async def test_who_waits_when_the_process_ends_is_let_go() -> None:
    shelf = Shelf()
    shelf.is_open.clear()
    reads = GroupedReads(shelf.ask)
    waiting = asyncio.create_task(reads.read(1))
    await shelf.hears.acquire()
    (lane,) = asyncio.all_tasks() - {asyncio.current_task(), waiting}
    lane.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

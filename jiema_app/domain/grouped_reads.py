"""Asking the database once for what many want to read at the same moment.

When fifty codes arrive together, fifty pages are read anew: one by one that is fifty questions
of a sort, each of which costs more to send and to hear than to answer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import Context
from itertools import islice
from typing import Final, Generic, TypeVar

LANES: Final = 2
"""Questions at a time: one that gets no answer holds nobody up who asks after it."""

GROUP_MAX: Final = 100
"""Things that one question asks for."""

K = TypeVar("K")
V = TypeVar("V")


class GroupedReads(Generic[K, V]):
    """Reads of one kind, by their keys.

    A read is answered by a question that was put after it was asked for, so that it sees what
    was stored before. Those that come while questions are on their way wait, and go together.
    """

    def __init__(self, ask: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]) -> None:
        """Begin with nothing asked.

        Args:
            ask: Reads what there is of these keys.
        """
        self._ask = ask
        self._waiting: dict[K, asyncio.Future[V | None]] = {}
        self._lanes: set[asyncio.Task[None]] = set()

    async def read(self, key: K) -> V | None:
        """What is stored under a key, or None.

        Raises:
            Exception: What the question was answered with; all who share it are told the same.
        """
        answer = self._waiting.get(key)
        if answer is None:
            answer = self._waiting[key] = asyncio.get_running_loop().create_future()
            if len(self._lanes) < LANES:
                # It asks for many: nothing of the one that happens to come first goes with it.
                lane = asyncio.create_task(self._answer_all(), context=Context())
                self._lanes.add(lane)
                lane.add_done_callback(self._lanes.discard)
        # Whoever goes away takes the answer from nobody else.
        return await asyncio.shield(answer)

    async def _answer_all(self) -> None:
        """Answer who waits, group by group: one of several lanes."""
        while self._waiting:
            group = {key: self._waiting.pop(key) for key in [*islice(self._waiting, GROUP_MAX)]}
            await self._answer(group)

    async def _answer(self, group: Mapping[K, asyncio.Future[V | None]]) -> None:
        try:
            found = await self._ask(list(group))
        except Exception as error:  # noqa: BLE001 - all who asked are told
            for answer in group.values():
                answer.set_exception(error)
        except BaseException:  # the process ends
            for answer in group.values():
                answer.cancel()
            raise
        else:
            for key, answer in group.items():
                answer.set_result(found.get(key))

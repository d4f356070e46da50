"""Work for one thread beside the event loop.

Somebody who walks through the whole shop has as many pages made as they like: in many threads they
would take all processors, and the loop would wait for the interpreter behind each of them.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from jiema_app.processes.memory import give_back_memory

T = TypeVar("T")

TIDY_AFTER: Final = 500
"""Jobs after which what they left is given back to the system. A page is made of hundreds of
pieces: a crawl of the whole shop would leave the process 30 MB larger. It takes milliseconds."""

_Job = tuple[Callable[[], Any], "asyncio.Future[Any]"]


class OneAtATime:
    """Does one thing after the other; what many wait for is done before what one asks for."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._first: deque[_Job] = deque()
        self._rest: deque[_Job] = deque()
        self._done = 0

    async def do(self, work: Callable[[], T], *, first: bool = False) -> T:
        """The result of ``work``, when its turn has come."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        (self._first if first else self._rest).append((work, done))
        # A turn for each job, but not this one's: what is first is done first.
        self._thread.submit(self._take_a_turn)
        return await done

    def _take_a_turn(self) -> None:
        """In the thread. It asks the loop for nothing, so that it need not wait for it."""
        work, done = (self._first or self._rest).popleft()
        try:
            result, error = work(), None
        except BaseException as raised:  # noqa: BLE001 - whoever waits for it gets it
            result, error = None, raised
        done.get_loop().call_soon_threadsafe(_tell, done, result, error)
        self._done += 1
        if self._done % TIDY_AFTER == 0:
            give_back_memory()


def _tell(done: "asyncio.Future[Any]", result: object, error: BaseException | None) -> None:
    if done.cancelled():
        return  # nobody waits any more
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)

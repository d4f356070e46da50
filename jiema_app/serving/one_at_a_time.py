"""Work for one thread beside the event loop.

Somebody who walks through the whole shop has as many pages made as they like: in many threads they
would take all processors, and the loop would wait for the interpreter behind each of them.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")

_Job = tuple[Callable[[], Any], "asyncio.Future[Any]"]


class OneAtATime:
    """Does one thing after the other; what many wait for is done before what one asks for."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._first: deque[_Job] = deque()
        self._rest: deque[_Job] = deque()
        self._is_busy = False

    async def do(self, work: Callable[[], T], *, first: bool = False) -> T:
        """The result of ``work``, when its turn has come."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        (self._first if first else self._rest).append((work, done))
        self._go_on()
        return await done

    def _go_on(self) -> None:
        if self._is_busy or not (self._first or self._rest):
            return
        work, done = (self._first or self._rest).popleft()
        self._is_busy = True
        loop = asyncio.get_running_loop()
        loop.run_in_executor(self._thread, work).add_done_callback(partial(self._pass_on, done))

    def _pass_on(self, done: "asyncio.Future[Any]", worked: "asyncio.Future[Any]") -> None:
        self._is_busy = False
        error = worked.exception()
        if done.cancelled():
            pass  # nobody waits any more
        elif error is None:
            done.set_result(worked.result())
        else:
            done.set_exception(error)
        self._go_on()

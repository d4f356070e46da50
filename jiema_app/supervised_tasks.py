"""Tasks that must live as long as their process: started again whatever ends them.

A task that nobody awaits dies silently of the first error that nobody foresaw, and with it
what it did for everybody: pushes, bans, prices. Here every end but a stop is one to come back
from, is counted and is said.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Self

import structlog
from prometheus_client import Counter

from jiema_app.domain.transaction import DatabaseTrouble, name_of
from jiema_app.observability.errors import report_bug

log = structlog.get_logger()

RESTARTS: Final = Counter(
    "jiema_task_restarts_total", "Restarts of tasks that live as long as their process", ["task"]
)

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 5.0
"""What follows the database is back this soon after it is."""

STEADY_S: Final = 30.0
"""Whoever ran for so long begins with the first pause again."""

STOP_AGAIN_S: Final = 1.0

AGAIN_S: Final = 300.0
"""What ends a task again and again is said again after this long."""

Work = Callable[[], Awaitable[None]]


class Ended(Exception):
    """A task came to an end that has none, or was cancelled by nobody of ours."""


@dataclass(slots=True)
class TaskState:
    """How one task is doing.

    Attributes:
        restarts: How often it was started again.
        is_running: False while it waits to be started again.
    """

    restarts: int = 0
    is_running: bool = True
    _said: str = ""
    _said_at: float = 0.0
    _unsaid: int = 0

    def is_news(self, words: str) -> bool:
        """Whether to say it, for it was not said lately; counts what goes unsaid."""
        now = time.monotonic()
        if words == self._said and now - self._said_at < AGAIN_S:
            self._unsaid += 1
            return False
        self._said, self._said_at = words, now
        return True

    def take_unsaid(self) -> int:
        """How many went unsaid since it was said last."""
        unsaid, self._unsaid = self._unsaid, 0
        return unsaid


@dataclass(slots=True)
class SupervisedTasks:
    """Runs tasks until it is left.

    Attributes:
        first_pause_s: Before a task is started again; doubled each time.
        longest_pause_s: Not beyond this.
    """

    first_pause_s: float = FIRST_PAUSE_S
    longest_pause_s: float = LONGEST_PAUSE_S
    _states: dict[str, TaskState] = field(default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def states(self) -> Mapping[str, TaskState]:
        """Every task by its name."""
        return self._states

    def start(self, name: str, work: Work) -> None:
        """Begin a task, and begin it again whenever it ends."""
        RESTARTS.labels(name)  # a figure of 0, for alerts that look at its growth
        state = self._states[name] = TaskState()
        self._tasks.append(asyncio.create_task(self._keep(name, state, work), name=name))

    async def stop(self) -> None:
        """End all of them, and wait until they have ended."""
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            # Again for those that go on: a library may lose a cancellation that comes together
            # with what it waited for.
            _, left = await asyncio.wait(self._tasks, timeout=STOP_AGAIN_S)
            self._tasks = list(left)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()

    async def _keep(self, name: str, state: TaskState, work: Work) -> None:
        pause_s = self.first_pause_s
        while True:
            began = time.monotonic()
            error = await _run_once(work)
            if _is_being_stopped():
                return
            if time.monotonic() - began >= STEADY_S:
                pause_s = self.first_pause_s
            state.restarts += 1
            RESTARTS.labels(name).inc()
            _say(name, state, error)
            with _paused(state):
                await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, self.longest_pause_s)


@contextmanager
def _paused(state: TaskState) -> Iterator[None]:
    state.is_running = False
    yield
    state.is_running = True


async def _run_once(work: Work) -> Exception:
    """What ended it."""
    try:
        await work()
    except asyncio.CancelledError:
        if _is_being_stopped():
            raise
        # It reached us out of something that was cancelled elsewhere, as a driver's future is.
        return Ended("cancelled from within")
    except Exception as error:  # noqa: BLE001 - the edge of the task
        return error
    return Ended("returned")


def _is_being_stopped() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _say(name: str, state: TaskState, error: Exception) -> None:
    if not state.is_news(name_of(error)):
        return
    is_trouble = isinstance(error, DatabaseTrouble)
    log.warning(
        "task starts again",
        task=name,
        error=name_of(error),
        restarts=state.restarts,
        unsaid=state.take_unsaid(),
        exc_info=None if is_trouble else error,
    )
    if not is_trouble:
        report_bug(error)

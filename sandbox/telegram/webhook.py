"""Pushing updates to the bot's webhook: in order, again and again until a 2xx."""

import asyncio
import random
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx
import orjson
from starlette.exceptions import HTTPException

from sandbox.telegram.arguments import Arguments, arguments_of
from sandbox.telegram.errors import Refused
from sandbox.telegram.updates import Updates

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
CONNECTIONS: Final = 40
_REPLY_MAX_BYTES: Final = 1 << 20
_RETRY_AFTER_MAX_S: Final = 3600.0
_PAUSED_S: Final = 0.1
_DIGITS: Final = 5


@dataclass(slots=True)
class Timings:
    """How patient the sender is, in seconds; a control can make it less so."""

    answer_within: float = 60.0
    first_pause: float = 2.0
    """After the second failure; after the first there is none."""
    longest_pause: float = 60.0
    duplicates: float = 0.0
    """Share of acknowledged updates that are pushed once more."""

    def to_json(self) -> dict[str, float]:
        """As the control API shows them."""
        names = {"answer_within": "answerWithin", "first_pause": "firstPause",
                 "longest_pause": "longestPause", "duplicates": "duplicates"}  # fmt: skip
        return {names[key]: value for key, value in asdict(self).items()}


class WebhookSender:
    """One task for each line that has something to push.

    Attributes:
        is_down: Whether Telegram itself is down just now.
        carry_out: Carries out the call that an answer may hold.
    """

    def __init__(self, updates: Updates, timings: Timings) -> None:
        self._updates, self.timings = updates, timings
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._client: httpx.AsyncClient | None = None
        self._slots = asyncio.Semaphore(CONNECTIONS)
        self._is_stopped = False
        self._dice = random.Random(len(updates.lines))
        self.is_down: Callable[[], bool] = lambda: False
        self.carry_out: Callable[[str, Arguments], Awaitable[None]] | None = None
        self.pushes = 0
        self.failures = 0
        updates.pushed = self.wake

    def wake(self, line: str) -> None:
        """Push what a line holds, unless that is being done."""
        if self._is_stopped or self._updates.webhook is None or line in self._tasks:
            return
        with suppress(RuntimeError):  # no loop runs yet: `start` wakes all lines
            task = asyncio.get_running_loop().create_task(self._drain(line))
            self._tasks[line] = task
            task.add_done_callback(lambda _: self._ended(line, task))

    async def restart(self) -> None:
        """Begin anew, after the webhook or the timings changed."""
        await self._cancel()
        webhook = self._updates.webhook
        self._slots = asyncio.Semaphore((webhook or {}).get("max_connections", CONNECTIONS))
        self._is_stopped = False
        for line in list(self._updates.lines):
            self.wake(line)

    async def stop(self) -> None:
        """Push nothing more."""
        self._is_stopped = True
        await self._cancel()
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _cancel(self) -> None:
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, line: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(line) is task:
            del self._tasks[line]
        if not task.cancelled():
            task.exception()
            if self._updates.lines.get(line):
                self.wake(line)

    async def _drain(self, line: str) -> None:
        pause, failures = 0.0, 0
        while waiting := self._updates.lines.get(line):
            webhook = self._updates.webhook
            if webhook is None:
                return
            if self.is_down():
                await asyncio.sleep(_PAUSED_S)
                continue
            number = waiting[0]
            update = self._updates.find(number)
            if update is None:
                self._updates.confirm(number)
                continue
            async with self._slots:
                problem, wished = await self._push(webhook, update)
            if problem is None and self._dice.random() < self.timings.duplicates:
                async with self._slots:
                    await self._push(webhook, update)
            if problem is None:
                self._updates.confirm(number)
                pause, failures = 0.0, 0
                continue
            self.failures += 1
            failures += 1
            self._remember(problem)
            if failures > 1 and not wished:
                pause = max(pause * 2, self.timings.first_pause)
                pause = min(pause, self.timings.longest_pause)
            await asyncio.sleep(min(wished, _RETRY_AFTER_MAX_S) or pause)

    async def _push(
        self, webhook: dict[str, Any], update: dict[str, Any]
    ) -> tuple[str | None, float]:
        """Return what went wrong, None for nothing, and the pause that the answer asks for."""
        if self._client is None:
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
            self._client = httpx.AsyncClient(trust_env=False, limits=limits)
        headers = {"content-type": "application/json"}
        if webhook.get("secret_token"):
            headers[SECRET_HEADER] = webhook["secret_token"]
        self.pushes += 1
        try:
            async with asyncio.timeout(self.timings.answer_within):
                answer = await self._client.post(
                    webhook["url"], content=orjson.dumps(update), headers=headers, timeout=None
                )
        except TimeoutError:
            return "Read timeout expired", 0.0
        except httpx.ConnectError:
            return "Connection refused", 0.0
        except (httpx.HTTPError, httpx.InvalidURL):
            return "Connection reset by peer", 0.0
        if not answer.is_success:
            after = answer.headers.get("retry-after", "")
            words = f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
            return words, float(after) if after.isdigit() and len(after) <= _DIGITS else 0.0
        await self._reply(answer)
        return None, 0.0

    async def _reply(self, answer: httpx.Response) -> None:
        if not answer.content or len(answer.content) > _REPLY_MAX_BYTES or self.carry_out is None:
            return
        try:
            args = await arguments_of(answer.headers.get("content-type", ""), answer.content)
        except (Refused, HTTPException):
            return
        if args.has("method"):
            await self.carry_out(args.text("method"), args)

    def _remember(self, problem: str) -> None:
        webhook = self._updates.webhook
        if webhook is not None:
            webhook = {**webhook, "last_error_date": int(time.time())}
            self._updates.keep_webhook({**webhook, "last_error_message": problem})

"""Waiting for something that has no event to wait for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

PATIENCE_S: Final = 240.0
"""Longer than anything takes on the busiest machine: it ends a test that would hang, and nothing
else. Whoever wants to know whether something is quick makes the slow way slower than this."""

PAUSE_S: Final = 0.005


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110 - the condition is somebody else's state
            await asyncio.sleep(PAUSE_S)


async def until_told(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait until a question is answered with yes."""
    async with asyncio.timeout(PATIENCE_S):
        while not await is_so():  # noqa: ASYNC110 - likewise
            await asyncio.sleep(PAUSE_S)

"""Waiting for something that has no event to wait for."""

import asyncio
from collections.abc import Awaitable, Callable

PAUSE_S = 0.005


async def until(is_so: Callable[[], bool], *, seconds: float = 10) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110 - the condition is somebody else's state
            await asyncio.sleep(PAUSE_S)


async def until_told(is_so: Callable[[], Awaitable[bool]], *, seconds: float = 10) -> None:
    """Wait until a question is answered with yes."""
    async with asyncio.timeout(seconds):
        while not await is_so():  # noqa: ASYNC110 - likewise
            await asyncio.sleep(PAUSE_S)

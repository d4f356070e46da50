"""An application that says which process answers, and takes its time when asked to."""

import asyncio
import os

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

LONG_S = 8.0
"""What a long poll takes here."""


async def _say(request: Request) -> PlainTextResponse:
    if request.url.path == "/long":
        await asyncio.sleep(LONG_S)
    return PlainTextResponse(str(os.getpid()))


app = Starlette(routes=[Route("/", _say), Route("/long", _say)])

"""What keeping an update is compared with: the same, written by hand."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import orjson
from fastapi import FastAPI, HTTPException, Request, Response

KEEP: Final = """
insert into telegram_updates (update_id, chat_key, payload) values ($1, $2, $3::text::jsonb)
on conflict do nothing
"""


class Reached:
    """What the handler uses, opened with the process."""

    database: Any


reached = Reached()
SECRET: Final = os.environ.get("BENCH_SECRET", "")


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Open the pool."""
    reached.database = await asyncpg.create_pool(
        os.environ["BENCH_DATABASE"], min_size=2, max_size=20, server_settings={"jit": "off"}
    )
    yield
    await reached.database.close()


app = FastAPI(lifespan=lifespan, openapi_url=None)


@app.get("/healthz")
async def health() -> Response:
    """It is there."""
    return Response("ok")


@app.post("/webhooks/telegram")
async def hear(request: Request) -> Response:
    """Check the secret, insert, notify, answer."""
    if request.headers.get("x-telegram-bot-api-secret-token") != SECRET:
        raise HTTPException(404)
    body = await request.body()
    told = orjson.loads(body)
    async with reached.database.acquire() as connection, connection.transaction():
        await connection.execute(
            KEEP, told["update_id"], told["message"]["chat"]["id"], body.decode()
        )
        await connection.execute("select pg_notify('telegram_update', '')")
    return Response("ok")

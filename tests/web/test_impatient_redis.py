"""A Redis that hangs holds no page up."""

import asyncio

import pytest
from redis.exceptions import RedisError

from jiema_app.web import impatient_redis
from jiema_app.web.impatient_redis import ImpatientRedis
from tests.support.polling import PATIENCE_S


async def test_what_hangs_is_given_up_and_then_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[asyncio.StreamWriter] = []

    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(writer)

    monkeypatch.setattr(impatient_redis, "PATIENCE_S", 0.2)
    monkeypatch.setattr(impatient_redis, "SHUN_S", 3_600.0)
    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    client = ImpatientRedis.from_url(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        async with asyncio.timeout(PATIENCE_S):
            with pytest.raises(RedisError, match="no answer"):
                await client.get("token")
            connections = len(asked)
            for _ in range(100):
                with pytest.raises(RedisError, match="left alone"):
                    await client.get("token")
        assert len(asked) == connections == 1
    finally:
        await client.aclose()
        for writer in asked:
            writer.close()
        server.close()
        await server.wait_closed()

"""The adapter over real connections, which break in ways that no stand-in does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from jiema_app.domain.orders.supplier import OutcomeUnknown, SupplierUnavailable
from jiema_app.integrations.supplier.handler_api import HandlerApiSupplier
from jiema_app.settings import SupplierSettings
from tests.services.supplier_peers import order
from tests.support.polling import PATIENCE_S

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
BODY = b'{"activationId":"1","phoneNumber":"6281234567890","activationCost":0.1}'


class Shop:
    """A server on loopback that counts the requests it read."""

    def __init__(self, behave: Serve) -> None:
        self.behave = behave
        self.requests = 0
        self.connections = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                self.requests += 1
                await self.behave(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def speaking_to(
    behave: Serve, **more: float
) -> AsyncIterator[tuple[HandlerApiSupplier, Shop]]:
    shop = Shop(behave)
    server = await asyncio.start_server(shop, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = SupplierSettings(requests_per_second=0, **more)  # type: ignore[arg-type]
    supplier = HandlerApiSupplier.connect(settings, f"http://127.0.0.1:{port}")
    try:
        yield supplier, shop
    finally:
        await supplier.aclose()
        server.close()
        await server.wait_closed()


async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY))
    await writer.drain()


async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()
    raise ConnectionResetError


async def stop_half_way(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY[:20]))
    await writer.drain()
    await hang_up(reader, writer)


async def answer_then_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await answer(reader, writer)
    await hang_up(reader, writer)


async def test_connections_are_kept_open() -> None:
    async with speaking_to(answer) as (supplier, shop):
        for _ in range(20):
            await supplier.buy_number(order())

        assert (shop.requests, shop.connections) == (20, 1)


async def test_many_purchases_go_at_once() -> None:
    async with speaking_to(answer) as (supplier, shop):
        await asyncio.gather(*(supplier.buy_number(order()) for _ in range(200)))

        assert shop.requests == 200
        assert shop.connections <= 64


@pytest.mark.parametrize("behave", [hang_up, stop_half_way])
async def test_a_purchase_whose_connection_breaks_is_unknown(behave: Serve) -> None:
    async with speaking_to(behave) as (supplier, shop):
        with pytest.raises(OutcomeUnknown):
            await supplier.buy_number(order())

        assert shop.requests == 1


async def test_a_connection_that_was_closed_in_between_is_replaced() -> None:
    async with speaking_to(answer_then_close) as (supplier, shop):
        for _ in range(3):
            await supplier.buy_number(order())
            await asyncio.sleep(0.01)

        assert (shop.requests, shop.connections) == (3, 3)


async def test_a_closed_door_is_unavailable() -> None:
    async with speaking_to(answer) as (supplier, _):
        pass

    with pytest.raises(SupplierUnavailable):
        await supplier.buy_number(order())
    await supplier.aclose()


async def test_an_answer_that_never_ends_is_given_up_in_the_middle_of_it() -> None:
    """Each byte comes soon after the last one, so that no time limit of a read would see it."""
    ended = asyncio.Event()

    async def trickle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        try:
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)
        finally:
            ended.set()

    async with speaking_to(trickle, read_timeout_s=0.3, purchase_timeout_s=0.3) as (supplier, _):
        async with asyncio.timeout(PATIENCE_S):
            with pytest.raises(OutcomeUnknown):
                await supplier.buy_number(order())
            with pytest.raises(SupplierUnavailable):
                await supplier.read_activation("1")
            # And whoever trickled is not left with a connection.
            await ended.wait()

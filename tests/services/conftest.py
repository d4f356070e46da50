"""What tests of several services begin with."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from jiema_app.settings import Settings
from tests.services.lying_nodes import Pair, open_pair
from tests.support.arrivals import Arrivals
from tests.support.messenger import ANN, BEN, CID, Messenger, open_messenger
from tests.support.shop import Customer, Shop, open_shop
from tests.support.two_suppliers import TwoSuppliers, open_two_suppliers


@pytest.fixture
async def arrivals(shop: Shop) -> Arrivals:
    """A shop that gives out wallets, and payments that come to them."""
    made = Arrivals(shop)
    await made.open_for_business()
    return made


@pytest.fixture
async def ann(shop: Shop) -> Customer:
    """Somebody who has nothing yet."""
    return await shop.customer(cents=0)


@pytest.fixture
async def odd_shop(database_address: str, settings: Settings) -> AsyncIterator[Shop]:
    """A shop in which money moves in ways that no posting of the product takes."""
    async with open_shop(database_address, settings) as shop:
        yield shop
        assert replace(await shop.verify(), strange=0).ok


@pytest.fixture
async def pair(shop: Shop) -> AsyncIterator[Pair]:
    """A shop that reads a liar first and an honest node second."""
    async with open_pair(shop) as opened:
        yield opened


@pytest.fixture
async def messenger(shop: Shop) -> AsyncIterator[Messenger]:
    """The sandbox's Telegram, where three people have started the bot."""
    async with open_messenger(shop) as opened:
        await opened.start(ANN, BEN, CID)
        yield opened


@pytest.fixture
async def two(database_address: str) -> AsyncIterator[TwoSuppliers]:
    """A shop that buys from two suppliers."""
    async with open_two_suppliers(database_address) as opened:
        yield opened

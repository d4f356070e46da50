"""What tests of several services begin with."""

import pytest

from tests.support.arrivals import Arrivals
from tests.support.shop import Customer, Shop


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

"""Fixtures of the tests of states."""

from collections.abc import AsyncIterator

import pytest

from tests.support.shop import Shop
from tests.support.visits import Pages, open_desk_of


@pytest.fixture
async def pages(shop: Shop) -> AsyncIterator[Pages]:
    """The open pages of the test, over the shop's services."""
    async with open_desk_of(shop) as pages:
        yield pages

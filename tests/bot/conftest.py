"""What tests of the private chat begin with."""

import pytest

from tests.support.phone import Chats, Phone
from tests.support.shop import Customer, Shop


@pytest.fixture
def chats(shop: Shop) -> Chats:
    """Phones that write to a shop."""
    return Chats(shop)


@pytest.fixture
async def ada(chats: Chats) -> Phone:
    """Somebody who has started the bot and has some money: the sandbox's welcome."""
    return await chats.start()


@pytest.fixture
async def ann(shop: Shop) -> Customer:
    """A customer of the web."""
    return await shop.customer()


@pytest.fixture
async def phone(ann: Customer, chats: Chats) -> Phone:
    """Ann's, on which the bot is started."""
    return await chats.known(ann)

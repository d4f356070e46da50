"""A withdrawal from the request to the final block, over the sandbox's chain."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.house import HOT, STRANGER, USDT, House, open_house
from tests.support.shop import Shop


@pytest.fixture
async def house(shop: Shop, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(shop, tmp_path) as opened:
        yield opened
        await opened.mine()
        await opened.compare()


async def test_what_was_approved_is_signed_sent_and_settled_to_the_micro(house: House) -> None:
    ann = await house.earner(50)
    asked = await house.ask(ann, 20)
    assert (asked.status, asked.fee, asked.net) == ("REQUESTED", 2 * USDT, 18 * USDT)
    assert await house.purse(ann) == (30 * USDT, 20 * USDT)
    before = await house.balance(STRANGER), await house.balance(HOT)

    await house.approve(asked)
    assert await house.signer.turn()
    sent = await house.show(asked.id)
    assert sent.status == "BROADCAST", sent
    await house.mine()
    await house.signer.turn()
    done = await house.show(asked.id)
    assert done.status == "SETTLED"
    assert done.txid is not None
    assert await house.balance(STRANGER) == before[0] + 18 * USDT
    assert await house.balance(HOT) == before[1] - 18 * USDT
    assert await house.purse(ann) == (30 * USDT, 0)

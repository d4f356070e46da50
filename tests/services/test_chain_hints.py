"""What one node says of blocks that are not final yet: a hint, and never trouble for good."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from jiema_app.domain.chain.sightings import Sightings
from tests.services.lying_nodes import Answer, Pair, honest
from tests.support.arrivals import TEN
from tests.support.polling import PATIENCE_S
from tests.support.shop import Customer, Shop


def youngest(number: int) -> Callable[[str, Any, Answer], Answer]:
    def lie(path: str, _asked: Any, told: Answer) -> Answer:
        if path.endswith("wallet/getnowblock"):
            told["block_header"]["raw_data"]["number"] = number
        return told

    return lie


@pytest.mark.parametrize("number", [5, 2**50])
async def test_hints_go_on_after_a_youngest_block_that_one_node_invented(
    pair: Pair, shop: Shop, ann: Customer, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """They did not while anybody waited: far ahead is nothing, and far behind is all of history."""
    reader = pair.reader
    opened = await reader.open(ann)
    await reader.peer.mine(600)
    sightings = Sightings(shop.services.database, reader.peer.chain)
    pair.liar.lie = youngest(number)
    await sightings.run()
    pair.liar.lie = lambda _path, _asked, told: told
    monkeypatch.setattr("jiema_app.domain.chain.sightings.PAUSE_MAX_S", 0.2)
    async with asyncio.timeout(PATIENCE_S):
        for _ in range(3):
            await sightings.run()
            await asyncio.sleep(0.1)
    await reader.peer.pay("10", to=opened.address, mine=True)
    await sightings.run()
    seen = await shop.fetchval("select seen_micro from recharges where id = $1", opened.id)
    assert seen == TEN


async def test_a_youngest_block_beyond_all_numbers_hides_no_recharge(
    pair: Pair, shop: Shop, ann: Customer
) -> None:
    """It did: so many confirmations were no number, and the whole list could not be shown."""
    reader = pair.reader
    opened = await reader.open(ann)
    await reader.peer.pay("10", to=opened.address, mine=True)
    await Sightings(shop.services.database, reader.peer.chain).run()
    await reader.peer.mine()
    pair.liar.lie = youngest(2**50)
    await Sightings(shop.services.database, reader.peer.chain).run()
    shown = await shop.services.recharges.get(ann.id, opened.id)
    assert (shown.seen_micro, shown.confirmations) == (TEN, 1000)


async def test_what_was_seen_in_an_invented_block_is_not_shown_for_good(
    pair: Pair, shop: Shop, ann: Customer
) -> None:
    """It was, until the recharge closed: no final block ever came there."""
    reader = pair.reader
    opened = await reader.open(ann)
    await reader.peer.pay("10", to=opened.address, mine=True)
    for number, expected in ((2**50, TEN), (None, None)):
        pair.liar.lie = youngest(number) if number else honest
        await Sightings(shop.services.database, reader.peer.chain).run()
        shown = await shop.services.recharges.get(ann.id, opened.id)
        assert shown.seen_micro == expected
        await reader.peer.mine()

"""The channel as its readers see it: announcements and digests, at the sandbox's Bot API."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from jiema_app.domain.announcements.looking import ChannelDigests
from jiema_app.domain.announcements.rules import DigestRules
from jiema_app.domain.announcements.service import AnnouncementState
from sandbox.telegram.world import CHANNEL
from tests.support.helpdesk import ANN, Helpdesk, open_helpdesk
from tests.support.shop import Shop

TEXTS = {"en": "We moved", "zh": "我们搬家了"}


@pytest.fixture
async def helpdesk(shop: Shop) -> AsyncIterator[Helpdesk]:
    async with open_helpdesk(shop) as opened:
        known = shop.services.live_catalog.current
        yield opened
        shop.services.live_catalog.current = known


async def posts(helpdesk: Helpdesk) -> list[dict[str, Any]]:
    return [one for one in await helpdesk.chat(CHANNEL) if one["text"]]


async def test_an_announcement_is_posted_edited_and_taken_back(helpdesk: Helpdesk) -> None:
    announcements = helpdesk.shop.services.channel.announcements
    made = await announcements.post(TEXTS, actor="command-line")
    await helpdesk.work()
    (post,) = await posts(helpdesk)
    assert post["text"] == "We moved"
    await announcements.edit(made.id, {"en": "We moved on"}, actor="command-line")
    await helpdesk.work()
    assert [one["text"] for one in await posts(helpdesk)] == ["We moved on"]
    assert (await announcements.find(made.id)).state is AnnouncementState.POSTED
    await announcements.withdraw(made.id, actor="command-line")
    await helpdesk.work()
    assert await posts(helpdesk) == []


async def test_a_button_of_a_post_leads_to_its_words_in_another_language(
    helpdesk: Helpdesk,
) -> None:
    made = await helpdesk.shop.services.channel.announcements.post(TEXTS, actor="command-line")
    await helpdesk.work()
    (post,) = await posts(helpdesk)
    (url,) = [b["url"] for row in post["buttons"] for b in row if b["text"] == "中文"]
    await helpdesk.write(ANN, f"/start {url.partition('?start=')[2]}")
    assert (await helpdesk.seen_by(ANN))[-1] == "我们搬家了"
    await helpdesk.write(ANN, f"/start news-{made.id}-xx")
    assert "Welcome" in (await helpdesk.seen_by(ANN))[-1]


async def test_a_post_whose_end_nobody_knows_is_parked_and_not_made_again(
    helpdesk: Helpdesk,
) -> None:
    helpdesk.fault("drop_after", "sendMessage")
    announcements = helpdesk.shop.services.channel.announcements
    made = await announcements.post(TEXTS, actor="command-line")
    await helpdesk.work()
    await helpdesk.work()
    assert len(await posts(helpdesk)) == 1
    assert (await announcements.find(made.id)).state is AnnouncementState.PARKED


async def test_five_price_changes_are_one_post_which_is_edited_while_it_is_young(
    helpdesk: Helpdesk,
) -> None:
    services, clock = helpdesk.shop.services, helpdesk.clock
    digests = ChannelDigests(
        services.database, clock, services.live_catalog, DigestRules(10, 12), str(CHANNEL)
    )
    await digests.run()

    async def change(factor: float, first: int, last: int) -> None:
        await helpdesk.shop.execute(
            "update offers set cost_micro = cost_micro * $1::float where service_code = 'tg' "
            "and country_id in (select country_id from offers where service_code = 'tg' "
            "and count > 0 order by country_id offset $2 limit $3)",
            factor,
            first,
            last - first,
        )
        await services.live_catalog.reload()
        await digests.run()
        clock.move(61)
        await digests.run()
        await helpdesk.work()

    await change(0.5, 0, 5)
    (post,) = await posts(helpdesk)
    assert post["text"].count("•") == 5
    assert "Lower prices" in post["text"]
    await change(2.0, 5, 6)
    (edited,) = await posts(helpdesk)
    assert edited["messageId"] == post["messageId"]
    assert "Higher prices" in edited["text"]
    assert edited["text"].count("•") == 6

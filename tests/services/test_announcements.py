"""Announcements: written by administrators, posted once, edited, withdrawn."""

from datetime import timedelta
from typing import Any

import pytest

from jiema_app.bot.composition import channel_renderers, channel_settled, channel_views
from jiema_app.domain.announcements.service import (
    ANNOUNCEMENT_KIND,
    TEXT_MAX,
    WITHDRAWAL_KIND,
    Announcement,
    AnnouncementState,
)
from jiema_app.domain.errors import BadRequest, Forbidden, NotFound, NotOpen
from jiema_app.domain.notifications.transport import ClaimedDelivery, Outcome, Refused, Sent
from jiema_app.domain.telegram.calls import TelegramCall
from tests.support.shop import Shop

TEXTS = {"en": "News\nWe sell <numbers> & more.", "zh": "新闻\n我们出售号码"}


async def post(shop: Shop, **how: Any) -> Announcement:
    texts = how.pop("texts", TEXTS)
    return await shop.services.channel.announcements.post(texts, actor="command-line", **how)


async def claimed(shop: Shop, key: str) -> ClaimedDelivery:
    row = await shop.fetchrow(
        "select id, transport, recipient, kind, key, subject_id, payload, priority, attempts, "
        "revision, message_id, created_at from deliveries where key = $1",
        key,
    )
    return ClaimedDelivery(**dict(row))


async def rendered(shop: Shop, key: str) -> TelegramCall | None:
    delivery = await claimed(shop, key)
    call = await channel_renderers(shop.services)[delivery.kind](delivery)
    assert call is None or isinstance(call, TelegramCall)
    return call


async def settle(shop: Shop, key: str, outcome: Outcome) -> None:
    """Have a delivery end, as its sender would."""
    delivery = await claimed(shop, key)
    number = outcome.message_id if isinstance(outcome, Sent) else None
    state = "SENT" if isinstance(outcome, Sent) else "FAILED"
    await shop.execute(
        "update deliveries set state = $2, settled_at = now(), sent_revision = "
        "case when $2 = 'SENT' then revision else sent_revision end, "
        "message_id = coalesce(message_id, $3) where key = $1",
        key,
        state,
        number,
    )
    async with shop.services.database.transaction() as connection:
        await channel_settled(shop.services)[delivery.kind](connection, delivery, outcome, None)


async def test_an_announcement_is_one_delivery_with_buttons_to_its_other_languages(
    shop: Shop,
) -> None:
    made = await post(shop)
    assert made.state is AnnouncementState.QUEUED
    call = await rendered(shop, f"announcement:{made.id}")
    assert call is not None
    assert call.arguments["text"] == "<b>News</b>\nWe sell &lt;numbers&gt; &amp; more."
    (languages, last) = call.arguments["reply_markup"]["inline_keyboard"]
    assert languages == [
        {"text": "中文", "url": f"https://t.me/jiema_my_bot?start=news-{made.id}-zh"}
    ]
    assert last[0]["url"] == "https://t.me/jiema_my_bot?startapp=channel"


async def test_without_other_languages_buttons_lead_to_the_site_in_them(shop: Shop) -> None:
    made = await post(shop, texts={"en": "One line"})
    call = channel_views(shop.services).post(made)
    assert call.arguments["text"] == "One line"
    urls = [
        button["url"] for row in call.arguments["reply_markup"]["inline_keyboard"] for button in row
    ]
    assert f"{shop.settings.origin}/zh/browse" in urls
    assert not any("web_app" in str(row) for row in call.arguments["reply_markup"].values())


async def test_the_bot_says_a_posted_announcement_in_the_language_of_the_link(shop: Shop) -> None:
    made = await post(shop)
    views = channel_views(shop.services)
    assert await views.read(f"news-{made.id}-zh") is None  # not posted yet
    await settle(shop, f"announcement:{made.id}", Sent(77))
    assert await views.read(f"news-{made.id}-zh") == "<b>新闻</b>\n我们出售号码"
    assert (
        await views.read(f"news-{made.id}-de") == "<b>News</b>\nWe sell &lt;numbers&gt; &amp; more."
    )
    for odd in ("news", "news-x-en", f"news-{made.id}-xx", f"old-{made.id}-en", "-" * 500, "\0-\0"):
        assert await views.read(odd) is None


@pytest.mark.parametrize(
    "texts",
    [
        {},
        {"zh": "新闻"},
        {"en": ""},
        {"en": " \n "},
        {"en": "x" * (TEXT_MAX + 1)},
        {"en": "News", "xx": "News"},
    ],
)
async def test_what_cannot_be_announced_is_refused(shop: Shop, texts: dict[str, str]) -> None:
    with pytest.raises(BadRequest):
        await post(shop, texts=texts)


async def test_who_is_no_administrator_announces_nothing(shop: Shop) -> None:
    somebody = await shop.customer()
    announcements = shop.services.channel.announcements
    with pytest.raises(Forbidden):
        await announcements.post(TEXTS, actor=somebody.id)
    made = await post(shop)
    for act in (
        announcements.edit(made.id, TEXTS, actor=somebody.id),
        announcements.withdraw(made.id, actor=somebody.id),
    ):
        with pytest.raises(Forbidden):
            await act
    assert (await announcements.find(made.id)).revision == 1


async def test_who_announces_is_written_down(shop: Shop) -> None:
    admin = await shop.customer()
    await shop.services.identity.grant(admin.id, "admin", actor="test")
    made = await shop.services.channel.announcements.post(TEXTS, actor=admin.id)
    row = await shop.fetchrow(
        "select actor, subject_id from audit_records where action = 'announcement.post'"
    )
    assert tuple(row) == (admin.id, made.id)


async def test_the_same_is_not_announced_twice_by_accident(shop: Shop) -> None:
    await post(shop)
    with pytest.raises(NotOpen):
        await post(shop)
    await post(shop, again=True)
    assert await shop.fetchval("select count(*) from deliveries") == 2


async def test_a_planned_one_waits_and_may_be_edited_meanwhile(shop: Shop) -> None:
    at = shop.services.clock.now() + timedelta(days=2)
    made = await post(shop, publish_at=at)
    assert made.state is AnnouncementState.SCHEDULED
    await shop.services.channel.announcements.edit(
        made.id, {"en": "Otherwise"}, actor="command-line"
    )
    key = f"announcement:{made.id}"
    assert await shop.fetchval("select not_before from deliveries where key = $1", key) == at
    call = await rendered(shop, key)
    assert call is not None
    assert call.arguments["text"] == "Otherwise"
    with pytest.raises(BadRequest):
        await post(shop, texts={"en": "Far"}, publish_at=at + timedelta(days=400))


async def test_one_that_was_withdrawn_in_time_is_never_posted(shop: Shop) -> None:
    made = await post(shop, publish_at=shop.services.clock.now() + timedelta(days=2))
    gone = await shop.services.channel.announcements.withdraw(made.id, actor="command-line")
    assert gone.state is AnnouncementState.WITHDRAWN
    assert await rendered(shop, f"announcement:{made.id}") is None
    with pytest.raises(NotOpen):
        await shop.services.channel.announcements.edit(made.id, TEXTS, actor="command-line")


async def test_a_post_that_is_withdrawn_is_deleted(shop: Shop) -> None:
    made = await post(shop)
    await settle(shop, f"announcement:{made.id}", Sent(77))
    announcements = shop.services.channel.announcements
    assert (await announcements.find(made.id)).state is AnnouncementState.POSTED
    await announcements.withdraw(made.id, actor="command-line")
    await announcements.withdraw(made.id, actor="command-line")
    call = await rendered(shop, f"announcement:{made.id}:withdrawn")
    assert call == TelegramCall("deleteMessage", {"message_id": 77})
    kinds = await shop.fetchval("select array_agg(kind order by id) from deliveries")
    assert kinds == [ANNOUNCEMENT_KIND, WITHDRAWAL_KIND]


async def test_a_post_that_telegram_does_not_delete_any_more_says_that_it_was_withdrawn(
    shop: Shop,
) -> None:
    made = await post(shop)
    key = f"announcement:{made.id}"
    await settle(shop, key, Sent(77))
    await shop.services.channel.announcements.withdraw(made.id, actor="command-line")
    await settle(shop, f"{key}:withdrawn", Refused("message can't be deleted"))
    assert await shop.fetchval("select state from deliveries where key = $1", key) == "QUEUED"
    call = await rendered(shop, key)
    assert call is not None
    assert call.arguments["text"] == "This announcement was withdrawn."


async def test_one_that_was_withdrawn_while_it_was_being_posted_is_deleted_again(
    shop: Shop,
) -> None:
    made = await post(shop)
    await shop.services.channel.announcements.withdraw(made.id, actor="command-line")
    await settle(shop, f"announcement:{made.id}", Sent(78))
    call = await rendered(shop, f"announcement:{made.id}:withdrawn")
    assert call == TelegramCall("deleteMessage", {"message_id": 78})


async def test_an_old_one_whose_delivery_is_forgotten_is_not_posted_again(shop: Shop) -> None:
    made = await post(shop)
    await settle(shop, f"announcement:{made.id}", Sent(77))
    await shop.execute("delete from deliveries")
    announcements = shop.services.channel.announcements
    with pytest.raises(NotOpen):
        await announcements.edit(made.id, TEXTS, actor="command-line")
    await announcements.withdraw(made.id, actor="command-line")
    await settle(shop, f"announcement:{made.id}:withdrawn", Refused("too old"))
    assert await shop.fetchval("select count(*) from deliveries") == 1


async def test_what_is_parked_is_shown_as_such(shop: Shop) -> None:
    made = await post(shop)
    await shop.execute("update deliveries set state = 'UNKNOWN', settled_at = now()")
    found = await shop.services.channel.announcements.find(made.id)
    assert found.state is AnnouncementState.PARKED
    with pytest.raises(NotFound):
        await shop.services.channel.announcements.find("nothing")

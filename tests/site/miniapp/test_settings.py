"""What somebody chooses for the bot's chat in the Mini App's settings: the bot's own choices."""

from typing import Any

import pytest

from jiema_app.site.miniapp.settings_state import MiniSettings
from tests.support.phone import Chats, Phone
from tests.support.shop import Customer, Shop
from tests.support.visits import Pages, sign_in

CHAT = "select * from telegram_chats"


@pytest.fixture
async def ann(shop: Shop) -> Customer:
    return await shop.customer()


@pytest.fixture
async def phone(shop: Shop, ann: Customer) -> Phone:
    return await Chats(shop).known(ann)


async def open_view(shop: Shop, pages: Pages, who: Customer) -> Any:
    return await (await sign_in(shop, pages, who.id)).open(MiniSettings, "/en/account")


async def test_kinds_of_notices_are_those_of_the_bot(
    shop: Shop, pages: Pages, ann: Customer, phone: Phone
) -> None:
    await phone.say("/settings")
    await phone.press("🔔 Orders")
    view = await open_view(shop, pages, ann)
    assert (view.is_open, view.orders, view.money) == (True, False, True)
    await view.choose_kind("money", is_wanted=False)
    await view.choose_kind("orders", is_wanted=True)
    assert (view.orders, view.money) == (True, False)
    for odd in ("", "mode", "x" * 10_000):
        await view.choose_kind(odd, is_wanted=True)
    row = await shop.fetchrow(CHAT)
    assert (row["notify_orders"], row["notify_money"], row["mode"]) == (True, False, None)
    shown = await phone.say("/settings")
    assert shown.button("🔕 Top-ups")


async def test_quiet_hours_are_by_the_clock_of_the_device(
    shop: Shop, pages: Pages, ann: Customer, phone: Phone
) -> None:
    view = await open_view(shop, pages, ann)
    assert (view.hours, view.quiet) == ("0", "Quiet hours: none")
    await view.choose_hours({"hours": "1", "offset": "-210"})
    assert (view.hours, view.quiet) == ("1", "Quiet hours: 22:00 to 08:00, UTC-3:30")
    assert "22:00 to 08:00, UTC-3:30" in (await phone.say("/settings")).text
    await view.choose_hours({"hours": "0", "offset": "480"})
    assert (view.hours, view.quiet) == ("0", "Quiet hours: none")


@pytest.mark.parametrize("odd", ["", "x", "--5", "1e3", "99999", "٣", "9" * 10_000, "-841"])
async def test_a_clock_that_is_none_leaves_the_one_that_was(
    shop: Shop, pages: Pages, ann: Customer, phone: Phone, odd: str
) -> None:
    del phone
    view = await open_view(shop, pages, ann)
    await view.choose_hours({"hours": "2", "offset": "480"})
    await view.choose_hours({"hours": "1", "offset": odd})
    row = await shop.fetchrow(CHAT)
    assert (row["quiet_from"], row["utc_offset_minutes"]) == (22 * 60, 480)
    for hours in ("", "9", "x" * 10_000):
        await view.choose_hours({"hours": hours, "offset": "0"})
    assert (await shop.fetchrow(CHAT))["utc_offset_minutes"] == 480


async def test_hours_that_are_not_offered_are_shown_and_kept(
    shop: Shop, pages: Pages, ann: Customer, phone: Phone
) -> None:
    del phone
    await shop.execute("update telegram_chats set quiet_from = 60, quiet_until = 120")
    view = await open_view(shop, pages, ann)
    assert (view.hours, view.quiet) == ("", "Quiet hours: 01:00 to 02:00, UTC+0")


async def test_without_a_chat_there_is_nothing_to_choose(
    shop: Shop, pages: Pages, ann: Customer, phone: Phone
) -> None:
    del phone
    await shop.execute("update telegram_chats set state = 'BLOCKED'")
    assert (await open_view(shop, pages, ann)).is_open is False
    await shop.execute("delete from telegram_chats")
    view = await open_view(shop, pages, ann)
    assert view.is_open is False
    await view.choose_kind("money", is_wanted=False)
    assert "doesn't exist" in view.notice

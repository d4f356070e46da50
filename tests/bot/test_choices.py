"""What people choose for their chat: the language, notices, quiet hours."""

import pytest

from jiema_app.i18n.locale_list import LOCALES, NATIVE_NAMES, locale_named
from tests.support.phone import Chats, Phone
from tests.support.shop import Shop

CHAT = "select * from telegram_chats where telegram_id = 700"


async def test_a_language_is_the_account_s_wherever_it_is_chosen(
    shop: Shop, chats: Chats, ada: Phone
) -> None:
    await ada.say("/language")
    assert len(ada.last.labels) == len(LOCALES)
    await ada.press(NATIVE_NAMES["de"])
    user = await chats.user_of(ada)
    assert (await shop.services.identity.get_account(user)).lang == "de"
    assert NATIVE_NAMES["de"] in ada.last.text
    await shop.services.identity.set_lang(user, "ja")
    assert any("lang=de" in str(button.get("web_app")) for button in ada.last.buttons)
    await ada.say("/start")
    assert any("lang=ja" in str(button.get("web_app")) for button in ada.last.buttons)


@pytest.mark.parametrize(
    ("tag", "locale"),
    [("pt-br", "pt"), ("zh-hans", "zh"), ("fil", "tl"), ("EN_us", "en"), ("xx", None), ("", None)],
)
def test_a_language_of_an_app_is_one_of_ours_or_none(tag: str, locale: str | None) -> None:
    assert locale_named(tag) == locale
    assert locale_named(tag + "-" * 10_000) in {locale, None}


async def test_somebody_whose_app_speaks_nothing_of_ours_reads_english(chats: Chats) -> None:
    for number, language in ((1, None), (2, "xx"), (3, "x" * 500)):
        phone = await chats.start(number, language=language)
        assert "Welcome to jiema.my" in phone.last.text


async def test_kinds_of_notices_are_turned_off_and_on(shop: Shop, ada: Phone) -> None:
    await ada.say("/settings")
    for label, column in (("Orders", "orders"), ("Top-ups", "money")):
        await ada.press(f"🔔 {label}")
        assert not (await shop.fetchrow(CHAT))[f"notify_{column}"]
        await ada.press(f"🔕 {label}")
        assert (await shop.fetchrow(CHAT))[f"notify_{column}"]


async def test_no_switch_is_shown_that_nothing_goes_by(ada: Phone) -> None:
    settings = await ada.say("/settings")
    assert sum("🔔" in label for label in settings.labels) == 2


async def test_quiet_hours_are_those_of_their_own_clock(shop: Shop, ada: Phone) -> None:
    await ada.say("/settings")
    await ada.press("Quiet hours")
    await ada.press("23:00")
    await ada.press("Your clock")
    await ada.press("(UTC+8)" if "(UTC+8)" in ada.last.labels else ada.last.labels[20])
    row = await shop.fetchrow(CHAT)
    assert (row["quiet_from"], row["quiet_until"]) == (23 * 60, 7 * 60)
    assert row["utc_offset_minutes"] != 0
    assert "Quiet hours: 23:00 to 07:00" in ada.last.text
    await ada.press("Quiet hours")
    await ada.press("Never")
    assert (await shop.fetchrow(CHAT))["quiet_from"] is None


async def test_writing_to_the_team_is_left_again(ada: Phone) -> None:
    assert "There's nothing to cancel" in (await ada.say("/cancel")).text
    assert (await ada.say("/support")).text

"""Starting the bot, asking for help, and what it does not understand."""

from typing import Any

import pytest

from tests.support.phone import Chats, Phone
from tests.support.shop import Shop


async def test_start_greets_and_opens_the_app(ada: Phone) -> None:
    assert "Welcome to jiema.my" in ada.last.text
    assert ada.last.button("Open the app")["web_app"]["url"].endswith("/tg?lang=en")


async def test_start_makes_one_account_in_the_language_of_the_app(shop: Shop, chats: Chats) -> None:
    phone = await chats.start(language="zh-hans")
    await phone.say("/start")
    assert await shop.fetchval("select count(*) from identities where subject = '700'") == 1
    lang = await shop.fetchval("select lang from users where id = $1", await chats.user_of(phone))
    assert lang == "zh"


async def test_a_newcomer_by_a_personal_link_is_invited_and_told_to_the_app(
    shop: Shop, chats: Chats
) -> None:
    ann = await shop.customer()
    code = (await shop.services.invites.read(ann.id, days=1)).code
    phone = Phone(shop, 700)
    await phone.say(f"/start {code}")
    source = await shop.fetchval(
        "select source from referrals where user_id = $1", await chats.user_of(phone)
    )
    assert source == "BOT"
    assert f"ref={code}" in phone.last.button("Open the app")["web_app"]["url"]


async def test_who_is_there_already_is_never_invited(shop: Shop, chats: Chats, ada: Phone) -> None:
    ann = await shop.customer()
    code = (await shop.services.invites.read(ann.id, days=1)).code
    await ada.say(f"/start {code}")
    assert await shop.fetchval("select count(*) from referrals") == 0


async def test_an_update_that_is_handled_again_says_nothing_twice(ada: Phone) -> None:
    told = ada.message(text="/help")
    seen = len(ada.chat)
    for _ in range(3):
        await ada.tell("message", told, update_id=77)
    assert len(ada.chat) == seen + 1


@pytest.mark.parametrize("text", ["/nonsense", "/", "/help@other_bot", "/" + "x" * 4000])
async def test_unknown_commands_are_told_kindly_or_passed_over(ada: Phone, text: str) -> None:
    seen = len(ada.chat)
    await ada.say(text)
    if "@" in text:
        assert len(ada.chat) == seen
    else:
        assert "I don't know that command" in ada.last.text


async def test_help_names_every_command(ada: Phone) -> None:
    await ada.say("/help")
    for command in ("/buy", "/orders", "/balance", "/topup", "/invite", "/language", "/support"):
        assert command in ada.last.text


async def test_a_picture_is_answered_with_the_way_to_support(ada: Phone) -> None:
    await ada.tell("message", ada.message(photo=[]))
    assert "Contact support" in ada.last.labels


async def test_somebody_who_is_blocked_is_told_so(shop: Shop, chats: Chats, ada: Phone) -> None:
    await shop.services.identity.ban(await chats.user_of(ada), actor="test", reason="for a test")
    await ada.say("/buy telegram")
    assert "We can't serve this account" in (await ada.say("/balance")).text
    assert "How it works" in (await ada.say("/help")).text


async def test_blocking_and_coming_back_are_noticed(shop: Shop, ada: Phone) -> None:
    state = "select state from telegram_chats where telegram_id = 700"
    for status, expected in (("kicked", "BLOCKED"), ("member", "OPEN")):
        member: dict[str, Any] = {
            "user": {"id": 1, "is_bot": True, "first_name": "b"},
            "status": status,
        }
        if status == "kicked":
            member["until_date"] = 0
        change = {
            "chat": {"id": 700, "type": "private"},
            "from": ada.person,
            "date": 1,
            "old_chat_member": member,
            "new_chat_member": member,
        }
        await ada.tell("my_chat_member", change, look=False)
        assert await shop.fetchval(state) == expected

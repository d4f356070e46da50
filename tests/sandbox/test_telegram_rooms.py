"""Telegram's stand-in: who can be written to, groups, topics, the channel, files, the profile."""

import base64
from typing import Any

import pytest
from aiogram.types import ChatMemberAdministrator

from sandbox.telegram.world import ADMINISTRATOR, BOT_ID, CHANNEL, SUPPORT_GROUP
from tests.sandbox.telegram_bot import ADA, BAO, Bot

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg=="
)


async def refused(bot: Bot, chat: Any, **more: Any) -> str:
    return await bot.refusal("sendMessage", chat_id=chat, text="x", **more)


async def test_a_stranger_cannot_be_written_to(bot: Bot) -> None:
    assert await refused(bot, ADA) == "Bad Request: chat not found"
    # Whoever opened the Mini App is known, and has not begun a conversation.
    await bot.control("init-data", userId=ADA)
    assert await refused(bot, ADA) == "Forbidden: bot can't initiate conversation with a user"
    await bot.write(ADA, "/start")
    assert (await bot.call("sendMessage", chat_id=ADA, text="x"))["chat"]["id"] == ADA


async def test_who_blocks_the_bot_is_told_of_and_gone_until_they_return(bot: Bot) -> None:
    await bot.write(ADA, "/start")
    await bot.updates()
    await bot.control("block", user=ADA)
    assert await refused(bot, ADA) == "Forbidden: bot was blocked by the user"
    silenced = await bot.http.post("/control/telegram/message", json={"from": ADA, "text": "hi"})
    assert (silenced.status_code, silenced.json()["code"]) == (409, "BLOCKED")
    await bot.write(ADA, "/start")  # the client's button "Restart"
    await bot.call("sendMessage", chat_id=ADA, text="welcome back")
    blocked, back, began = await bot.updates()
    assert blocked["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert back["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert began["message"]["text"] == "/start"


async def test_a_deleted_chat_and_a_deleted_account(bot: Bot) -> None:
    await bot.write(ADA, "/start")
    sent = await bot.call("sendMessage", chat_id=ADA, text="x")
    assert (await bot.control("delete-chat", user=ADA))["deleted"] == 2
    place = {"chat_id": ADA, "message_id": sent["message_id"]}
    assert await bot.refusal("editMessageText", **place, text="y") == (
        "Bad Request: message to edit not found"
    )
    await bot.control("deactivate", user=ADA)
    assert await refused(bot, ADA) == "Forbidden: user is deactivated"


async def test_topics_open_close_and_vanish(bot: Bot) -> None:
    topic = await bot.call("createForumTopic", chat_id=SUPPORT_GROUP, name="Ada 4711")
    thread = topic["message_thread_id"]
    place = {"chat_id": SUPPORT_GROUP, "message_thread_id": thread}
    sent = await bot.call("sendMessage", **place, text="hello")
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (thread, True)
    # As in every message of a topic, the one that opened it is answered.
    assert sent["reply_to_message"]["forum_topic_created"]["name"] == "Ada 4711"
    await bot.updates()
    theirs = await bot.write(ADMINISTRATOR, "shipped", chat=SUPPORT_GROUP, thread=thread)
    assert theirs["message"]["message_thread_id"] == thread
    (update,) = await bot.updates()
    assert update["message"]["from"]["id"] == ADMINISTRATOR
    assert await bot.call("editForumTopic", **place, name="Ada, urgent") is True
    assert await bot.refusal("editForumTopic", **place, name="Ada, urgent") == (
        "Bad Request: TOPIC_NOT_MODIFIED"
    )
    assert await bot.call("closeForumTopic", **place) is True
    assert await bot.refusal("closeForumTopic", **place) == "Bad Request: TOPIC_NOT_MODIFIED"
    assert await bot.call("reopenForumTopic", **place) is True
    (shown,) = (await bot.chat(SUPPORT_GROUP))["topics"]
    assert shown == {"thread": thread, "name": "Ada, urgent", "closed": False, "deleted": False}
    await bot.control("topic/remove", chat=SUPPORT_GROUP, thread=thread)
    words = await bot.refusal("sendMessage", **place, text="x")
    assert words == "Bad Request: message thread not found"
    await bot.control("topic/remove", chat=SUPPORT_GROUP, thread=thread, words="TOPIC_DELETED")
    assert await bot.refusal("sendMessage", **place, text="x") == "Bad Request: TOPIC_DELETED"


async def test_the_bot_hears_of_what_it_changes_itself(bot: Bot) -> None:
    thread = (await bot.call("createForumTopic", chat_id=SUPPORT_GROUP, name="Ada"))[
        "message_thread_id"
    ]
    place = {"chat_id": SUPPORT_GROUP, "message_thread_id": thread}
    sent = await bot.call("sendMessage", **place, text="at the top")
    await bot.call("pinChatMessage", chat_id=SUPPORT_GROUP, message_id=sent["message_id"])
    await bot.call("editForumTopic", **place, name="Ada, urgent")
    await bot.call("closeForumTopic", **place)
    await bot.call("reopenForumTopic", **place)
    await bot.call("setChatTitle", chat_id=SUPPORT_GROUP, title="Desk")
    told = [one["message"] for one in await bot.updates()]
    kinds = (
        "forum_topic_created", "pinned_message", "forum_topic_edited", "forum_topic_closed",
        "forum_topic_reopened", "new_chat_title",
    )  # fmt: skip
    assert [next(kind for kind in kinds if kind in one) for one in told] == list(kinds)
    assert {one["from"]["id"] for one in told} == {BOT_ID}
    assert [one.get("message_thread_id") for one in told] == [*([thread] * 5), None]
    assert told[1]["pinned_message"]["text"] == "at the top"
    assert "reply_to_message" not in told[1]["pinned_message"]
    assert told[-1]["chat"]["title"] == told[-1]["new_chat_title"] == "Desk"
    post = await bot.call("sendMessage", chat_id=CHANNEL, text="news")
    await bot.call("pinChatMessage", chat_id=CHANNEL, message_id=post["message_id"])
    (update,) = await bot.updates()
    assert update["channel_post"]["pinned_message"]["message_id"] == post["message_id"]


async def test_only_forums_have_topics(bot: Bot) -> None:
    said = await bot.refusal("createForumTopic", chat_id=CHANNEL, name="x")
    assert said == "Bad Request: the chat is not a forum"
    made = await bot.control("topic", chat=SUPPORT_GROUP, name="By hand")
    await bot.call("sendMessage", chat_id=SUPPORT_GROUP, message_thread_id=made["thread"], text="x")


@pytest.mark.parametrize(
    ("chat", "order", "words"),
    [
        (SUPPORT_GROUP, {"status": "kicked"}, "Forbidden: bot was kicked from the supergroup chat"),
        (SUPPORT_GROUP, {"status": "left"}, "Forbidden: bot is not a member of the supergroup chat"),
        (SUPPORT_GROUP, {"status": "restricted"}, "Bad Request: not enough rights to send text messages to the chat"),
        (CHANNEL, {"status": "kicked"}, "Forbidden: bot was kicked from the channel chat"),
        (CHANNEL, {"rights": {"can_post_messages": False}}, "Bad Request: need administrator rights in the channel chat"),
    ],
)  # fmt: skip
async def test_a_bot_without_its_rights(
    bot: Bot, chat: int, order: dict[str, Any], words: str
) -> None:
    await bot.control("rights", chat=chat, **order)
    assert await refused(bot, chat) == words
    (update,) = await bot.updates()
    assert update["my_chat_member"]["chat"]["id"] == chat
    await bot.control(
        "rights", chat=chat, rights={"can_post_messages": True} if chat == CHANNEL else {}
    )
    await bot.call("sendMessage", chat_id=chat, text="again")


async def test_rights_are_read_back_and_needed(bot: Bot) -> None:
    await bot.control("rights", chat=SUPPORT_GROUP, rights={"can_manage_topics": False})
    standing = await bot.call("getChatMember", chat_id=SUPPORT_GROUP, user_id=BOT_ID)
    assert (standing["status"], standing["can_manage_topics"]) == ("administrator", False)
    assert standing["can_delete_messages"] is True
    said = await bot.refusal("createForumTopic", chat_id=SUPPORT_GROUP, name="x")
    assert said == "Bad Request: not enough rights to create a topic"
    odd = {"chat": SUPPORT_GROUP, "rights": {"can_fly": True}}
    answer = await bot.http.post("/control/telegram/rights", json=odd)
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_RIGHT")


async def test_without_rights_a_group_is_heard_only_when_it_speaks_to_the_bot(bot: Bot) -> None:
    await bot.control("rights", chat=SUPPORT_GROUP, status="member")
    await bot.updates()
    for text in ("among us", "/help", "ask @jiema_my_bot"):
        await bot.write(ADMINISTRATOR, text, chat=SUPPORT_GROUP)
    assert [one["message"]["text"] for one in await bot.updates()] == [
        "/help", "ask @jiema_my_bot",
    ]  # fmt: skip


async def test_a_group_that_becomes_a_supergroup_says_where_it_went(bot: Bot) -> None:
    group = (await bot.control("group", title="Old group"))["chat"]
    await bot.call("sendMessage", chat_id=group, text="x")
    await bot.updates()
    new = (await bot.control("migrate", chat=group))["newChat"]
    body = (await bot.ask("sendMessage", chat_id=group, text="x")).json()
    assert body == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": new},
    }
    await bot.call("sendMessage", chat_id=new, text="x")
    told = [one["message"] for one in await bot.updates()]
    assert [(one["chat"]["id"], one.get("migrate_to_chat_id"), one.get("migrate_from_chat_id"))
            for one in told] == [(group, new, None), (new, None, group)]  # fmt: skip
    forum = (await bot.control("migrate", chat=SUPPORT_GROUP))["newChat"]
    await bot.call("createForumTopic", chat_id=forum, name="there are topics again")


async def test_members_of_the_channel_come_and_go(bot: Bot) -> None:
    await bot.write(ADA, "/start")
    await bot.updates(allowed_updates=["message", "chat_member"])
    for status in ("member", "left"):
        await bot.control("member", chat=CHANNEL, user=ADA, status=status)
        found = await bot.call("getChatMember", chat_id="@Jiema_MY", user_id=ADA)
        assert (found["status"], found["user"]["id"]) == (status, ADA)
    updates = await bot.updates()
    assert [one["chat_member"]["new_chat_member"]["status"] for one in updates] == [
        "member",
        "left",
    ]
    said = await bot.refusal("getChatMember", chat_id=CHANNEL, user_id=987)
    assert said == "Bad Request: member not found"
    await bot.control("rights", chat=CHANNEL, status="member")
    said = await bot.refusal("getChatMember", chat_id=CHANNEL, user_id=ADA)
    assert said == "Bad Request: member list is inaccessible"
    own = await bot.call("getChatMember", chat_id=CHANNEL, user_id=BOT_ID)
    assert own["status"] == "member"


async def test_in_a_private_chat_both_are_members(bot: Bot) -> None:
    await bot.write(ADA, "/start")
    await bot.write(BAO, "/start")
    for number in (ADA, BOT_ID):
        found = await bot.call("getChatMember", chat_id=ADA, user_id=number)
        assert (found["status"], found["user"]["id"]) == ("member", number)
    said = await bot.refusal("getChatMember", chat_id=ADA, user_id=BAO)
    assert said == "Bad Request: member not found"


@pytest.mark.parametrize("chat", [CHANNEL, SUPPORT_GROUP])
async def test_who_is_made_an_administrator_has_rights_that_clients_read(
    bot: Bot, chat: int
) -> None:
    await bot.call("getUpdates", allowed_updates=["chat_member"])
    for status in ("administrator", "left"):
        await bot.control("member", chat=chat, user=ADA, status=status)
        if status == "administrator":
            shown = await bot.call("getChatMember", chat_id=chat, user_id=ADA)
            rows = await bot.call("getChatAdministrators", chat_id=chat)
    promoted, _ = await bot.updates()
    for row in (shown, rows[1], promoted["chat_member"]["new_chat_member"]):
        found = ChatMemberAdministrator.model_validate(row)
        assert (found.user.id, found.can_delete_messages, found.can_promote_members) == (
            ADA, True, False,
        )  # fmt: skip


async def test_administrators_change_what_stands_in_the_channel(bot: Bot) -> None:
    written = await bot.write(ADMINISTRATOR, "by hand", chat=CHANNEL)
    posted = await bot.call("sendMessage", chat_id=CHANNEL, text="by the bot")
    await bot.updates()
    by_hand = {"chat": CHANNEL, "edit": written["messageId"]}
    await bot.write(ADMINISTRATOR, "by hand again", **by_hand)
    (update,) = await bot.updates()
    post = update["edited_channel_post"]
    assert (post["text"], post["message_id"]) == ("by hand again", written["messageId"])
    # Of what the bot wrote it hears no edit.
    edited = await bot.write(ADMINISTRATOR, "better", chat=CHANNEL, edit=posted["message_id"])
    assert edited["updateId"] is None
    assert (await bot.chat(CHANNEL))["messages"][-1]["text"] == "better"
    order = {"from": ADA, "text": "mine", **by_hand}
    answer = await bot.http.post("/control/telegram/message", json=order)
    assert (answer.status_code, answer.json()["code"]) == (403, "NOT_THEIRS")


async def test_a_file_keeps_being_one_when_its_caption_is_changed(bot: Bot) -> None:
    file = {"from": ADA, "name": "a.txt", "content": base64.b64encode(b"hi").decode()}
    sent = await bot.control("file", **file, caption="capton")
    await bot.updates()
    await bot.write(ADA, "caption of https://jiema.my", edit=sent["messageId"])
    (update,) = await bot.updates()
    edited = update["edited_message"]
    assert edited["document"] == sent["message"]["document"]
    assert edited["caption"] == "caption of https://jiema.my"
    assert edited["caption_entities"][0]["type"] == "url"
    assert "text" not in edited
    assert (await bot.chat(ADA))["messages"][-1]["edits"][0]["text"] == "capton"
    sticker = await bot.control("file", **file, kind="sticker")
    order = {"from": ADA, "text": "x", "edit": sticker["messageId"]}
    answer = await bot.http.post("/control/telegram/message", json=order)
    assert (answer.status_code, answer.json()["code"]) == (409, "NO_TEXT")


async def test_chats_and_administrators_are_described(bot: Bot) -> None:
    group = await bot.call("getChat", chat_id=SUPPORT_GROUP)
    assert (group["type"], group["is_forum"]) == ("supergroup", True)
    channel = await bot.call("getChat", chat_id="@jiema_my")
    assert (channel["id"], channel["type"]) == (CHANNEL, "channel")
    rows = await bot.call("getChatAdministrators", chat_id=SUPPORT_GROUP)
    assert {row["user"]["id"]: row["status"] for row in rows} == {
        ADMINISTRATOR: "creator", BOT_ID: "administrator",
    }  # fmt: skip
    assert await bot.call("getChatMemberCount", chat_id=SUPPORT_GROUP) == 2
    link = await bot.call("exportChatInviteLink", chat_id=SUPPORT_GROUP)
    assert link.startswith("https://t.me/+")


async def test_posts_of_the_channel_are_its_own(bot: Bot) -> None:
    post = await bot.call("sendMessage", chat_id="@jiema_my", text="news")
    assert "from" not in post
    assert post["sender_chat"]["id"] == CHANNEL
    changed = await bot.call(
        "editMessageText", chat_id=CHANNEL, message_id=post["message_id"], text="n"
    )
    assert changed["text"] == "n"
    await bot.write(ADMINISTRATOR, "by hand", chat=CHANNEL)
    (update,) = await bot.updates()
    assert update["channel_post"]["text"] == "by hand"
    answer = await bot.http.post(
        "/control/telegram/message", json={"from": ADA, "text": "x", "chat": CHANNEL}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "NOT_ADMINISTRATOR")


async def test_pictures_and_files_go_both_ways(bot: Bot) -> None:
    content = base64.b64encode(PNG).decode()
    order = {"from": ADA, "kind": "photo", "name": "a.png", "mimeType": "image/png"}
    theirs = await bot.control("file", **order, content=content, caption="broken")
    photo = theirs["message"]["photo"][0]
    assert (photo["width"], photo["height"], theirs["message"]["caption"]) == (2, 3, "broken")
    file = await bot.call("getFile", file_id=photo["file_id"])
    held = await bot.http.get(f"/file/bot{bot.token}/{file['file_path']}")
    assert held.content == PNG
    again = await bot.call(
        "sendPhoto", chat_id=ADA, photo=photo["file_id"], caption="<b>yours</b>", parse_mode="HTML"
    )
    assert again["photo"][0]["file_id"] == photo["file_id"]
    assert again["caption_entities"] == [{"type": "bold", "offset": 0, "length": 5}]
    uploaded = await bot.http.post(
        f"/bot{bot.token}/sendDocument",
        data={"chat_id": ADA, "document": "attach://here"},
        files={"here": ("report.csv", b"a,b", "text/csv")},
    )
    document = uploaded.json()["result"]["document"]
    assert (document["file_name"], document["mime_type"], document["file_size"]) == (
        "report.csv",
        "text/csv",
        3,
    )
    copied = await bot.call(
        "copyMessage", chat_id=ADA, from_chat_id=ADA, message_id=theirs["messageId"], caption=""
    )
    assert (await bot.chat(ADA))["messages"][-1]["messageId"] == copied["message_id"]


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        ("sendPhoto", {}, "there is no photo in the request"),
        ("sendPhoto", {"photo": "nonsense"},
         "wrong remote file identifier specified: can't unserialize it. Wrong last symbol"),
        ("sendDocument", {"document": "https://a.b/c"}, "failed to get HTTP URL content"),
        ("getFile", {"file_id": "nonsense"}, "wrong file_id or the file is temporarily unavailable"),
    ],
)  # fmt: skip
async def test_files_that_are_none(
    bot: Bot, method: str, params: dict[str, Any], words: str
) -> None:
    await bot.write(ADA, "/start")
    assert await bot.refusal(method, chat_id=ADA, **params) == f"Bad Request: {words}"


async def test_commands_by_scope_and_language(bot: Bot) -> None:
    english = [{"command": "buy", "description": "Buy"}]
    german = [{"command": "buy", "description": "Kaufen"}]
    await bot.call("setMyCommands", commands=english)
    await bot.call("setMyCommands", commands=german, language_code="de")
    own = [{"command": "refund", "description": "Pay back"}]
    scope = {"type": "chat", "chat_id": SUPPORT_GROUP}
    await bot.call("setMyCommands", commands=own, scope=scope)
    assert await bot.call("getMyCommands", language_code="de") == german
    assert await bot.call("getMyCommands", language_code="fr") == []
    assert await bot.call("getMyCommands", scope=scope) == own
    await bot.call("deleteMyCommands")
    assert await bot.call("getMyCommands") == []
    for commands, words in (
        ([{"command": "Buy now", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "buy", "description": " "}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("{", "can't parse commands JSON object"),
    ):
        assert await bot.refusal("setMyCommands", commands=commands) == f"Bad Request: {words}"


async def test_the_profile_and_the_menu_button(bot: Bot) -> None:
    await bot.call("setMyDescription", description="Numbers", language_code="")
    await bot.call("setMyShortDescription", short_description="短", language_code="zh")
    await bot.call("setMyName", name="jiema")
    assert await bot.call("getMyDescription", language_code="de") == {"description": "Numbers"}
    assert await bot.call("getMyShortDescription") == {"short_description": ""}
    assert await bot.call("getMyName") == {"name": "jiema"}
    button = {"type": "web_app", "text": "Shop", "web_app": {"url": "https://jiema.my/tg"}}
    await bot.call("setChatMenuButton", menu_button=button)
    await bot.write(ADA, "/start")
    assert await bot.call("getChatMenuButton", chat_id=ADA) == button
    await bot.call("setChatMenuButton", chat_id=ADA, menu_button={"type": "commands"})
    assert await bot.call("getChatMenuButton", chat_id=ADA) == {"type": "commands"}
    assert await bot.call("getChatMenuButton") == button
    insecure = {**button, "web_app": {"url": "http://jiema.my/tg"}}
    said = await bot.refusal("setChatMenuButton", menu_button=insecure)
    assert said == (
        "Bad Request: menu button Web App URL 'http://jiema.my/tg' is invalid: "
        "Only HTTPS links are allowed"
    )


async def test_people_who_sign_in_on_the_web_are_the_same_here(bot: Bot) -> None:
    state = (await bot.http.get("/control/state")).json()
    person = state["identity"]["providers"]["telegram"]["persons"][0]
    sent = await bot.write(person["number"], "hello")
    assert sent["message"]["from"]["first_name"] == person["first_name"]
    assert sent["message"]["from"]["username"] == person["username"]
    new = (await bot.control("person"))["user"]
    state = (await bot.http.get("/control/state")).json()
    numbers = [one["number"] for one in state["identity"]["providers"]["telegram"]["persons"]]
    assert new["id"] in numbers
    assert BAO not in numbers

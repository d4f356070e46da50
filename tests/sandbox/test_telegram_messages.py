"""Telegram's stand-in: writing and editing, and Telegram's words where it refuses."""

from typing import Any

import pytest

from sandbox.telegram.world import CHANNEL, SUPPORT_GROUP
from tests.sandbox.telegram_bot import ADA, BAO, Bot


async def test_the_path_names_the_bot_and_the_method(bot: Bot) -> None:
    assert (await bot.call("gEtMe"))["username"] == "jiema_my_bot"
    assert (await bot.http.get(f"/bot{bot.token}/getme")).json()["result"]["is_bot"] is True
    unknown = await bot.http.get(f"/bot{bot.token}/getYou")
    assert unknown.json() == {
        "ok": False, "error_code": 404, "description": "Not Found: method not found",
    }  # fmt: skip
    for path, code, words in (
        ("/bot1:stranger/getMe", 401, "Unauthorized"),
        ("/botno-token/getMe", 404, "Not Found"),
        ("/bot", 404, "Not Found"),
    ):
        answer = await bot.http.get(path)
        assert (answer.status_code, answer.json()["description"]) == (code, words)


async def test_arguments_come_in_every_way(bot: Bot) -> None:
    await bot.write(ADA, "/start")
    path = f"/bot{bot.token}/sendMessage"
    said: dict[str, Any] = {"chat_id": ADA, "text": "x"}
    for answer in (
        await bot.http.get(path, params=said),
        await bot.http.post(path, params=said),
        await bot.http.post(path, data=said),
        await bot.http.post(path, json=said),
        await bot.http.post(path, files={"chat_id": (None, str(ADA)), "text": (None, "x")}),
    ):
        assert answer.json()["result"]["text"] == "x"
    broken = await bot.http.post(path, content=b"{", headers={"content-type": "application/json"})
    assert broken.json()["description"] == "Bad Request: can't parse JSON object"


async def test_html_becomes_entities_that_count_utf16(bot: Bot) -> None:
    await bot.write(ADA, "/start")
    html = (
        "😀 <b>bold <i>both</i></b> <code>+60&amp;1</code> <a href='https://a.b/c'>l</a> "
        '<pre><code class="language-py">x</code></pre><tg-spoiler>s</tg-spoiler> @someone_here'
    )
    sent = await bot.call("sendMessage", chat_id=ADA, text=html, parse_mode="html")
    assert sent["text"] == "😀 bold both +60&1 l xs @someone_here"
    found = [
        (one["type"], sent["text"].encode("utf-16-le")[one["offset"] * 2 :][: one["length"] * 2])
        for one in sent["entities"]
    ]
    assert [(kind, text.decode("utf-16-le")) for kind, text in found] == [
        ("bold", "bold both"), ("italic", "both"), ("code", "+60&1"), ("text_link", "l"),
        ("pre", "x"), ("spoiler", "s"), ("mention", "@someone_here"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "text", "words"),
    [
        ("HTML", "<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("HTML", "a < b", 'Unsupported start tag "" at byte offset 2'),
        ("HTML", "é<div>x</div>", 'Unsupported start tag "div" at byte offset 2'),
        ("HTML", "<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("HTML", "x</b>", "Unexpected end tag at byte offset 1"),
        ("HTML", "<b", "Unclosed start tag at byte offset 0"),
        ("HTML", "<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
        ("HTML", "<span class='x'>y</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("MarkdownV2", "a.b", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("MarkdownV2", "*b", "Can't find end of Bold entity at byte offset 0"),
        ("MarkdownV2", "[a](b", "Can't find end of a URL at byte offset 0"),
        ("Markdown", "*b", "Can't find end of the entity starting at byte offset 0"),
    ],
)  # fmt: skip
async def test_malformed_markup_is_refused(bot: Bot, mode: str, text: str, words: str) -> None:
    await bot.write(ADA, "/start")
    said = await bot.refusal("sendMessage", chat_id=ADA, text=text, parse_mode=mode)
    assert said == f"Bad Request: can't parse entities: {words}"


async def test_an_odd_parse_mode_is_refused(bot: Bot) -> None:
    await bot.write(ADA, "/start")
    said = await bot.refusal("sendMessage", chat_id=ADA, text="x", parse_mode="BBCode")
    assert said == "Bad Request: unsupported parse_mode"


async def test_markdown_becomes_entities(bot: Bot) -> None:
    await bot.write(ADA, "/start")
    text = "*b _i_* `c\\`d` [l](https://a.b/) \\. __u__ ||s|| ~x~\n>q\n```py\nz```"
    sent = await bot.call("sendMessage", chat_id=ADA, text=text, parse_mode="MarkdownV2")
    assert sent["text"] == "b i c`d l . u s x\nq\nz"
    assert [one["type"] for one in sent["entities"]] == [
        "bold", "italic", "code", "text_link", "underline", "spoiler", "strikethrough",
        "blockquote", "pre",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"text": "x"}, "chat_id is empty"),
        ({"chat_id": 99, "text": "x"}, "chat not found"),
        ({"chat_id": "@nobody_here", "text": "x"}, "chat not found"),
        ({"chat_id": "nonsense", "text": "x"}, "chat not found"),
        ({"chat_id": ADA, "text": ""}, "message text is empty"),
        ({"chat_id": ADA, "text": " \n "}, "message text is empty"),
        ({"chat_id": ADA, "text": "x" * 4097}, "message is too long"),
        ({"chat_id": ADA, "text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"chat_id": ADA, "text": "x", "reply_markup": []}, "object expected as reply markup"),
        ({"chat_id": ADA, "text": "x", "message_thread_id": 4}, "message thread not found"),
        ({"chat_id": ADA, "text": "x", "reply_parameters": {"message_id": 9999}}, "message to be replied not found"),
        ({"chat_id": SUPPORT_GROUP, "text": "x", "message_thread_id": 9999}, "message thread not found"),
    ],
)  # fmt: skip
async def test_what_cannot_be_sent(bot: Bot, params: dict[str, Any], words: str) -> None:
    await bot.write(ADA, "/start")
    assert await bot.refusal("sendMessage", **params) == f"Bad Request: {words}"


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({"text": "b", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "b", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "b"}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ({"text": "", "callback_data": "x"}, 'can\'t parse inline keyboard button: Field "text" must be non-empty'),
        ({"text": "b", "url": "nonsense"}, "inline keyboard button URL 'nonsense' is invalid: Wrong HTTP URL"),
        ({"text": "b", "url": "ftp://a.b"}, "inline keyboard button URL 'ftp://a.b' is invalid: Unsupported URL protocol"),
        ({"text": "b", "web_app": {"url": "http://shop.example/tg"}},
         "inline keyboard button Web App URL 'http://shop.example/tg' is invalid: Only HTTPS links are allowed"),
        ({"text": "b", "copy_text": {"text": "x" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
    ],
)  # fmt: skip
async def test_buttons_that_are_refused(bot: Bot, button: dict[str, Any], words: str) -> None:
    await bot.write(ADA, "/start")
    markup = {"inline_keyboard": [[button]]}
    said = await bot.refusal("sendMessage", chat_id=ADA, text="x", reply_markup=markup)
    assert said == f"Bad Request: {words}"


async def test_a_mini_app_opens_from_private_chats_alone(bot: Bot) -> None:
    await bot.write(ADA, "/start")
    for address in ("https://shop.example/tg", "http://localhost:8000/tg", "http://127.0.0.1/tg"):
        markup = {"inline_keyboard": [[{"text": "Open", "web_app": {"url": address}}]]}
        sent = await bot.call("sendMessage", chat_id=ADA, text="x", reply_markup=markup)
        assert sent["reply_markup"] == markup
    for chat in (SUPPORT_GROUP, CHANNEL):
        said = await bot.refusal("sendMessage", chat_id=chat, text="x", reply_markup=markup)
        assert said == "Bad Request: BUTTON_TYPE_INVALID"


async def test_a_message_is_edited_until_nothing_changes(bot: Bot) -> None:
    await bot.write(ADA, "/start")
    markup = {"inline_keyboard": [[{"text": "b", "callback_data": "d"}]]}
    sent = await bot.call("sendMessage", chat_id=ADA, text="one", reply_markup=markup)
    place = {"chat_id": ADA, "message_id": sent["message_id"]}
    changed = await bot.call("editMessageText", **place, text="two", reply_markup=markup)
    assert (changed["text"], changed["date"]) == ("two", sent["date"])
    assert "edit_date" in changed
    same = await bot.refusal("editMessageText", **place, text="two", reply_markup=markup)
    assert same == (
        "Bad Request: message is not modified: specified new message content and reply markup "
        "are exactly the same as a current content and reply markup of the message"
    )
    bare = await bot.call("editMessageReplyMarkup", **place)
    assert "reply_markup" not in bare
    assert bare["text"] == "two"
    shown = (await bot.chat(ADA))["messages"][-1]
    assert (shown["text"], shown["editCount"], shown["buttons"]) == ("two", 2, [])
    assert [old["text"] for old in shown["edits"]] == ["one", "two"]


async def test_what_cannot_be_edited(bot: Bot) -> None:
    theirs = await bot.write(ADA, "hello")
    photoless = await bot.call("sendMessage", chat_id=ADA, text="x")
    for params, words in (
        ({"message_id": 0}, "message identifier is not specified"),
        ({"message_id": 99999}, "message to edit not found"),
        ({"message_id": theirs["messageId"]}, "message can't be edited"),
    ):
        said = await bot.refusal("editMessageText", chat_id=ADA, text="y", **params)
        assert said == f"Bad Request: {words}"
    place = {"chat_id": ADA, "message_id": photoless["message_id"]}
    said = await bot.refusal("editMessageCaption", **place, caption="y")
    assert said == "Bad Request: there is no caption in the message to edit"
    assert await bot.refusal("editMessageText", inline_message_id="x", text="y") == (
        "Bad Request: MESSAGE_ID_INVALID"
    )


async def test_messages_are_copied_without_a_trace_and_forwarded_with_one(bot: Bot) -> None:
    source = await bot.write(ADA, "my words")
    await bot.write(BAO, "/start")
    order = {"chat_id": BAO, "from_chat_id": ADA, "message_id": source["messageId"]}
    copied = await bot.call("copyMessage", **order)
    assert list(copied) == ["message_id"]
    forwarded = await bot.call("forwardMessage", **order)
    assert forwarded["forward_origin"]["sender_user"]["id"] == ADA
    shown = [row["text"] for row in (await bot.chat(BAO))["messages"][-2:]]
    assert shown == ["my words", "my words"]
    for method, verb in (("copyMessage", "copy"), ("forwardMessage", "forward")):
        said = await bot.refusal(method, **{**order, "message_id": 99999})
        assert said == f"Bad Request: message to {verb} not found"
    many = {**order, "message_ids": [source["messageId"], 99999]}
    del many["message_id"]
    assert len(await bot.call("copyMessages", **many)) == 1


async def test_messages_are_deleted_within_two_days(bot: Bot) -> None:
    await bot.write(ADA, "/start")
    old = await bot.call("sendMessage", chat_id=ADA, text="old")
    await bot.http.post("/control/clock", json={"advanceSeconds": 49 * 3600})
    fresh = await bot.call("sendMessage", chat_id=ADA, text="fresh")
    place = {"chat_id": ADA, "message_id": fresh["message_id"]}
    assert await bot.call("deleteMessage", **place) is True
    assert await bot.refusal("deleteMessage", **place) == (
        "Bad Request: message to delete not found"
    )
    said = await bot.refusal("deleteMessage", chat_id=ADA, message_id=old["message_id"])
    assert said == "Bad Request: message can't be deleted"
    assert await bot.call("deleteMessages", chat_id=ADA, message_ids=[old["message_id"]]) is True
    assert (await bot.chat(ADA))["messages"][-1]["text"] == "old"


async def test_silence_answers_and_previews_are_kept(bot: Bot) -> None:
    theirs = await bot.write(ADA, "question")
    await bot.call(
        "sendMessage", chat_id=ADA, text="answer", disable_notification=True,
        reply_parameters={"message_id": theirs["messageId"]},
        link_preview_options={"is_disabled": True},
    )  # fmt: skip
    shown = (await bot.chat(ADA))["messages"][-1]
    assert (shown["silent"], shown["replyTo"]) == (True, theirs["messageId"])
    assert shown["message"]["link_preview_options"] == {"is_disabled": True}


async def test_pins_reactions_and_actions(bot: Bot) -> None:
    await bot.write(ADA, "/start")
    sent = await bot.call("sendMessage", chat_id=ADA, text="x")
    place = {"chat_id": ADA, "message_id": sent["message_id"]}
    assert await bot.call("pinChatMessage", **place) is True
    assert (await bot.call("getChat", chat_id=ADA))["pinned_message"]["text"] == "x"
    assert await bot.call("unpinChatMessage", chat_id=ADA) is True
    reaction = [{"type": "emoji", "emoji": "👍"}]
    assert await bot.call("setMessageReaction", **place, reaction=reaction) is True
    assert (await bot.chat(ADA))["messages"][1]["reactions"] == reaction
    assert await bot.call("sendChatAction", chat_id=ADA, action="typing") is True
    assert await bot.refusal("sendChatAction", chat_id=ADA, action="sleeping") == (
        "Bad Request: wrong parameter action in request"
    )

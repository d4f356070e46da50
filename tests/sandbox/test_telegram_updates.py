"""Telegram's stand-in: updates, presses, inline mode, the pace, faults, initData."""

import asyncio
import base64
from typing import Any
from urllib.parse import parse_qsl

import httpx
import init_data_py
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sandbox.telegram.init_data import PUBLIC_KEY
from sandbox.telegram.world import BOT_ID, SUPPORT_GROUP, TOKEN
from tests.sandbox.telegram_bot import ADA, BAO, Bot
from tests.support.polling import PATIENCE_S


async def test_updates_wait_until_they_are_confirmed(bot: Bot) -> None:
    for text in ("one", "two", "three"):
        await bot.write(ADA, text)
    first = await bot.call("getUpdates", limit=2)
    assert [one["message"]["text"] for one in first] == ["one", "two"]
    again = await bot.call("getUpdates")
    assert len(again) == 3
    rest = await bot.call("getUpdates", offset=again[1]["update_id"] + 1)
    assert [one["message"]["text"] for one in rest] == ["three"]
    assert len(await bot.call("getUpdates", limit=0)) == 1
    await bot.write(ADA, "four")
    assert [one["message"]["text"] for one in await bot.call("getUpdates", offset=-1)] == ["four"]
    assert len(await bot.call("getUpdates")) == 1


async def test_a_poll_waits_for_what_comes(bot: Bot) -> None:
    waiting = asyncio.create_task(bot.call("getUpdates", timeout=50))
    await asyncio.sleep(0)
    await bot.write(ADA, "late")
    async with asyncio.timeout(PATIENCE_S):
        (update,) = await waiting
    assert update["message"]["text"] == "late"


async def test_whoever_waits_when_telegram_goes_down_is_told_nothing(bot: Bot) -> None:
    waiting = asyncio.create_task(bot.refusal("getUpdates", timeout=50))
    await asyncio.sleep(0)
    await bot.control("faults", kind="down", seconds=3600)
    await bot.write(ADA, "unheard as yet")
    async with asyncio.timeout(PATIENCE_S):
        assert await waiting == "Bad Gateway"
    await bot.control("faults", kind="down", seconds=0)
    assert len(await bot.updates()) == 1


async def test_two_cannot_poll_and_nobody_polls_beside_a_webhook(bot: Bot) -> None:
    first = asyncio.create_task(bot.refusal("getUpdates", timeout=50))
    await asyncio.sleep(0)
    # Whoever asks second sends the first home; until the first has asked, nobody is sent home.
    while not first.done() and (await bot.call("getUpdates")) == []:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert await first == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot "
        "instance is running"
    )
    await bot.call("setWebhook", url="https://shop.example/hook")
    assert await bot.refusal("getUpdates") == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to "
        "delete the webhook first"
    )


async def test_an_update_that_nobody_fetches_is_lost_after_a_day(bot: Bot) -> None:
    await bot.write(ADA, "old")
    await bot.http.post("/control/clock", json={"advanceSeconds": 24 * 3600 + 1})
    await bot.write(ADA, "new")
    (update,) = await bot.updates()
    assert update["message"]["text"] == "new"


async def test_presses_and_questions_wait_for_moments_alone(bot: Bot) -> None:
    await bot.write(ADA, "/start")
    sent = await bot.call("sendMessage", chat_id=ADA, text="x")

    async def waiting_after(seconds: int) -> list[str]:
        await bot.http.post("/control/clock", json={"advanceSeconds": seconds})
        found = await bot.call("getUpdates")
        return [kind for one in found for kind in one if kind != "update_id"]

    asked = await bot.control("inline", **{"from": ADA, "query": "x"})
    result = {
        "type": "article",
        "id": "1",
        "title": "x",
        "input_message_content": {"message_text": "x"},
    }
    await bot.call("answerInlineQuery", inline_query_id=asked["queryId"], results=[result])
    choice = {"from": ADA, "queryId": asked["queryId"], "resultId": "1"}
    await bot.control("inline/choose", **choice)
    await bot.press(ADA, sent["message_id"], "d")
    brief, chosen, press = "inline_query", "chosen_inline_result", "callback_query"
    assert await waiting_after(29) == ["message", brief, chosen, press]
    assert await waiting_after(2) == ["message", chosen, press]
    assert await waiting_after(120) == ["message", chosen]
    assert await waiting_after(450) == ["message"]
    assert (await bot.call("getWebhookInfo"))["pending_update_count"] == 1


async def test_kinds_that_are_not_wanted_do_not_come(bot: Bot) -> None:
    await bot.call("getUpdates", allowed_updates=["callback_query"])
    await bot.write(ADA, "unheard")
    sent = await bot.call("sendMessage", chat_id=ADA, text="x")
    await bot.press(ADA, sent["message_id"], "d")
    (update,) = await bot.updates()
    assert "callback_query" in update
    await bot.call("getUpdates", allowed_updates=[])
    await bot.write(ADA, "heard")
    assert len(await bot.updates()) == 1
    # What no kind is called so is passed over, and capitals do not count.
    await bot.call("getUpdates", allowed_updates=["Message", "telegrams", 7])
    assert (await bot.call("getWebhookInfo"))["allowed_updates"] == ["message"]
    await bot.call("getUpdates", allowed_updates=["telegrams"])
    assert "allowed_updates" not in await bot.call("getWebhookInfo")


async def test_a_message_has_what_clients_find_in_it(bot: Bot) -> None:
    await bot.write(ADA, "/start REF_1 see https://jiema.my #tag", languageCode="zh-hans")
    (update,) = await bot.updates()
    message = update["message"]
    assert message["from"]["language_code"] == "zh-hans"
    assert message["chat"] == {
        "id": ADA,
        "first_name": "Bao",
        "last_name": "Abara",
        "type": "private",
    }
    assert [one["type"] for one in message["entities"]] == ["bot_command", "url", "hashtag"]
    await bot.control("message", **{"from": ADA, "text": "changed", "edit": message["message_id"]})
    (edited,) = await bot.updates()
    assert edited["edited_message"]["text"] == "changed"


async def test_a_press_is_answered_once_and_in_time(bot: Bot) -> None:
    await bot.write(ADA, "/start")
    sent = await bot.call("sendMessage", chat_id=ADA, text="x")
    await bot.updates()
    pressed = await bot.press(ADA, sent["message_id"], "buy:1")
    (update,) = await bot.updates()
    query = update["callback_query"]
    assert (query["data"], query["from"]["id"]) == ("buy:1", ADA)
    assert query["message"]["message_id"] == sent["message_id"]
    answer = {"callback_query_id": query["id"], "text": "Bought", "show_alert": True}
    too_long = await bot.refusal("answerCallbackQuery", **{**answer, "text": "x" * 201})
    assert too_long == "Bad Request: MESSAGE_TOO_LONG"
    assert await bot.call("answerCallbackQuery", **answer) is True
    shown = await bot.http.get("/control/telegram/query", params={"id": pressed["queryId"]})
    assert shown.json()["answer"] == {"text": "Bought", "show_alert": True}
    late = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await bot.refusal("answerCallbackQuery", **answer) == late
    again = await bot.press(ADA, sent["message_id"], "buy:1")
    await bot.http.post("/control/clock", json={"advanceSeconds": 61})
    said = await bot.refusal("answerCallbackQuery", callback_query_id=again["queryId"])
    assert said == late


async def test_nobody_presses_in_somebody_elses_chat(bot: Bot) -> None:
    await bot.write(ADA, "/start")
    sent = await bot.call("sendMessage", chat_id=ADA, text="x")
    order = {"from": BAO, "chat": ADA, "messageId": sent["message_id"], "data": "d"}
    answer = await bot.http.post("/control/telegram/press", json=order)
    assert (answer.status_code, answer.json()["code"]) == (403, "NOT_THEIRS")
    nowhere = await bot.http.post(
        "/control/telegram/press", json={**order, "from": ADA, "messageId": 9}
    )
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "NO_MESSAGE")


async def test_a_message_that_was_deleted_can_still_be_pressed(bot: Bot) -> None:
    await bot.write(ADA, "/start")
    sent = await bot.call("sendMessage", chat_id=ADA, text="x")
    await bot.updates()
    await bot.call("deleteMessage", chat_id=ADA, message_id=sent["message_id"])
    await bot.press(ADA, sent["message_id"], "d")
    (update,) = await bot.updates()
    assert update["callback_query"]["data"] == "d"
    assert update["callback_query"]["message"] == {
        "chat": sent["chat"], "message_id": sent["message_id"], "date": 0,
    }  # fmt: skip


async def test_inline_mode_shows_results_and_sends_one(bot: Bot) -> None:
    asked = await bot.control("inline", **{"from": ADA, "query": "telegram"})
    (update,) = await bot.updates()
    query = update["inline_query"]
    assert (query["query"], query["from"]["id"]) == ("telegram", ADA)
    article: dict[str, Any] = {
        "type": "article",
        "id": "tg-my",
        "title": "Telegram, Malaysia",
        "input_message_content": {"message_text": "<b>0.20</b>", "parse_mode": "HTML"},
        "reply_markup": {"inline_keyboard": [[{"text": "Later", "callback_data": "l"}]]},
    }
    for results, words in (
        ([article, article], "RESULT_ID_DUPLICATE"),
        ([{**article, "id": "x" * 65}], "RESULT_ID_INVALID"),
        ([{**article, "title": ""}], "ARTICLE_TITLE_EMPTY"),
        ([article] * 51, "RESULTS_TOO_MUCH"),
    ):
        said = await bot.refusal("answerInlineQuery", inline_query_id=query["id"], results=results)
        assert said == f"Bad Request: {words}"
    await bot.call("answerInlineQuery", inline_query_id=query["id"], results=[article])
    choice = {"from": ADA, "queryId": asked["queryId"], "resultId": "tg-my"}
    chosen = await bot.control("inline/choose", **choice)
    (update,) = await bot.updates()
    assert update["chosen_inline_result"]["inline_message_id"] == chosen["inlineMessageId"]
    assert update["chosen_inline_result"]["query"] == "telegram"
    target = {"inline_message_id": chosen["inlineMessageId"]}
    assert await bot.call("editMessageText", **target, text="sold out") is True
    await bot.press(ADA, chosen["messageId"], "l")
    shown = (await bot.chat(ADA))["messages"][-1]
    assert (shown["text"], shown["message"]["via_bot"]["id"]) == ("sold out", BOT_ID)


async def test_a_mini_app_has_a_message_sent(bot: Bot) -> None:
    made = await bot.control("init-data", userId=ADA, queryId=True)
    query_id = dict(parse_qsl(made["initData"]))["query_id"]
    content = {"message_text": "from the Mini App"}
    result = {"type": "article", "id": "1", "title": "x", "input_message_content": content}
    await bot.call("answerWebAppQuery", web_app_query_id=query_id, result=result)
    assert (await bot.chat(ADA))["messages"][-1]["text"] == "from the Mini App"
    prepared = await bot.call("savePreparedInlineMessage", user_id=ADA, result=result)
    await bot.control("prepared", **{"from": ADA, "id": prepared["id"]})
    assert len((await bot.chat(ADA))["messages"]) == 2
    await bot.control("web-app-data", **{"from": ADA, "data": "{}"})
    (update,) = await bot.updates()
    assert update["message"]["web_app_data"] == {"data": "{}", "button_text": "Open"}


async def test_init_data_is_signed_as_telegram_signs_it(bot: Bot) -> None:
    order = {"userId": ADA, "startParam": "REF", "ageSeconds": 3000, "languageCode": "ar"}
    made = (await bot.control("init-data", **order))["initData"]
    seen = init_data_py.validate_by_hash(made, TOKEN)
    assert seen.user is not None
    assert (seen.user.id, seen.user.language_code, seen.start_param) == (ADA, "ar", "REF")
    fields = dict(parse_qsl(made))
    assert fields.keys() == {
        "user", "auth_date", "hash", "signature", "start_param", "chat_instance", "chat_type",
    }  # fmt: skip
    checked = "\n".join(
        f"{name}={fields[name]}" for name in sorted(fields) if name not in {"hash", "signature"}
    )
    signature = base64.urlsafe_b64decode(fields["signature"] + "==")
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(PUBLIC_KEY))
    key.verify(signature, f"{BOT_ID}:WebAppData\n{checked}".encode())
    with pytest.raises(init_data_py.errors.ExpiredError):
        init_data_py.validate_by_hash(
            (await bot.control("init-data", userId=ADA, ageSeconds=90000))["initData"], TOKEN
        )


async def test_the_pace_is_measured_and_held_when_that_is_wished(bot: Bot) -> None:
    for who in (ADA, BAO):
        await bot.write(who, "/start")
    for _ in range(3):
        await bot.call("sendMessage", chat_id=ADA, text="x")
    state = (await bot.http.get("/control/state")).json()["telegram"]["rates"]
    assert (state["written"], state["refused"], state["peakPerSecondOfAChat"] >= 1) == (3, 0, True)
    await bot.control("rates", enforced=True, reset=True)
    await bot.call("sendMessage", chat_id=BAO, text="x")
    answer = await bot.ask("sendMessage", chat_id=BAO, text="x")
    assert answer.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    # Chat actions and answers are free.
    await bot.call("sendChatAction", chat_id=BAO, action="typing")


@pytest.mark.parametrize(
    ("order", "code", "words", "is_done"),
    [
        ({"kind": "http500"}, 500, "Internal Server Error", False),
        ({"kind": "http502_after"}, 502, "Bad Gateway", True),
        ({"kind": "http429", "retryAfter": 7}, 429, "Too Many Requests: retry after 7", False),
        ({"kind": "blocked"}, 403, "Forbidden: bot was blocked by the user", False),
        ({"kind": "down", "seconds": 60}, 502, "Bad Gateway", False),
    ],
)
async def test_faults_strike_and_pass(
    bot: Bot, order: dict[str, Any], code: int, words: str, *, is_done: bool
) -> None:
    await bot.write(ADA, "/start")
    await bot.control(
        "faults", **({"method": "sendMessage"} if order["kind"] != "down" else {}), **order
    )
    answer = await bot.ask("sendMessage", chat_id=ADA, text="x")
    assert (answer.status_code, answer.json()["description"]) == (code, words)
    assert ((await bot.chat(ADA))["messages"][-1]["text"] == "x") == is_done
    await bot.control("faults", kind="down", seconds=0)
    await bot.call("sendMessage", chat_id=ADA, text="y")


@pytest.mark.parametrize(
    ("kind", "is_done"), [("timeout_after_doing", True), ("drop", False), ("drop_after", True)]
)
async def test_a_dropped_connection_says_nothing(bot: Bot, kind: str, *, is_done: bool) -> None:
    await bot.write(ADA, "/start")
    await bot.control("faults", method="sendMessage", kind=kind, chat=ADA, seconds=0)
    with pytest.raises(httpx.RemoteProtocolError):
        await bot.ask("sendMessage", chat_id=ADA, text="x")
    assert ((await bot.chat(ADA))["messages"][-1]["text"] == "x") == is_done


async def test_faults_by_rate_and_chat_are_listed_and_removed(bot: Bot) -> None:
    await bot.write(ADA, "/start")
    await bot.write(BAO, "/start")
    await bot.control("faults", kind="http500", chat=ADA, rate=1)
    assert (await bot.ask("sendMessage", chat_id=ADA, text="x")).status_code == 500
    await bot.call("sendMessage", chat_id=BAO, text="x")
    removed = await bot.control("faults", kind="http500", chat=ADA, rate=0)
    assert removed["faults"] == []
    await bot.call("sendMessage", chat_id=ADA, text="x")
    calls = await bot.http.get("/control/telegram/calls", params={"method": "sendmessage"})
    assert [(row["chat"], row["status"]) for row in calls.json()["calls"]] == [
        (str(ADA), 500), (str(BAO), 200), (str(ADA), 200),
    ]  # fmt: skip
    odd = await bot.http.post("/control/telegram/faults", json={"kind": "drop", "method": "x"})
    assert (odd.status_code, odd.json()["code"]) == (400, "BAD_FAULT")


async def test_a_reset_forgets_all_but_never_reuses_an_id(bot: Bot) -> None:
    first = await bot.write(ADA, "x")
    await bot.control("rights", chat=SUPPORT_GROUP, status="kicked")
    await bot.http.post("/control/reset")
    state = (await bot.http.get("/control/state")).json()["telegram"]
    assert (state["chats"], state["pendingUpdates"], state["faults"]) == (2, 0, [])
    second = await bot.write(ADA, "x")
    assert second["updateId"] > first["updateId"]
    assert second["messageId"] > first["messageId"]
    await bot.call("sendMessage", chat_id=SUPPORT_GROUP, text="back")

"""Answers to presses, inline queries and Mini Apps."""

import secrets
from typing import Any, Final

from sandbox.telegram.arguments import Arguments
from sandbox.telegram.errors import bad_request
from sandbox.telegram.formatting import format_text, text_content
from sandbox.telegram.keyboards import check_markup, is_web_address
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.world import BOT_ID

ANSWER_MAX: Final = 200
RESULTS_MAX: Final = 50
ID_MAX_BYTES: Final = 64
_TEXT_KINDS: Final = frozenset({"article"})


def answer_callback_query(messenger: Messenger, args: Arguments) -> Any:
    """Stops the spinner on the button; may say a word."""
    text = args.text("text")
    if len(text) > ANSWER_MAX:
        raise bad_request("MESSAGE_TOO_LONG")
    answer: dict[str, Any] = {"text": text, "show_alert": args.flag("show_alert")}
    if args.has("url"):
        if not args.text("url").startswith(("https://t.me/", "tg://", "http://t.me/")):
            raise bad_request("URL_INVALID")
        answer["url"] = args.text("url")
    messenger.queries.answer("callback", args.text("callback_query_id"), answer)
    return True


def answer_inline_query(messenger: Messenger, args: Arguments) -> Any:
    """What stands above the field while somebody types the bot's name."""
    results = args.document("results")
    if not isinstance(results, list):
        raise bad_request("can't parse results JSON object")
    if len(results) > RESULTS_MAX:
        raise bad_request("RESULTS_TOO_MUCH")
    kept = [inline_result(one) for one in results]
    if len({one["id"] for one in kept}) < len(kept):
        raise bad_request("RESULT_ID_DUPLICATE")
    answer: dict[str, Any] = {
        "results": kept,
        "cache_time": args.integer("cache_time", 300),
        "is_personal": args.flag("is_personal"),
        "next_offset": args.text("next_offset"),
    }
    button = args.document("button")
    if isinstance(button, dict):
        app = button.get("web_app")
        if app is not None and not is_web_address(str(app.get("url"))):
            raise bad_request("inline query results button Web App URL is invalid: "
                              "Only HTTPS links are allowed")  # fmt: skip
        answer["button"] = button
    messenger.queries.answer("inline", args.text("inline_query_id"), answer)
    return True


def inline_result(one: Any) -> dict[str, Any]:
    """A result with the message that it stands for, checked.

    Raises:
        Refused: It is not what Telegram takes.
    """
    if not isinstance(one, dict) or not isinstance(one.get("type"), str):
        raise bad_request("can't parse inline query result: expected an Object")
    number = str(one.get("id") or "")
    if not 0 < len(number.encode()) <= ID_MAX_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    kept = {**one, "id": number}
    if one["type"] in _TEXT_KINDS:
        if not one.get("title"):
            raise bad_request("ARTICLE_TITLE_EMPTY")
        said = one.get("input_message_content")
        if not isinstance(said, dict) or not isinstance(said.get("message_text"), str):
            raise bad_request("can't parse inline query result: Can't find field "
                              '"input_message_content"')  # fmt: skip
        spans = format_text(
            said["message_text"], str(said.get("parse_mode") or ""), said.get("entities")
        )
        preview = said.get("link_preview_options")
        kept["message"] = text_content(*spans)
        if isinstance(preview, dict):
            kept["message"]["link_preview_options"] = preview
    else:
        kept["message"] = {"text": str(one.get("caption") or one.get("title") or one["type"])}
    if one.get("reply_markup"):
        markup = check_markup(one["reply_markup"], is_private=False)
        if markup:
            kept["message"]["reply_markup"] = markup
    return kept


def answer_web_app_query(messenger: Messenger, args: Arguments) -> Any:
    """A Mini App that was opened from a button has a message sent in its person's name."""
    result = inline_result(args.document("result"))
    number = args.text("web_app_query_id")
    query = messenger.queries.answer("web_app", number, {"result": result["id"]})
    inline_id = put_inline(messenger, query["user"], query.get("chat") or query["user"], result)
    return {"inline_message_id": inline_id}


def save_prepared_inline_message(messenger: Messenger, args: Arguments) -> Any:
    """A message that a Mini App can offer to send."""
    result = inline_result(args.document("result"))
    number = secrets.token_urlsafe(12)
    messenger.store.put("prepared", number, {"user": args.integer("user_id"), "result": result})
    messenger.store.keep_latest("prepared", 500)
    return {"id": number, "expiration_date": int(messenger.clock.now()) + 600}


def put_inline(messenger: Messenger, user: int, where: int, result: dict[str, Any]) -> str:
    """Somebody sends a result into a chat; returns its inline message id."""
    chat = messenger.chats.find(where) or messenger.chats.private(where)
    content = {"via_bot": messenger.accounts.require(BOT_ID), **result["message"]}
    message = messenger.chats.make_message(chat, messenger.accounts.require(user), content)
    messenger.chats.keep_message(message, inline=True)
    inline_id = f"AQAAA{secrets.token_urlsafe(16)}"
    target = {"chat": chat["id"], "message": message["message_id"]}
    messenger.store.put("inline_messages", inline_id, target)
    messenger.store.keep_latest("inline_messages", 2000)
    return inline_id

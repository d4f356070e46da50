"""What stands under a message, checked as Telegram checks it."""

from typing import Any, Final
from urllib.parse import urlsplit

from sandbox.telegram.arguments import Arguments
from sandbox.telegram.errors import bad_request

DATA_MAX_BYTES: Final = 64
BUTTONS_MAX: Final = 100
COPY_MAX: Final = 256
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})

_KINDS: Final = ("url", "callback_data", "web_app", "login_url", "switch_inline_query",
                 "switch_inline_query_current_chat", "switch_inline_query_chosen_chat",
                 "copy_text", "callback_game", "pay")  # fmt: skip
_OTHER_MARKUPS: Final = ("keyboard", "remove_keyboard", "force_reply")


def read_markup(args: Arguments, *, is_private: bool) -> dict[str, Any] | None:
    """The `reply_markup` of a call, or None.

    Raises:
        Refused: A button is not what Telegram takes.
    """
    markup = args.document("reply_markup")
    if markup is None or markup == "":
        return None
    return check_markup(markup, is_private=is_private)


def check_markup(markup: Any, *, is_private: bool) -> dict[str, Any] | None:
    """See `read_markup`."""
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup:
        if "keyboard" in markup:
            _check_reply_keyboard(markup["keyboard"], is_private=is_private)
        return markup if any(name in markup for name in _OTHER_MARKUPS) else None
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" must be of type Array')
    kept = []
    for row in rows:
        if not isinstance(row, list):
            raise bad_request("can't parse inline keyboard button: expected an Array")
        kept.append([_button(button, is_private=is_private) for button in row])
    kept = [row for row in kept if row]
    if sum(map(len, kept)) > BUTTONS_MAX:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": kept} if kept else None


def is_web_address(address: str) -> bool:
    """Https anywhere; http on this machine alone, where Telegram would refuse it."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)


def _button(button: Any, *, is_private: bool) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be non-empty')
    kinds = [kind for kind in _KINDS if button.get(kind) is not None]
    if not kinds:
        words = "Text buttons are unallowed in the inline keyboard"
        raise bad_request(f"can't parse inline keyboard button: {words}")
    kind = kinds[0]
    value = button[kind]
    checked = _CHECKS.get(kind)
    if checked is not None:
        checked(value, is_private)
    extra = {name: button[name] for name in ("style", "icon_custom_emoji_id") if name in button}
    return {"text": text, kind: value, **extra}


def _check_data(value: Any, _is_private: bool) -> None:  # noqa: FBT001 - one of a table
    if not isinstance(value, str) or not 0 < len(value.encode()) <= DATA_MAX_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_url(value: Any, _is_private: bool) -> None:  # noqa: FBT001
    problem = ""
    if not isinstance(value, str) or not value:
        raise bad_request("BUTTON_URL_INVALID")
    scheme = value.partition(":")[0].lower()
    if "://" not in value:
        if "." not in value or " " in value:
            problem = "Wrong HTTP URL"
    elif scheme not in {"http", "https", "tg", "ton", "tonsite"}:
        problem = "Unsupported URL protocol"
    elif scheme in {"http", "https"}:
        host = _host(value)
        # The shop's own address on this machine is a good one here.
        if "." not in host and host not in LOOPBACK:
            problem = "Wrong HTTP URL"
    if problem:
        raise bad_request(f"inline keyboard button URL '{value}' is invalid: {problem}")


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _check_web_app(value: Any, is_private: bool) -> None:  # noqa: FBT001
    address = value.get("url") if isinstance(value, dict) else None
    if not isinstance(address, str) or not is_web_address(address):
        words = f"inline keyboard button Web App URL '{address or ''}' is invalid"
        raise bad_request(f"{words}: Only HTTPS links are allowed")
    if not is_private:
        raise bad_request("BUTTON_TYPE_INVALID")


def _check_copy(value: Any, _is_private: bool) -> None:  # noqa: FBT001
    text = value.get("text") if isinstance(value, dict) else None
    if not isinstance(text, str) or not 0 < len(text) <= COPY_MAX:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _check_query(value: Any, _is_private: bool) -> None:  # noqa: FBT001
    if not isinstance(value, str):
        raise bad_request("can't parse inline keyboard button: a String was expected")


_CHECKS: Final = {
    "callback_data": _check_data,
    "url": _check_url,
    "web_app": _check_web_app,
    "copy_text": _check_copy,
    "switch_inline_query": _check_query,
    "switch_inline_query_current_chat": _check_query,
}


def _check_reply_keyboard(rows: Any, *, is_private: bool) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "keyboard" must be an Array of Arrays')
    for button in (button for row in rows for button in row):
        text = button if isinstance(button, str) else (button or {}).get("text")
        if not isinstance(text, str) or not text:
            raise bad_request('can\'t parse keyboard button: Field "text" must be non-empty')
        if isinstance(button, dict) and "web_app" in button:
            _check_web_app(button["web_app"], is_private)

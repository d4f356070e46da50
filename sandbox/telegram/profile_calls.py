"""What a bot says of itself: name, descriptions, commands, menu button."""

import re
from typing import Any, Final

from sandbox.telegram.arguments import Arguments
from sandbox.telegram.errors import bad_request
from sandbox.telegram.keyboards import is_web_address
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.world import BOT_NAME, BOT_USER

COMMANDS_MAX: Final = 100
_COMMAND: Final = re.compile(r"[a-z0-9_]{1,32}")
_DESCRIPTION_MAX: Final = 256
_SCOPES: Final = frozenset({"default", "all_private_chats", "all_group_chats",
                            "all_chat_administrators", "chat", "chat_administrators",
                            "chat_member"})  # fmt: skip
_LIMITS: Final = {"name": 64, "description": 512, "short_description": 120}
_DEFAULT_BUTTON: Final = {"type": "commands"}


def get_me(_messenger: Messenger, _args: Arguments) -> Any:
    """The bot."""
    return {
        **BOT_USER,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": True,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
    }


def set_my_commands(messenger: Messenger, args: Arguments) -> Any:
    """The commands of a scope in a language."""
    listed = args.document("commands")
    if not isinstance(listed, list):
        raise bad_request("can't parse commands JSON object")
    if len(listed) > COMMANDS_MAX:
        raise bad_request("too many commands specified")
    kept = [_command(one) for one in listed]
    where = _scope(args)
    if kept:
        messenger.store.put("commands", where, kept)
    else:
        messenger.store.drop("commands", where)
    return True


def _command(one: Any) -> dict[str, str]:
    name = one.get("command") if isinstance(one, dict) else None
    said = one.get("description") if isinstance(one, dict) else None
    if not isinstance(name, str) or not isinstance(said, str):
        raise bad_request("can't parse bot command: expected command and description")
    name, said = name.removeprefix("/").strip(), said.strip()
    if not name:
        raise bad_request("command name is empty")
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not said:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    if len(said) > _DESCRIPTION_MAX:
        raise bad_request("command description is too long")
    return {"command": name, "description": said}


def get_my_commands(messenger: Messenger, args: Arguments) -> Any:
    """Those of exactly this scope and language."""
    return messenger.store.get("commands", _scope(args)) or []


def delete_my_commands(messenger: Messenger, args: Arguments) -> Any:
    """Those of exactly this scope and language go."""
    messenger.store.drop("commands", _scope(args))
    return True


def _scope(args: Arguments) -> str:
    scope = args.document("scope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    language = args.text("language_code")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    parts = [scope["type"], str(scope.get("chat_id", "")), str(scope.get("user_id", ""))]
    return "/".join([*parts, language])


def commands_for(messenger: Messenger, chat: dict[str, Any], language: str) -> list[dict[str, str]]:
    """The commands that somebody sees in a chat: the narrowest scope that has any."""
    general = "all_private_chats//" if chat["type"] == "private" else "all_group_chats//"
    for scope in (f"chat/{chat['id']}/", general, "default//"):
        for tongue in (language[:2], ""):
            found: list[dict[str, str]] | None = messenger.store.get(
                "commands", f"{scope}/{tongue}"
            )
            if found:
                return found
    return []


def set_chat_menu_button(messenger: Messenger, args: Arguments) -> Any:
    """The button beside the field that people write in."""
    button = args.document("menu_button") or {"type": "default"}
    kind = button.get("type") if isinstance(button, dict) else None
    if kind not in {"default", "commands", "web_app"}:
        raise bad_request("can't parse menu button: unsupported type specified")
    if kind == "web_app":
        address = (button.get("web_app") or {}).get("url")
        if not isinstance(address, str) or not is_web_address(address):
            words = f"menu button Web App URL '{address or ''}' is invalid"
            raise bad_request(f"{words}: Only HTTPS links are allowed")
        if not str(button.get("text") or "").strip():
            raise bad_request("menu button text must be non-empty")
    where = _menu_of(messenger, args)
    if kind == "default":
        messenger.store.drop("menu_buttons", where)
    else:
        messenger.store.put("menu_buttons", where, button)
    return True


def get_chat_menu_button(messenger: Messenger, args: Arguments) -> Any:
    """The button of a chat, else everybody's."""
    return menu_button(messenger, _menu_of(messenger, args))


def menu_button(messenger: Messenger, chat: str) -> dict[str, Any]:
    """See `get_chat_menu_button`."""
    buttons = messenger.store.table("menu_buttons")
    return dict(buttons.get(chat) or buttons.get("") or _DEFAULT_BUTTON)


def _menu_of(messenger: Messenger, args: Arguments) -> str:
    if not args.has("chat_id"):
        return ""
    chat = messenger.chats.resolve(args.text("chat_id").strip())
    if chat["type"] != "private":
        raise bad_request("there is no menu button in the chat")
    return str(chat["id"])


def set_my_name(messenger: Messenger, args: Arguments) -> Any:
    """The bot's name in a language."""
    return _set(messenger, args, "name")


def set_my_description(messenger: Messenger, args: Arguments) -> Any:
    """What an empty chat shows."""
    return _set(messenger, args, "description")


def set_my_short_description(messenger: Messenger, args: Arguments) -> Any:
    """What the bot's profile shows."""
    return _set(messenger, args, "short_description")


def get_my_name(messenger: Messenger, args: Arguments) -> Any:
    """See `set_my_name`."""
    return {"name": described(messenger, "name", args.text("language_code"))}


def get_my_description(messenger: Messenger, args: Arguments) -> Any:
    """See `set_my_description`."""
    return {"description": described(messenger, "description", args.text("language_code"))}


def get_my_short_description(messenger: Messenger, args: Arguments) -> Any:
    """See `set_my_short_description`."""
    said = described(messenger, "short_description", args.text("language_code"))
    return {"short_description": said}


def described(messenger: Messenger, what: str, language: str) -> str:
    """What the bot says of itself in a language, else in none."""
    rows = messenger.store.table("profile")
    said = rows.get(f"{what}/{language}") or rows.get(f"{what}/")
    return str(said or (BOT_NAME if what == "name" else ""))


def _set(messenger: Messenger, args: Arguments, what: str) -> bool:
    said = args.text(what).strip()
    if len(said) > _LIMITS[what]:
        raise bad_request(f"bot {what.replace('_', ' ')} is too long")
    key = f"{what}/{args.text('language_code')[:8]}"
    if said:
        messenger.store.put("profile", key, said)
    else:
        messenger.store.drop("profile", key)
    return True


def default_rights(messenger: Messenger, args: Arguments) -> Any:
    """The rights that the bot asks for where it is added."""
    messenger.store.put(
        "profile", f"rights/{args.flag('for_channels')}", args.document("rights") or {}
    )
    return True


def user_profile_photos(_messenger: Messenger, args: Arguments) -> Any:
    """Nobody has a picture."""
    if args.integer("user_id") <= 0:
        raise bad_request("invalid user_id specified")
    return {"total_count": 0, "photos": []}

"""What a bot can ask of chats and their members, and little that it can change."""

from typing import Any, Final

from sandbox.telegram.accounts import without_language
from sandbox.telegram.arguments import Arguments
from sandbox.telegram.chats import Document
from sandbox.telegram.errors import bad_request
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.posting import reachable
from sandbox.telegram.world import BOT_ID, BOT_USER

TITLE_MAX: Final = 128
_ADMINISTRATORS = ("creator", "administrator")
_PRESENT = (*_ADMINISTRATORS, "member", "restricted")


def get_chat(messenger: Messenger, args: Arguments) -> Any:
    """All about a chat."""
    chat = messenger.chats.resolve(args.text("chat_id").strip())
    if chat["type"] != "private":
        reachable(messenger, chat)
    whole = messenger.chats.to_json(chat)
    whole |= {
        "accent_color_id": 3,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if "username" in whole:
        whole["active_usernames"] = [whole["username"]]
    if chat["type"] in {"group", "supergroup"}:
        whole["permissions"] = dict.fromkeys(("can_send_messages", "can_send_photos"), True)
    if chat["type"] != "private":
        whole["invite_link"] = _invite_link(chat)
    pinned = [messenger.chats.find_message(chat, number) for number in chat.get("pinned", [])]
    kept = [record["message"] for record in pinned if record]
    return {**whole, **({"pinned_message": kept[-1]} if kept else {})}


def get_chat_member(messenger: Messenger, args: Arguments) -> Any:
    """How somebody stands in a chat."""
    number = args.integer("user_id")
    chat = _room(messenger, args, is_private_fine=True, is_list_needed=number != BOT_ID)
    if number <= 0:
        raise bad_request("invalid user_id specified")
    if chat["type"] == "private":
        if number not in {chat["id"], BOT_ID}:
            raise bad_request("member not found")
        user = without_language(messenger.accounts.require(number))
        return {"status": "member", "user": user}
    if messenger.accounts.find(number) is None:
        # Telegram's word for a number that nobody has, or that the bot never met.
        raise bad_request("member not found")
    return messenger.chats.member_json(chat, number)


def get_chat_administrators(messenger: Messenger, args: Arguments) -> Any:
    """Owner and administrators; the bot's own standing too, unlike other bots'."""
    chat = _room(messenger, args)
    numbers = [
        int(key) for key, row in chat.get("members", {}).items() if row["status"] in _ADMINISTRATORS
    ]
    if messenger.chats.member(chat, BOT_ID)["status"] == "administrator":
        numbers.append(BOT_ID)
    return [messenger.chats.member_json(chat, number) for number in numbers]


def get_chat_member_count(messenger: Messenger, args: Arguments) -> Any:
    """How many are in it."""
    chat = _room(messenger, args, is_private_fine=True)
    if chat["type"] == "private":
        return 2
    present = [row for row in chat.get("members", {}).values() if row["status"] in _PRESENT]
    return len(present) + (messenger.chats.member(chat, BOT_ID)["status"] in _PRESENT)


def leave_chat(messenger: Messenger, args: Arguments) -> Any:
    """The bot goes."""
    chat = _room(messenger, args, is_list_needed=False)
    old = messenger.chats.member_json(chat, BOT_ID)
    chat["bot"] = {"status": "left"}
    messenger.chats.keep(chat)
    messenger.member_changed(chat, BOT_ID, BOT_ID, old)
    return True


def export_chat_invite_link(messenger: Messenger, args: Arguments) -> Any:
    """The link of the chat."""
    return _invite_link(_inviting(messenger, args))


def create_chat_invite_link(messenger: Messenger, args: Arguments) -> Any:
    """A link more."""
    chat = _inviting(messenger, args)
    return {
        "invite_link": f"{_invite_link(chat)}{messenger.store.version}",
        "creator": messenger.accounts.require(BOT_ID),
        "creates_join_request": args.flag("creates_join_request"),
        "is_primary": False,
        "is_revoked": False,
    }


def ban_chat_member(messenger: Messenger, args: Arguments) -> Any:
    """Put somebody out."""
    return _stand(messenger, args, "kicked")


def unban_chat_member(messenger: Messenger, args: Arguments) -> Any:
    """Let somebody in again."""
    return _stand(messenger, args, "left")


def set_chat_title(messenger: Messenger, args: Arguments) -> Any:
    """Another title."""
    chat = _room(messenger, args)
    if not messenger.chats.member(chat, BOT_ID).get("can_change_info"):
        raise bad_request("not enough rights to change chat title")
    title = args.text("title").strip()[:TITLE_MAX]
    if not title:
        raise bad_request("chat title is empty")
    if title != chat["title"]:
        chat["title"] = title
        messenger.chats.keep(chat)
        note = messenger.chats.make_message(chat, BOT_USER, {"new_chat_title": title})
        messenger.tell_note(chat, note)
    return True


def _stand(messenger: Messenger, args: Arguments, status: str) -> bool:
    chat, number = _room(messenger, args), args.integer("user_id")
    if not messenger.chats.member(chat, BOT_ID).get("can_restrict_members"):
        raise bad_request("not enough rights to restrict/unrestrict chat member")
    if messenger.chats.member(chat, number)["status"] in _ADMINISTRATORS:
        raise bad_request("user is an administrator of the chat")
    if messenger.accounts.find(number) is None:
        raise bad_request("USER_ID_INVALID")
    old = messenger.chats.member_json(chat, number)
    chat.setdefault("members", {})[str(number)] = {"status": status}
    messenger.chats.keep(chat)
    messenger.member_changed(chat, number, BOT_ID, old)
    return True


def _room(
    messenger: Messenger,
    args: Arguments,
    *,
    is_private_fine: bool = False,
    is_list_needed: bool = True,
) -> Document:
    chat = messenger.chats.resolve(args.text("chat_id").strip())
    if chat["type"] == "private":
        if is_private_fine:
            return chat
        raise bad_request("there are no administrators in the private chat"
                          if not args.has("user_id") else "member not found")  # fmt: skip
    reachable(messenger, chat)
    is_admin = messenger.chats.member(chat, BOT_ID)["status"] == "administrator"
    if is_list_needed and chat["type"] == "channel" and not is_admin:
        raise bad_request("member list is inaccessible")
    return chat


def _inviting(messenger: Messenger, args: Arguments) -> Document:
    chat = _room(messenger, args)
    if not messenger.chats.member(chat, BOT_ID).get("can_invite_users"):
        raise bad_request("not enough rights to manage chat invite link")
    return chat


def _invite_link(chat: Document) -> str:
    return f"https://t.me/+sandbox{abs(chat['id']):x}"

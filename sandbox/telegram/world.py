"""The bot, the chats and the administrator that are there from the start."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.identity.telegram import BOT_TOKEN

TOKEN: Final = BOT_TOKEN
BOT_ID: Final = int(BOT_TOKEN.partition(":")[0])
BOT_USERNAME: Final = "jiema_my_bot"
BOT_NAME: Final = "jiema.my"

SUPPORT_GROUP: Final = -1_002_000_000_001
CHANNEL: Final = -1_002_000_000_002
CHANNEL_USERNAME: Final = "jiema_my"

ADMINISTRATOR: Final = 700_000_001
ADMINISTRATOR_USER: Final[dict[str, Any]] = {
    "id": ADMINISTRATOR,
    "is_bot": False,
    "first_name": "Sam",
    "last_name": "Support",
    "username": "sam_of_jiema",
    "language_code": "en",
}
"""Owner of the group and of the channel."""

BOT_USER: Final[dict[str, Any]] = {
    "id": BOT_ID,
    "is_bot": True,
    "first_name": BOT_NAME,
    "username": BOT_USERNAME,
}

GROUP_RIGHTS: Final = (
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_pin_messages",
    "can_promote_members",
    "can_manage_video_chats",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_manage_topics",
    "can_send_welcome_messages",
)
CHANNEL_RIGHTS: Final = (
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_promote_members",
    "can_manage_video_chats",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_post_messages",
    "can_edit_messages",
    "can_manage_direct_messages",
    "can_send_welcome_messages",
)
_WITHHELD: Final = frozenset({"can_promote_members", "can_send_welcome_messages"})


def first_chats() -> list[dict[str, Any]]:
    """The group and the channel, as documents of the store."""
    return [
        {
            "id": SUPPORT_GROUP,
            "type": "supergroup",
            "title": "jiema support",
            "is_forum": True,
            "bot": administrator(GROUP_RIGHTS),
            "members": {str(ADMINISTRATOR): {"status": "creator"}},
            "last_id": 1,
        },
        {
            "id": CHANNEL,
            "type": "channel",
            "title": "jiema.my news",
            "username": CHANNEL_USERNAME,
            "bot": administrator(CHANNEL_RIGHTS),
            "members": {str(ADMINISTRATOR): {"status": "creator"}},
            "last_id": 1,
        },
    ]


def rights_in(chat: Mapping[str, Any]) -> tuple[str, ...]:
    """The rights that an administrator of such a chat can have."""
    return CHANNEL_RIGHTS if chat["type"] == "channel" else GROUP_RIGHTS


def administrator(rights: tuple[str, ...]) -> dict[str, Any]:
    """How somebody stands in a chat where they may do everything but promote and greet."""
    allowed = {right: right not in _WITHHELD for right in rights}
    return {"status": "administrator", **allowed}

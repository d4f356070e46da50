"""Words about chats."""

from enum import StrEnum


class ChatState(StrEnum):
    """Whether somebody on Telegram can be written to."""

    OPEN = "OPEN"
    """They wrote to the bot and have not blocked it."""
    BLOCKED = "BLOCKED"
    """They blocked it, or are not on Telegram any more."""
    NONE = "NONE"
    """They never wrote to it, so that it may not write to them."""

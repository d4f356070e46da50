"""What Telegram's refusals mean. It tells them apart by English words alone."""

import re
from typing import Final

from telegram.error import TelegramError

from jiema_app.domain.notifications.transport import (
    Gone,
    MessageGone,
    Moved,
    NotModified,
    NotSent,
    Outcome,
    Refused,
    RetryAfter,
    ThreadGone,
    TooLate,
    Unknown,
)
from jiema_app.integrations.telegram import request
from jiema_app.integrations.telegram.request import Refusal

WORDS: Final[tuple[tuple[str, Outcome], ...]] = (
    ("message is not modified", NotModified()),
    ("bot was blocked", Gone("blocked")),
    ("user_is_blocked", Gone("blocked")),
    ("user is deactivated", Gone("deactivated")),
    ("input_user_deactivated", Gone("deactivated")),
    ("bot was kicked", Gone("blocked")),
    ("bot is not a member", Gone("blocked")),
    ("chat not found", Gone("not_found")),
    ("user not found", Gone("not_found")),
    ("peer_id_invalid", Gone("not_found")),
    ("can't initiate conversation", Gone("not_found")),
    ("message thread not found", ThreadGone()),
    ("topic_deleted", ThreadGone()),
    ("topic_id_invalid", ThreadGone()),
    ("message to edit not found", MessageGone()),
    ("message can't be edited", MessageGone()),
    ("message_id_invalid", MessageGone()),
    ("query is too old", TooLate()),
    ("query id is invalid", TooLate()),
    ("query_id_invalid", TooLate()),
    ("can't parse entities", Refused("entities")),
    ("message is too long", Refused("too long")),
    ("message text is empty", Refused("empty")),
    ("not enough rights", Refused("no rights")),
    ("have no rights", Refused("no rights")),
    ("need administrator rights", Refused("no rights")),
    ("chat_admin_required", Refused("no rights")),
    ("chat_write_forbidden", Refused("no rights")),
    ("message to copy not found", Refused("nothing to copy")),
    ("message to be replied not found", Refused("nothing to reply to")),
    # Its owner was faster: it is as it was to be.
    ("message to delete not found", NotModified()),
    ("topic_closed", Refused("topic closed")),
    ("wrong file identifier", Refused("no such file")),
)
"""What stands in a description, in lower case, and what it means."""

CODE: Final = re.compile(r"\b[A-Z]{3,20}(?:_[A-Z]{1,20}){1,5}\b")
"""Some descriptions are a word of Telegram's own protocol: it quotes nobody."""


def outcome_of(error: TelegramError) -> Outcome:
    """What a call came to that failed."""
    match error:
        case request.TooFast(seconds=seconds):
            return RetryAfter(float(seconds))
        case request.NotDelivered():
            return NotSent("not delivered", is_unreachable=True)
        case request.AnswerLost():
            return Unknown("answer lost")
        case request.ServerTrouble():
            return NotSent("server trouble")
        case request.Refused(refusal=refusal):
            return outcome_of_refusal(refusal)
    return Unknown("library")


def outcome_of_refusal(refusal: Refusal) -> Outcome:
    """What a refusal means."""
    if refusal.moved_to is not None:
        return Moved(str(refusal.moved_to))
    if refusal.status in {401, 404}:
        # The token is another one now, or none: nothing would be taken.
        return NotSent("token refused", is_unreachable=True)
    words = refusal.description.lower()
    for part, outcome in WORDS:
        if part in words:
            return outcome
    code = CODE.search(refusal.description)
    return Refused(code[0].lower() if code else f"status {refusal.status}")

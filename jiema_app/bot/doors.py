"""Which action is behind each command and each button.

A chat tells no address. What people in places that we may not serve may not do is done here for
those alone whose address was admitted of late where addresses are seen. What is in no table is
refused to everybody else, and fails a test.
"""

from collections.abc import Mapping
from typing import Final

from jiema_app.bot.conversation import Conversation
from jiema_app.domain.compliance.actions import OF_BLOCKED_PLACES, Action

OF_COMMANDS: Final[Mapping[str, Action]] = {
    "start": Action.LOOK_AROUND,
    "help": Action.LOOK_AROUND,
    "buy": Action.LOOK_AROUND,
    "orders": Action.READ_OWN,
    "order": Action.READ_OWN,
    "balance": Action.READ_OWN,
    "topup": Action.TOP_UP,
    "invite": Action.READ_OWN,
    "language": Action.CHANGE_PROFILE,
    "settings": Action.READ_OWN,
    "support": Action.LOOK_AROUND,
    "cancel": Action.LOOK_AROUND,
}

OF_STARTS: Final[Mapping[str, Action]] = {"topup": Action.TOP_UP}
"""By the parameter of a link; others show something."""

OF_PRESSES: Final[Mapping[str, Action]] = {
    "help": Action.LOOK_AROUND,
    "b": Action.LOOK_AROUND,
    "s": Action.LOOK_AROUND,
    "sn": Action.LOOK_AROUND,
    "k": Action.LOOK_AROUND,
    "r": Action.LOOK_AROUND,
    "y": Action.BUY,
    "f": Action.CHANGE_PROFILE,
    "ol": Action.READ_OWN,
    "o": Action.READ_OWN,
    "oc": Action.CANCEL_ORDER,
    "ocy": Action.CANCEL_ORDER,
    "on": Action.NEXT_SMS,
    "of": Action.FINISH_ORDER,
    "ofy": Action.FINISH_ORDER,
    "bal": Action.READ_OWN,
    "t": Action.TOP_UP,
    "ta": Action.TOP_UP,
    "tr": Action.READ_OWN,
    "tl": Action.CLAIM_PAYMENT,
    "tc": Action.CANCEL_TOP_UP,
    "inv": Action.READ_OWN,
    "l": Action.CHANGE_PROFILE,
    "ls": Action.CHANGE_PROFILE,
    "n": Action.READ_OWN,
    "nk": Action.CHANGE_PROFILE,
    "nq": Action.CHANGE_PROFILE,
    "wy": Action.WITHDRAW,
    "wn": Action.CANCEL_WITHDRAWAL,
    "sup": Action.LOOK_AROUND,
    "sux": Action.LOOK_AROUND,
}


def action_of_command(command: str, words: str) -> Action:
    """What a command does, with what stands behind it."""
    if command == "start" and words in OF_STARTS:
        return OF_STARTS[words]
    return OF_COMMANDS.get(command, Action.UNKNOWN)


def is_open(talk: Conversation, action: Action) -> bool:
    """Whether they may do it, as far as their place is concerned. The banned are told elsewhere."""
    return action in OF_BLOCKED_PLACES or talk.person is None or talk.may_buy_here

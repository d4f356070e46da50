"""What people do here, and what of it is refused to whom.

Every door of the product, be it an address or an event of a page, stands in a table that
names the action behind it: `api_routes.doors` and `jiema_app.site.event_guard`. Who may not be
served may still take back what is theirs, see it, and leave.
"""

from enum import StrEnum
from typing import Final


class Action(StrEnum):
    """What somebody does."""

    LOOK_AROUND = "look_around"
    """Read what is the same for everybody, or is asked by machines."""
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    READ_OWN = "read_own"
    CHANGE_PROFILE = "change_profile"
    BUY = "buy"
    NEXT_SMS = "next_sms"
    CANCEL_ORDER = "cancel_order"
    FINISH_ORDER = "finish_order"
    TOP_UP = "top_up"
    CLAIM_PAYMENT = "claim_payment"
    """Say that one has paid, and have the chain looked at."""
    CANCEL_TOP_UP = "cancel_top_up"
    EXPLAIN_PAYMENT = "explain_payment"
    """Say something about a payment to whoever reviews it."""
    MOVE_COMMISSION = "move_commission"
    """Put what one earned by inviting on the balance for orders."""
    WITHDRAW = "withdraw"
    """Ask to be paid out, or have a form of that looked at."""
    CANCEL_WITHDRAWAL = "cancel_withdrawal"
    REPORT_ABUSE = "report_abuse"
    """Tell us about the misuse of a number. Needs no account."""
    NEW_KEY = "new_key"
    REVOKE_KEY = "revoke_key"
    UNKNOWN = "unknown"
    """A door that is in no table."""


OF_BLOCKED_PLACES: Final = frozenset(
    {
        Action.LOOK_AROUND,
        Action.SIGN_OUT,
        Action.READ_OWN,
        Action.CHANGE_PROFILE,
        Action.CANCEL_ORDER,
        Action.FINISH_ORDER,
        Action.CANCEL_TOP_UP,
        Action.EXPLAIN_PAYMENT,
        Action.CANCEL_WITHDRAWAL,
        Action.REPORT_ABUSE,
        Action.REVOKE_KEY,
    }
)
"""What people in places that we may not serve may do all the same. Nothing of it sells them
anything or takes their money; what is not named here is refused."""

OF_BANNED: Final = frozenset({Action.LOOK_AROUND, Action.SIGN_OUT, Action.REPORT_ABUSE})
"""What a banned user may do: their browsers are signed out, and their keys are refused."""

OF_UNSOLD: Final = frozenset(Action) - {Action.BUY, Action.NEXT_SMS}
"""What may be done about an order of a service or country that is not sold any more."""

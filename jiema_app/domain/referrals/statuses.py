"""The words of invitations and of what they earn."""

from enum import StrEnum


class ReferralSource(StrEnum):
    """By what somebody came who was invited, the most trustworthy first."""

    START_PARAM = "START_PARAM"
    """Telegram signed that they opened the Mini App by the link."""
    BOT = "BOT"
    """They started the bot by the link."""
    COOKIE = "COOKIE"
    """Their browser had followed the link within 30 days."""
    SANDBOX = "SANDBOX"
    """A command of the sandbox made them."""


class ReferralStatus(StrEnum):
    """What becomes of the commission of an invited user's orders."""

    NEW = "NEW"
    """Not judged since their first order: it is held at the end of an order."""
    ACTIVE = "ACTIVE"
    """It is released when an order is completed."""
    HELD = "HELD"
    """A person must look at it first."""
    DENIED = "DENIED"
    """Nothing is earned."""


class CommissionStatus(StrEnum):
    """Where the commission of one order is.

    PENDING → HELD | RELEASED | REVERSED, HELD → RELEASED | REVERSED, RELEASED → CLAWED_BACK.
    """

    PENDING = "PENDING"
    """The order is open."""
    HELD = "HELD"
    """The order is completed, and the invitation waits for a verdict."""
    RELEASED = "RELEASED"
    """It is available."""
    REVERSED = "REVERSED"
    """It was never released: the order was refunded, or the invitation denied."""
    CLAWED_BACK = "CLAWED_BACK"
    """It was released, and taken back."""


class RuleAction(StrEnum):
    """What a rule does where it finds something."""

    SCORE = "SCORE"
    """Its weight is added to those of the others."""
    HOLD = "HOLD"
    """Commission waits for a person."""
    REVIEW = "REVIEW"
    """A person is told; commission goes on."""
    DENY = "DENY"
    """The invitation earns nothing, and never has."""
    FREEZE = "FREEZE"
    """Clicks of that day are not counted any more."""
    SUSPEND = "SUSPEND"
    """The link brings nobody, and what it earns waits for a person."""
    KEPT = "KEPT"
    """Nothing is ever found: other code sees to it."""


class HoldReason(StrEnum):
    """Why commission is not available, as whoever earns it is told. Names no rule and no figure."""

    ORDER_OPEN = "ORDER_OPEN"
    """The order may still be refunded."""
    JUDGING = "JUDGING"
    """The rules have not looked yet; they do within seconds."""
    SAME_PERSON = "SAME_PERSON"
    """Who invited and who was invited look like one person."""
    SAME_DEVICE = "SAME_DEVICE"
    """Both have signed in with one browser."""
    SAME_NETWORK = "SAME_NETWORK"
    """Both, or many who were invited, came from one place."""
    MANY_SIGN_UPS = "MANY_SIGN_UPS"
    """Unusually many came by the link in a short time."""
    MANY_REFUNDS = "MANY_REFUNDS"
    """Unusually many orders of those who were invited were cancelled."""
    UNDER_REVIEW = "UNDER_REVIEW"
    """Something else that a person looks at."""

"""The rules about invitations, as data; ``evaluation`` asks them. See docs/referrals.md.

One signal bans nobody: a household shares an address, a friend pays for a friend. A rule takes
commission from an invitation, or has it wait for a person, and never touches what anybody paid
in. The numbers are starting values, to be changed here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from jiema_app.domain.referrals.statuses import HoldReason, RuleAction

HOLD_AT: Final = 60
"""Weights of an invitation, together: from here on a person looks first."""
DENY_AT: Final = 100
"""From here on it earns nothing."""

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
MONTH: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        id: Its family, and where that has several its part: ``S4``, ``S4-agent``.
        title: What it looks for, for people.
        action: What it does where it finds that.
        weight: What it adds, for one that scores.
        window: The time that it looks at.
        threshold: More than this is found; in the rule's own unit.
        at_least: Fewer cases than this say nothing.
        is_link: Whether it is about a link as a whole, not about one invitation.
        lasts: After this long its finding counts no more; else until a person clears it.
        reason: What whoever earns commission is told.
        kept_by: For one that finds nothing: the code that sees to it.
    """

    id: str
    title: str
    action: RuleAction
    weight: int = 0
    window: timedelta | None = None
    threshold: float | None = None
    at_least: int = 0
    is_link: bool = False
    lasts: timedelta | None = None
    reason: HoldReason = HoldReason.UNDER_REVIEW
    kept_by: str = ""


SAME_PERSON: Final = Rule(
    id="S1",
    title="one account, or one identity at Google or Telegram, invited itself",
    action=RuleAction.DENY,
    reason=HoldReason.SAME_PERSON,
)
SAME_WALLET: Final = Rule(
    id="S2",
    title="both paid from, were refunded to or are paid out to one address",
    action=RuleAction.DENY,
    reason=HoldReason.SAME_PERSON,
)
SAME_EXCHANGE: Final = Rule(
    id="S2-exchange",
    title="likewise, but so many others pay from that address that it is an exchange's",
    action=RuleAction.SCORE,
    weight=20,
    # So many who have nothing to do with this link make it an exchange's.
    threshold=5,
    reason=HoldReason.SAME_PERSON,
)
SAME_DEVICE: Final = Rule(
    id="S3",
    title="both have signed in with one browser",
    action=RuleAction.DENY,
    window=timedelta(days=180),
    reason=HoldReason.SAME_DEVICE,
)
SAME_ADDRESS: Final = Rule(
    id="S4",
    title="both have signed in from one address around the sign-up",
    action=RuleAction.SCORE,
    weight=40,
    window=DAY,
    reason=HoldReason.SAME_NETWORK,
)
SAME_AGENT: Final = Rule(
    id="S4-agent",
    title="likewise, and with the same kind of browser",
    action=RuleAction.SCORE,
    weight=30,
    window=DAY,
    reason=HoldReason.SAME_NETWORK,
)
QUICK_FROM_HOSTING: Final = Rule(
    id="S5",
    title="an account from a data centre or a VPN bought at once",
    action=RuleAction.SCORE,
    weight=30,
    window=timedelta(minutes=10),
    reason=HoldReason.SAME_NETWORK,
)
RING: Final = Rule(
    id="S6",
    title="who was invited has, by another account, invited who invites them",
    action=RuleAction.DENY,
    threshold=3,
    reason=HoldReason.SAME_PERSON,
)
NO_PHOTO: Final = Rule(
    id="S7-photo",
    title="a Telegram account without a photo bought for the least amount",
    action=RuleAction.SCORE,
    weight=10,
    # Micro-USDT that a first order costs at most, to be one for the least amount.
    threshold=100_000,
)
NO_USERNAME: Final = Rule(
    id="S7-username",
    title="a Telegram account without a username bought for the least amount",
    action=RuleAction.SCORE,
    weight=10,
    threshold=100_000,
)
MANY_AN_HOUR: Final = Rule(
    id="V1-hour",
    title="many sign-ups by one link within an hour",
    action=RuleAction.HOLD,
    window=HOUR,
    threshold=5,
    is_link=True,
    reason=HoldReason.MANY_SIGN_UPS,
)
MANY_A_DAY: Final = Rule(
    id="V1-day",
    title="many sign-ups by one link on one day",
    action=RuleAction.HOLD,
    window=DAY,
    threshold=20,
    is_link=True,
    reason=HoldReason.MANY_SIGN_UPS,
)
MANY_FROM_ONE_ADDRESS: Final = Rule(
    id="V1-address",
    title="several sign-ups by links from one address within a day",
    action=RuleAction.HOLD,
    window=DAY,
    threshold=3,
    reason=HoldReason.SAME_NETWORK,
)
MANY_REWARDS: Final = Rule(
    id="V2",
    title="many first orders for a link whose owner is new",
    action=RuleAction.HOLD,
    window=MONTH,
    threshold=10,
    is_link=True,
    reason=HoldReason.MANY_SIGN_UPS,
)
ONE_CLICK: Final = Rule(
    id="C1",
    title="a visitor's click counts once a day, a machine's never, and no click earns",
    action=RuleAction.KEPT,
    window=DAY,
    kept_by="`referral_click` in the database; `api_routes/auth/referrals.py`",
)
CLICKS_A_MINUTE: Final = Rule(
    id="C2-minute",
    title="many clicks on one link within a minute",
    action=RuleAction.FREEZE,
    window=timedelta(minutes=1),
    threshold=30,
    is_link=True,
)
CLICKS_A_DAY: Final = Rule(
    id="C2-day",
    title="more clicks on one link on one day than we keep",
    action=RuleAction.FREEZE,
    window=DAY,
    threshold=5_000,
    is_link=True,
)
CLICKS_OF_A_NETWORK: Final = Rule(
    id="C2-network",
    title="many clicks out of one network within a day",
    action=RuleAction.FREEZE,
    window=DAY,
    threshold=200,
    is_link=True,
)
FEW_SIGN_UPS: Final = Rule(
    id="C3-few",
    title="many clicks, and hardly anybody signs up",
    action=RuleAction.REVIEW,
    window=MONTH,
    threshold=0.001,
    at_least=201,
    is_link=True,
)
MOST_SIGN_UP: Final = Rule(
    id="C3-many",
    title="nearly everybody who clicks signs up",
    action=RuleAction.REVIEW,
    window=MONTH,
    threshold=0.4,
    at_least=20,
    is_link=True,
)
QUICK_SIGN_UP: Final = Rule(
    id="C4",
    title="signed up sooner after the click than a person can",
    action=RuleAction.SCORE,
    weight=30,
    window=timedelta(seconds=2),
)
PENDING_UNTIL_COMPLETED: Final = Rule(
    id="R1",
    title="commission is a share of what was paid, and pending until the order is completed",
    action=RuleAction.KEPT,
    kept_by="`commission_accrue` and `commission_end` in the database",
)
REFUND_VOIDS: Final = Rule(
    id="R2",
    title="an order that is refunded earns nothing",
    action=RuleAction.KEPT,
    kept_by="`commission_end` in the database",
)
DEBT: Final = Rule(
    id="R3",
    title="what was taken back after it was spent is a debt: later commission pays it, and "
    "nothing is paid out meanwhile",
    action=RuleAction.KEPT,
    kept_by="`commission_clawed_back` in the ledger; withdrawals",
)
MANY_CANCELLED: Final = Rule(
    id="R4",
    title="many orders of invited people were cancelled by their buyers",
    action=RuleAction.HOLD,
    window=timedelta(days=45),
    threshold=0.2,
    at_least=10,
    is_link=True,
    lasts=timedelta(days=45),
    reason=HoldReason.MANY_REFUNDS,
)
MOST_CANCELLED: Final = Rule(
    id="R4-suspend",
    title="most orders of invited people were cancelled by their buyers",
    action=RuleAction.SUSPEND,
    window=timedelta(days=45),
    threshold=0.4,
    at_least=10,
    is_link=True,
    reason=HoldReason.MANY_REFUNDS,
)
PAYOUT_CARE: Final = Rule(
    id="R5",
    title="commission is paid out above a least amount, and to a changed address after a wait",
    action=RuleAction.KEPT,
    kept_by="the terms of withdrawals",
)

RULES: Final[tuple[Rule, ...]] = (
    SAME_PERSON,
    SAME_WALLET,
    SAME_EXCHANGE,
    SAME_DEVICE,
    SAME_ADDRESS,
    SAME_AGENT,
    QUICK_FROM_HOSTING,
    RING,
    NO_PHOTO,
    NO_USERNAME,
    MANY_AN_HOUR,
    MANY_A_DAY,
    MANY_FROM_ONE_ADDRESS,
    MANY_REWARDS,
    ONE_CLICK,
    CLICKS_A_MINUTE,
    CLICKS_A_DAY,
    CLICKS_OF_A_NETWORK,
    FEW_SIGN_UPS,
    MOST_SIGN_UP,
    QUICK_SIGN_UP,
    PENDING_UNTIL_COMPLETED,
    REFUND_VOIDS,
    DEBT,
    MANY_CANCELLED,
    MOST_CANCELLED,
    PAYOUT_CARE,
)
"""All of them. Those that can find nothing are here so that nobody looks for them in vain."""

BY_ID: Final[Mapping[str, Rule]] = {rule.id: rule for rule in RULES}

CLICK_RULES: Final = (CLICKS_A_MINUTE, CLICKS_A_DAY, CLICKS_OF_A_NETWORK)
"""In the order in which ``referral_click`` takes them."""

HOLDING: Final = frozenset({RuleAction.HOLD, RuleAction.SUSPEND})
"""What has commission wait for a person, whatever the weights say."""

OF_ONE_DAY: Final = frozenset({MANY_AN_HOUR.id, MANY_A_DAY.id})
"""Findings about a link that hold the invitations of the day they name, and no others."""

USUAL_FACTOR: Final = 1.5
"""A share of cancelled orders is unusual only where it is this many times the shop's own: numbers
that receive nothing are nobody's fault."""
USUAL_AT_LEAST: Final = 100
"""Fewer orders of others than this say nothing about what is usual."""

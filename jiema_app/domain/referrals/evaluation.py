"""The rules, asked: each is a function of its own over facts that were read.

Nothing here reads or writes. What a rule finds it tells with figures and times, never with an
address or a name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from jiema_app.domain.referrals import rules
from jiema_app.domain.referrals.facts import InvitationFacts, LinkFacts
from jiema_app.domain.referrals.rules import Rule


@dataclass(frozen=True, slots=True)
class Found:
    """What one rule found.

    Attributes:
        evidence: Figures and times, ready for JSON.
        period: For a rule that counts in a window: which one.
    """

    rule: Rule
    evidence: Mapping[str, Any]
    period: str = ""


def check_person(facts: InvitationFacts) -> Sequence[Found]:
    """S1: one account, or one identity."""
    return [Found(rules.SAME_PERSON, {})] if facts.is_same_person else []


def check_wallets(facts: InvitationFacts) -> Sequence[Found]:
    """S2: one wallet speaks for both, unless it is an exchange's."""
    exchange = _limit(rules.SAME_EXCHANGE)
    own = [users for users in facts.address_users if users < exchange]
    if own:
        return [Found(rules.SAME_WALLET, {"wallets": len(own), "others": max(own)})]
    if facts.address_users:
        evidence = {"wallets": len(facts.address_users), "others": min(facts.address_users)}
        return [Found(rules.SAME_EXCHANGE, evidence)]
    return []


def check_devices(facts: InvitationFacts) -> Sequence[Found]:
    """S3: one browser."""
    if not facts.shared_devices:
        return []
    return [Found(rules.SAME_DEVICE, {"browsers": facts.shared_devices})]


def check_address(facts: InvitationFacts) -> Sequence[Found]:
    """S4: one address around the sign-up, and perhaps one kind of browser."""
    if not facts.near_sign_ins or facts.nearest is None:
        return []
    evidence = {
        "signIns": facts.near_sign_ins,
        "nearestSeconds": round(facts.nearest.total_seconds()),
    }
    found = [Found(rules.SAME_ADDRESS, evidence)]
    if facts.is_same_agent:
        found.append(Found(rules.SAME_AGENT, evidence))
    return found


def check_quick_order(facts: InvitationFacts) -> Sequence[Found]:
    """S5: bought at once, out of a data centre."""
    assert rules.QUICK_FROM_HOSTING.window is not None
    after = _first_order_after(facts)
    if after is None or not facts.is_from_hosting or after >= rules.QUICK_FROM_HOSTING.window:
        return []
    return [Found(rules.QUICK_FROM_HOSTING, {"seconds": round(after.total_seconds())})]


def check_ring(facts: InvitationFacts) -> Sequence[Found]:
    """S6: the way of invitations comes back."""
    if facts.ring_steps is None:
        return []
    return [Found(rules.RING, {"steps": facts.ring_steps + 1})]


def check_profile(facts: InvitationFacts) -> Sequence[Found]:
    """S7: a bare Telegram account, and the least that can be bought."""
    profile, price = facts.profile, facts.first_order_price
    if profile is None or price is None or price > _limit(rules.NO_PHOTO):
        return []
    lacking = [
        rule
        for rule, is_there in (
            (rules.NO_PHOTO, profile.has_photo),
            (rules.NO_USERNAME, profile.has_username),
        )
        if not is_there
    ]
    return [Found(rule, {"priceMicro": price}) for rule in lacking]


def check_sign_ups_an_hour(facts: InvitationFacts) -> Sequence[Found]:
    """V1: many by this link within an hour."""
    return _crowd(rules.MANY_AN_HOUR, facts.link_sign_ups, facts, facts.subject.day)


def check_sign_ups_a_day(facts: InvitationFacts) -> Sequence[Found]:
    """V1: many by this link on this day."""
    if facts.sign_ups_of_day <= _limit(rules.MANY_A_DAY):
        return []
    evidence = {"signUps": facts.sign_ups_of_day}
    return [Found(rules.MANY_A_DAY, evidence, facts.subject.day)]


def check_sign_ups_from_address(facts: InvitationFacts) -> Sequence[Found]:
    """V1: many from this address within a day."""
    return _crowd(rules.MANY_FROM_ONE_ADDRESS, facts.address_sign_ups, facts)


def check_click(facts: InvitationFacts) -> Sequence[Found]:
    """C4: sooner after the click than a person can."""
    clicked_at, window = facts.subject.clicked_at, rules.QUICK_SIGN_UP.window
    assert window is not None
    if clicked_at is None:
        return []
    after = max(facts.subject.signed_up_at - clicked_at, timedelta())
    if after >= window:
        return []
    return [Found(rules.QUICK_SIGN_UP, {"milliseconds": round(after.total_seconds() * 1000)})]


def check_rewards(facts: LinkFacts) -> Sequence[Found]:
    """V2: many first orders for somebody who is new."""
    window = rules.MANY_REWARDS.window
    assert window is not None
    age = facts.now - facts.owner_since
    if age >= window or facts.rewards <= _limit(rules.MANY_REWARDS):
        return []
    return [Found(rules.MANY_REWARDS, {"firstOrders": facts.rewards, "ownerDays": age.days})]


def check_conversion(facts: LinkFacts) -> Sequence[Found]:
    """C3: clicks that hardly anybody, or nearly everybody, signs up after."""
    evidence = {"clicks": facts.clicks, "signUps": facts.sign_ups}
    few, many = rules.FEW_SIGN_UPS, rules.MOST_SIGN_UP
    if facts.clicks >= few.at_least and facts.sign_ups < facts.clicks * _limit(few):
        return [Found(few, evidence, facts.month)]
    if facts.clicks >= many.at_least and facts.sign_ups > facts.clicks * _limit(many):
        return [Found(many, evidence, facts.month)]
    return []


def check_cancelled(facts: LinkFacts) -> Sequence[Found]:
    """R4: more orders were cancelled by their buyers than is usual here."""
    orders, usual = facts.orders, facts.usual
    is_usual = (
        usual.ended >= rules.USUAL_AT_LEAST and orders.share <= rules.USUAL_FACTOR * usual.share
    )
    if is_usual:
        return []
    evidence = {"orders": orders.ended, "cancelled": orders.cancelled}
    return [
        Found(rule, evidence, facts.month)
        for rule in (rules.MANY_CANCELLED, rules.MOST_CANCELLED)
        if orders.ended >= rule.at_least and orders.share > _limit(rule)
    ]


INVITATION_CHECKS: Final[tuple[Callable[[InvitationFacts], Sequence[Found]], ...]] = (
    check_person,
    check_wallets,
    check_devices,
    check_address,
    check_quick_order,
    check_ring,
    check_profile,
    check_sign_ups_an_hour,
    check_sign_ups_a_day,
    check_sign_ups_from_address,
    check_click,
)

LINK_CHECKS: Final[tuple[Callable[[LinkFacts], Sequence[Found]], ...]] = (
    check_rewards,
    check_conversion,
    check_cancelled,
)


def evaluate_invitation(facts: InvitationFacts) -> Sequence[Found]:
    """Everything that speaks against one invitation."""
    return [found for check in INVITATION_CHECKS for found in check(facts)]


def evaluate_link(facts: LinkFacts) -> Sequence[Found]:
    """Everything that speaks against a link."""
    return [found for check in LINK_CHECKS for found in check(facts)]


def busiest(
    moments: Sequence[datetime], window: timedelta, holding: datetime
) -> Sequence[datetime]:
    """The moments of the fullest stretch of time, of a window's length, that holds one of them."""
    ordered = sorted(moments)
    best: Sequence[datetime] = ()
    for place, first in enumerate(ordered):
        if not first <= holding <= first + window:
            continue
        stretch = [moment for moment in ordered[place:] if moment <= first + window]
        best = max(best, stretch, key=len)
    return best


def _crowd(
    rule: Rule, moments: Sequence[datetime], facts: InvitationFacts, period: str = ""
) -> Sequence[Found]:
    assert rule.window is not None
    crowd = busiest(moments, rule.window, facts.subject.signed_up_at)
    if len(crowd) <= _limit(rule):
        return []
    evidence = {
        "signUps": len(crowd),
        "from": crowd[0].isoformat(timespec="seconds"),
        "to": crowd[-1].isoformat(timespec="seconds"),
    }
    return [Found(rule, evidence, period)]


def _first_order_after(facts: InvitationFacts) -> timedelta | None:
    if facts.first_order_at is None:
        return None
    return facts.first_order_at - facts.subject.signed_up_at


def _limit(rule: Rule) -> float:
    assert rule.threshold is not None
    return rule.threshold

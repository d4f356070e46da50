"""What rules have found: kept once, explained to whoever decides."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jiema_app.domain.referrals import finding_queries as queries
from jiema_app.domain.referrals.evaluation import Found
from jiema_app.domain.referrals.rules import BY_ID, HOLDING, OF_ONE_DAY
from jiema_app.domain.referrals.statuses import (
    CommissionStatus,
    HoldReason,
    ReferralStatus,
    RuleAction,
)
from jiema_app.domain.transaction import Connection
from jiema_app.domain.units import UserId, usdt_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule found, as it is kept.

    Attributes:
        rule: The rule's id.
        user_id: The invited user; empty where it is about the whole link.
        period: For a rule that counts in a window: which one.
        weight: What it adds.
        action: What the rule did then.
        evidence: Figures and times.
        expires_at: From then on it counts no more; None: until a person clears it.
    """

    id: int
    rule: str
    referrer_id: UserId
    user_id: str
    period: str
    weight: int
    action: RuleAction
    evidence: Mapping[str, Any]
    created_at: datetime
    expires_at: datetime | None
    cleared_at: datetime | None
    cleared_by: str | None
    clear_note: str | None

    @property
    def is_link(self) -> bool:
        """Whether it is about the link as a whole."""
        return not self.user_id

    def is_open(self, now: datetime) -> bool:
        """Whether it still counts."""
        has_expired = self.expires_at is not None and self.expires_at <= now
        return self.cleared_at is None and not has_expired

    def holds_day(self, day: str) -> bool:
        """Whether, being about a link, it is about an invitation of this day."""
        return self.rule not in OF_ONE_DAY or self.period == day

    @property
    def reason(self) -> HoldReason:
        """What whoever earns is told."""
        known = BY_ID.get(self.rule)
        return HoldReason.UNDER_REVIEW if known is None else known.reason


def finding_of(row: Any) -> Finding:
    """A row as a finding."""
    return Finding(**dict(row) | {"action": RuleAction(row["action"])})


async def keep(
    connection: Connection, referrer: UserId, user: UserId | None, found: Sequence[Found]
) -> bool:
    """Write down what was found, each thing once; what a person cleared is not found again.

    Args:
        connection: Of the caller's transaction.
        referrer: Whose link it is.
        user: Who was invited; None leaves out what is about that invitation.
        found: What the rules found.

    Returns:
        Whether something new was found that holds the link as a whole.
    """
    is_link_held = False
    for one in found:
        if user is None and not one.rule.is_link:
            continue
        subject = "" if one.rule.is_link else user
        lasts_s = None if one.rule.lasts is None else one.rule.lasts.total_seconds()
        is_new = await connection.fetchval(
            queries.KEEP,
            one.rule.id,
            referrer,
            subject,
            one.period,
            one.rule.weight,
            one.rule.action,
            dict(one.evidence),
            lasts_s,
            one.rule.id in OF_ONE_DAY,
        )
        is_link_held |= bool(is_new) and one.rule.is_link and one.rule.action in HOLDING
    return is_link_held


async def list_findings(
    connection: Connection, referrer: UserId, subject: str
) -> Sequence[Finding]:
    """What was ever found about one invitation, the newest first.

    Args:
        connection: Any.
        referrer: Whose link it is.
        subject: Who was invited; empty: about the link as a whole.
    """
    rows = await connection.fetch(queries.LIST, referrer, [subject])
    return [finding_of(row) for row in rows]


async def list_open(connection: Connection, referrer: UserId, user: UserId) -> Sequence[Finding]:
    """What still counts of all that was found about an invitation, and about its link."""
    rows = await connection.fetch(queries.LIST_OPEN, referrer, ["", user])
    return [finding_of(row) for row in rows]


def explain(finding: Finding) -> str:
    """One plain sentence for whoever decides: what was found, with its figures."""
    known = BY_ID.get(finding.rule)
    verb = _VERBS[finding.action]
    sentence = _SENTENCES.get(finding.rule)
    if known is None or sentence is None:
        return f"{verb} by the rule {finding.rule}."
    try:
        return f"{verb} because {sentence(finding.evidence)}."
    except (KeyError, TypeError, ValueError):
        # Evidence of an older form of the rule: its title still says what it was about.
        return f"{verb} because of this: {known.title}."


def reason_of(
    commission: CommissionStatus, invitation: ReferralStatus, hold_reason: str | None
) -> HoldReason | None:
    """Why commission of an order is not available, for whoever earns it.

    Args:
        commission: Where it is.
        invitation: What stands about the invitation.
        hold_reason: ``referrals.hold_reason``.

    Returns:
        None for what is available, or is no more to be had.
    """
    if commission is CommissionStatus.PENDING:
        return HoldReason.ORDER_OPEN
    if commission is not CommissionStatus.HELD:
        return None
    if invitation is not ReferralStatus.HELD:
        return HoldReason.JUDGING
    return HoldReason(hold_reason) if hold_reason in set(HoldReason) else HoldReason.UNDER_REVIEW


_VERBS: Final[Mapping[RuleAction, str]] = {
    RuleAction.SCORE: "suspected",
    RuleAction.HOLD: "held",
    RuleAction.REVIEW: "to be looked at",
    RuleAction.DENY: "denied",
    RuleAction.FREEZE: "clicks not counted",
    RuleAction.SUSPEND: "suspended",
    RuleAction.KEPT: "kept",
}


def _times(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _others(number: int) -> str:
    return _times(number, "other person uses", "other people use") if number else "nobody else uses"


def _span(evidence: Mapping[str, Any]) -> str:
    first, last = (datetime.fromisoformat(evidence[name]) for name in ("from", "to"))
    return f"from {first:%d %B %Y, %H:%M:%S} to {last:%d %B %Y, %H:%M:%S} UTC"


def _share(evidence: Mapping[str, Any]) -> str:
    orders, cancelled = evidence["orders"], evidence["cancelled"]
    return (
        f"of the newest {orders} ended orders of invited people their buyers cancelled "
        f"{cancelled} ({cancelled / orders:.0%}), which is more than is usual here"
    )


def _bare(what: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda e: (
        f"the Telegram account has no {what} and its first order cost only "
        f"{usdt_text(e['priceMicro'], decimals_min=2)} USDT"
    )


def _clicks(where: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda e: f"there were {e['clicks']} clicks {where}"


def _conversion(e: Mapping[str, Any]) -> str:
    return f"{_times(e['clicks'], 'click')} in 30 days brought {_times(e['signUps'], 'sign-up')}"


_SENTENCES: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "S1": lambda _: "who invited and who was invited are one account, or hold one identity",
    "S2": lambda e: (
        f"both pay from, were refunded to or are paid out to "
        f"{_times(e['wallets'], 'same wallet')}, which {_others(e['others'])}"
    ),
    "S2-exchange": lambda e: (
        f"both use {_times(e['wallets'], 'same wallet')}, which {e['others']} other people use "
        "too: probably an exchange's"
    ),
    "S3": lambda e: (
        f"both have signed in with {_times(e['browsers'], 'same browser')}, known by its "
        "device cookie"
    ),
    "S4": lambda e: (
        f"who invited signed in {_times(e['signIns'], 'time')} from the address of the sign-up, "
        f"{e['nearestSeconds']} seconds away from it at the nearest"
    ),
    "S4-agent": lambda e: (
        f"who invited signed in from the address of the sign-up with the same kind of browser, "
        f"{e['nearestSeconds']} seconds away from it at the nearest"
    ),
    "S5": lambda e: (
        f"the account, made from a data centre or a VPN, was {e['seconds']} seconds old at its "
        "first order"
    ),
    "S6": lambda e: (
        f"the invitations lead in a ring of {e['steps']}: an account that looks like this one's "
        "has invited who invites it"
    ),
    "S7-photo": _bare("photo"),
    "S7-username": _bare("username"),
    "V1-hour": lambda e: f"{e['signUps']} people signed up by this link {_span(e)}",
    "V1-day": lambda e: f"{e['signUps']} people signed up by this link on one day",
    "V1-address": lambda e: f"{e['signUps']} invited people signed up from one address {_span(e)}",
    "V2": lambda e: (
        f"{e['firstOrders']} first orders earned in 30 days, and the link's owner has an account "
        f"for {_times(e['ownerDays'], 'day')}"
    ),
    "C2-minute": _clicks("on this link within a minute"),
    "C2-day": _clicks("on this link on one day"),
    "C2-network": _clicks("out of one network within 24 hours"),
    "C3-few": _conversion,
    "C3-many": _conversion,
    "C4": lambda e: f"the account was made {e['milliseconds'] / 1000:.1f} seconds after the click",
    "R4": _share,
    "R4-suspend": _share,
}

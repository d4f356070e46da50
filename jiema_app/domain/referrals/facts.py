"""What the rules look at, read from what is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from jiema_app.domain import ids
from jiema_app.domain.referrals import facts_queries as queries
from jiema_app.domain.referrals import rules
from jiema_app.domain.referrals.ports import TelegramProfile, TelegramProfiles
from jiema_app.domain.transaction import Connection
from jiema_app.domain.units import MicroUsdt, UserId

SIGN_UPS_MAX: Final = 200
"""Of one stretch of time; every rule is broken by far fewer."""
ORDERS_MAX: Final = 1_000
USUAL_MAX: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One invitation, as it stands.

    Attributes:
        user: Who was invited.
        signed_up_at: When the account was made.
        clicked_at: When they had followed the link; None when that is not known.
    """

    user: UserId
    referrer: UserId
    signed_up_at: datetime
    clicked_at: datetime | None

    @property
    def day(self) -> str:
        """The day of the sign-up, by UTC: names the period of a finding."""
        return f"{self.signed_up_at.astimezone(UTC):%Y-%m-%d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationFacts:
    """What is known of who invited and of who was invited.

    Attributes:
        is_same_person: Whether it is one account, or both hold one identity.
        address_users: For each wallet that speaks for both: how many use it who have nothing to
            do with the link.
        shared_devices: Browsers that both have signed in with.
        near_sign_ins: How often the referrer signed in from the address of the sign-up, around it.
        is_same_agent: Whether with the same kind of browser, at least once.
        nearest: How far the nearest of them is away.
        is_from_hosting: Whether the sign-up came from a data centre, as far as that is known.
        first_order_at: Of the first order that was to earn; None before it.
        first_order_price: What it cost.
        ring_steps: After how many invitations the way comes back to who was invited.
        link_sign_ups: Sign-ups by the link around this one.
        address_sign_ups: Sign-ups by any link from the same address around this one.
        sign_ups_of_day: Of the link, on the day of this one.
    """

    subject: Subject
    is_same_person: bool = False
    address_users: Sequence[int] = ()
    shared_devices: int = 0
    near_sign_ins: int = 0
    is_same_agent: bool = False
    nearest: timedelta | None = None
    is_from_hosting: bool = False
    first_order_at: datetime | None = None
    first_order_price: MicroUsdt | None = None
    profile: TelegramProfile | None = None
    ring_steps: int | None = None
    link_sign_ups: Sequence[datetime] = ()
    address_sign_ups: Sequence[datetime] = ()
    sign_ups_of_day: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """Orders that have ended, and how many of them their buyers cancelled."""

    ended: int = 0
    cancelled: int = 0

    @property
    def share(self) -> float:
        """Of the cancelled ones; 0 where there are none at all."""
        return self.cancelled / self.ended if self.ended else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFacts:
    """What is known of a link as a whole.

    Attributes:
        now: The moment, by the database's clock.
        owner_since: Since when its owner has an account.
        rewards: First orders that earned within the window.
        clicks: That counted, within the window.
        sign_ups: Of people who came by a click, within the window.
        orders: Of the people it brought.
        usual: Of everybody else, when that was worth a look.
    """

    referrer: UserId
    now: datetime
    owner_since: datetime
    rewards: int = 0
    clicks: int = 0
    sign_ups: int = 0
    orders: Ended = field(default_factory=Ended)
    usual: Ended = field(default_factory=Ended)

    @property
    def month(self) -> str:
        """Names the period of a finding."""
        return f"{self.now.astimezone(UTC):%Y-%m}"


async def read_invitation(
    connection: Connection, subject: Subject, profiles: TelegramProfiles
) -> InvitationFacts:
    """Everything about one invitation. Seven short questions."""
    user, referrer = subject.user, subject.referrer
    exchange, steps = rules.SAME_EXCHANGE.threshold, rules.RING.threshold
    people = await connection.fetchrow(queries.PEOPLE, user, referrer)
    near = await connection.fetchrow(
        queries.NEAR_SIGN_INS, user, referrer, _seconds(rules.SAME_ADDRESS)
    )
    assert people is not None
    assert near is not None
    wallets = await connection.fetch(queries.SHARED_ADDRESSES, user, referrer)
    ring = await connection.fetchval(
        queries.RING, user, referrer, exchange, steps, subject.signed_up_at
    )
    from_address = await connection.fetch(
        queries.SIGN_UPS_FROM_ADDRESS,
        user,
        _seconds(rules.MANY_FROM_ONE_ADDRESS),
        SIGN_UPS_MAX,
    )
    by_link = await connection.fetch(
        queries.SIGN_UPS_BY_LINK,
        referrer,
        subject.signed_up_at,
        _seconds(rules.MANY_AN_HOUR),
        SIGN_UPS_MAX,
    )
    day = subject.signed_up_at.astimezone(UTC).date()
    nearest_s = near["nearest_s"]
    return InvitationFacts(
        subject=subject,
        is_same_person=people["is_same_person"],
        address_users=[row["others"] for row in wallets],
        shared_devices=people["shared_devices"],
        near_sign_ins=near["number"],
        is_same_agent=near["is_same_agent"],
        nearest=None if nearest_s is None else timedelta(seconds=nearest_s),
        is_from_hosting=near["is_hosting"],
        first_order_at=people["first_order_at"],
        first_order_price=people["first_order_price"],
        profile=await profiles.profile_of(user),
        ring_steps=ring,
        link_sign_ups=_moments(by_link),
        address_sign_ups=_moments(from_address),
        sign_ups_of_day=await connection.fetchval(queries.SIGN_UPS_OF_DAY, referrer, day),
    )


async def read_link(connection: Connection, referrer: UserId) -> LinkFacts:
    """Everything about one link. What is usual in the shop is asked only where it matters."""
    window = _seconds(rules.MANY_REWARDS)
    row = await connection.fetchrow(queries.LINK, referrer, window)
    assert row is not None, "whoever has invitations exists"
    seconds = _seconds(rules.MANY_CANCELLED)
    first = ids.first_id_at(row["now"] - timedelta(seconds=seconds))
    orders = await _ended(connection, queries.ENDED_ORDERS, referrer, seconds, ORDERS_MAX, first)
    usual = Ended()
    if orders.ended >= rules.MANY_CANCELLED.at_least and orders.share > (
        rules.MANY_CANCELLED.threshold or 0
    ):
        usual = await _ended(connection, queries.USUAL_ORDERS, referrer, USUAL_MAX)
    return LinkFacts(
        referrer=referrer,
        now=row["now"],
        owner_since=row["owner_since"],
        rewards=row["rewards"],
        clicks=row["clicks"],
        sign_ups=row["sign_ups"],
        orders=orders,
        usual=usual,
    )


async def _ended(connection: Connection, query: str, *arguments: Any) -> Ended:
    row = await connection.fetchrow(query, *arguments)
    assert row is not None
    return Ended(row["ended"], row["cancelled"])


def _moments(rows: Sequence[Any]) -> Sequence[datetime]:
    return [row["created_at"] for row in rows]


def _seconds(rule: rules.Rule) -> float:
    assert rule.window is not None
    return rule.window.total_seconds()

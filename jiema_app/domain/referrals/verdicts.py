"""Verdicts: what becomes of the commission of an invitation, by what the rules have found.

An invitation is looked at when its account is made, a day later, with the first order, and when
something changes that rules look at. One transaction takes one invitation, asks the rules, writes
what they found, and settles commission; cut off anywhere, it has done nothing, and is made again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from jiema_app.domain.referrals import verdict_queries as queries
from jiema_app.domain.referrals.evaluation import evaluate_invitation, evaluate_link
from jiema_app.domain.referrals.facts import Subject, read_invitation, read_link
from jiema_app.domain.referrals.findings import Finding, keep, list_open
from jiema_app.domain.referrals.ports import TelegramProfiles
from jiema_app.domain.referrals.rules import DENY_AT, HOLD_AT, HOLDING, SAME_ADDRESS
from jiema_app.domain.referrals.statuses import (
    CommissionStatus,
    HoldReason,
    ReferralStatus,
    RuleAction,
)
from jiema_app.domain.seldom import Seldom
from jiema_app.domain.transaction import DATABASE_TROUBLES, Connection, Database
from jiema_app.domain.units import UserId

log = structlog.get_logger()

BATCH: Final = 500
"""Invitations of one run. What is left waits for the next one."""
SETTLE_MAX: Final = 200
"""Orders whose commission one transaction settles. Of more, the rest is settled by the next."""
AGAIN_S: Final = 60.0
"""An invitation that cannot be judged does not keep the others from it."""


class NotJudged(Exception):
    """An invitation could not be judged, by a fault of ours. Nothing changed."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What holds about an invitation.

    Attributes:
        score: Weights of what was found, together.
        reason: What whoever invited is told; None where nothing is held.
        claws_back: Whether what was released is taken back.
        rules: Which rules have spoken, for the commission's own row.
    """

    status: ReferralStatus
    score: int = 0
    reason: HoldReason | None = None
    claws_back: bool = False
    rules: Sequence[str] = ()


def decide(found: Sequence[Finding], *, has_order: bool) -> Verdict:
    """The verdict that follows from what was found and still counts.

    Args:
        found: Of the invitation, and of its link as far as that is about it.
        has_order: Whether anything was to earn yet. Before, only what is certain counts.
    """
    score = sum(one.weight for one in found if one.action is RuleAction.SCORE)
    hard = [one for one in found if one.action is RuleAction.DENY]
    scored = sorted(
        (one for one in found if one.action is RuleAction.SCORE), key=lambda one: -one.weight
    )
    if hard:
        names = [one.rule for one in hard]
        return Verdict(ReferralStatus.DENIED, score, hard[0].reason, claws_back=True, rules=names)
    if not has_order:
        return Verdict(ReferralStatus.NEW, score)
    if score >= DENY_AT:
        names = [one.rule for one in scored]
        return Verdict(ReferralStatus.DENIED, score, scored[0].reason, rules=names)
    holding = [one for one in found if one.action in HOLDING]
    if holding or score >= HOLD_AT:
        spoken = [*holding, *(scored if score >= HOLD_AT else ())]
        names = [one.rule for one in spoken]
        return Verdict(ReferralStatus.HELD, score, spoken[0].reason, rules=names)
    return Verdict(ReferralStatus.ACTIVE, score)


async def settle_all(
    connection: Connection, user: UserId, referrer: UserId, verdict: Verdict, actor: str | None
) -> bool:
    """Have the commission of an invitation follow its verdict. The caller has locked its row.

    Returns:
        Whether there is more of it: it is settled by the judge's next run.
    """
    status, reason = CommissionStatus, ", ".join(verdict.rules)[:500] or None
    if verdict.status is ReferralStatus.DENIED:
        reason = reason or "invitation denied"
    if verdict.status is ReferralStatus.ACTIVE:
        steps = [([status.HELD], status.RELEASED)]
    elif verdict.status is ReferralStatus.DENIED:
        steps = [([status.PENDING, status.HELD], status.REVERSED)]
        if verdict.claws_back:
            steps.append(([status.RELEASED], status.CLAWED_BACK))
    else:
        return False
    is_more = False
    for before, after in steps:
        row = await connection.fetchrow(
            queries.SETTLE_ALL, user, referrer, before, after, reason, actor, SETTLE_MAX
        )
        assert row is not None
        assert row["number"] == row["settled"], "whoever has the invitation has its commission"
        is_more |= row["number"] == SETTLE_MAX
    if is_more:
        await connection.execute(queries.JUDGE_SOON, user)
    return is_more


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges invitations that are due. Any number of processes may, at once."""

    database: Database
    profiles: TelegramProfiles
    _not_judged: Seldom = field(default_factory=Seldom, init=False, repr=False)

    async def run(self) -> int:
        """Judge what is due, first orders first.

        Returns:
            How many there were.

        Raises:
            NotJudged: One failed. The others are judged all the same, and it is tried again.
        """
        done, failed = 0, None
        while done < BATCH:
            try:
                if not await self._judge_next():
                    break
            except NotJudged as error:
                failed = error
            done += 1
        if failed is not None:
            raise failed
        return done

    async def _judge_next(self) -> bool:
        """Judge one invitation, if there is one that nobody else has at the moment."""
        user: UserId | None = None
        try:
            async with self.database.transaction() as connection:
                row = None
                for claim in queries.CLAIMS:
                    row = row or await connection.fetchrow(claim)
                if row is None:
                    return False
                user = UserId(row["user_id"])
                await self._judge(connection, row)
        except DATABASE_TROUBLES:
            raise
        except Exception as error:
            if user is None:
                raise
            if (unsaid := self._not_judged.count()) is not None:
                log.exception("invitation not judged", user=user, unsaid=unsaid)
            async with self.database.connection() as connection:
                await connection.execute(queries.JUDGE_LATER, user, AGAIN_S)
            raise NotJudged(user) from error
        return True

    async def _judge(self, connection: Connection, row: Any) -> None:
        user, referrer = UserId(row["user_id"]), UserId(row["referrer_id"])
        if row["status"] == ReferralStatus.DENIED:
            # There was more to settle than one transaction does.
            verdict = Verdict(ReferralStatus.DENIED, claws_back=row["claws_back"])
            await connection.execute(queries.NOT_DUE, user)
            await settle_all(connection, user, referrer, verdict, None)
            return
        subject = Subject(
            user=user,
            referrer=referrer,
            signed_up_at=row["created_at"],
            clicked_at=row["clicked_at"],
        )
        found = await self._ask_rules(connection, subject, row)
        verdict = decide(found, has_order=row["has_order"])
        await connection.execute(
            queries.SET_VERDICT,
            user,
            verdict.status,
            verdict.score,
            verdict.reason,
            verdict.claws_back,
            _next_look(subject, found, verdict, row["now"]),
        )
        await settle_all(connection, user, referrer, verdict, None)
        if verdict.status != row["status"]:
            log.info(
                "invitation judged", user=user, status=verdict.status, rules=list(verdict.rules)
            )

    async def _ask_rules(
        self, connection: Connection, subject: Subject, row: Any
    ) -> Sequence[Finding]:
        """What counts about an invitation, after the rules were asked."""
        found = [*evaluate_invitation(await read_invitation(connection, subject, self.profiles))]
        if row["has_order"]:
            found += evaluate_link(await read_link(connection, subject.referrer))
        if await keep(connection, subject.referrer, subject.user, found):
            await connection.execute(queries.NOTE_LINK, subject.referrer)
        decided_at = row["decided_at"]
        return [
            one
            for one in await list_open(connection, subject.referrer, subject.user)
            if not one.is_link
            or (one.holds_day(subject.day) and (decided_at is None or one.created_at > decided_at))
        ]


def _next_look(
    subject: Subject, found: Sequence[Finding], verdict: Verdict, now: datetime
) -> datetime | None:
    """When to ask the rules again though nothing changes.

    That is when the day around the sign-up is over, and when something that holds the invitation
    counts no more.
    """
    if verdict.status is ReferralStatus.DENIED:
        return None
    assert SAME_ADDRESS.window is not None
    moments = [subject.signed_up_at + SAME_ADDRESS.window + timedelta(seconds=1)]
    if verdict.status is ReferralStatus.HELD:
        moments += [one.expires_at for one in found if one.expires_at is not None]
    return min((moment for moment in moments if moment > now), default=None)
